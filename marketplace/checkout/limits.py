"""How much one buyer may have on order that is not paid yet.

A buyer is a telephone number, a mail address, a browser or an account: whatever of it
an order has in common with another. Two orders sent at the same moment may both pass.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _

from catalogue.models import Product
from catalogue.phones import phone_digits
from catalogue.refusals import Refusal
from marketplace.orders.models import (
    Fulfilment,
    FulfilmentLine,
    LimitExemption,
    Order,
)

if TYPE_CHECKING:
    from marketplace.checkout.place_order import OrderRequest


class TooManyUnpaidOrders(Refusal):
    """The buyer has `number` unpaid orders already."""

    status = 422

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def message(self) -> str:
        return _(
            "%d orders of yours are not paid yet, and more cannot be open at a time."
            " Collect, pay or cancel one of them first, or call us: we can allow more."
        ) % (self.number)


class TooManyUnpaidUnits(Refusal):
    """More units of `product` than a buyer may have in unpaid orders."""

    status = 422

    def __init__(self, product: Product, ordered: int) -> None:
        super().__init__(product, ordered)
        self.product, self.ordered = product, ordered

    @property
    def message(self) -> str:
        text = _(
            "%(name)s: at most %(most)d in orders that are not paid yet, and"
            " %(ordered)d are in yours already. Order fewer, or call us: we can allow"
            " more."
        )
        return text % {
            "name": self.product.name,
            "most": settings.UNPAID_UNITS_PER_PRODUCT,
            "ordered": self.ordered,
        }


def check_unpaid_limits(
    *,
    request: "OrderRequest",
    units: Mapping[Product, int],
    at: dt.datetime,
    replaced_order: Order | None = None,
) -> None:
    """Refuse an order of so many `units` on top of what its buyer has not paid yet.

    `replaced_order` ends with the new one and does not count. One query.

    Raises TooManyUnpaidOrders or TooManyUnpaidUnits, unless the buyer is exempt.
    """
    lines = FulfilmentLine.objects.filter(
        unpaid(at), same_buyer(request), units__gt=F("cancelled")
    )
    if replaced_order:
        lines = lines.exclude(fulfilment__order=replaced_order)
    orders = set()
    ordered: Counter[int] = Counter()
    for order, product, live in lines.values_list(
        "fulfilment__order", "line__product", F("units") - F("cancelled")
    ):
        orders.add(order)
        ordered[product] += live
    refusal: Refusal | None = None
    if len(orders) >= settings.UNPAID_ORDERS_PER_BUYER:
        refusal = TooManyUnpaidOrders(len(orders))
    for product, number in units.items():
        if ordered[product.pk] + number > settings.UNPAID_UNITS_PER_PRODUCT:
            refusal = refusal or TooManyUnpaidUnits(product, ordered[product.pk])
    if refusal and not is_exempt(request):
        raise refusal


def unpaid(at: dt.datetime) -> Q:
    """Lines whose goods are reserved for a buyer who has not paid."""
    on_receipt = Q(
        fulfilment__status__in=Fulfilment.OPEN, fulfilment__to_collect_vnd__gt=0
    )
    held = Q(
        fulfilment__status=Fulfilment.Status.AWAITING_PAYMENT,
        fulfilment__order__hold__until__gt=at,
    )
    return on_receipt | held


def same_buyer(request: "OrderRequest") -> Q:
    found = Q(fulfilment__order__in=request.own_orders)
    if request.phone:
        found |= Q(fulfilment__phone=request.phone)
    if request.email:
        found |= Q(fulfilment__order__guest_email__iexact=request.email)
    if request.user:
        found |= Q(fulfilment__order__user=request.user)
    return found


def is_exempt(request: "OrderRequest") -> bool:
    """Whether a manager has lifted the limits for the telephone or mail address."""
    contacts = filter(None, (phone_digits(request.phone), request.email.lower()))
    return LimitExemption.objects.filter(contact__in=contacts, ended_at=None).exists()
