"""Take in a transfer that came to the account, whoever tells of it."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment, Hold, Order
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations.apply_event import (
    apply_event,
    others,
    told_before,
    write,
)
from marketplace.payments.port import News
from marketplace.payments.purpose import orders_named
from marketplace.payments.queries import payment_for_transfer
from marketplace.payments.transfers import OURS, Came

Case, Kind = PaymentEvent.Case, PaymentEvent.Kind
Outcome, Source = PaymentEvent.Outcome, PaymentEvent.Source


@dataclass(frozen=True)
class Heard:
    """What was written down, or stood there before."""

    event: PaymentEvent
    is_new: bool


def hear_transfer(*, came: Came, at: dt.datetime, actor: User | None = None) -> Heard:
    """Count a transfer once, for the order that its purpose names.

    What names none waits for a manager. Too little waits for the rest, and what is too
    much, came twice, or came too late for the goods is owed back, as with any money.
    """
    try:
        return count_it(came, at, actor)
    except IntegrityError:  # told twice at once, and otherwise; the other has ended
        return count_it(came, at, actor)


@transaction.atomic
def count_it(came: Came, at: dt.datetime, actor: User | None) -> Heard:
    news = News(
        Source.BANK,
        came.reference,
        Kind.PAID,
        came.booked_at,
        amount_vnd=came.amount_vnd,
        money_reference=came.reference,
        payload={"purpose": came.purpose, "raw": came.raw},
        actor=actor,
    )
    payment = payment_for_transfer(came.purpose)
    if payment:
        payment = locked(payment)
    if known := told_before(news):
        if says_the_same(known, came):
            return Heard(known, is_new=False)
        news = replace(
            news, subject=f"{came.reference}-{came.mark}", doubt=Case.OTHERWISE
        )
        if known := told_before(news):
            return Heard(known, is_new=False)
    if payment is None:
        unknown = replace(news, doubt=news.doubt or Case.UNKNOWN)
        return Heard(apply_event(payment=None, news=unknown, at=at), is_new=True)
    if not news.doubt and told_by_the_other(payment, came):
        event = write(payment, news, at, outcome=Outcome.IGNORED, why=Case.SAME)
        return Heard(event, is_new=True)
    news = replace(news, why=case_of(payment, came.amount_vnd, at))
    return Heard(apply_event(payment=payment, news=news, at=at), is_new=True)


def locked(payment: Payment) -> Payment:
    """The payment as it stands, with its order's lock before its own."""
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    payment.order = order
    return payment


def says_the_same(known: PaymentEvent, came: Came) -> bool:
    """A purpose may be cut otherwise by who tells it; the order in it is the same."""
    before = orders_named(str(known.payload.get("purpose", "")))
    now = orders_named(came.purpose)
    agree = before == now or not before or not now
    return known.amount_vnd == came.amount_vnd and agree


def told_by_the_other(payment: Payment, came: Came) -> bool:
    """Whether a line without the bank's number and a notice with it are one transfer.

    The payment has had more of this day and amount from the other kind of teller than
    from this one.
    """
    day = timezone.localdate(came.booked_at)
    told = payment.events.filter(
        source=Source.BANK, kind=Kind.PAID, amount_vnd=came.amount_vnd
    ).values_list("external_id", "happened_at")
    named = [
        not name.startswith(OURS)
        for name, moment in told
        if timezone.localdate(moment) == day
    ]
    mine = named.count(came.is_named_by_the_bank)
    return len(named) - mine > mine


def case_of(payment: Payment, amount_vnd: int, at: dt.datetime) -> PaymentEvent.Case:
    """What so much more is to what was asked for; whoever calls holds the locks."""
    paid = others(payment).filter(state=Payment.State.PAID)
    if payment.paid_vnd >= payment.amount_vnd or paid.exists():
        return Case.TWICE
    if is_late(payment.order, at):
        return Case.LATE
    missing_vnd = payment.amount_vnd - payment.paid_vnd
    if amount_vnd < missing_vnd:
        return Case.TOO_LITTLE
    return Case.TOO_MUCH if amount_vnd > missing_vnd else Case.EXACT


def is_late(order: Order, at: dt.datetime) -> bool:
    """The goods are kept for the order no longer."""
    if order.status == Fulfilment.Status.AWAITING_PAYMENT:
        return not Hold.objects.filter(order=order, until__gt=at).exists()
    return order.status in Fulfilment.WITHOUT_GOODS
