"""What is on hand where, as visitors and keepers see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from catalogue.models import EXPIRING_WITHIN, Certificate, Product, certificate_in_force
from catalogue.queries import by_name, no_pictures_alike
from catalogue.text import fold
from stores.models import SalesEntry, SalesPoint, StockLot
from stores.partner.models import StockRecord
from stores.queries.free import counted_records, free_records, free_units
from stores.queries.points import regional_centre
from stores.sheets import LotRow

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord


_Record = TypeVar("_Record", bound=StockRecord)


SOON = dt.timedelta(days=30)
"""A best-before within this time is shown to the keeper."""


CLOSED_POINT_PENALTY_KM = 3
"""How much farther one would go for a point that is open now."""


FEW = 4
"""From this many units down, a card says that few are left."""


BEST_SELLERS = dt.timedelta(days=90)
"""How long back sales make a best seller."""


LISTED = 200
"""Goods that a field offers as one types; what is not among them is found by words."""


@dataclass(frozen=True)
class Shelf:
    """A product at a point: how many are free, and how far that is."""

    point: SalesPoint
    free: int
    open_until: dt.time | None
    opens: dt.datetime | None
    distance_km: float | None
    is_here: bool

    @property
    def few(self) -> bool:
        return self.free <= FEW


@dataclass(frozen=True)
class Card:
    """A product as a row of goods shows it, nearest shelf first.

    `row` is the products it is shown among: who draws one asks for the sizes of all
    their pictures at once.
    """

    product: Product
    shelves: Sequence[Shelf]
    row: Sequence[Product] = field(default=(), compare=False, repr=False)

    @property
    def nearest(self) -> Shelf | None:
        return self.shelves[0] if self.shelves else None


def shelves_by_product(
    products: Iterable[Product],
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
    own: str = "",
) -> dict[int, list[Shelf]]:
    """Product id to the shelves where it is free, the most useful one first.

    The visitor's own place leads, then the near ones; a closed point counts as
    somewhat farther than it is.
    Without a place the regional centre stands in, and distances are left out.
    One query.
    """
    by_partner = {point.partner_id: point for point in points}
    centre = place or regional_centre(points)
    free = counted_records(at=now, own=own).filter(
        product__in=[product.pk for product in products], partner__in=by_partner
    )
    shelves = defaultdict(list)
    empty: dict[int, Shelf] = {}
    for product_id, partner_id, units in free.values_list("product", "partner", "free"):
        if units <= 0:
            continue
        if partner_id not in empty:
            empty[partner_id] = shelf_now(by_partner[partner_id], place=place, now=now)
        shelves[product_id].append(replace(empty[partner_id], free=units))
    ranks = {
        shelf.point.pk: (
            shelf.point != centre,
            (shelf.point.distance_km(centre) if centre else 0)
            + (0 if shelf.open_until else CLOSED_POINT_PENALTY_KM),
        )
        for shelf in empty.values()
    }
    for row in shelves.values():
        row.sort(key=lambda shelf: ranks[shelf.point.pk])
    return dict(shelves)


def shelf_now(
    point: SalesPoint, *, place: SalesPoint | None, now: dt.datetime
) -> Shelf:
    """What a shelf of the point says at that moment, still without its units."""
    return Shelf(
        point=point,
        free=0,
        open_until=point.open_until(at=now),
        opens=point.next_opening(at=now),
        distance_km=point.distance_km(place) if place else None,
        is_here=bool(place) and point == place,
    )


def product_cards(
    products: Iterable[Product],
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
    own: str = "",
) -> list[Card]:
    """The products, in their order, each with its shelves."""
    products = list(products)
    shelves = shelves_by_product(products, points=points, place=place, now=now, own=own)
    return [
        Card(product, shelves.get(product.pk, []), products) for product in products
    ]


SHELF_LENGTH = 5


def shelf_at(
    point: SalesPoint | None,
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
) -> list[Card]:
    """A few products on hand at a point, most stars first, no two pictures alike.

    Products that may not be advertised are never among them. The sizes of their
    pictures are left to the page, which asks for those of all its parts at once.
    """
    if point is None:
        return []
    today = timezone.localdate(now)
    there = free_records(at=now).filter(partner=point.partner_id).values("product")
    goods = (
        Product.objects.on_sale(on=today)
        .filter(pk__in=there, advertising_forbidden=False)
        .for_cards()
        .prefetch_related(None)
        .order_by("-stars", "pk")[: 8 * SHELF_LENGTH]
    )
    chosen = no_pictures_alike(goods)[:SHELF_LENGTH]
    return product_cards(chosen, points=points, place=place, now=now)


def shelf_records(
    point: SalesPoint, *, at: dt.datetime, text: str = "", only: str = ""
) -> "QuerySet[FreeRecord]":
    """The point's records for its keeper, each with `oldest`, `lasts` and `free`.

    `oldest` is the nearest best-before of what
    lies there, `lasts` the day its certificate ends (None: not on sale). `only` is
    `low` (of what may be sold), `soon` (30 days) or `ending` (certificate, 90 days).
    """
    on = timezone.localdate(at)
    lots = StockLot.objects.filter(record=OuterRef("pk"), on_hand__gt=0).order_by()
    in_force = Certificate.objects.filter(
        certificate_in_force(on=on), product=OuterRef("product")
    ).order_by("-decided_on")
    records = (
        StockRecord.objects.filter(partner=point.partner_id)
        .select_related("product__picture")
        .prefetch_related("product__picture__renditions")
        .annotate(
            oldest=Subquery(
                lots.order_by("batch__best_before").values("batch__best_before")[:1]
            ),
            lasts=Subquery(in_force.values("expires_on")[:1]),
            free=free_units(at=at),
        )
        .order_by(by_name("product__"), "pk")
    )
    records = matching_records(records, text)
    if only == "low":
        records = records.filter(
            free__lte=F("low_stock_threshold"), lasts__isnull=False
        )
    elif only == "soon":
        records = records.filter(oldest__lte=on + SOON)
    elif only == "ending":
        records = records.filter(
            Q(lasts=None) | Q(lasts__lte=on + EXPIRING_WITHIN), num_in_stock__gt=0
        )
    return records


def has_word(word: str, *, of: str = "") -> Q:
    """Products with a searched word that begins so; `of` leads to the product."""
    return Q(**{f"{of}search_entries__text__contains": f" {word}"})


def matching_records(records: "QuerySet[_Record]", text: str) -> "QuerySet[_Record]":
    """The records that every word of a keeper's search fits: name, bar code or lot."""
    for word in fold(text).split():
        records = records.filter(
            has_word(word, of="product__")
            | Q(product__upc=word)
            | Q(lots__batch__lot__iexact=word)
        ).distinct()
    return records


def matching_products(text: str) -> QuerySet[Product]:
    """Goods of the whole market that every word of a keeper's text fits."""
    goods = Product.objects.exclude(group="tourism")
    goods = goods.filter(*map(has_word, fold(text).split()))
    return goods.order_by(by_name(), "pk").distinct()


def goods_known_at(point: SalesPoint) -> QuerySet[Product]:
    """What a point has or had, LISTED at most, with what names them."""
    goods = Product.objects.filter(stockrecords__partner=point.partner_id)
    return goods.only("code", "title", "title_en").order_by(by_name(), "pk")[:LISTED]


def stale_lots(point: SalesPoint, *, on: dt.date) -> QuerySet[StockLot]:
    """Lots on hand at a point at or past its best-before, the oldest first."""
    return (
        StockLot.objects.filter(
            record__partner=point.partner_id, on_hand__gt=0, batch__best_before__lte=on
        )
        .select_related("batch", "record__product__picture")
        .prefetch_related("record__product__picture__renditions")
        .order_by("batch__best_before", "pk")
    )


def on_sale_at(point: SalesPoint, *, at: dt.datetime) -> "QuerySet[FreeRecord]":
    """Records that the point may sell over the counter now, each with its `free`.

    Of what lies there for buyers' orders none may be free.
    """
    goods = point.sellable(Product.objects.on_sale(on=timezone.localdate(at)))
    return (
        counted_records(at=at)
        .filter(
            Q(free__gt=0) | Q(num_allocated__gt=0),
            partner=point.partner_id,
            product__in=goods.values("pk"),
        )
        .select_related("product__picture")
        .prefetch_related("product__picture__renditions")
        .order_by(by_name("product__"), "pk")
    )


def stock_rows(point: SalesPoint) -> list[LotRow]:
    """The stock of a point, lot by lot, as its file has it. One query."""
    lots = (
        StockLot.objects.filter(record__partner=point.partner_id, on_hand__gt=0)
        .select_related("record__product", "batch")
        .order_by("record__product__code", "batch__best_before", "batch__lot")
    )
    return [
        LotRow(
            code=lot.record.partner_sku,
            name=lot.record.product.name,
            lot=lot.batch.lot,
            best_before=lot.batch.best_before,
            on_hand=lot.on_hand,
            threshold=lot.record.low_stock_threshold,
            point=point.slug,
        )
        for lot in lots
    ]


def units_sold(point: SalesPoint, *, at: dt.datetime) -> dict[int, int]:
    """Record id to units that the point sold lately, less what came back. One query."""
    entries = SalesEntry.objects.filter(
        point=point, record__isnull=False, at__gte=at - BEST_SELLERS
    )
    sold = entries.order_by().values_list("record").annotate(sum=Sum("units"))
    return dict(sold)
