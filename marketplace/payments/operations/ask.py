"""Ask for the money of an order that stands already."""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext_noop

from marketplace.orders.models import Fulfilment, Hold, Order
from marketplace.orders.operations.hold import HoldNotExtended, extend_hold
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations.apply_event import apply_event, lapse_payment, ours
from marketplace.payments.port import NotAnswering, Refused
from marketplace.payments.ways import WAYS

Kind = PaymentEvent.Kind


class NothingToPay(Exception):
    """The order is paid already, or was cancelled, or is paid when it is received."""


class TimeIsOver(Exception):
    """The goods are kept for the order no longer."""


class CannotAsk(Exception):
    """Whoever moves the money does not answer, or says no; the order stays as it is."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(str(payment))
        self.payment = payment


def ask(*, order: Order, way: str, at: dt.datetime) -> Payment:
    """Begin an attempt to be paid in one way, or find the one that goes on.

    Another attempt that waits for money ends first. Whoever moves the money is asked
    outside of any transaction, under the payment's key: what stopped halfway is asked
    again and is one request to them.

    Raises NothingToPay, TimeIsOver, or CannotAsk when the attempt failed.
    """
    payment = begin(order=order, way=way, at=at)
    if payment.reference:
        return payment
    try:
        asked = WAYS[way].ask(payment)
    except (NotAnswering, Refused) as no:
        payment.refresh_from_db()
        if payment.reference:  # somebody asked at the same moment, and was answered
            return payment
        news = ours(payment, Kind.FAILED, at, why=f"{type(no).__name__}: {no}")
        apply_event(payment=payment, news=news, at=at)
        raise CannotAsk(payment) from no
    Payment.objects.filter(pk=payment.pk).update(
        reference=asked.reference, url=asked.url
    )
    news = ours(payment, Kind.ASKED, at, why=asked.reference)
    apply_event(payment=payment, news=news, at=at)
    payment.refresh_from_db()
    return payment


@transaction.atomic
def begin(*, order: Order, way: str, at: dt.datetime) -> Payment:
    """Write the attempt down.

    Where the way needs more time than the hold has left, the hold is extended, if the
    buyer has not had more time before.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    hold = Hold.objects.filter(order=order).first()
    if order.status != Fulfilment.Status.AWAITING_PAYMENT or hold is None:
        lapsed = order.status == Fulfilment.Status.LAPSED
        raise TimeIsOver if lapsed else NothingToPay
    if hold.until <= at:
        raise TimeIsOver
    for live in order.payments.filter(state__in=Payment.LIVE):
        if live.state == Payment.State.PAID:
            raise NothingToPay
        if live.way == way and live.expires_at and live.expires_at > at:
            return live
        lapse_payment(payment=live, at=at, why=gettext_noop("asked for anew"))
    until = max(hold.until, at + WAYS[way].shortest)
    if until > hold.until:
        with suppress(HoldNotExtended):  # then what comes after the hold is late money
            extend_hold(order=order, by=until - hold.until, at=at)
    return Payment.objects.create(
        order=order,
        way=way,
        amount_vnd=int(order.total_incl_tax),
        asked_at=at,
        expires_at=until,
    )


def expect(*, order: Order, way: str, at: dt.datetime) -> Payment:
    """Write down that an order is paid when it is received."""
    return Payment.objects.create(
        order=order, way=way, amount_vnd=int(order.total_incl_tax), asked_at=at
    )
