"""What lies where, what of it is free, and who may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, TypeVar

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
    Batch,
    Certificate,
    Product,
    certificate_in_force,
)
from catalogue.text import fold
from stores.models import (
    Fulfilment,
    FulfilmentLine,
    Hold,
    Return,
    SalesPoint,
    StockLot,
    StockMovement,
)
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Free(TypedDict):
        free: int

    FreeRecord = WithAnnotations[StockRecord, Free]

_Record = TypeVar("_Record", bound=StockRecord)

SOON = dt.timedelta(days=30)
"""A best-before within this time is shown to the keeper."""

CLOSED_IS_AS_FAR_AS_KM = 3
"""How much farther one would go for a point that is open now."""

FEW = 4
"""From this many units down, a card says that few are left."""


def free_units(*, at: dt.datetime, own: Hold | None = None) -> Combinable:
    """Units of a StockRecord that may be promised at that moment.

    What `unpromised_units` counts, and what is still booked for orders whose time to
    pay is over: nobody has to sweep first. What the buyer's `own` unpaid order keeps
    is free to her, who may order anew instead.
    """
    not_kept = Q(hold__until__lte=at)
    if own:
        not_kept |= Q(hold=own)
    lapsed = (
        FulfilmentLine.objects.filter(not_kept, record=OuterRef("pk"))
        .order_by()
        .values("record")
        .annotate(units=Sum("promised"))
        .values("units")
    )
    return unpromised_units(on=timezone.localdate(at)) + Coalesce(
        Subquery(lapsed, output_field=IntegerField()), Value(0)
    )


def unpromised_units(*, on: dt.date) -> Combinable:
    """What lies on a StockRecord's shelf and is neither promised nor past its date.

    Lots that reach their best-before that day or earlier do not count.
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


def free_records(*, at: dt.datetime, own: Hold | None = None) -> "QuerySet[FreeRecord]":
    """Stock records with something free at a point that is in business.

    Each carries `free`, in units.
    """
    return (
        StockRecord.objects.filter(partner__sales_point__is_open=True)
        .annotate(free=free_units(at=at, own=own))
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
    own: Hold | None = None,
) -> dict[int, list[Shelf]]:
    """Product id to the shelves where it is free, the most useful one first.

    The visitor's own place leads, then the near ones; a closed point counts as
    somewhat farther than it is.
    Without a place the regional centre stands in, and distances are left out.
    One query.
    """
    by_partner = {point.partner_id: point for point in points}
    centre = place or regional_centre(points)
    free = free_records(at=now, own=own).filter(
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
    own: Hold | None = None,
) -> list[Card]:
    """The products, in their order, each with its shelves."""
    products = list(products)
    shelves = shelves_of(products, points=points, place=place, now=now, own=own)
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
    products = kinds_at(at=now)
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


def kinds_at(*, at: dt.datetime) -> dict[int, int]:
    """Partner id to how many kinds of goods on sale are free there. One query."""
    on = timezone.localdate(at)
    return dict(
        free_records(at=at)
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

    Products that may not be advertised are never among them.
    """
    if point is None:
        return []
    today = timezone.localdate(now)
    there = free_records(at=now).filter(partner=point.partner_id).values("product")
    goods = (
        Product.objects.on_sale(on=today)
        .filter(pk__in=there, advertising_forbidden=False)
        .for_cards()
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
        .select_related("order", "hotel", "point", "packed_by")
        .prefetch_related("parts__line__product")
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
        to_prepare=[j for j in others if j.status != Fulfilment.Status.READY],
        ready=[j for j in others if j.status == Fulfilment.Status.READY],
        late=frozenset(
            job.pk for job in rooms if job.handover_on and job.handover_on < today
        ),
    )


def shelf_of(
    point: SalesPoint, *, at: dt.datetime, text: str = "", only: str = ""
) -> QuerySet[StockRecord]:
    """The point's records for its keeper, each with `oldest`, `lasts` and `free`.

    `oldest` is the nearest best-before of what
    lies there, `lasts` the day its certificate ends (None: not on sale). `only` is
    `low`, `soon` (30 days) or `ending` (certificate, 90 days).
    """
    on = timezone.localdate(at)
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
            free=free_units(at=at),
        )
        .order_by("product__title", "pk")
    )
    records = narrowed(records, text)
    if only == "low":
        records = records.filter(num_in_stock__lte=F("low_stock_threshold"))
    elif only == "soon":
        records = records.filter(oldest__lte=on + SOON)
    elif only == "ending":
        records = records.filter(
            Q(lasts=None) | Q(lasts__lte=on + EXPIRING_WITHIN), num_in_stock__gt=0
        )
    return records


def narrowed(records: "QuerySet[_Record]", text: str) -> "QuerySet[_Record]":
    """The records that every word of a keeper's search fits: name, bar code or lot."""
    for word in fold(text).split():
        records = records.filter(
            Q(product__search_entries__text__contains=f" {word}")
            | Q(product__upc=word)
            | Q(lots__batch__lot__iexact=word)
        ).distinct()
    return records


def lots_given(parts: Sequence[FulfilmentLine]) -> dict[int, dict[Batch, int]]:
    """Part id to the lots handed over for it, with the units not brought back.

    The ledger knows them by the order's number; what expires first leads. Three
    queries.
    """
    by_place = {(part.record_id, part.fulfilment.order.number): part for part in parts}
    left: dict[tuple[int, int], int] = {}
    given = StockMovement.objects.filter(
        kind=StockMovement.Kind.SELL,
        record__in={record for record, _number in by_place},
        document__in={number for _record, number in by_place},
    ).values_list("record", "document", "batch", "quantity")
    for record_id, number, batch_id, quantity in given:
        if part := by_place.get((record_id, number)):
            key = part.pk, batch_id
            left[key] = left.get(key, 0) - quantity
    back = Return.objects.filter(part__in=parts).values_list("part", "batch", "units")
    for part_id, batch_id, units in back:
        left[part_id, batch_id] -= units
    batches = Batch.objects.filter(pk__in={batch for _part, batch in left})
    lots: dict[int, dict[Batch, int]] = {part.pk: {} for part in parts}
    for batch in sorted(
        batches.select_related("product"),
        key=lambda one: (one.best_before or dt.date.max, one.pk),
    ):
        for part in parts:
            if left.get((part.pk, batch.pk)):
                lots[part.pk][batch] = left[part.pk, batch.pk]
    return lots


@dataclass(frozen=True)
class Bill:
    """What an order costs by now, in whole dong."""

    goods_vnd: int
    postage_vnd: int
    to_collect_vnd: int
    due_back_vnd: int

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.postage_vnd


def bill_of(jobs: Iterable[Fulfilment]) -> Bill:
    """The bill of an order, whose every job is given with its parts and their lines.

    Cancelled units are left out; what came back is not: it is due back. One query.
    """
    jobs = list(jobs)
    goods = sum(part.live_vnd for job in jobs for part in job.parts.all())
    order = jobs[0].order
    due = order.refunds_due.filter(settled_at=None).aggregate(sum=Sum("amount_vnd"))
    return Bill(
        goods_vnd=goods,
        postage_vnd=int(order.shipping_incl_tax) if goods else 0,
        to_collect_vnd=sum(
            job.to_collect_vnd for job in jobs if job.is_still_to_be_paid
        ),
        due_back_vnd=due["sum"] or 0,
    )


def parcels_to_send(point: SalesPoint) -> QuerySet[Fulfilment]:
    """The point's parcels that are not with the post yet, the oldest first."""
    return (
        point.fulfilments.open()
        .filter(way=Fulfilment.Way.POST)
        .select_related("order__shipping_address", "point")
        .prefetch_related("parts__line__product")
        .order_by("pk")
    )


def parcels_on_the_way(point: SalesPoint) -> QuerySet[Fulfilment]:
    """The point's parcels that the post has and has not brought yet."""
    return (
        point.fulfilments.filter(
            way=Fulfilment.Way.POST,
            status=Fulfilment.Status.HANDED_OVER,
            parts__handed_over__gt=F("parts__returned"),
        )
        .distinct()
        .select_related("order")
        .order_by("handed_over_at", "pk")
    )


def stale_lots(point: SalesPoint, *, on: dt.date) -> QuerySet[StockLot]:
    """What lies at a point at or past its best-before, the oldest first."""
    return (
        StockLot.objects.filter(
            record__partner=point.partner_id, on_hand__gt=0, batch__best_before__lte=on
        )
        .select_related("batch", "record__product__picture")
        .prefetch_related("record__product__picture__renditions")
        .order_by("batch__best_before", "pk")
    )


def parts_given(text: str) -> list[FulfilmentLine]:
    """The lines of an order, by number or code, of which something was handed over.

    For the keeper of any point: a buyer brings goods back where she is.
    """
    return list(
        FulfilmentLine.objects.filter(
            Q(fulfilment__order__number__iexact=text)
            | Q(fulfilment__code__iexact="".join(text.split())),
            handed_over__gt=0,
        )
        .select_related("line__product__picture", "fulfilment__order")
        .prefetch_related("line__product__picture__renditions")
        .order_by("pk")
    )


def on_sale_at(point: SalesPoint, *, at: dt.datetime) -> "QuerySet[FreeRecord]":
    """Records that the point may sell over the counter now, each with its `free`."""
    goods = Product.objects.on_sale(on=timezone.localdate(at)).exclude(group="tourism")
    records = (
        free_records(at=at)
        .filter(partner=point.partner_id, product__in=goods.values("pk"))
        .select_related("product__picture")
        .prefetch_related("product__picture__renditions")
        .order_by("product__title", "pk")
    )
    if not point.alcohol_licence:
        records = records.filter(product__abv=None)
    return records
