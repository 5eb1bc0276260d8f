"""Have the money moved that is to go back."""

import datetime as dt
from typing import Any

from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.operations.apply_event import apply_event
from marketplace.payments.port import News, NotAnswering, OnlyByHand, Refused
from marketplace.payments.ways import WAYS


def send(*, refund: Refund, at: dt.datetime) -> Refund:
    """Have the intended refund moved, outside of any transaction; again is harmless.

    What does not answer stays intended and is tried again later, and what only a person
    can give back waits for one. What is refused fails and is shown to a manager.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund.pk)
    if refund.state != Refund.State.INTENDED:
        return refund
    mine = Refund.objects.filter(pk=refund.pk, state=Refund.State.INTENDED)
    try:
        given = WAYS[refund.payment.way].give_back(refund)
    except OnlyByHand:
        pass
    except NotAnswering as silence:
        mine.update(why=str(silence)[:200])
    except Refused as refusal:
        mine.update(state=Refund.State.FAILED, why=str(refusal)[:200])
    else:
        mine.update(state=Refund.State.SENT, reference=given.reference, why="")
        if given.done:
            gone(refund, given.reference, PaymentEvent.Source.STRIPE, at)
    refund.refresh_from_db()
    return refund


def gone(
    refund: Refund,
    reference: str,
    source: PaymentEvent.Source,
    at: dt.datetime,
    **by_whom: Any,
) -> None:
    """The money has left."""
    news = News(
        source,
        reference,
        PaymentEvent.Kind.REFUNDED,
        at,
        amount_vnd=-refund.amount_vnd,
        refund_key=refund.key,
        why=refund.reason,
        **by_whom,
    )
    apply_event(payment=refund.payment, news=news, at=at)
