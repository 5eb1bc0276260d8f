"""A manager says whose money a transfer is."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.orders.models import Order
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations.apply_event import apply_event, write
from marketplace.payments.operations.hear_transfer import case_of, locked
from marketplace.payments.port import News
from marketplace.payments.purpose import purpose_of
from marketplace.payments.queries import transfer_asked_for

Kind, Outcome, Source = PaymentEvent.Kind, PaymentEvent.Outcome, PaymentEvent.Source


class AlreadyMatched(Exception):
    """Somebody has said already whose money it is."""


class NoMoney(Exception):
    """It cannot be read, so nobody knows how much it is."""


@transaction.atomic
def match(
    *, kept: PaymentEvent, order: Order, reason: str, actor: User, at: dt.datetime
) -> PaymentEvent:
    """Count a transfer for this order, as if its purpose had named it.

    An order that was to be paid in another way can be paid so too. Raises
    AlreadyMatched or NoMoney.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    kept = still_kept(kept)
    if not kept.amount_vnd:
        raise NoMoney
    payment = locked(transfer_asked_for(order=order) or unasked(order, at))
    news = News(
        Source.BANK,
        f"{kept.external_id}:matched",
        Kind.PAID,
        kept.happened_at,
        amount_vnd=kept.amount_vnd,
        money_reference=kept.external_id.removesuffix(f":{Kind.PAID}"),
        payload=kept.payload | {"reason": reason},
        actor=actor,
        answers=kept,
        why=case_of(payment, kept.amount_vnd, at),
    )
    return apply_event(payment=payment, news=news, at=at)


@transaction.atomic
def dismiss(
    *, kept: PaymentEvent, reason: str, actor: User, at: dt.datetime
) -> PaymentEvent:
    """Say that a transfer pays no order; it stays written. Raises AlreadyMatched."""
    kept = still_kept(kept)
    news = News(
        Source.BANK,
        f"{kept.external_id}:dismissed",
        Kind.OTHER,
        at,
        payload={"reason": reason},
        actor=actor,
        answers=kept,
    )
    return write(kept.payment, news, at, outcome=Outcome.IGNORED, why=reason)


def still_kept(kept: PaymentEvent) -> PaymentEvent:
    """Whoever comes second waits here, and is refused."""
    kept = PaymentEvent.objects.select_for_update().get(pk=kept.pk)
    if kept.outcome != Outcome.KEPT or kept.answered_by.exists():
        raise AlreadyMatched
    return kept


def unasked(order: Order, at: dt.datetime) -> Payment:
    """A payment for an order of which no transfer was asked.

    It is not alive until the money counts, which ends what else was asked.
    """
    collected = order.fulfilments.to_collect().values_list("to_collect_vnd", flat=True)
    return Payment.objects.create(
        order=order,
        way=Payment.Way.VIETQR,
        state=Payment.State.LAPSED,
        amount_vnd=sum(collected) or int(order.total_incl_tax),
        reference=purpose_of(order.number),
        asked_at=at,
    )
