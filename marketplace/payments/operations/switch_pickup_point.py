"""Collect a paid order at another point, instead of getting the money back."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import WrongStatus
from marketplace.orders.models import RefundDue
from marketplace.orders.operations.confirm import confirm_order
from marketplace.payments.models import Code, Payment, PaymentEvent, Refund
from marketplace.payments.operations.apply_fact import (
    apply_fact,
    lock_payment,
    make_shop_fact,
)
from stores.models import SalesPoint
from stores.operations.reserve import NotEnoughStock
from stores.partner.models import StockRecord

NOT_OFFERED = _("That point cannot give it out any more. Your money goes back.")
"""The time to choose is over, the goods are sold, or a refund was started."""


@transaction.atomic
def switch_pickup_point(
    *, payment: Payment, point: SalesPoint, at: dt.datetime
) -> None:
    """Move a paid pick-up to a point that has all of it, and confirm it there.

    Raises WrongStatus; then nothing has changed, and the money is still refunded.
    """
    payment = lock_payment(payment)
    order = payment.order
    started = payment.refunds.exclude(state=Refund.State.FAILED)
    if (
        payment.state != Payment.State.REFUND_DUE
        or payment.offer_until is None
        or payment.offer_until <= at
        or started.exists()
    ):
        raise WrongStatus(NOT_OFFERED)
    fulfilment = order.fulfilments.get()
    records = {
        record.product_id: record
        for record in StockRecord.objects.filter(partner=point.partner_id)
    }
    for line in fulfilment.lines.select_related("reservation__record"):
        reservation = line.reservation
        if reservation.record.product_id not in records:
            raise WrongStatus(NOT_OFFERED)
        reservation.record = records[reservation.record.product_id]
        reservation.save(update_fields=["record"])
    fulfilment.point = point
    fulfilment.save(update_fields=["point"])
    try:
        confirm_order(order=order, at=at)
    except NotEnoughStock as short:
        raise WrongStatus(NOT_OFFERED) from short
    order.fulfilments.update(to_collect_vnd=0)
    RefundDue.objects.filter(
        order=order, settled_at=None, reason=RefundDue.Reason.NOT_THERE
    ).delete()
    Payment.objects.filter(pk=payment.pk).update(offer_until=None)
    params = {"point": point.slug}
    kind = PaymentEvent.Kind.USED
    fact = make_shop_fact(payment, kind, at, code=Code.MOVED, params=params)
    apply_fact(payment=payment, fact=fact, at=at)
