"""The buyer takes her goods at another point instead of her money."""

import datetime as dt

from django.db import transaction

from marketplace.orders.models import Order, RefundDue
from marketplace.orders.operations.confirm import confirm_order
from marketplace.payments.models import Payment, PaymentEvent, Refund
from marketplace.payments.operations.apply_event import apply_event, ours
from stores.models import SalesPoint
from stores.operations.reserve import NotEnoughStock
from stores.partner.models import StockRecord

__all__ = ["NotEnoughStock", "NotOffered", "serve_elsewhere"]


class NotOffered(Exception):
    """The time to choose is over, or the money is on its way back."""


@transaction.atomic
def serve_elsewhere(*, payment: Payment, point: SalesPoint, at: dt.datetime) -> None:
    """Move a paid pick-up to a point that has all of it, and confirm it there.

    Raises NotOffered, or NotEnoughStock when it is gone there too; nothing has moved
    then, and the money still goes back.
    """
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    going = payment.refunds.exclude(state=Refund.State.FAILED)
    if (
        payment.state != Payment.State.REFUND_DUE
        or payment.offer_until is None
        or payment.offer_until <= at
        or going.exists()
    ):
        raise NotOffered
    fulfilment = order.fulfilments.get()
    records = {
        record.product_id: record
        for record in StockRecord.objects.filter(partner=point.partner_id)
    }
    for line in fulfilment.lines.select_related("reservation__record"):
        reservation = line.reservation
        if reservation.record.product_id not in records:
            raise NotOffered
        reservation.record = records[reservation.record.product_id]
        reservation.save(update_fields=["record"])
    fulfilment.point = point
    fulfilment.save(update_fields=["point"])
    confirm_order(order=order, at=at)
    order.fulfilments.update(to_collect_vnd=0)
    RefundDue.objects.filter(
        order=order, settled_at=None, reason=RefundDue.Reason.NOT_THERE
    ).delete()
    Payment.objects.filter(pk=payment.pk).update(offer_until=None)
    news = ours(payment, PaymentEvent.Kind.USED, at, why=f"served at {point.slug}")
    apply_event(payment=payment, news=news, at=at)
