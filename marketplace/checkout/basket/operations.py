"""Add goods to a basket, change their quantity, put an unpaid order back."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Product
from catalogue.refusals import NotEnough, Refusal, WrongStatus
from marketplace.checkout.basket.models import Basket, Line
from marketplace.orders.models import Fulfilment, Order
from marketplace.payments.operations.cancel import cancel_order_and_payment
from stores.models import SalesPoint
from stores.queries.free import free_records

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord


class AlreadySubmitted(Refusal):
    """The basket has become an order meanwhile."""

    message = gettext_lazy(
        "This basket has just been ordered. Add the goods again to start a new one."
    )


class Unavailable(Refusal):
    """No certificate in force, a service, or nothing free at any point."""


class TooFewAtOnePoint(NotEnough):
    """No point has so many; `record` is the one with most, with its `free` units."""

    def __init__(self, record: "FreeRecord") -> None:
        super().__init__(record)
        self.record = record

    @property
    def message(self) -> str:
        return _("%(name)s: no point has that many. %(point)s has %(free)d.") % {
            "name": self.record.product.name,
            "point": self.record.partner.sales_point.short_name,
            "free": self.record.free,
        }


def lock_open(basket: Basket) -> None:
    """Lock the basket's row, before any other row, as `place_order` does.

    Raises AlreadySubmitted.
    """
    row = Basket.objects.select_for_update().get(pk=basket.pk)
    if row.status != Basket.OPEN:
        raise AlreadySubmitted


@transaction.atomic
def add_to_basket(
    *,
    basket: Basket,
    product: Product,
    quantity: int,
    at: dt.datetime,
    point: SalesPoint | None = None,
    own: str = "",
) -> Line:
    """Add `quantity` units (1 or more) to the basket's line of that product.

    The line comes from the shelf of the point named, when that has enough, or of the
    point with most. Nothing is reserved yet; what the buyer's own unpaid order holds,
    whose number is `own`, counts as free.

    Raises AlreadySubmitted, Unavailable or TooFewAtOnePoint; the basket is
    as before then.
    """
    if basket.pk:
        lock_open(basket)
    on_sale = Product.objects.on_sale(on=timezone.localdate(at))
    if product.is_service or not on_sale.filter(pk=product.pk):
        raise Unavailable(explain_not_for_sale(product))
    line = basket.lines.filter(product=product).first() if basket.pk else None
    units = quantity + (line.quantity if line else 0)
    record = shelf_with(product, units, point, at, own)
    if basket.pk is None:  # last, so that a refused basket is never written
        basket.save()
    if line is None:
        line = Line(basket=basket, product=product, line_reference=str(product.pk))
    line.quantity = units
    line.stockrecord = record
    line.price_currency = "VND"
    line.price_excl_tax = line.price_incl_tax = product.price_vnd
    line.save()
    basket.reset_offer_applications()
    return line


def explain_not_for_sale(product: Product) -> str:
    if product.is_service:
        text = _("%s is a visit: it is arranged with the village.")
    else:
        text = _("%s has no certificate in force today, so it is not sold.")
    return text % product.name


@transaction.atomic
def set_quantity(
    *, basket: Basket, line_id: int, quantity: int, at: dt.datetime, own: str = ""
) -> None:
    """Set the line to `quantity` units; 0 removes it.

    It stays on the shelf of its point if that has enough. A line that is removed
    already stays removed.

    Raises AlreadySubmitted, Unavailable or TooFewAtOnePoint; nothing has changed then.
    """
    lock_open(basket)
    line = basket.lines.select_related("product").filter(pk=line_id).first()
    if line is None:
        return
    if quantity == 0:
        line.delete()
    else:
        here = SalesPoint.objects.filter(partner__stockrecords=line.stockrecord_id)
        line.stockrecord = shelf_with(line.product, quantity, here.first(), at, own)
        line.quantity = quantity
        line.save()
    basket.reset_offer_applications()


def shelf_with(
    product: Product, units: int, point: SalesPoint | None, at: dt.datetime, own: str
) -> "FreeRecord":
    """The record that has so many free: the point's if it has, else that with most."""
    there = free_records(at=at, own=own).filter(product=product)
    records = list(there.select_related("product").order_by("-free", "pk"))
    if not records:
        raise Unavailable(_("%s is on no shelf at the moment.") % product.name)
    enough = [record for record in records if record.free >= units]
    if not enough:
        raise TooFewAtOnePoint(records[0])
    preferred = [r for r in enough if point and r.partner_id == point.partner_id]
    return (preferred or enough)[0]


@transaction.atomic
def restore_basket(*, order: Order, basket: Basket, at: dt.datetime) -> list[Product]:
    """Cancel an unpaid order and add its goods to the basket, from the same points.

    Of a lapsed order the goods are added alike. Returns what could not be added,
    because it is no longer sold or fewer are free; as many as there are, are added.

    Raises AlreadySubmitted or WrongStatus.
    """
    if basket.pk is None:
        basket.save()
    else:
        lock_open(basket)
    fulfilments = list(order.fulfilments.select_related("point"))
    statuses = {fulfilment.status for fulfilment in fulfilments}
    if Fulfilment.Status.AWAITING_PAYMENT in statuses:
        cancel_order_and_payment(order=order, at=at)
    elif statuses != {Fulfilment.Status.LAPSED}:
        raise WrongStatus(
            _("This order is no longer waiting for payment, so it cannot be changed.")
        )
    left_out = []
    for fulfilment in fulfilments:
        lines = fulfilment.lines.select_related("reservation__record__product")
        for product, units in [(x.reservation.record.product, x.units) for x in lines]:
            try:
                add_to_basket(
                    basket=basket,
                    product=product,
                    quantity=units,
                    at=at,
                    point=fulfilment.point,
                )
            except TooFewAtOnePoint as few:
                left_out.append(product)
                line = basket.lines.filter(product=product).first()
                rest = few.record.free - (line.quantity if line else 0)
                if rest > 0:
                    add_to_basket(
                        basket=basket,
                        product=product,
                        quantity=rest,
                        at=at,
                        point=fulfilment.point,
                    )
            except Unavailable:
                left_out.append(product)
    return left_out
