"""Keep the goods of an order whose money has come."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from catalogue.models import Certificate, Product
from marketplace.orders.models import Fulfilment, Order, RefundDue
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.hold import lapse_order
from marketplace.payments.letters import tell
from marketplace.payments.models import Payment
from marketplace.payments.queries import points_instead
from stores.operations.reserve import NotEnoughStock

Status = Fulfilment.Status
ON_RECEIPT = (Payment.Way.POINT, Payment.Way.COD)
UNPAID = (Status.AWAITING_PAYMENT, Status.LAPSED)

OFFER = dt.timedelta(minutes=30)
"""How long a buyer may choose another point before her money goes back by itself."""


class CannotKeep(Exception):
    """The money is here and the order cannot be kept."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason
        self.why = why


def keep_order(*, payment: Payment, at: dt.datetime) -> None:
    """Confirm the order, or have it collect nothing any more if it is certain already.

    Whoever calls it holds the order's lock. An order that was placed while its goods
    had their certificate is honoured when that has run out since, and not when it was
    withdrawn. The buyer is told either way.

    Raises CannotKeep.
    """
    order = payment.order
    order.refresh_from_db()
    fulfilments = order.fulfilments
    if order.status in Fulfilment.WITHOUT_GOODS and order.status not in UNPAID:
        tell(payment=payment, news="not_kept")
        why = f"the order is {order.status}"
        raise CannotKeep(RefundDue.Reason.CANCELLED, why)
    if order.status not in UNPAID:
        if payment.way not in ON_RECEIPT:  # then it is collected, not paid before
            fulfilments.open().update(to_collect_vnd=0)
        return
    if gone := withdrawn(order, on=timezone.localdate(at)):
        if order.status == Status.AWAITING_PAYMENT:
            cancel_order(order=order, at=at)
        tell(payment=payment, news="withdrawn")
        raise CannotKeep(RefundDue.Reason.NOT_THERE, f"withdrawn: {gone[0].slug}")
    try:
        with transaction.atomic():
            confirm_order(order=order, at=at)
    except NotEnoughStock as short:
        order.refresh_from_db()  # it was confirmed for a moment
        if order.status == Status.AWAITING_PAYMENT:
            lapse_order(order=order, at=at, notify=False)
        offer_elsewhere(payment, at)
        tell(payment=payment, news="gone")
        why = f"sold meanwhile: {short.record.partner_sku}"
        raise CannotKeep(RefundDue.Reason.NOT_THERE, why) from short
    fulfilments.update(to_collect_vnd=0)


def withdrawn(order: Order, *, on: dt.date) -> list[Product]:
    """Products of the order whose certificate was taken away, with no other since."""
    mine = order.lines.values("product")
    taken = Certificate.objects.filter(product__in=mine, withdrawn_on__lte=on)
    on_sale = Product.objects.on_sale(on=on).filter(pk__in=mine)
    return list(
        Product.objects.filter(pk__in=taken.values("product"))
        .exclude(pk__in=on_sale.values("pk"))
        .order_by("pk")
    )


def offer_elsewhere(payment: Payment, at: dt.datetime) -> None:
    """Keep the money back for a while if another point has all of it."""
    if points_instead(payment.order, at=at):
        until = at + OFFER
        Payment.objects.filter(pk=payment.pk).update(offer_until=until)
