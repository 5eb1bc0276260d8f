"""What lies where, what of it is free, and who may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalogue.models import (
    EXPIRING_WITHIN,
    Certificate,
    Product,
    certificate_in_force,
)
from catalogue.text import fold
from stores.models import Fulfilment, SalesPoint, StockLot
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Free(TypedDict):
        free: int

    FreeRecord = WithAnnotations[StockRecord, Free]

SOON = dt.timedelta(days=30)
"""A best-before within this time is shown to the keeper."""

CLOSED_IS_AS_FAR_AS_KM = 3
"""How much farther one would go for a point that is open now."""

FEW = 4
"""From this many units down, a card says that few are left."""


def free_units(*, on: dt.date) -> Combinable:
    """Units of a StockRecord that may be promised on a day.

    What lies there, less what is promised to orders, less lots that reach their
    best-before that day or earlier.
    """
    stale = (
        StockLot.objects.filter(record=OuterRef("pk"), batch__best_before__lte=on)
        .order_by()
        .values("record")
        .annotate(units=Sum("on_hand"))
        .values("units")
    )
    return (
        Coalesce(F("num_in_stock"), 0)
        - Coalesce(F("num_allocated"), 0)
        - Coalesce(Subquery(stale, output_field=IntegerField()), Value(0))
    )


def free_records(*, on: dt.date) -> "QuerySet[FreeRecord]":
    """Stock records with something free at a point that is in business.

    Each carries `free`, in units.
    """
    return (
        StockRecord.objects.filter(partner__sales_point__is_open=True)
        .annotate(free=free_units(on=on))
        .filter(free__gt=0)
    )


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
    """A product as a row of goods shows it, nearest shelf first."""

    product: Product
    shelves: Sequence[Shelf]

    @property
    def nearest(self) -> Shelf | None:
        return self.shelves[0] if self.shelves else None


def shelves_of(
    products: Iterable[Product],
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
) -> dict[int, list[Shelf]]:
    """Product id to the shelves where it is free, the most useful one first.

    The visitor's own place leads, then the near ones; a closed point counts as
    somewhat farther than it is.
    Without a place the regional centre stands in, and distances are left out.
    One query.
    """
    by_partner = {point.partner_id: point for point in points}
    centre = place or regional_centre(points)
    free = free_records(on=timezone.localdate(now)).filter(
        product__in=[product.pk for product in products], partner__in=by_partner
    )
    shelves = defaultdict(list)
    for product_id, partner_id, units in free.values_list("product", "partner", "free"):
        point = by_partner[partner_id]
        shelves[product_id].append(
            Shelf(
                point=point,
                free=units,
                open_until=point.open_until(at=now),
                opens=point.next_opening(at=now),
                distance_km=point.distance_km(place) if place else None,
                is_here=bool(place) and point == place,
            )
        )
    for row in shelves.values():
        row.sort(
            key=lambda shelf: (
                shelf.point != centre,
                (shelf.point.distance_km(centre) if centre else 0)
                + (0 if shelf.open_until else CLOSED_IS_AS_FAR_AS_KM),
            )
        )
    return dict(shelves)


def cards_of(
    products: Iterable[Product],
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
) -> list[Card]:
    """The products, in their order, each with its shelves."""
    products = list(products)
    shelves = shelves_of(products, points=points, place=place, now=now)
    return [Card(product, shelves.get(product.pk, [])) for product in products]


def regional_centre(points: Iterable[SalesPoint]) -> SalesPoint | None:
    """The Hội An centre among the points, which serves where none is chosen."""
    return next(
        (point for point in points if point.kind == SalesPoint.Kind.REGIONAL_CENTRE),
        None,
    )


def open_points() -> list[SalesPoint]:
    """Every point in business with its district, the centre first. One query."""
    return list(
        SalesPoint.objects.filter(is_open=True)
        .select_related("district")
        .order_by("pk")
    )


@dataclass(frozen=True)
class PointRow:
    """A point as a list shows it; `products` is how many kinds lie there to be sold."""

    number: int
    point: SalesPoint
    products: int
    open_until: dt.time | None
    opens: dt.datetime | None
    distance_km: float | None
    is_place: bool


def point_rows(
    points: Sequence[SalesPoint], *, place: SalesPoint | None, now: dt.datetime
) -> list[PointRow]:
    """The points, nearest to the visitor's place (or the centre) first. One query."""
    centre = place or regional_centre(points)
    products = kinds_at(on=timezone.localdate(now))
    ordered = sorted(points, key=lambda p: p.distance_km(centre) if centre else 0)
    return [
        PointRow(
            number=number,
            point=point,
            products=products.get(point.partner_id, 0),
            open_until=point.open_until(at=now),
            opens=point.next_opening(at=now),
            distance_km=point.distance_km(place) if place else None,
            is_place=bool(place) and point == place,
        )
        for number, point in enumerate(ordered, start=1)
    ]


def kinds_at(*, on: dt.date) -> dict[int, int]:
    """Partner id to how many kinds of goods on sale are free there. One query."""
    return dict(
        free_records(on=on)
        .filter(product__in=Product.objects.on_sale(on=on).values("pk"))
        .order_by()
        .values_list("partner")
        .annotate(kinds=Count("product", distinct=True))
    )


SHELF_LENGTH = 5


def shelf_at(
    point: SalesPoint | None,
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
) -> list[Card]:
    """A handful of what lies at a point, most stars first, no two pictures alike.

    Products that may not be advertised are never among them. The sizes of their
    pictures are left to the page, which asks for those of all its parts at once.
    """
    if point is None:
        return []
    today = timezone.localdate(now)
    there = free_records(on=today).filter(partner=point.partner_id).values("product")
    goods = (
        Product.objects.on_sale(on=today)
        .filter(pk__in=there, advertising_forbidden=False)
        .for_cards()
        .prefetch_related(None)
        .order_by("-stars", "pk")[: 8 * SHELF_LENGTH]
    )
    unlike = {product.picture_id: product for product in reversed(goods)}
    chosen = sorted(unlike.values(), key=lambda product: (-product.stars, product.pk))
    return cards_of(chosen[:SHELF_LENGTH], points=points, place=place, now=now)


@dataclass(frozen=True)
class Jobs:
    """The open jobs of a point, each list in the order in which to do them."""

    rooms_today: list[Fulfilment]
    to_prepare: list[Fulfilment]
    ready: list[Fulfilment]
    late: frozenset[int]

    @property
    def number(self) -> int:
        return len(self.rooms_today) + len(self.to_prepare) + len(self.ready)


def jobs_of(point: SalesPoint, *, now: dt.datetime) -> Jobs:
    """What is to be done at a point. Rooms due by today lead; older ones are late."""
    today = timezone.localdate(now)
    open_jobs = list(
        point.fulfilments.open()
        .select_related("order", "hotel", "point")
        .prefetch_related("order__lines__product")
        .order_by("pk")
    )
    rooms = [
        job
        for job in open_jobs
        if job.way == Fulfilment.Way.ROOM
        and job.handover_on
        and job.handover_on <= today
    ]
    others = [job for job in open_jobs if job not in rooms]
    return Jobs(
        rooms_today=rooms,
        to_prepare=[j for j in others if j.status == Fulfilment.Status.CONFIRMED],
        ready=[j for j in others if j.status == Fulfilment.Status.READY],
        late=frozenset(
            job.pk for job in rooms if job.handover_on and job.handover_on < today
        ),
    )


def shelf_of(
    point: SalesPoint, *, on: dt.date, text: str = "", only: str = ""
) -> QuerySet[StockRecord]:
    """The point's records for its keeper, each with `oldest`, `lasts` and `free`.

    `oldest` is the nearest best-before of what
    lies there, `lasts` the day its certificate ends (None: not on sale). `only` is
    `low`, `soon` (30 days) or `ending` (certificate, 90 days).
    """
    lying = StockLot.objects.filter(record=OuterRef("pk"), on_hand__gt=0).order_by()
    in_force = Certificate.objects.filter(
        certificate_in_force(on=on), product=OuterRef("product")
    )
    records = (
        StockRecord.objects.filter(partner=point.partner_id)
        .select_related("product__picture")
        .prefetch_related("product__picture__renditions")
        .annotate(
            oldest=Subquery(
                lying.order_by("batch__best_before").values("batch__best_before")[:1]
            ),
            lasts=Subquery(in_force.values("expires_on")[:1]),
            free=free_units(on=on),
        )
        .order_by("product__title", "pk")
    )
    for word in fold(text).split():
        records = records.filter(
            Q(product__search_entries__text__contains=f" {word}")
            | Q(product__upc=word)
            | Q(lots__batch__lot__iexact=word)
        ).distinct()
    if only == "low":
        records = records.filter(num_in_stock__lte=F("low_stock_threshold"))
    elif only == "soon":
        records = records.filter(oldest__lte=on + SOON)
    elif only == "ending":
        records = records.filter(
            Q(lasts=None) | Q(lasts__lte=on + EXPIRING_WITHIN), num_in_stock__gt=0
        )
    return records
