"""What lies where, what of it is free, and who may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, TypeVar

from django.db.models import (
    Count,
    Exists,
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
    CountLine,
    Fulfilment,
    FulfilmentLine,
    Hold,
    LeadTime,
    Return,
    SalesPoint,
    StockCount,
    StockLot,
    StockMovement,
    Transfer,
    TransferLine,
    TransferLot,
)
from stores.partner.models import StockRecord
from stores.sheets import Lying

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Free(TypedDict):
        free: int

    class Counting(TypedDict):
        is_counted: bool
        found: int | None
        again: bool

    FreeRecord = WithAnnotations[StockRecord, Free]
    LotToCount = WithAnnotations[StockLot, Counting]


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
    transfers: "OpenTransfers"

    @property
    def number(self) -> int:
        orders = len(self.rooms_today) + len(self.to_prepare) + len(self.ready)
        return orders + self.transfers.number


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
        transfers=open_transfers_of(point, now=now),
    )


def shelf_of(
    point: SalesPoint, *, at: dt.datetime, text: str = "", only: str = ""
) -> "QuerySet[FreeRecord]":
    """The point's records for its keeper, each with `oldest`, `lasts` and `free`.

    `oldest` is the nearest best-before of what
    lies there, `lasts` the day its certificate ends (None: not on sale). `only` is
    `low` (of what may be sold), `soon` (30 days) or `ending` (certificate, 90 days).
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


QUARTER = dt.timedelta(minutes=15)


def ready_at(
    source: SalesPoint, destination: SalesPoint, *, hours: int, now: dt.datetime
) -> dt.datetime | None:
    """When goods that lie at the source can be had at the destination.

    They leave while the source is open, are `hours` on the way, and wait where the
    destination is shut when they come. On the full quarter; None where one of them
    never opens.
    """
    starts = source.open_from(at=now)
    if starts is None:
        return None
    arrives = timezone.localtime(starts + dt.timedelta(hours=hours))
    over = dt.timedelta(minutes=arrives.minute % 15, seconds=arrives.second)
    over += dt.timedelta(microseconds=arrives.microsecond)
    return destination.open_from(at=arrives + (QUARTER - over if over else over))


def lead_times(*, to: Iterable[SalesPoint]) -> dict[tuple[int, int], int]:
    """Hours by the ids of source and destination, for these destinations. One query."""
    rows = LeadTime.objects.filter(destination__in=[point.pk for point in to])
    return {
        (source, destination): hours
        for source, destination, hours in rows.values_list(
            "source", "destination", "hours"
        )
    }


@dataclass(frozen=True)
class OpenTransfers:
    """The transfers of a point that are not at their end, by what it has to do.

    `to_send` and `coming` are for its keeper to do, `asked` and `sent` for others.
    """

    to_send: list[Transfer]
    coming: list[Transfer]
    asked: list[Transfer]
    sent: list[Transfer]
    late: frozenset[int]

    @property
    def number(self) -> int:
        """How many of them the keeper has to do."""
        return len(self.to_send) + len(self.coming)


def open_transfers_of(point: SalesPoint, *, now: dt.datetime) -> OpenTransfers:
    """What leaves a point or comes to it, what is due first leading. One query.

    Each carries `kinds` of goods and `units` asked for.
    """
    rows = list(
        Transfer.objects.of(point)
        .open()
        .select_related("source", "destination")
        .annotate(kinds=Count("lines"), units=Sum("lines__units"))
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )

    def those(status: str, *, leave: bool) -> list[Transfer]:
        return [
            row
            for row in rows
            if row.status == status and (row.source_id == point.pk) is leave
        ]

    return OpenTransfers(
        to_send=those(Transfer.Status.REQUESTED, leave=True),
        coming=those(Transfer.Status.SENT, leave=False),
        asked=those(Transfer.Status.REQUESTED, leave=False),
        sent=those(Transfer.Status.SENT, leave=True),
        late=frozenset(row.pk for row in rows if row.due_at and row.due_at < now),
    )


def done_transfers_of(point: SalesPoint) -> QuerySet[Transfer]:
    """Those that were received or cancelled, the last one first.

    Each carries `went` and `came`, in units; what differs was lost on the way.
    """
    return (
        Transfer.objects.of(point)
        .filter(status__in=[Transfer.Status.RECEIVED, Transfer.Status.CANCELLED])
        .select_related("source", "destination")
        .annotate(went=Sum("lines__lots__sent"), came=Sum("lines__lots__received"))
        .order_by("-pk")
    )


@dataclass(frozen=True)
class LotToSend:
    """A lot that lies at the source, and how many units of it to take."""

    batch: Batch
    on_hand: int
    suggested: int
    is_past: bool


@dataclass(frozen=True)
class LineToSend:
    """What a transfer asks for, `free` units at its source, and from which lots."""

    line: TransferLine
    free: int
    lots: list[LotToSend]

    @property
    def short(self) -> int:
        """Units that were asked for and cannot go."""
        return self.line.wanted - sum(lot.suggested for lot in self.lots)


def lines_to_send(transfer: Transfer, *, at: dt.datetime) -> list[LineToSend]:
    """Which lots a keeper takes for a transfer: what expires first goes first.

    Lots past their date are named and never suggested; those that an order's buyer
    would get past theirs are suggested last. Four queries.
    """
    today = timezone.localdate(at)
    due = timezone.localdate(transfer.due_at) if transfer.due_at else today
    lines = transfer.lines.select_related(
        "product__picture", "part__fulfilment__order"
    ).prefetch_related("product__picture__renditions")
    records = StockRecord.objects.filter(
        partner=transfer.source.partner_id, product__in=lines.values("product")
    ).annotate(free=free_units(at=at))
    lots = StockLot.objects.filter(record__in=records.values("pk"), on_hand__gt=0)
    lying = sorted(
        lots.select_related("batch"),
        key=lambda lot: (
            (lot.batch.best_before or dt.date.max) <= due,
            lot.batch.best_before or dt.date.max,
            lot.pk,
        ),
    )
    free = {record.product_id: max(0, record.free) for record in records}
    found = []
    for line in lines.order_by("pk"):
        left = line.wanted
        if line.part is None:
            left = min(left, free.get(line.product_id, 0))
        rows = []
        for lot in lying:
            if lot.batch.product_id != line.product_id:
                continue
            is_past = (lot.batch.best_before or dt.date.max) <= today
            suggested = 0 if is_past else min(left, lot.on_hand)
            left -= suggested
            rows.append(LotToSend(lot.batch, lot.on_hand, suggested, is_past))
        found.append(LineToSend(line, free.get(line.product_id, 0), rows))
    return found


def lots_to_receive(transfer: Transfer) -> QuerySet[TransferLot]:
    """What was sent, lot by lot, as it lies in the box."""
    return (
        TransferLot.objects.filter(line__transfer=transfer)
        .select_related("batch", "line__product__picture")
        .prefetch_related("line__product__picture__renditions")
        .order_by("line", "pk")
    )


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


@dataclass(frozen=True)
class BalanceThen:
    """What lay on a shelf at a moment: in all, and of each lot that had any."""

    units: int
    lots: dict[Batch, int]


def balance_at(record: StockRecord, at: dt.datetime) -> BalanceThen:
    """What the ledger says of a shelf at a moment, what happened then included."""
    sums = dict(
        record.movements.filter(at__lte=at)
        .order_by()
        .values_list("batch")
        .annotate(units=Sum("quantity"))
    )
    batches = Batch.objects.in_bulk([pk for pk, units in sums.items() if units])
    return BalanceThen(
        units=sum(sums.values()),
        lots={batches[pk]: sums[pk] for pk in sorted(batches)},
    )


def sums_by_kind(record: StockRecord) -> list[tuple[str, int]]:
    """Each kind of movement with the units it brought or took, in the kinds' order."""
    sums = dict(
        record.movements.order_by().values_list("kind").annotate(units=Sum("quantity"))
    )
    return [(kind, sums[kind]) for kind in StockMovement.Kind.values if kind in sums]


def lots_of(point: SalesPoint) -> list[Lying]:
    """What lies at a point, lot by lot, as a file of its stock has it. One query."""
    lots = (
        StockLot.objects.filter(record__partner=point.partner_id, on_hand__gt=0)
        .select_related("record__product", "batch")
        .order_by("record__product__code", "batch__best_before", "batch__lot")
    )
    return [
        Lying(
            code=lot.record.partner_sku,
            name=lot.record.product.name,
            lot=lot.batch.lot,
            best_before=lot.batch.best_before,
            on_hand=lot.on_hand,
            threshold=lot.record.low_stock_threshold,
        )
        for lot in lots
    ]


def lots_to_count(
    count: StockCount, *, text: str = "", only: str = ""
) -> "QuerySet[LotToCount]":
    """The lots that a count goes through, as they lie on the shelf: by product.

    Each carries `is_counted`, `found` (units, or None) and `again`, whether it waits
    for its second count. Lots that ran out are among them when they were counted, or
    when `text` (words of the name, a bar code or a lot) asks for them. `only` is
    `done`, `to_do`, and of those `left` (not counted at all) or `again`.
    """
    lines = CountLine.objects.filter(
        count=count, record=OuterRef("record"), batch=OuterRef("batch")
    )
    lots = (
        StockLot.objects.filter(record__partner=count.point.partner_id)
        .select_related("batch", "record__product__picture")
        .prefetch_related("record__product__picture__renditions")
        .annotate(
            is_counted=Exists(lines),
            found=Subquery(lines.values("counted")[:1]),
            again=Exists(lines.to_recount()),
        )
        .order_by("record__product__title", "record", "batch__best_before", "pk")
    )
    state = {
        "done": Q(is_counted=True, again=False),
        "to_do": Q(is_counted=False) | Q(again=True),
        "left": Q(is_counted=False),
        "again": Q(again=True),
    }
    lots = lots.filter(state.get(only, Q()))
    if not text:
        return lots.filter(Q(on_hand__gt=0) | Q(is_counted=True))
    for word in fold(text).split():
        entries = Product.objects.filter(
            pk=OuterRef("record__product"),
            search_entries__text__contains=f" {word}",
        )
        lots = lots.filter(
            Q(Exists(entries))
            | Q(record__product__upc=word)
            | Q(batch__lot__iexact=word)
        )
    return lots


@dataclass(frozen=True)
class Progress:
    """How far a count has come, in lots."""

    total: int
    counted: int
    again: int

    @property
    def to_do(self) -> int:
        """Lots still to be counted, for the first or the second time."""
        return self.total - self.done

    @property
    def done(self) -> int:
        return self.counted - self.again


def progress_of(count: StockCount) -> Progress:
    """One query."""
    lots = lots_to_count(count).order_by()
    states = lots.values_list("is_counted", "again").annotate(lots=Count("pk"))
    number = {(is_counted, again): lots for is_counted, again, lots in states}
    return Progress(
        total=sum(number.values()),
        counted=number.get((True, False), 0) + number.get((True, True), 0),
        again=number.get((True, True), 0),
    )


def counts_of(point: SalesPoint) -> QuerySet[StockCount]:
    """The point's counts, latest first, each with what it found.

    Units and whole dong at the price: `missing`, `missing_vnd`, `over`, `over_vnd`;
    and `lots`, how many were counted.
    """
    counts = point.counts.select_related("started_by", "ended_by").order_by("-pk")
    return counts.annotate(lots=Count("lines"), **variance("lines__"))


def variance(path: str = "") -> dict[str, Combinable]:
    """Sums over lines of counts, which lie at `path`."""
    off = F(f"{path}counted") - F(f"{path}expected")
    worth = off * F(f"{path}price_vnd")
    over, missing = (
        Q(**{f"{path}counted__{side}": F(f"{path}expected")}) for side in ("gt", "lt")
    )
    return {
        "missing": Coalesce(Sum(-off, filter=missing), 0),
        "missing_vnd": Coalesce(Sum(-worth, filter=missing), 0),
        "over": Coalesce(Sum(off, filter=over), 0),
        "over_vnd": Coalesce(Sum(worth, filter=over), 0),
    }


SPEED_DAYS = 28
"""Four whole weeks: every weekday counts alike, and a season is still felt."""


SAFETY_DAYS = 3
"""What a delivery may be late, or a weekend may sell more than usual."""


UNKNOWN_LEAD = dt.timedelta(days=7)
"""How long goods take where no point sends them: about what a maker needs."""


@dataclass(frozen=True)
class Source:
    """A point that could send a product: `free` units, there after `lead`."""

    point: SalesPoint
    free: int
    lead: dt.timedelta

    @property
    def hours(self) -> int:
        return self.lead // dt.timedelta(hours=1)


@dataclass(frozen=True)
class Threshold:
    """A suggested threshold and what it follows from."""

    sold: int
    lead: dt.timedelta
    source: Source | None

    @property
    def units(self) -> int:
        """What sells while a delivery comes, whole units; 0 where nothing sold."""
        days = self.lead + dt.timedelta(days=SAFETY_DAYS)
        return -(-self.sold * days // dt.timedelta(days=SPEED_DAYS))

    @property
    def lead_days(self) -> float:
        return self.lead / dt.timedelta(days=1)


@dataclass(frozen=True)
class LowGood:
    """A product that runs low, and where more of it could come from.

    `coming` is the line of an open transfer that brings it; `ask` how many units to ask
    of the source.
    """

    record: "FreeRecord"
    source: Source | None
    coming: TransferLine | None

    @property
    def ask(self) -> int:
        """Up to twice the threshold, so that one delivery lasts; at least one unit."""
        if self.source is None:
            return 0
        wanted = 2 * (self.record.low_stock_threshold or 0) - self.record.free
        return min(self.source.free, max(wanted, 1))


def running_low(point: SalesPoint, *, at: dt.datetime) -> "QuerySet[FreeRecord]":
    """The point's records with no more free units than their threshold, least first.

    Only of what may be sold that day; a record without a threshold is not watched.
    """
    return shelf_of(point, at=at, only="low").order_by("free", "product__title", "pk")


def low_goods(point: SalesPoint, *, at: dt.datetime) -> list[LowGood]:
    """All that runs low, as `with_sources` tells it."""
    return with_sources(running_low(point, at=at), point=point, at=at)


def with_sources(
    records: Iterable["FreeRecord"], *, point: SalesPoint, at: dt.datetime
) -> list[LowGood]:
    """The records in their order, each with its best source and what is coming.

    Two queries beside that of the records.
    """
    records = list(records)
    products = [record.product_id for record in records]
    sources = sources_of(products, point=point, at=at)
    coming = {line.product_id: line for line in on_the_way_to(point, products=products)}
    return [
        LowGood(record, sources.get(record.product_id), coming.get(record.product_id))
        for record in records
    ]


def sources_of(
    products: Iterable[int], *, point: SalesPoint, at: dt.datetime
) -> dict[int, Source]:
    """Product id to the point that has most of it free and is known to send here.

    Of equals the quicker one. One query.
    """
    there = (
        free_records(at=at)
        .filter(product__in=products, partner__sales_point__leads_to__destination=point)
        .annotate(hours=F("partner__sales_point__leads_to__hours"))
        .select_related("partner__sales_point")
        .order_by("-free", "hours", "pk")
    )
    best: dict[int, Source] = {}
    for record in there:
        lead = dt.timedelta(hours=record.hours)
        source = Source(record.partner.sales_point, record.free, lead)
        best.setdefault(record.product_id, source)
    return best


def on_the_way_to(
    point: SalesPoint, *, products: Iterable[int]
) -> QuerySet[TransferLine]:
    """Lines of open transfers that refill the point's shelf; not those that buyers
    wait for."""
    return (
        TransferLine.objects.filter(
            transfer__in=Transfer.objects.open().filter(destination=point),
            product__in=products,
            part=None,
        )
        .select_related("transfer__source")
        .order_by("pk")
    )


def suggested_threshold(
    record: StockRecord, *, point: SalesPoint, at: dt.datetime
) -> Threshold:
    """From how many free units down to watch a record of the point.

    What sells there while more comes from the best source, by the sales of the last
    four weeks. Two queries.
    """
    since = at - dt.timedelta(days=SPEED_DAYS)
    sold = record.movements.filter(
        kind__in=[StockMovement.Kind.SELL, StockMovement.Kind.SELL_AT_DESK],
        at__gt=since,
        at__lte=at,
    ).aggregate(units=Coalesce(Sum("quantity"), 0))
    source = sources_of([record.product_id], point=point, at=at).get(record.product_id)
    lead = source.lead if source else UNKNOWN_LEAD
    return Threshold(sold=-sold["units"], lead=lead, source=source)


@dataclass(frozen=True)
class LowGlance:
    """How many goods run low at a point, and the first of them."""

    number: int
    first: Sequence["FreeRecord"]


GLANCE = 3


def low_glance(point: SalesPoint, *, at: dt.datetime) -> LowGlance:
    """Two queries."""
    low = running_low(point, at=at)
    first = list(low.prefetch_related(None)[:GLANCE])
    number = low.count() if len(first) == GLANCE else len(first)
    return LowGlance(number=number, first=first)
