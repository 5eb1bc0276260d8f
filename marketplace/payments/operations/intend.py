"""Mean to give money back: in full, or for some goods of an order."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.orders.models import Line, Order, RefundDue
from marketplace.payments.models import Payment, Refund, RefundLine
from marketplace.payments.queries import refundable_vnd, units_refunded


class TooMuch(Exception):
    """More than what came and is still here; `left_vnd` is what can go back."""

    def __init__(self, left_vnd: int) -> None:
        super().__init__(f"{left_vnd} ₫ can go back")
        self.left_vnd = left_vnd


class NothingToRefund(Exception):
    """No money, or no goods, was named."""


class MeantOtherwise(Exception):
    """The key is that of `refund`, which was of other money or other goods."""

    def __init__(self, refund: Refund) -> None:
        super().__init__(f"{refund} was meant with it")
        self.refund = refund


class TooManyUnits(Exception):
    """`left` units of `line` have not been paid back yet."""

    def __init__(self, line: Line, left: int) -> None:
        super().__init__(f"line {line.pk}: {left} left")
        self.line = line
        self.left = left


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
    day of sale. The same key is the same refund, if it was meant of the same. The
    payment's row is locked, so that two at once never give back more than came.

    Raises MeantOtherwise, NothingToRefund, TooManyUnits or TooMuch.
    """
    Order.objects.select_for_update().get(pk=payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    goods = {line: number for line, number in (units or {}).items() if number}
    prices = {
        line: int(line.unit_price_incl_tax or 0) * number
        for line, number in goods.items()
    }
    amount_vnd = sum(prices.values()) if goods else amount_vnd
    if before := Refund.objects.filter(key=key).first():
        meant = {line.pk: number for line, number in goods.items()}
        were = dict(before.lines.values_list("line", "units"))
        if (before.payment, before.amount_vnd, were) != (payment, amount_vnd, meant):
            raise MeantOtherwise(before)
        return before
    gone = units_refunded(payment)
    for line, number in goods.items():
        left = line.quantity - gone.get(line.pk, 0)
        if number > left:
            raise TooManyUnits(line, left)
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
