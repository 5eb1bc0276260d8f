"""The buyer changes her mind: she pays when she receives it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from marketplace.orders.models import Fulfilment, Hold, Order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.payments.models import Payment
from marketplace.payments.operations.apply_event import lapse_payment
from marketplace.payments.operations.ask import NothingToPay, TimeIsOver, expect

__all__ = ["NothingToPay", "TimeIsOver", "pay_on_receipt"]


@transaction.atomic
def pay_on_receipt(*, order: Order, way: str, at: dt.datetime) -> Payment:
    """Confirm an unpaid order while its goods are kept; its money is collected later.

    Raises NothingToPay, or TimeIsOver.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    hold = Hold.objects.filter(order=order).first()
    if order.status != Fulfilment.Status.AWAITING_PAYMENT or hold is None:
        lapsed = order.status == Fulfilment.Status.LAPSED
        raise TimeIsOver if lapsed else NothingToPay
    if hold.until <= at:
        raise TimeIsOver
    for live in order.payments.filter(state=Payment.State.ASKED):
        lapse_payment(payment=live, at=at, why=gettext_noop("paid on receipt instead"))
    fulfilments = list(order.fulfilments.order_by("pk"))
    confirm_order(order=order, at=at)
    for fulfilment in fulfilments:  # to confirm says that nothing is left to collect
        order.fulfilments.filter(pk=fulfilment.pk).update(
            to_collect_vnd=fulfilment.to_collect_vnd
        )
    return expect(order=order, way=way, at=at)
