"""What is done about orders and their money every minute."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.lapse import lapse_unpaid_orders
from marketplace.payments.models import Code, Payment, Refund
from marketplace.payments.operations.apply_fact import apply_fact, lapse_payment
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.providers.base import NotAnswering, ProviderError

logger = logging.getLogger(__name__)

WEBHOOK_DELAY = dt.timedelta(minutes=2)
"""How late a webhook may be before it counts as missing."""

MAX_AGE = dt.timedelta(days=30)


@dataclass
class Reconciliation:
    checked: int = 0
    corrected: int = 0
    is_complete: bool = True


def reconcile_and_lapse(*, at: dt.datetime) -> int:
    """Reconcile payments, then lapse unpaid orders; returns how many lapsed.

    In this order: an order that was paid at the last moment does not lapse. While a
    provider does not answer none does; its goods count as free anyway.
    """
    if not reconcile_payments(at=at).is_complete:
        return 0
    return lapse_unpaid_orders(at=at)


def reconcile_payments(*, at: dt.datetime) -> Reconciliation:
    """Fetch and apply facts that no webhook has reported.

    Ends with the first provider that does not answer; the next run tries again.
    """
    result = Reconciliation()
    for payment in payments_to_reconcile(at):
        before = (payment.state, payment.balance_vnd)
        try:
            facts = PROVIDERS[payment.method].fetch_facts(payment)
        except ProviderError as error:
            if isinstance(error, NotAnswering):
                result.is_complete = False
                return result
            logger.warning("payment %s is unknown: %s", payment.pk, error)
            continue
        result.checked += 1
        for fact in facts:
            apply_fact(payment=payment, fact=fact, at=at)
        payment.refresh_from_db()
        result.corrected += before != (payment.state, payment.balance_vnd)
    return result


def payments_to_reconcile(at: dt.datetime) -> QuerySet[Payment]:
    """Payments at a provider that are pending, or ended while the buyer may have paid,
    or have a refund that has not been confirmed."""
    pending = Q(state=Payment.State.PENDING, requested_at__lte=at - WEBHOOK_DELAY)
    ended = Q(
        state__in=[Payment.State.LAPSED, Payment.State.FAILED],
        expires_at__gt=at - dt.timedelta(days=1),
    )
    refunding = Q(refunds__state=Refund.State.SENT)
    return (
        Payment.objects.filter(pending | ended | refunding)
        .filter(requested_at__gt=at - MAX_AGE)
        .filter(method__in=[one.code for one in PROVIDERS.values() if one.hold])
        .exclude(reference="")
        .select_related("order")
        .order_by("pk")
        .distinct()
    )


def lapse_payments_of_ended_orders(*, at: dt.datetime) -> int:
    """Lapse the pending payments of orders that ended; returns how many.

    Cancels at the provider what could still be paid.
    """
    pending = Payment.objects.filter(state=Payment.State.PENDING).exclude(
        order__status__in=[
            Fulfilment.Status.AWAITING_PAYMENT,
            *Fulfilment.OPEN,
            Fulfilment.Status.HANDED_OVER,
            Fulfilment.Status.DELIVERED,
        ]
    )
    lapsed = [
        lapse_payment(payment=payment, at=at, code=Code.ORDER_ENDED)
        for payment in pending
    ]
    cancel_open_pages(
        Payment.objects.filter(
            state__in=[Payment.State.LAPSED, Payment.State.FAILED], expires_at__gt=at
        ).exclude(url="")
    )
    return len(lapsed)


def cancel_open_pages(payments: Iterable[Payment]) -> None:
    for payment in payments:
        try:
            PROVIDERS[payment.method].cancel(payment)
        except ProviderError as error:
            if isinstance(error, NotAnswering):
                return
            # paid, or over: its own event reports it
            logger.info("payment %s is not open: %s", payment.pk, error)
        Payment.objects.filter(pk=payment.pk).update(url="")
