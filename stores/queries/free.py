"""How many units may be reserved."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import (
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
from django.utils.translation import gettext as _

from catalogue.models import Batch
from stores.models import Reservation, StockLot
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Free(TypedDict):
        free: int

    FreeRecord = WithAnnotations[StockRecord, Free]


MOST_POINTS = 3
"""So many points are named of those that have a product."""


def free_units(*, at: dt.datetime, own: str = "") -> Combinable:
    """Units of a StockRecord that may be reserved at that moment.

    What `unallocated_units` counts, and what is still allocated to reservations that
    have expired: nobody has to free it first. What reservations with the reference
    `own` keep is free, too: the buyer of that unpaid order may order anew instead.
    """
    available = Q(expires_at__lte=at)
    if own:
        available |= Q(reference=own)
    allocated = (
        Reservation.objects.filter(available, record=OuterRef("pk"))
        .order_by()
        .values("record")
        .annotate(units=Sum("allocated"))
        .values("units")
    )
    return unallocated_units(on=timezone.localdate(at)) + Coalesce(
        Subquery(allocated, output_field=IntegerField()), Value(0)
    )


def lots_to_take(records: "Collection[int] | QuerySet[Any, Any]") -> QuerySet[StockLot]:
    """The lots on hand of these records, the first to expire first."""
    return (
        StockLot.objects.filter(record__in=records, on_hand__gt=0)
        .select_related("batch")
        .order_by(F("batch__best_before").asc(nulls_last=True), "pk")
    )


def take_first_expired(lots: Iterable[StockLot], units: int) -> list[tuple[Batch, int]]:
    """Which lots make up so many units, in the order of `lots`; fewer if they run out.

    First expired, first out is the order of `lots_to_take`.
    """
    taken = []
    for lot in lots:
        number = min(units, lot.on_hand)
        if number:
            taken.append((lot.batch, number))
            units -= number
    return taken


def unallocated_units(*, on: dt.date) -> Combinable:
    """On-hand units of a StockRecord that are neither allocated nor past their date.

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


def free_records(*, at: dt.datetime, own: str = "") -> "QuerySet[FreeRecord]":
    """Stock records with free units at an open point.

    Each carries `free`, in units.
    """
    return counted_records(at=at, own=own).filter(free__gt=0)


def counted_records(*, at: dt.datetime, own: str = "") -> "QuerySet[FreeRecord]":
    """Stock records at open points, each annotated with `free` units, 0 included.

    For callers that read `free` anyway: to filter by it would compute it twice.
    """
    return StockRecord.objects.filter(partner__sales_point__is_open=True).annotate(
        free=free_units(at=at, own=own)
    )


def allocated_reservations(
    record: StockRecord, *, at: dt.datetime
) -> QuerySet[Reservation]:
    """The claims for which a record keeps units now, the oldest first."""
    rows = record.reservations.filter(allocated__gt=0).order_by("pk")
    return rows.exclude(expires_at__lte=at)


def free_elsewhere(record: StockRecord, *, at: dt.datetime) -> "QuerySet[FreeRecord]":
    """The same product at other open points, where most of it is free first."""
    there = free_records(at=at).filter(product=record.product_id)
    return (
        there.exclude(pk=record.pk)
        .select_related("partner__sales_point")
        .order_by("-free", "pk")
    )


def explain_shortage(record: StockRecord, *, at: dt.datetime) -> str:
    """For which orders a record keeps its units, and which point has some free."""
    orders = ", ".join(
        f"{one.reference} ({one.allocated})"
        for one in allocated_reservations(record, at=at)
    )
    points = ", ".join(
        f"{one.partner.sales_point.short_name} ({one.free})"
        for one in free_elsewhere(record, at=at)[:MOST_POINTS]
    )
    keeps = (
        _("Kept for %s.") % orders if orders else _("None of it is kept for orders.")
    )
    there = (
        _("Free elsewhere: %s.") % points if points else _("No other point has any.")
    )
    return f"{keeps} {there}"
