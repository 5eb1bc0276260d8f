"""What points have to do for buyers."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import (
    F,
    Q,
    QuerySet,
    Sum,
)
from django.utils import timezone

from catalogue.models import (
    Batch,
)
from stores.models import (
    Fulfilment,
    FulfilmentLine,
    Return,
    SalesPoint,
    StockMovement,
)
from stores.queries.transfers import OpenTransfers, open_transfers_of


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
