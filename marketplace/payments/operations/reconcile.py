"""Ask those who move the money about what they should have told by now."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from marketplace.orders.models import Fulfilment
from marketplace.payments.models import Payment, Refund
from marketplace.payments.operations.apply_event import apply_event, lapse_payment
from marketplace.payments.port import NotAnswering, Refused
from marketplace.payments.ways import WAYS

logger = logging.getLogger(__name__)

PATIENCE = dt.timedelta(minutes=2)
"""Within that time a webhook is not missing yet."""

LOOKS_BACK = dt.timedelta(days=30)


@dataclass
class Reconciled:
    asked: int = 0
    changed: int = 0
    silent: bool = False


def reconcile(*, at: dt.datetime) -> Reconciled:
    """Apply what was missed; told later by a webhook, it is the same fact.

    Ends at the first silence: who does not answer is asked again next time.
    """
    done = Reconciled()
    for payment in doubtful(at):
        before = (payment.state, payment.here_vnd)
        try:
            told = WAYS[payment.way].news_of(payment)
        except NotAnswering:
            done.silent = True
            return done
        except Refused as refusal:
            logger.warning("payment %s is unknown: %s", payment.pk, refusal)
            continue
        done.asked += 1
        for news in told:
            apply_event(payment=payment, news=news, at=at)
        payment.refresh_from_db()
        done.changed += before != (payment.state, payment.here_vnd)
    return done


def doubtful(at: dt.datetime) -> QuerySet[Payment]:
    """Payments at a gateway that wait, or ended while the buyer may have paid, or gave
    back what has not been said to arrive."""
    waits = Q(state=Payment.State.ASKED, asked_at__lte=at - PATIENCE)
    ended = Q(
        state__in=[Payment.State.LAPSED, Payment.State.FAILED],
        expires_at__gt=at - dt.timedelta(days=1),
    )
    sent = Q(refunds__state=Refund.State.SENT)
    return (
        Payment.objects.filter(waits | ended | sent, asked_at__gt=at - LOOKS_BACK)
        .filter(way__in=[way.code for way in WAYS.values() if way.hold])
        .exclude(reference="")
        .select_related("order")
        .order_by("pk")
        .distinct()
    )


def end_attempts(*, at: dt.datetime) -> int:
    """Ask no longer for orders that ended, and close what could still be paid.

    Returns how many attempts lapsed.
    """
    over = Payment.objects.filter(state=Payment.State.ASKED).exclude(
        order__status__in=[
            Fulfilment.Status.AWAITING_PAYMENT,
            *Fulfilment.OPEN,
            Fulfilment.Status.HANDED_OVER,
            Fulfilment.Status.DELIVERED,
        ]
    )
    why = gettext_noop("the order ended")
    lapsed = [lapse_payment(payment=one, at=at, why=why) for one in over]
    close_pages(
        Payment.objects.filter(
            state__in=[Payment.State.LAPSED, Payment.State.FAILED], expires_at__gt=at
        ).exclude(url="")
    )
    return len(lapsed)


def close_pages(payments: Iterable[Payment]) -> None:
    for payment in payments:
        try:
            WAYS[payment.way].end(payment)
        except NotAnswering:
            return
        except Refused as refusal:  # paid, or over: its own event says so
            logger.info("payment %s is not open: %s", payment.pk, refusal)
        Payment.objects.filter(pk=payment.pk).update(url="")
