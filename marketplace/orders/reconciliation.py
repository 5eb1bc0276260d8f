"""Check that orders agree with the books of the stores, and report all faults."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.functions import Cast

from marketplace.orders.models import Fulfilment, FulfilmentLine, Line, Return
from stores.models import SalesEntry, StockLot, StockMovement, Transfer
from stores.partner.models import StockRecord
from stores.reconciliation import (
    Fault,
    describe,
    differing,
    handed_over_faults,
    snapshot,
    stock_faults,
    summed,
)

Kind, Status = StockMovement.Kind, Fulfilment.Status


@dataclass(frozen=True)
class Report:
    """`faults` are sentences, none when the books agree; `checked` counts rows."""

    faults: list[str]
    checked: dict[str, int]


def reconcile(*, at: dt.datetime) -> Report:
    """Compare all books with each other, as they stand at one moment.

    The number of queries is fixed, however long the ledger is.
    """
    with snapshot():
        faults = [
            *stock_faults(),
            *reservation_faults(at=at),
            *orders_without_fulfilment(),
            *unit_faults(),
            *handed_over(),
            *returns(),
            *recorded_sales(),
        ]
        return Report(
            faults=describe(faults),
            checked={
                "shelves": StockRecord.objects.count(),
                "lots": StockLot.objects.count(),
                "movements": StockMovement.objects.count(),
                "lines of jobs": FulfilmentLine.objects.count(),
                "transfers": Transfer.objects.count(),
            },
        )


def with_order(lines: QuerySet[FulfilmentLine]) -> QuerySet[FulfilmentLine]:
    return lines.select_related("fulfilment__order", "reservation", "line").order_by(
        "pk"
    )


def reservation_faults(*, at: dt.datetime) -> Iterator[Fault]:
    """Goods are reserved for open orders, until paid at most, and for no others."""
    confirmed = Q(fulfilment__status__in=Fulfilment.OPEN, reservation__expires_at=None)
    unpaid = Q(
        fulfilment__status=Status.AWAITING_PAYMENT,
        reservation__expires_at=F("fulfilment__order__hold__until"),
    )
    lines = FulfilmentLine.objects.all()
    for line in with_order(
        lines.filter(reservation__allocated__gt=0).exclude(confirmed).exclude(unpaid)
    ):
        number, status = line.fulfilment.order.number, line.fulfilment.status
        until = " with a hold" if line.reservation.expires_at else ""
        yield Fault(
            f"{line.allocated} promised to order {number}, which is {status}{until}.",
            line.reservation.record_id,
        )
    held = unpaid & Q(reservation__expires_at__gt=at)
    short = Q(
        reservation__allocated__lt=F("units") - F("cancelled") - F("handed_over"),
        reservation__transfer_lines=None,
    )
    for line in with_order(lines.filter(confirmed | held, short)):
        yield Fault(
            f"order {line.fulfilment.order.number} waits for {line.open_units}, but"
            f" {line.allocated} are promised to it.",
            line.reservation.record_id,
        )


def orders_without_fulfilment() -> Iterator[Fault]:
    """Every line of an order that goes on is in a fulfilment."""
    live = [Status.AWAITING_PAYMENT, *Fulfilment.OPEN]
    for number, title in Line.objects.filter(
        Q(order__fulfilments=None, order__status__in=live)
        | Q(order__fulfilments__status__in=live),
        fulfilment_line=None,
    ).values_list("order__number", "title"):
        yield Fault(f"Order {number}: no job has its line of {title}.")


def unit_faults() -> Iterator[Fault]:
    """No unit of an order is in two places, and none is left over at its end."""
    ended = Q(fulfilment__status__in=[Status.HANDED_OVER, Status.DELIVERED])
    waiting = F("units") - F("cancelled") - F("handed_over")
    wrong = FulfilmentLine.objects.filter(
        Q(units__lt=F("reservation__allocated") + F("cancelled") + F("handed_over"))
        | Q(returned__gt=F("handed_over"))
        | ~Q(units=F("line__quantity"))
        | ~Q(reservation__units=waiting)
        | (ended & Q(units__gt=F("cancelled") + F("handed_over")))
    )
    for line in with_order(wrong):
        yield Fault(
            f"order {line.fulfilment.order.number} asks for {line.line.quantity}; its"
            f" job has {line.units}: {line.allocated} promised, {line.cancelled}"
            f" cancelled, {line.handed_over} handed over, {line.returned} returned.",
            line.reservation.record_id,
        )


def handed_over() -> Iterator[Fault]:
    """What left the shelf for a buyer is what the fulfilment says."""
    known = set(
        FulfilmentLine.objects.order_by()
        .values_list("fulfilment__order__number", flat=True)
        .distinct()
    )
    moved = summed(
        StockMovement.objects.filter(kind=Kind.SELL), "quantity", "document", "record"
    )
    written = summed(
        FulfilmentLine.objects.filter(handed_over__gt=0),
        "handed_over",
        "fulfilment__order__number",
        "reservation__record",
    )
    of_orders = {key: units for key, units in moved.items() if key[0] in known}
    yield from handed_over_faults("order", written, of_orders)


def returns() -> Iterator[Fault]:
    """What was returned is on that shelf, or was destroyed there."""
    destroyed = Return.objects.filter(decision=Return.Decision.DESTROY)
    for kind, verb, sign, rows in (
        (Kind.RETURN, "brought back", 1, Return.objects.all()),
        (Kind.DAMAGE, "brought back and destroyed", -1, destroyed),
    ):
        written = summed(
            rows,
            "units",
            "fulfilment_line__fulfilment__order__number",
            "batch__product__code",
            "batch__lot",
            "point__partner__name",
        )
        moved = summed(  # what is damaged on the shelf has no document
            StockMovement.objects.filter(kind=kind).exclude(document=""),
            "quantity",
            "document",
            "batch__product__code",
            "batch__lot",
            "record__partner__name",
        )
        for key, on_paper, in_ledger in differing(written, moved, sign):
            number, code, lot, point = key
            yield Fault(
                f"Order {number}: {on_paper} of {code}, lot {lot}, {verb} at {point},"
                f" the ledger has {in_ledger}."
            )
    units = summed(Return.objects.all(), "units", "fulfilment_line")
    lines = FulfilmentLine.objects.filter(Q(returned__gt=0) | ~Q(returns=None))
    for line in with_order(lines.distinct()):
        written_units = units.get((line.pk,), 0)
        if line.returned != written_units:
            yield Fault(
                f"order {line.fulfilment.order.number} has {line.returned} returned,"
                f" its slips {written_units}.",
                line.reservation.record_id,
            )


def recorded_sales() -> Iterator[Fault]:
    """The journal of sales has what was handed over and what was returned."""
    kinds = SalesEntry.Kind
    price = Cast("line__unit_price_incl_tax", BigIntegerField())
    expected: dict[tuple[Any, ...], int] = {}
    for number, line, sold_vnd, returned_vnd in FulfilmentLine.objects.values_list(
        "fulfilment__order__number",
        "line",
        F("handed_over") * price,
        F("returned") * price,
    ):
        expected[number, line, kinds.SALE.value] = sold_vnd
        expected[number, line, kinds.RETURN.value] = -returned_vnd
    entries = SalesEntry.objects.filter(sale=None, kind__in=[kinds.SALE, kinds.RETURN])
    written = summed(entries, "gross_vnd", "document", "order_line", "kind")
    for (number, _line, kind), amount, found in differing(expected, written):
        verb, sign = ("handed over", 1) if kind == kinds.SALE else ("brought back", -1)
        yield Fault(
            f"Order {number}: {sign * amount} ₫ {verb}, the journal of sales has"
            f" {sign * found} ₫."
        )
