"""Take in what the bank says has come to the account."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations.apply_event import apply_event
from marketplace.payments.port import News
from marketplace.payments.queries import payment_for_transfer
from marketplace.payments.statement import Came

Kind, Outcome, Source = PaymentEvent.Kind, PaymentEvent.Outcome, PaymentEvent.Source


class AlreadyMatched(Exception):
    """Somebody has said already whose money it is."""


@transaction.atomic
def hear_bank(
    *, came: Iterable[Came], actor: User, at: dt.datetime
) -> list[PaymentEvent]:
    """Each transfer once, all or none; what names no order waits for a manager.

    Too little waits for the rest, too much and what came twice or too late is owed
    back, as with any other money.
    """
    return [
        apply_event(
            payment=payment_for_transfer(one.purpose),
            news=News(
                Source.BANK,
                one.reference,
                Kind.PAID,
                one.booked_at,
                amount_vnd=one.amount_vnd,
                money_reference=one.reference,
                payload={"purpose": one.purpose},
                actor=actor,
            ),
            at=at,
        )
        # In one order, so that two who bring the same file do not wait for each other.
        for one in sorted(came, key=lambda one: one.reference)
    ]


@transaction.atomic
def match(
    *, kept: PaymentEvent, payment: Payment, actor: User, at: dt.datetime
) -> PaymentEvent:
    """Say that money the bank told of is for this payment; the kept event is answered.

    Raises AlreadyMatched.
    """
    news = News(
        Source.BANK,
        f"{kept.external_id}:matched",
        Kind.PAID,
        kept.happened_at,
        amount_vnd=kept.amount_vnd,
        payload=kept.payload,
        actor=actor,
        answers=kept,
    )
    PaymentEvent.objects.select_for_update().get(pk=kept.pk)
    if kept.outcome != Outcome.KEPT or kept.answered_by.exists():
        raise AlreadyMatched
    return apply_event(payment=payment, news=news, at=at)
