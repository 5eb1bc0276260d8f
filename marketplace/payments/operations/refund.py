"""Give money back: in full, or for some goods of an order."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.order.models import Line, Order
from marketplace.payments.models import Payment, PaymentEvent, Refund, RefundLine
from marketplace.payments.operations.apply_event import apply_event
from marketplace.payments.port import News, NotAnswering, OnlyByHand, Refused
from marketplace.payments.queries import refundable_vnd, units_refunded
from marketplace.payments.ways import WAYS
from stores.models import RefundDue, SalesPoint

Kind = PaymentEvent.Kind


class TooMuch(Exception):
    """More than what came and is still here; `left_vnd` is what can go back."""

    def __init__(self, left_vnd: int) -> None:
        super().__init__(f"{left_vnd} ₫ can go back")
        self.left_vnd = left_vnd


class NothingToRefund(Exception):
    """No money, or no goods, was named."""


class TooManyUnits(Exception):
    """`left` units of `line` have not been paid back yet."""

    def __init__(self, line: Line, left: int) -> None:
        super().__init__(f"line {line.pk}: {left} left")
        self.line = line
        self.left = left


class NotInThatState(Exception):
    """The refund is done, or on its way."""


@transaction.atomic
def intend(
    *,
    payment: Payment,
    reason: str,
    key: str,
    actor: User | None,
    at: dt.datetime,
    amount_vnd: int = 0,
    units: Mapping[Line, int] | None = None,
    due: RefundDue | None = None,
) -> Refund:
    """Write down that so much goes back, before anybody moves it.

    Either an amount in whole dong, or units of lines of the order at the price of the
    day of sale. The same key is the same refund. The payment's row is locked, so that
    two at once never give back more than came.

    Raises NothingToRefund, TooManyUnits or TooMuch.
    """
    Order.objects.select_for_update().get(pk=payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if before := Refund.objects.filter(key=key).first():
        return before
    goods = {line: number for line, number in (units or {}).items() if number}
    gone = units_refunded(payment)
    for line, number in goods.items():
        left = line.quantity - gone.get(line.pk, 0)
        if number > left:
            raise TooManyUnits(line, left)
    prices = {
        line: int(line.unit_price_incl_tax or 0) * number
        for line, number in goods.items()
    }
    amount_vnd = sum(prices.values()) if goods else amount_vnd
    if amount_vnd < 1:
        raise NothingToRefund
    left_vnd = refundable_vnd(payment)
    if amount_vnd > left_vnd:
        raise TooMuch(left_vnd)
    refund = Refund.objects.create(
        payment=payment,
        due=due,
        amount_vnd=amount_vnd,
        reason=reason[:200],
        key=key,
        actor=actor,
        at=at,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line=line, units=number, amount_vnd=prices[line])
        for line, number in goods.items()
    )
    return refund


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


def give_by_hand(
    *,
    refund: Refund,
    actor: User,
    at: dt.datetime,
    paid_by: str = "",
    point: SalesPoint | None = None,
) -> Refund:
    """Write down that a person has given the money back.

    Also for what failed elsewhere. Raises NotInThatState when it is done or going.
    """
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=refund.payment.order_id)
        refund = Refund.objects.select_for_update().get(pk=refund.pk)
        if refund.state not in (Refund.State.INTENDED, Refund.State.FAILED):
            raise NotInThatState
        if refund.state == Refund.State.FAILED:
            left_vnd = refundable_vnd(refund.payment)
            if refund.amount_vnd > left_vnd:
                raise TooMuch(left_vnd)
        refund.state, refund.actor = Refund.State.SENT, actor
        refund.save(update_fields=["state", "actor"])
        gone(
            refund,
            f"refund-{refund.pk}",
            PaymentEvent.Source.DESK if point else PaymentEvent.Source.OURS,
            at,
            actor=actor,
            point=point,
            paid_by=paid_by,
        )
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
        Kind.REFUNDED,
        at,
        amount_vnd=-refund.amount_vnd,
        refund_key=refund.key,
        why=refund.reason,
        **by_whom,
    )
    apply_event(payment=refund.payment, news=news, at=at)
