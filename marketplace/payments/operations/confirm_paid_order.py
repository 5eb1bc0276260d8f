"""Confirm an order once its money has come, or offer its pick-up at another point."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.models import Certificate, Product
from marketplace.orders.models import Fulfilment, Order, RefundDue
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.lapse import lapse_order
from marketplace.payments.letters import send_payment_letter
from marketplace.payments.models import ON_RECEIPT, Code, Payment
from marketplace.payments.queries import points_instead
from stores.operations.reserve import NotEnoughStock

Status = Fulfilment.Status
UNPAID = (Status.AWAITING_PAYMENT, Status.LAPSED)

OFFER = dt.timedelta(minutes=30)
"""How long a buyer may choose another point before the money is refunded."""


@dataclass(frozen=True)
class Obstacle:
    """Why an order whose money came cannot be confirmed; `reason` of the refund due."""

    reason: RefundDue.Reason
    code: Code
    params: dict[str, Any]


def confirm_paid_order(*, payment: Payment, at: dt.datetime) -> Obstacle | None:
    """Confirm the order, or collect nothing on receipt if it is confirmed already.

    The caller holds the order's lock. A certificate that expired since the order was
    placed does not matter; one that was withdrawn does. Where it cannot be confirmed
    the buyer gets a letter.
    """
    order = payment.order
    order.refresh_from_db()
    if order.status in Fulfilment.WITHOUT_GOODS and order.status not in UNPAID:
        send_payment_letter(payment=payment, about="order_ended")
        return Obstacle(
            RefundDue.Reason.CANCELLED,
            Code.ORDER_STATUS,
            {"order_status": str(order.status)},
        )
    if order.status not in UNPAID:
        if payment.method not in ON_RECEIPT:
            order.fulfilments.open().update(to_collect_vnd=0)
        return None
    if withdrawn := find_withdrawn_products(order, on=timezone.localdate(at)):
        if order.status == Status.AWAITING_PAYMENT:
            cancel_order(order=order, at=at)
        send_payment_letter(payment=payment, about="withdrawn")
        return Obstacle(
            RefundDue.Reason.NOT_THERE, Code.WITHDRAWN, {"product": withdrawn[0].slug}
        )
    try:
        with transaction.atomic():
            confirm_order(order=order, at=at)
    except NotEnoughStock as short:
        order.refresh_from_db()  # its status in memory is that of the rolled back try
        if order.status == Status.AWAITING_PAYMENT:
            lapse_order(order=order, at=at, notify=False)
        if points_instead(order, at=at):
            until = at + OFFER
            Payment.objects.filter(pk=payment.pk).update(offer_until=until)
        send_payment_letter(payment=payment, about="sold_out")
        sku = short.record.partner_sku
        return Obstacle(RefundDue.Reason.NOT_THERE, Code.SOLD_OUT, {"product": sku})
    order.fulfilments.update(to_collect_vnd=0)
    return None


def find_withdrawn_products(order: Order, *, on: dt.date) -> list[Product]:
    """Products of the order whose certificate was withdrawn, without a newer one."""
    products = order.lines.values("product")
    withdrawn = Certificate.objects.filter(product__in=products, withdrawn_on__lte=on)
    on_sale = Product.objects.on_sale(on=on).filter(pk__in=products)
    return list(
        Product.objects.filter(pk__in=withdrawn.values("product"))
        .exclude(pk__in=on_sale.values("pk"))
        .order_by("pk")
    )
