"""Set units of a shelf aside, and free them again."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Exists, F, IntegerField, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.refusals import NotEnough
from stores.models import Reservation, ReservationQuerySet
from stores.partner.models import StockRecord
from stores.queries.free import free_units, unallocated_units

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord


class NotEnoughStock(NotEnough):
    """A stock record has fewer free units than were asked for."""

    def __init__(self, record: "FreeRecord", sentence: str = "") -> None:
        text = sentence or _(
            "Somebody was quicker: only %(free)d of %(name)s are left on that shelf."
        )
        names = {"name": record.product.name, "free": max(0, record.free)}
        super().__init__(text % names)
        self.record = record


@transaction.atomic
def reserve(*, lines: Mapping[int, int], at: dt.datetime, short: str = "") -> None:
    """Allocate every line or none; `lines` maps stock record id to units (1 or more).

    Records are locked in id order and guarded by a conditional update, so that two
    buyers of the last unit meet at the row and one of them is refused, and so that
    crossed baskets cannot deadlock. What expired reservations still allocate is freed
    where it is needed.

    Raises NotEnoughStock for the first record that falls short; its `free` is set.
    Its sentence is `short`, if given, with %(name)s and %(free)d put in.
    """
    if len(lines) > 1 and allocate_all(lines, at):
        return
    for record_id, units in sorted(lines.items()):
        if allocate(record_id, units, at):
            continue
        deallocate_expired(record_id, at)
        if not allocate(record_id, units, at):
            records = StockRecord.objects.annotate(free=free_units(at=at))
            raise NotEnoughStock(records.get(pk=record_id), short)


def allocate_all(lines: Mapping[int, int], at: dt.datetime) -> bool:
    """Allocate every line by one update, or none where one of them falls short.

    The rows are locked first; what the update then compares is not out of date.
    """
    rows = StockRecord.objects.filter(pk__in=lines)
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    units = Case(
        *(When(pk=record_id, then=number) for record_id, number in lines.items()),
        output_field=IntegerField(),
    )
    short = rows.annotate(
        unallocated=unallocated_units(on=timezone.localdate(at)), requested=units
    ).filter(unallocated__lt=F("requested"))
    allocated = Coalesce(F("num_allocated"), 0) + units
    return rows.filter(~Exists(short)).update(num_allocated=allocated) == len(lines)


def allocate(record_id: int, units: int, at: dt.datetime) -> bool:
    row = StockRecord.objects.filter(pk=record_id).annotate(
        unallocated=unallocated_units(on=timezone.localdate(at))
    )
    allocated = Coalesce(F("num_allocated"), 0) + units
    return bool(row.filter(unallocated__gte=units).update(num_allocated=allocated))


def deallocate_expired(record_id: int, at: dt.datetime) -> None:
    """Free what a record still allocates to reservations that have expired.

    The record is locked first: an order that is being confirmed waits for it too.
    """
    StockRecord.objects.select_for_update().get(pk=record_id)
    expired = Reservation.objects.expired(at=at).filter(
        record=record_id, allocated__gt=0
    )
    units = expired.aggregate(units=Sum("allocated"))["units"]
    if units:
        expired.update(allocated=0)
        StockRecord.objects.filter(pk=record_id).update(
            num_allocated=F("num_allocated") - units
        )


@transaction.atomic
def release(*, units: Mapping[Reservation, int]) -> None:
    """Reduce what each reservation waits for by so many units (0 or more).

    What it has allocated beyond that is free. The caller has locked the reservations.
    """
    for one in in_lock_order(units):
        free(one, allocated=min(units[one], one.allocated), units=units[one])


@transaction.atomic
def deallocate(*, units: Mapping[Reservation, int]) -> None:
    """Free so many allocated units of each reservation, which waits for them still.

    The caller has locked the reservations.
    """
    for one in in_lock_order(units):
        free(one, allocated=units[one], units=0)


def in_lock_order(reservations: Iterable[Reservation]) -> list[Reservation]:
    return sorted(reservations, key=lambda one: (one.record_id, one.pk))


def free(reservation: Reservation, *, allocated: int, units: int) -> None:
    record = StockRecord.objects.filter(
        pk=reservation.record_id, num_allocated__gte=allocated
    )
    mine = Reservation.objects.filter(
        pk=reservation.pk,
        record=reservation.record_id,
        allocated__gte=allocated,
        units__gte=units,
    )
    if not (
        record.update(num_allocated=F("num_allocated") - allocated)
        and mine.update(allocated=F("allocated") - allocated, units=F("units") - units)
    ):
        raise ValueError(f"reservation {reservation.pk} has fewer units")


@transaction.atomic
def fill_shortages(*, reservations: ReservationQuerySet, at: dt.datetime) -> None:
    """Allocate to each what it still lacks, where its record has all of that free."""
    for one in reservations.short().order_by("record", "pk"):
        missing = one.units - one.allocated
        try:
            reserve(lines={one.record_id: missing}, at=at)
        except NotEnoughStock:
            continue
        Reservation.objects.filter(pk=one.pk).update(allocated=F("allocated") + missing)
