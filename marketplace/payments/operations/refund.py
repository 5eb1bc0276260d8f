"""Refunds: created, then executed by the provider or recorded by a person."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.money import format_dong
from catalogue.refusals import ChangedMeanwhile, NotEnough, NothingToDo, WrongStatus
from marketplace.orders.models import Line, Order, RefundDue
from marketplace.payments.models import (
    Code,
    Payment,
    PaymentEvent,
    Refund,
    RefundLine,
)
from marketplace.payments.operations.apply_fact import (
    apply_fact,
    lock_payment,
    make_shop_fact,
)
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.providers.base import Declined, ProviderError
from marketplace.payments.queries import refundable_vnd, refunds_due, units_refunded
from marketplace.payments.states import PaymentFact
from stores.models import SalesPoint

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

Source = PaymentEvent.Source


@transaction.atomic
def create_refund(
    *,
    payment: Payment,
    reason: str,
    key: str,
    actor: "_User | None",
    at: dt.datetime,
    amount_vnd: int = 0,
    units: Mapping[Line, int] | None = None,
    due: RefundDue | None = None,
) -> Refund:
    """Write a refund before a provider or a person moves its money.

    Either of an amount in whole dong, or of units of order lines at the price of the
    day of sale. The same key returns the same refund. The payment's row is locked, so
    that two at once never refund more than was received.

    Raises ChangedMeanwhile for a key of another refund, NothingToDo or NotEnough.
    """
    payment = lock_payment(payment)
    goods = {line: number for line, number in (units or {}).items() if number}
    prices = {
        line: int(line.unit_price_incl_tax or 0) * number
        for line, number in goods.items()
    }
    amount_vnd = sum(prices.values()) if goods else amount_vnd
    if refund := Refund.objects.filter(key=key).first():
        check_same_refund(refund, payment, amount_vnd, goods)
        return refund
    refunded = units_refunded(payment)
    for line, number in goods.items():
        left = line.quantity - refunded.get(line.pk, 0)
        if number > left:
            raise NotEnough(
                _("Of %(name)s only %(left)d are left to be paid back.")
                % {
                    "name": line.product.name if line.product else line.title,
                    "left": left,
                }
            )
    if amount_vnd < 1:
        raise NothingToDo(
            _("Write an amount, or choose goods."), field="amount_vnd", status=422
        )
    check_refundable(payment, amount_vnd)
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


def check_same_refund(
    refund: Refund, payment: Payment, amount_vnd: int, goods: Mapping[Line, int]
) -> None:
    """Raises ChangedMeanwhile."""
    units = {line.pk: number for line, number in goods.items()}
    before = dict(refund.lines.values_list("line", "units"))
    if (refund.payment, refund.amount_vnd, before) != (payment, amount_vnd, units):
        raise ChangedMeanwhile(
            _(
                "This form was used already, for a refund of %s. If this is another"
                " one, check it and press again."
            )
            % format_dong(refund.amount_vnd)
        )


def check_refundable(payment: Payment, amount_vnd: int) -> None:
    """Raises NotEnough for more than can still be refunded."""
    left_vnd = refundable_vnd(payment)
    if amount_vnd > left_vnd:
        raise NotEnough(
            _("At most %s can be refunded.") % format_dong(left_vnd),
            field="amount_vnd",
        )


def execute_refund(*, refund: Refund, at: dt.datetime) -> Refund:
    """Have the provider send a created refund, outside of any transaction.

    Called again it is harmless. Without an answer the refund stays created and is tried
    again later; what only a person can refund waits for one; what the provider declines
    fails and waits for a manager.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund.pk)
    if refund.state != Refund.State.CREATED:
        return refund
    created = Refund.objects.filter(pk=refund.pk, state=Refund.State.CREATED)
    try:
        result = PROVIDERS[refund.payment.method].refund(refund)
    except ProviderError as error:
        is_final = isinstance(error, Declined)
        created.update(
            state=Refund.State.FAILED if is_final else Refund.State.CREATED,
            code=error.code,
            params={"message": str(error)[:200]},
        )
    else:
        if result is None:  # a person refunds it
            return refund
        created.update(
            state=Refund.State.SENT, reference=result.reference, code="", params={}
        )
        if result.done:
            apply_refunded(refund, result.reference, Source.STRIPE, at)
    refund.refresh_from_db()
    return refund


def apply_refunded(
    refund: Refund, reference: str, source: Source, at: dt.datetime, **fields: Any
) -> None:
    """Apply the fact that the money has left."""
    is_reason = refund.reason in RefundDue.Reason.values
    fact = PaymentFact(
        source,
        reference,
        PaymentEvent.Kind.REFUNDED,
        at,
        amount_vnd=-refund.amount_vnd,
        refund_key=refund.key,
        code=Code.REFUND_REASON if is_reason else Code.MESSAGE,
        params={"refund_reason" if is_reason else "message": refund.reason},
        **fields,
    )
    apply_fact(payment=refund.payment, fact=fact, at=at)


def record_manual_refund(
    *,
    refund: Refund,
    actor: "_User",
    at: dt.datetime,
    paid_by: str = "",
    point: SalesPoint | None = None,
) -> Refund:
    """Record a refund that a person has made, also after the provider declined it.

    Raises WrongStatus or NotEnough.
    """
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=refund.payment.order_id)
        refund = Refund.objects.select_for_update().get(pk=refund.pk)
        if refund.state not in (Refund.State.CREATED, Refund.State.FAILED):
            raise WrongStatus(_("It was paid back already, or is on its way."))
        if refund.state == Refund.State.FAILED:
            check_refundable(refund.payment, refund.amount_vnd)
        refund.state, refund.actor = Refund.State.SENT, actor
        refund.save(update_fields=["state", "actor"])
        apply_refunded(
            refund,
            f"refund-{refund.pk}",
            Source.DESK if point else Source.SHOP,
            at,
            actor=actor,
            point=point,
            paid_by=paid_by,
        )
    refund.refresh_from_db()
    return refund


def process_due_refunds(*, at: dt.datetime) -> int:
    """Execute every refund that is due or stopped halfway; returns how many are done.

    While the buyer may still choose another point the money stays. A refund that failed
    waits for a manager.
    """
    for due in refunds_due().exclude(refunds__state=Refund.State.FAILED):
        create_refunds_of_due(due=due, at=at)
    created = Refund.objects.filter(state=Refund.State.CREATED).order_by("pk")
    refunds = [execute_refund(refund=refund, at=at) for refund in created]
    return sum(refund.state == Refund.State.DONE for refund in refunds)


@transaction.atomic
def create_refunds_of_due(*, due: RefundDue, at: dt.datetime) -> list[Refund]:
    """Create the refunds that settle a due, from what the order's payments received.

    Payments whose money is of no use come first. What was never paid is not due.
    """
    Order.objects.select_for_update().get(pk=due.order_id)
    due.refresh_from_db()
    payments = Payment.objects.filter(order=due.order_id).order_by("pk")
    offered = payments.filter(offer_until__gt=at, state=Payment.State.REFUND_DUE)
    if due.settled_at or due.refunds.exists() or offered.exists():
        return []
    left = due.amount_vnd
    refunds: list[Refund] = []
    for payment in sorted(payments, key=lambda p: p.state != Payment.State.REFUND_DUE):
        amount = min(left, refundable_vnd(payment))
        if not amount:
            continue
        if amount == payment.balance_vnd and payment.state == Payment.State.PAID:
            fact = make_shop_fact(
                payment,
                PaymentEvent.Kind.UNUSABLE,
                at,
                code=Code.REFUND_REASON,
                params={"refund_reason": due.reason},
            )
            apply_fact(payment=payment, fact=fact, at=at)
        refund = create_refund(
            payment=payment,
            amount_vnd=amount,
            reason=due.reason,
            key=f"due-{due.pk}-{payment.pk}",
            actor=None,
            at=at,
            due=due,
        )
        refunds.append(refund)
        left -= amount
    if refunds and left:  # more was never paid, so no more is due
        RefundDue.objects.filter(pk=due.pk).update(amount_vnd=due.amount_vnd - left)
    elif not any(payment.balance_vnd > 0 for payment in payments):
        RefundDue.objects.filter(pk=due.pk).update(settled_at=at)
    return refunds
