"""Check that the books of the stores agree: records, lots, ledger, reservations."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum, Window

from catalogue.models import Batch
from stores.models import (
    CountLine,
    DeskSale,
    Reservation,
    SalesEntry,
    StockCount,
    StockLot,
    StockMovement,
    Transfer,
    TransferLot,
)
from stores.partner.models import StockRecord

Kind = StockMovement.Kind
Units = Mapping[tuple[Any, ...], int]
"""Units by a tuple of keys."""


@dataclass(frozen=True)
class Fault:
    """What does not agree; `record_id` is the stock record it is about, if any."""

    text: str
    record_id: int | None = None


def stock_faults() -> Iterator[Fault]:
    """Every disagreement between the books of the stores; a fixed number of queries."""
    yield from balances()
    yield from running_balances()
    yield from allocations()
    yield from desk_sales()
    yield from goods_in_transit()
    yield from booked_counts()


def describe(faults: list[Fault]) -> list[str]:
    """Each fault as a sentence that names its product and point. One query."""
    ids = {fault.record_id for fault in faults if fault.record_id}
    rows = StockRecord.objects.filter(pk__in=ids).values_list(
        "pk", "product__code", "product__title", "partner__name"
    )
    names = {pk: f"{code} {title}, {point}: " for pk, code, title, point in rows}
    return [names.get(fault.record_id or 0, "") + fault.text for fault in faults]


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside was true at one moment, while others go on selling."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
        yield


def summed(rows: QuerySet[Any], units: str, *keys: str) -> Units:
    """The sum of `units` for each combination of keys. One query."""
    found = rows.order_by().values_list(*keys).annotate(_sum=Sum(units))
    return {row[:-1]: row[-1] for row in found}


def balances() -> Iterator[Fault]:
    """A shelf is the sum of its movements and of its lots; each lot, of its own."""
    moved = summed(StockMovement.objects.all(), "quantity", "record", "batch")
    lots: Units = {
        (record, batch): on_hand
        for record, batch, on_hand in StockLot.objects.values_list(
            "record", "batch", "on_hand"
        )
    }
    records = StockRecord.objects.values_list("pk", "num_in_stock", "num_allocated")
    by_movements, by_lots = by_record(moved), by_record(lots)
    for pk, in_stock, allocated in records:
        on_hand, reserved = in_stock or 0, allocated or 0
        if on_hand != by_movements[pk]:
            yield Fault(
                f"{on_hand} on hand, but the movements add up to {by_movements[pk]}.",
                pk,
            )
        if on_hand != by_lots[pk]:
            yield Fault(f"{on_hand} on hand, but the lots add up to {by_lots[pk]}.", pk)
        if not 0 <= reserved <= on_hand:
            yield Fault(f"{reserved} promised of {on_hand} on hand.", pk)
    wrong = [
        key
        for key in moved.keys() | lots.keys()
        if moved.get(key, 0) != lots.get(key, 0) or lots.get(key, 0) < 0
    ]
    batches = Batch.objects.in_bulk([batch for _record, batch in wrong])
    for record, batch in sorted(wrong):
        yield Fault(
            f"lot {batches[batch].lot} has {lots.get((record, batch), 0)}, but its"
            f" movements add up to {moved.get((record, batch), 0)}.",
            record,
        )
    strangers = StockLot.objects.exclude(batch__product=F("record__product"))
    for record, lot in strangers.values_list("record", "batch__lot"):
        yield Fault(f"lot {lot} is of another product.", record)


def by_record(units: Units) -> Counter[object]:
    sums: Counter[object] = Counter()
    for (record, _batch), number in units.items():
        sums[record] += number
    return sums


def running_balances() -> Iterator[Fault]:
    """Each movement's balance is the sum up to it, in the order of writing."""
    sums = Window(Sum("quantity"), partition_by=["record"], order_by=["pk"])
    wrong = (
        StockMovement.objects.annotate(sum_until=sums)
        .exclude(balance_after=F("sum_until"), sum_until__gte=0)
        .order_by("record", "pk")
    )
    seen = set()
    for pk, record, after, so_far in wrong.values_list(
        "pk", "record", "balance_after", "sum_until"
    ):
        if record not in seen:  # those after it are wrong for the same reason
            yield Fault(
                f"movement {pk} says {after} afterwards, the sum is {so_far}.", record
            )
        seen.add(record)


def allocations() -> Iterator[Fault]:
    """What a record allocates is what its reservations have allocated of it."""
    reserved = summed(Reservation.objects.all(), "allocated", "record")
    for pk, allocated in StockRecord.objects.values_list("pk", "num_allocated"):
        if (allocated or 0) != reserved.get((pk,), 0):
            yield Fault(
                f"{allocated or 0} promised, but the lines of orders have"
                f" {reserved.get((pk,), 0)}.",
                pk,
            )


def desk_sales() -> Iterator[Fault]:
    """What the ledger and the journal say was sold at a desk is what was paid.

    What was taken back of a sale is back in both.
    """
    moved = summed(
        StockMovement.objects.filter(kind__in=[Kind.SELL_AT_DESK, Kind.UNDO_SALE]),
        "quantity",
        "document",
        "record",
    )
    entries = SalesEntry.objects.filter(sale__isnull=False).order_by()
    sold: Counter[tuple[Any, ...]] = Counter()
    recorded: Counter[tuple[Any, ...]] = Counter()
    for number, record, reference, units, gross_vnd in entries.values_list(
        "document", "record", "reference"
    ).annotate(_units=Sum("units"), _gross_vnd=Sum("gross_vnd")):
        sold[number, record] += units
        recorded[(number,)] += 0 if reference else gross_vnd
    yield from handed_over_faults("sale", sold, moved)
    paid = {
        (DeskSale(pk=pk).number,): total
        for pk, total in DeskSale.objects.values_list("pk", "total_vnd")
    }
    for (number,), expected, found in differing(paid, recorded):
        yield Fault(
            f"Sale {number}: {expected} ₫ paid, the journal of sales has {found} ₫."
        )


def handed_over_faults(kind: str, written: Units, moved: Units) -> Iterator[Fault]:
    """Where documents of a kind and the ledger differ; both by (number, record)."""
    for (number, record), on_paper, in_ledger in differing(written, moved, -1):
        yield Fault(
            f"{kind} {number or 'without a number'} has {on_paper} given,"
            f" the ledger {in_ledger}.",
            record,
        )


def goods_in_transit() -> Iterator[Fault]:
    """What a transfer sent left one shelf, and what was received is on the other."""
    for kind, point, units, sign in (
        (Kind.TRANSFER_OUT, "source", "sent", -1),
        (Kind.TRANSFER_IN, "destination", "received", 1),
    ):
        slips = {
            (Transfer(pk=transfer).number, *key): number
            for (transfer, *key), number in summed(
                TransferLot.objects.filter(**{f"{units}__gt": 0}),
                units,
                "line__transfer",
                "line__product__code",
                "batch__lot",
                f"line__transfer__{point}__partner__name",
            ).items()
        }
        moved = summed(
            StockMovement.objects.filter(kind=kind),
            "quantity",
            "document",
            "record__product__code",
            "batch__lot",
            "record__partner__name",
        )
        for key, on_slip, in_ledger in differing(slips, moved, sign):
            number, code, lot, where = key
            yield Fault(
                f"Transfer {number}: {on_slip} of {code}, lot {lot}, {units} at"
                f" {where}, the ledger has {in_ledger}."
            )
    here = Q(line__transfer__status=Transfer.Status.RECEIVED)
    for lot in TransferLot.objects.filter(
        (here & Q(received=None)) | (~here & Q(received__isnull=False))
    ).select_related("line__transfer", "batch"):
        yield Fault(
            f"Transfer {lot.line.transfer.number} is {lot.line.transfer.status}, but of"
            f" lot {lot.batch.lot} {lot.received} are written as received."
        )


def booked_counts() -> Iterator[Fault]:
    """Each difference that a booked count found moved its lot, and nothing else did."""
    lines = CountLine.objects.filter(count__status=StockCount.Status.BOOKED)
    found = {
        (StockCount(pk=count).number, *lot): units
        for (count, *lot), units in summed(
            lines.annotate(off=F("counted") - F("expected")),
            "off",
            "count",
            "record",
            "batch__lot",
        ).items()
    }
    moved = summed(
        StockMovement.objects.filter(kind=Kind.COUNT),
        "quantity",
        "document",
        "record",
        "batch__lot",
    )
    for (number, record, lot), off, in_ledger in differing(found, moved):
        yield Fault(
            f"count {number} differs by {off} of lot {lot}, the ledger by {in_ledger}.",
            record,
        )


def differing(
    written: Units, moved: Units, sign: int = 1
) -> Iterator[tuple[tuple[Any, ...], int, int]]:
    """Where paper and ledger do not agree: the key, units on paper, units moved."""
    for key in sorted(written.keys() | moved.keys(), key=str):
        on_paper, in_ledger = written.get(key, 0), sign * moved.get(key, 0)
        if on_paper != in_ledger:
            yield key, on_paper, in_ledger
