"""How many units may be promised."""

import datetime as dt
from collections.abc import Collection
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

from stores.models import (
    FulfilmentLine,
    Hold,
    StockLot,
)
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Free(TypedDict):
        free: int

    FreeRecord = WithAnnotations[StockRecord, Free]


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


def lots_to_take(records: "Collection[int] | QuerySet[Any, Any]") -> QuerySet[StockLot]:
    """What lies on these shelves, lot by lot; what expires first leads."""
    return (
        StockLot.objects.filter(record__in=records, on_hand__gt=0)
        .select_related("batch")
        .order_by(F("batch__best_before").asc(nulls_last=True), "pk")
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
    return counted_records(at=at, own=own).filter(free__gt=0)


def counted_records(
    *, at: dt.datetime, own: Hold | None = None
) -> "QuerySet[FreeRecord]":
    """Stock records at points in business, each with what is `free`, be it nothing.

    For those who read `free` anyway: asking for it twice costs twice.
    """
    return StockRecord.objects.filter(partner__sales_point__is_open=True).annotate(
        free=free_units(at=at, own=own)
    )
