"""Put goods in a basket."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalogue.models import Product
from marketplace.checkout.basket.models import Basket, Line
from marketplace.checkout.basket.operations.lock_open import NoLongerOpen, lock_open
from marketplace.orders.models import Hold
from stores.models import SalesPoint
from stores.queries.free import free_records

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord

__all__ = ["NoLongerOpen", "NotForSale", "NotThatMany", "OnNoShelf", "put_in"]


class NotForSale(Exception):
    """No certificate in force, or a service, which no basket holds."""


class OnNoShelf(Exception):
    """Nothing of it is free anywhere."""


class NotThatMany(Exception):
    """No single point has so many; `record` is the fullest shelf, with its `free`."""

    def __init__(self, record: "FreeRecord") -> None:
        super().__init__(f"{record.partner_sku}: {record.free} free at best")
        self.record = record


@transaction.atomic
def put_in(
    *,
    basket: Basket,
    product: Product,
    quantity: int,
    at: dt.datetime,
    point: SalesPoint | None = None,
    own: Hold | None = None,
) -> Line:
    """Add `quantity` units (1 or more) to the basket's line of that product.

    The line keeps the shelf of the point named, when that has enough, or of the
    fullest point. Nothing is held for the buyer yet; what her own unpaid order keeps
    is not in her way.

    Raises NoLongerOpen, NotForSale, OnNoShelf or NotThatMany; the basket is as before
    then.
    """
    if basket.pk:
        lock_open(basket)
    today = timezone.localdate(at)
    if product.is_service or not Product.objects.on_sale(on=today).filter(
        pk=product.pk
    ):
        raise NotForSale
    line = basket.lines.filter(product=product).first() if basket.pk else None
    wanted = quantity + (line.quantity if line else 0)
    record = shelf_with(product, wanted, point, at, own)
    if basket.pk is None:  # last, so that a refusal leaves it without a number
        basket.save()
    if line is None:
        line = Line(basket=basket, product=product, line_reference=str(product.pk))
    line.quantity = wanted
    line.stockrecord = record
    line.price_currency = "VND"
    line.price_excl_tax = line.price_incl_tax = product.price_vnd
    line.save()
    basket.reset_offer_applications()
    return line


def shelf_with(
    product: Product,
    units: int,
    point: SalesPoint | None,
    at: dt.datetime,
    own: Hold | None = None,
) -> "FreeRecord":
    """The shelf that has so many free: the point's if it does, else the fullest."""
    there = free_records(at=at, own=own).filter(product=product)
    shelves = list(there.order_by("-free", "pk"))
    if not shelves:
        raise OnNoShelf
    enough = [record for record in shelves if record.free >= units]
    if not enough:
        raise NotThatMany(shelves[0])
    named = [r for r in enough if point and r.partner_id == point.partner_id]
    return (named or enough)[0]
