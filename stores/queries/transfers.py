"""Goods between two points: when they arrive, what is to be packed."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from catalogue.models import Batch
from stores.models import LeadTime, SalesPoint, Transfer, TransferLine, TransferLot
from stores.partner.models import StockRecord
from stores.queries.free import free_units, lots_to_take, take_first_expired

QUARTER = dt.timedelta(minutes=15)


def ready_at(
    source: SalesPoint, destination: SalesPoint, *, hours: int, now: dt.datetime
) -> dt.datetime | None:
    """When goods at the source can be collected at the destination.

    They leave while the source is open, travel for `hours`, and wait if the
    destination is closed when they arrive. Rounded up to a quarter of an hour; None
    where one of them never opens.
    """
    starts = source.open_from(at=now)
    if starts is None:
        return None
    arrives = timezone.localtime(starts + dt.timedelta(hours=hours))
    over = (arrives - arrives.replace(minute=0, second=0, microsecond=0)) % QUARTER
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

    `to_send` and `coming` are for its keeper to do, `requested` and `sent` for others.
    """

    to_send: list[Transfer]
    coming: list[Transfer]
    requested: list[Transfer]
    sent: list[Transfer]
    late: frozenset[int]

    @property
    def number(self) -> int:
        """How many of them the keeper has to do."""
        return len(self.to_send) + len(self.coming)


def open_transfers(point: SalesPoint, *, now: dt.datetime) -> OpenTransfers:
    """What leaves a point or comes to it, what is due first leading. One query.

    Each carries `kinds` of goods and `units` asked for.
    """
    rows = list(
        Transfer.objects.involving(point)
        .open()
        .select_related("source", "destination")
        .annotate(kinds=Count("lines"), units=Sum("lines__units"))
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )

    def having(status: str, *, leave: bool) -> list[Transfer]:
        return [
            row
            for row in rows
            if row.status == status and (row.source_id == point.pk) is leave
        ]

    return OpenTransfers(
        to_send=having(Transfer.Status.REQUESTED, leave=True),
        coming=having(Transfer.Status.SENT, leave=False),
        requested=having(Transfer.Status.REQUESTED, leave=False),
        sent=having(Transfer.Status.SENT, leave=True),
        late=frozenset(row.pk for row in rows if row.due_at and row.due_at < now),
    )


def ended_transfers(point: SalesPoint) -> QuerySet[Transfer]:
    """Those that were received or cancelled, the last one first.

    Each carries `went` and `came`, in units; what differs was lost on the way.
    """
    return (
        Transfer.objects.involving(point)
        .filter(status__in=[Transfer.Status.RECEIVED, Transfer.Status.CANCELLED])
        .select_related("source", "destination")
        .annotate(went=Sum("lines__lots__sent"), came=Sum("lines__lots__received"))
        .order_by("-pk")
    )


@dataclass(frozen=True)
class LotToSend:
    """A lot at the source, and how many units of it to take."""

    batch: Batch
    on_hand: int
    suggested: int
    is_past: bool


@dataclass(frozen=True)
class LineToSend:
    """A line of a transfer, the `free` units at its source, and the lots to take."""

    line: TransferLine
    free: int
    lots: list[LotToSend]

    @property
    def short(self) -> int:
        """Units that were requested and cannot be sent."""
        return self.line.units_to_send - sum(lot.suggested for lot in self.lots)


def lines_to_send(transfer: Transfer, *, at: dt.datetime) -> list[LineToSend]:
    """Which lots a keeper takes for a transfer: what expires first goes first.

    Lots past their date are listed and never suggested; those that would reach a buyer
    past theirs are suggested last. Four queries.
    """
    today = timezone.localdate(at)
    due = timezone.localdate(transfer.due_at) if transfer.due_at else today
    lines = transfer.lines.select_related(
        "product__picture", "reservation"
    ).prefetch_related("product__picture__renditions")
    records = StockRecord.objects.filter(
        partner=transfer.source.partner_id, product__in=lines.values("product")
    ).annotate(free=free_units(at=at))
    lots = sorted(
        lots_to_take(records.values("pk")), key=lambda lot: lot.batch.is_past(on=due)
    )
    free = {record.product_id: max(0, record.free) for record in records}
    rows = []
    for line in lines.order_by("pk"):
        units = line.units_to_send
        if line.reservation is None:
            units = min(units, free.get(line.product_id, 0))
        mine = [lot for lot in lots if lot.batch.product_id == line.product_id]
        fresh = [lot for lot in mine if not lot.batch.is_past(on=today)]
        suggested = dict(take_first_expired(fresh, units))
        rows.append(
            LineToSend(
                line,
                free.get(line.product_id, 0),
                [
                    LotToSend(
                        lot.batch,
                        lot.on_hand,
                        suggested.get(lot.batch, 0),
                        lot.batch.is_past(on=today),
                    )
                    for lot in mine
                ],
            )
        )
    return rows


def lots_to_receive(transfer: Transfer) -> QuerySet[TransferLot]:
    """What was sent, lot by lot, as it is in the box."""
    return (
        TransferLot.objects.filter(line__transfer=transfer)
        .select_related("batch", "line__product__picture")
        .prefetch_related("line__product__picture__renditions")
        .order_by("line", "pk")
    )
