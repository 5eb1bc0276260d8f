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

from catalogue.models import Batch
from stores.models import Reservation, StockLot
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Free(TypedDict):
        free: int

    FreeRecord = WithAnnotations[StockRecord, Free]


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
