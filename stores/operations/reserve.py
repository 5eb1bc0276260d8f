"""Promise goods to an order."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Exists, F, IntegerField, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from stores.models import FulfilmentLine
from stores.partner.models import StockRecord
from stores.queries.free import free_units, unpromised_units

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord


class NotEnoughStock(Exception):
    """A shelf has fewer free units than were asked for."""

    def __init__(self, record: "FreeRecord") -> None:
        super().__init__(f"{record.partner_sku}: {record.free} free")
        self.record = record


@transaction.atomic
def reserve(*, lines: dict[int, int], at: dt.datetime) -> None:
    """Promise every line or none; `lines` maps stock record id to units (1 or more).

    Shelves are locked in id order and guarded by a conditional update, so that two
    buyers of the last unit meet at the row and one of them is refused, and so that
    crossed baskets cannot wait for each other. What is booked for orders whose time to
    pay is over is taken back where it is needed.

    Raises NotEnoughStock for the first record that falls short; its `free` is set.
    """
    if len(lines) > 1 and promise_all(lines, at):
        return
    for record_id, units in sorted(lines.items()):
        if promise(record_id, units, at):
            continue
        take_back_lapsed(record_id, at)
        if not promise(record_id, units, at):
            short = StockRecord.objects.annotate(free=free_units(at=at))
            raise NotEnoughStock(short.get(pk=record_id))


def promise_all(lines: dict[int, int], at: dt.datetime) -> bool:
    """Promise every line by one update, or none where one of them falls short.

    The rows are locked first; what the update then compares is not out of date.
    """
    rows = StockRecord.objects.filter(pk__in=lines)
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    units = Case(
        *(When(pk=record_id, then=number) for record_id, number in lines.items()),
        output_field=IntegerField(),
    )
    short = rows.annotate(
        unpromised=unpromised_units(on=timezone.localdate(at)), wanted=units
    ).filter(unpromised__lt=F("wanted"))
    promised = Coalesce(F("num_allocated"), 0) + units
    return rows.filter(~Exists(short)).update(num_allocated=promised) == len(lines)


def promise(record_id: int, units: int, at: dt.datetime) -> bool:
    row = StockRecord.objects.filter(pk=record_id).annotate(
        unpromised=unpromised_units(on=timezone.localdate(at))
    )
    promised = Coalesce(F("num_allocated"), 0) + units
    return bool(row.filter(unpromised__gte=units).update(num_allocated=promised))


def take_back_lapsed(record_id: int, at: dt.datetime) -> None:
    """End what the record still keeps for orders that were not paid in time.

    The record is locked first: an order that is being confirmed waits for it too.
    """
    StockRecord.objects.select_for_update().get(pk=record_id)
    lapsed = FulfilmentLine.objects.filter(
        record=record_id, promised__gt=0, hold__until__lte=at
    )
    units = lapsed.aggregate(units=Sum("promised"))["units"]
    if units:
        lapsed.update(promised=0)
        StockRecord.objects.filter(pk=record_id).update(
            num_allocated=F("num_allocated") - units
        )
