"""Keep a signed notice that nobody can read, for a manager."""

import datetime as dt
import hashlib

from marketplace.payments.models import PaymentEvent
from marketplace.payments.notices import written
from marketplace.payments.operations.apply_event import apply_event
from marketplace.payments.port import News


def keep_notice(*, body: bytes, why: str, at: dt.datetime) -> PaymentEvent:
    """The same notice is kept once."""
    news = News(
        PaymentEvent.Source.BANK,
        f"notice-{hashlib.sha256(body).hexdigest()[:32]}",
        PaymentEvent.Kind.PAID,
        at,
        doubt=PaymentEvent.Case.UNREADABLE,
        payload={"raw": written(body), "said": why},
    )
    return apply_event(payment=None, news=news, at=at)
