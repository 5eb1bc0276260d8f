"""Goods and the money that is collected for them change hands together."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.operations.fulfil import mark_delivered
from marketplace.orders.operations.hand_over import hand_over, needs_code
from marketplace.payments.models import (
    ON_RECEIPT,
    Payment,
    PaymentEvent,
    PaymentMethod,
)
from marketplace.payments.operations.apply_fact import apply_fact
from marketplace.payments.operations.record_reductions import record_reductions
from marketplace.payments.states import PaymentFact
from stores.models import DeskSale

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@transaction.atomic
def hand_over_and_collect(
    *,
    fulfilment: Fulfilment,
    actor: "_User",
    paid_by: str,
    at: dt.datetime,
    at_front_desk: bool = False,
    **details: str,
) -> None:
    """Hand a fulfilment over and collect what is to be paid for it, both or neither.

    Nothing is collected where nobody meets the buyer: the post does that later.
    `details` are further arguments of `hand_over`; raises what `hand_over` raises.
    """
    hand_over(
        fulfilment=fulfilment,
        actor=actor,
        at=at,
        at_front_desk=at_front_desk,
        **details,
    )
    if needs_code(fulfilment, at_front_desk=at_front_desk):
        collect_payment(fulfilment=fulfilment, actor=actor, paid_by=paid_by, at=at)
    record_reductions(order=fulfilment.order)


@transaction.atomic
def confirm_delivery(
    *, fulfilment: Fulfilment, actor: "_User", at: dt.datetime
) -> None:
    """Record that a parcel arrived and what was collected for it, both or neither.

    Raises WrongFulfilmentStatus unless it was handed to the post.
    """
    mark_delivered(fulfilment=fulfilment, at=at)
    collect_payment(fulfilment=fulfilment, actor=actor, paid_by="", at=at)


@transaction.atomic
def collect_payment(
    *, fulfilment: Fulfilment, actor: "_User", paid_by: str, at: dt.datetime
) -> PaymentEvent | None:
    """Record what was collected for a fulfilment, by whom, and how; once.

    An empty `paid_by` is the default: cash, or by post the transfer from the post
    office. The payment's amount follows what is collected, since some of the order may
    have been cancelled. Nothing is collected for an order that was paid before.
    """
    Order.objects.select_for_update().get(pk=fulfilment.order_id)
    fulfilment.refresh_from_db()
    payment = Payment.objects.filter(
        order=fulfilment.order_id, method__in=ON_RECEIPT, state__in=Payment.LIVE
    ).first()
    if payment is None or not fulfilment.to_collect_vnd:
        return None
    if payment.state == Payment.State.PENDING:
        others = Fulfilment.objects.filter(order=fulfilment.order_id).exclude(
            pk=fulfilment.pk
        )
        remaining = others.to_collect().values_list("to_collect_vnd", flat=True)
        Payment.objects.filter(pk=payment.pk).update(
            amount_vnd=payment.paid_vnd + fulfilment.to_collect_vnd + sum(remaining)
        )
    by_post = payment.method == PaymentMethod.COD
    default = DeskSale.PaidBy.TRANSFER if by_post else DeskSale.PaidBy.CASH
    fact = PaymentFact(
        PaymentEvent.Source.DESK,
        f"fulfilment-{fulfilment.pk}",
        PaymentEvent.Kind.PAID,
        at,
        amount_vnd=fulfilment.to_collect_vnd,
        actor=actor,
        point=fulfilment.point,
        paid_by=DeskSale.PaidBy(paid_by or default),
    )
    return apply_fact(payment=payment, fact=fact, at=at)
