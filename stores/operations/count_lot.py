"""Write down how many units of a lot were found."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from catalogue.models import Batch
from stores.models import CountLine, StockCount, StockLot
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class LessThanNothing(Exception):
    """Fewer than no units cannot be found."""


class CountIsOver(Exception):
    """The count was booked or abandoned; `count` is as it now stands."""

    def __init__(self, count: StockCount) -> None:
        super().__init__(f"count {count} is {count.status}")
        self.count = count


class NeverHere(Exception):
    """The point never had the product of `batch`."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(f"product {batch.product_id} never lay here")
        self.batch = batch


class ReceiveItFirst(Exception):
    """The books do not know the lot at this point: it was never taken in."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(f"lot {batch.lot} was never received here")
        self.batch = batch


class CountedMeanwhile(Exception):
    """Somebody has counted the lot since the keeper began; `line` is what she wrote."""

    def __init__(self, line: CountLine) -> None:
        super().__init__(f"counted for the {line.times}. time")
        self.line = line


@transaction.atomic
def count_lot(
    *,
    count: StockCount,
    batch: Batch,
    counted: int,
    seen: int,
    actor: "_User | None",
    at: dt.datetime,
) -> CountLine:
    """Keep the `counted` units (0 or more) beside what the books say at this moment.

    The record is locked while both are written, so that goods sold before and after
    change the books and the shelf alike, and the difference stays true. `seen` is how
    often the lot had been counted when the keeper began: an entry that is sent twice
    over a bad line does not pass for the second count.

    Raises LessThanNothing, CountIsOver, NeverHere, ReceiveItFirst or CountedMeanwhile.
    """
    if counted < 0:
        raise LessThanNothing
    lock_open(count)
    record = (
        StockRecord.objects.select_for_update()
        .filter(partner=count.point.partner_id, product=batch.product_id)
        .first()
    )
    lots = dict(
        StockLot.objects.filter(record=record).values_list("batch", "on_hand")
        if record
        else ()
    )
    if record is None or not lots:
        raise NeverHere(batch)
    if batch.pk not in lots:
        raise ReceiveItFirst(batch)
    line = CountLine.objects.filter(count=count, record=record, batch=batch).first()
    times = line.times if line else 0
    if line and times != seen:
        raise CountedMeanwhile(line)
    line, _created = CountLine.objects.update_or_create(
        count=count,
        record=record,
        batch=batch,
        defaults={
            "counted": counted,
            "expected": lots[batch.pk],
            "price_vnd": batch.product.price_vnd,
            "times": times + 1,
            "counted_at": at,
            "counted_by": actor,
        },
    )
    return line


def lock_open(count: StockCount) -> None:
    """Keep others from ending the count; before any stock record, in lock order.

    Raises CountIsOver.
    """
    locked = StockCount.objects.select_for_update().get(pk=count.pk)
    if locked.status != StockCount.Status.OPEN:
        raise CountIsOver(locked)
