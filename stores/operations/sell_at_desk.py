"""Sell over the counter."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.models import Batch, Product
from stores.models import DeskSale, DeskSaleLine, SalesPoint, StockMovement
from stores.operations.move import move
from stores.operations.reserve import NotEnoughStock, reserve
from stores.partner.models import StockRecord
from stores.queries.free import lots_to_take

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "NoLongerSold",
    "NotEnoughStock",
    "NotSoldHere",
    "NothingToSell",
    "SoldOtherwise",
    "sell_at_desk",
]


class NothingToSell(Exception):
    """No units, or fewer than one of something."""


class NotSoldHere(Exception):
    """A record of another point, a service, or alcohol without a licence."""


class NoLongerSold(Exception):
    """These products have no certificate in force today."""

    def __init__(self, products: list[Product]) -> None:
        super().__init__(", ".join(product.slug for product in products))
        self.products = products


class SoldOtherwise(Exception):
    """The `client_id` is that of `sale`, which was of other goods or paid otherwise."""

    def __init__(self, sale: DeskSale) -> None:
        super().__init__(f"{sale} was another sale")
        self.sale = sale


@transaction.atomic
def sell_at_desk(
    *,
    point: SalesPoint,
    units: Mapping[int, int],
    paid_by: str,
    client_id: str,
    actor: "_User",
    at: dt.datetime,
) -> DeskSale:
    """Take the goods off the shelf and write the sale, all or nothing.

    `units` maps stock record id to units (1 or more). What expires first goes first;
    what is past its date or promised to an order stays. A `client_id` that the point
    has seen brings back the sale it was, if that was of these goods and paid so.

    Raises SoldOtherwise, NothingToSell, NotSoldHere, NoLongerSold, or NotEnoughStock
    for the first record that falls short.
    """
    if before := DeskSale.objects.filter(point=point, client_id=client_id).first():
        return same_sale(before, units, paid_by)
    records = checked(point, units, timezone.localdate(at))
    total = sum(record.product.price_vnd * units[record.pk] for record in records)
    try:
        with transaction.atomic():
            sale = DeskSale.objects.create(
                point=point,
                actor=actor,
                client_id=client_id,
                paid_by=paid_by,
                total_vnd=total,
                at=at,
            )
    except IntegrityError:  # sent twice at once; this one waited for the other
        before = DeskSale.objects.get(point=point, client_id=client_id)
        return same_sale(before, units, paid_by)
    reserve(lines=dict(units), at=at)
    for record in records:
        DeskSaleLine.objects.create(
            sale=sale,
            record=record,
            units=units[record.pk],
            price_vnd=record.product.price_vnd,
            vat=point.vat_rate_of(record.product, on=timezone.localdate(at)),
        )
        for batch, number in first_to_expire(record, units[record.pk], at):
            move(
                record=record,
                batch=batch,
                kind=StockMovement.Kind.SELL_AT_DESK,
                quantity=-number,
                promised=-number,
                at=at,
                actor=actor,
                document=sale.number,
            )
    return sale


def same_sale(sale: DeskSale, units: Mapping[int, int], paid_by: str) -> DeskSale:
    """The sale, if it was of so many units of these records, and paid that way."""
    goods = dict(sale.lines.values_list("record", "units"))
    if (goods, sale.paid_by) != (units, paid_by):
        raise SoldOtherwise(sale)
    return sale


def checked(
    point: SalesPoint, units: Mapping[int, int], today: dt.date
) -> list[StockRecord]:
    """The point's records in id order, if all of them may be sold there today."""
    if not units or min(units.values()) < 1:
        raise NothingToSell
    records = list(
        StockRecord.objects.filter(pk__in=units, partner=point.partner_id)
        .select_related("product")
        .order_by("pk")
    )
    products = [record.product for record in records]
    if len(records) < len(units) or any(
        product.is_service or (product.is_alcohol and not point.alcohol_licence)
        for product in products
    ):
        raise NotSoldHere
    on_sale = Product.objects.on_sale(on=today).filter(pk__in=[p.pk for p in products])
    certified = set(on_sale.values_list("pk", flat=True))
    if lapsed := [product for product in products if product.pk not in certified]:
        raise NoLongerSold(lapsed)
    return records


def first_to_expire(
    record: StockRecord, units: int, at: dt.datetime
) -> list[tuple[Batch, int]]:
    """Lots within their date that make up so many units; they are promised to us."""
    taken = []
    today = timezone.localdate(at)
    for lot in lots_to_take([record.pk]).exclude(batch__best_before__lte=today):
        number = min(units, lot.on_hand)
        if number:
            taken.append((lot.batch, number))
            units -= number
    return taken
