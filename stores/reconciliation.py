"""Proof that the books agree with each other: shelves, lots, ledger, jobs, papers."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum, Window

from catalogue.models import Batch
from stores.models import CountLine, DeskSale, DeskSaleLine, StockCount, StockLot, StockMovement, Transfer, TransferLot
from marketplace.orders.models import Fulfilment, FulfilmentLine, Return
from stores.partner.models import StockRecord

Kind, Status = StockMovement.Kind, Fulfilment.Status
Units = Mapping[tuple[Any, ...], int]


@dataclass(frozen=True)
class Fault:
    """What does not agree; `record_id` says of which product at which point, if any."""

    said: str
    record_id: int | None = None


@dataclass(frozen=True)
class Proof:
    """`faults` are sentences, none when the books are right; `checked` counts rows."""

    faults: list[str]
    checked: dict[str, int]


def prove(*, at: dt.datetime) -> Proof:
    """Compare all books with each other, as they stand at one moment.

    The number of queries is fixed, however long the ledger is.
    """
    with one_moment():
        faults = [
            *balances(),
            *running_balances(),
            *promises(),
            *broken_promises(at=at),
            *units_of_parts(),
            *goods_given(),
            *goods_on_the_way(),
            *goods_brought_back(),
            *counts_booked(),
        ]
        names = names_of({fault.record_id for fault in faults if fault.record_id})
        return Proof(
            faults=[
                f"{names[fault.record_id]}: {fault.said}"
                if fault.record_id
                else fault.said
                for fault in faults
            ],
            checked={
                "shelves": StockRecord.objects.count(),
                "lots": StockLot.objects.count(),
                "movements": StockMovement.objects.count(),
                "lines of jobs": FulfilmentLine.objects.count(),
                "transfers": Transfer.objects.count(),
            },
        )


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside was true together, while others go on selling."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
        yield


def names_of(record_ids: set[int]) -> dict[int, str]:
    rows = StockRecord.objects.filter(pk__in=record_ids).values_list(
        "pk", "product__code", "product__title", "partner__name"
    )
    return {pk: f"{code} {title}, {point}" for pk, code, title, point in rows}


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
        on_hand, owed = in_stock or 0, allocated or 0
        if on_hand != by_movements[pk]:
            yield Fault(
                f"{on_hand} on hand, but the movements add up to {by_movements[pk]}.",
                pk,
            )
        if on_hand != by_lots[pk]:
            yield Fault(f"{on_hand} on hand, but the lots add up to {by_lots[pk]}.", pk)
        if not 0 <= owed <= on_hand:
            yield Fault(f"{owed} promised of {on_hand} on hand.", pk)
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


def promises() -> Iterator[Fault]:
    """What a shelf has promised is what the lines of jobs are promised of it."""
    allocated = summed(FulfilmentLine.objects.all(), "promised", "record")
    for pk, owed in StockRecord.objects.values_list("pk", "num_allocated"):
        if (owed or 0) != allocated.get((pk,), 0):
            yield Fault(
                f"{owed or 0} promised, but the lines of orders have"
                f" {promised.get((pk,), 0)}.",
                pk,
            )


def broken_promises(*, at: dt.datetime) -> Iterator[Fault]:
    """An open order's goods are kept for it, and no other order's are."""
    certain = Q(fulfilment__status__in=Fulfilment.OPEN)
    unpaid = Q(fulfilment__status=Status.AWAITING_PAYMENT)
    own_hold = Q(hold__order=F("fulfilment__order"))
    parts = FulfilmentLine.objects.order_by("pk")
    for part in said_of(
        parts.filter(promised__gt=0)
        .exclude(certain & Q(hold=None))
        .exclude(unpaid & own_hold)
    ):
        yield Fault(
            f"{part.promised} promised to order {part.fulfilment.order.number},"
            f" which is {part.fulfilment.status}"
            f"{' with a hold' if part.hold_id else ''}.",
            part.record_id,
        )
    short = Q(promised__lt=F("units") - F("cancelled") - F("handed_over"))
    held = unpaid & own_hold & Q(hold__until__gt=at)
    for part in said_of(parts.filter(certain | held, short, transfer_lines=None)):
        yield Fault(
            f"order {part.fulfilment.order.number} waits for {part.open_units}, but"
            f" {part.promised} are promised to it.",
            part.record_id,
        )
    going = [Status.AWAITING_PAYMENT, *Fulfilment.OPEN]
    lines = FulfilmentLine._meta.get_field("line").related_model._default_manager
    for number, title in lines.filter(
        Q(order__fulfilments=None, order__status__in=going)
        | Q(order__fulfilments__status__in=going),
        part=None,
    ).values_list("order__number", "title"):
        yield Fault(f"Order {number}: no job has its line of {title}.")


def said_of(parts: QuerySet[FulfilmentLine]) -> QuerySet[FulfilmentLine]:
    return parts.select_related("fulfilment__order")


def units_of_parts() -> Iterator[Fault]:
    """No unit of an order stands in two places, and none is forgotten at its end."""
    accounted = F("promised") + F("cancelled") + F("handed_over")
    given = Q(fulfilment__status__in=[Status.HANDED_OVER, Status.DELIVERED])
    wrong = FulfilmentLine.objects.filter(
        Q(units__lt=accounted)
        | Q(returned__gt=F("handed_over"))
        | ~Q(units=F("line__quantity"))
        | (given & Q(units__gt=F("cancelled") + F("handed_over")))
    )
    for part in said_of(wrong.order_by("pk")).select_related("line"):
        yield Fault(
            f"order {part.fulfilment.order.number} asks for {part.line.quantity}; its"
            f" job has {part.units}: {part.promised} promised, {part.cancelled}"
            f" cancelled, {part.handed_over} handed over, {part.returned} returned.",
            part.record_id,
        )


def goods_given() -> Iterator[Fault]:
    """What left the shelf for a buyer is what her job, or her slip, says she got."""
    known = set(
        FulfilmentLine.objects.order_by()
        .values_list("fulfilment__order__number", flat=True)
        .distinct()
    )
    sold = summed(
        StockMovement.objects.filter(kind=Kind.SELL), "quantity", "document", "record"
    )
    handed = summed(
        FulfilmentLine.objects.filter(handed_over__gt=0),
        "handed_over",
        "fulfilment__order__number",
        "record",
    )
    of_jobs = {key: units for key, units in sold.items() if key[0] in known}
    yield from papers_against("Order", handed, left(of_jobs))
    sold_at_desk = summed(
        StockMovement.objects.filter(kind=Kind.SELL_AT_DESK),
        "quantity",
        "document",
        "record",
    )
    slips = {
        (DeskSale(pk=sale).number, record): units
        for (sale, record), units in summed(
            DeskSaleLine.objects.all(), "units", "sale", "record"
        ).items()
    }
    yield from papers_against("Sale", slips, left(sold_at_desk))


def left(moved: Units) -> Units:
    """Units that went, as a number above 0."""
    return {key: -units for key, units in moved.items()}


def papers_against(paper: str, written: Units, moved: Units) -> Iterator[Fault]:
    """Both map (number, record) to units."""
    for (number, record), on_paper, in_ledger in differing(written, moved):
        yield Fault(
            f"{paper.lower()} {number or 'without a number'} has {on_paper} given,"
            f" the ledger {in_ledger}.",
            record,
        )


def goods_on_the_way() -> Iterator[Fault]:
    """What a transfer sent left one shelf, and what came of it lies on the other."""
    for kind, point, units, sign in (
        (Kind.TRANSFER_OUT, "source", "sent", -1),
        (Kind.TRANSFER_IN, "destination", "received", 1),
    ):
        slips = {
            (Transfer(pk=transfer).number, *what): number
            for (transfer, *what), number in summed(
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


def goods_brought_back() -> Iterator[Fault]:
    """What a slip says came back lies on that shelf, or was destroyed there."""
    for kind, said, sign, slips in (
        (Kind.RETURN, "brought back", 1, Return.objects.all()),
        (
            Kind.DAMAGE,
            "brought back and destroyed",
            -1,
            Return.objects.filter(decision=Return.Decision.DESTROY),
        ),
    ):
        written = summed(
            slips,
            "units",
            "fulfilment_line__fulfilment__order__number",
            "batch__product__code",
            "batch__lot",
            "point__partner__name",
        )
        moved = summed(  # what is damaged on the shelf has no paper
            StockMovement.objects.filter(kind=kind).exclude(document=""),
            "quantity",
            "document",
            "batch__product__code",
            "batch__lot",
            "record__partner__name",
        )
        for key, on_slip, in_ledger in differing(written, moved, sign):
            number, code, lot, where = key
            yield Fault(
                f"Order {number}: {on_slip} of {code}, lot {lot}, {said} at {where},"
                f" the ledger has {in_ledger}."
            )
    slips_of_part = summed(Return.objects.all(), "units", "part")
    parts = FulfilmentLine.objects.filter(Q(returned__gt=0) | ~Q(returns=None))
    for part in said_of(parts.distinct().order_by("pk")):
        on_slips = slips_of_part.get((part.pk,), 0)
        if part.returned != on_slips:
            yield Fault(
                f"order {part.fulfilment.order.number} has {part.returned} returned,"
                f" its slips {on_slips}.",
                part.record_id,
            )


def counts_booked() -> Iterator[Fault]:
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
