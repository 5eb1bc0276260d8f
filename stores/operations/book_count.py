"""Make the books agree with what a count found."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from stores.models import CountLine, StockCount, StockMovement
from stores.operations.count_lot import CountIsOver, lock_open
from stores.operations.move import NotOnTheShelf, move
from stores.operations.reserve import take_back_lapsed
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "CountItAgain",
    "CountIsOver",
    "NoReason",
    "NothingCounted",
    "PromisedToBuyers",
    "RecountFirst",
    "book_count",
]


class NothingCounted(Exception):
    """No lot was counted."""


class NoReason(Exception):
    """Something differs, and it is not said why."""


class RecountFirst(Exception):
    """Lots far from the books wait for their second count; `lines` are those."""

    def __init__(self, lines: Sequence[CountLine]) -> None:
        super().__init__(f"{len(lines)} lots to count again")
        self.lines = lines


class CountItAgain(Exception):
    """The lot of `line` was put right by hand since, or handed out beyond the count."""

    def __init__(self, line: CountLine) -> None:
        super().__init__(f"line {line.pk} no longer fits the books")
        self.line = line


class PromisedToBuyers(Exception):
    """Fewer would lie there than buyers were promised; `records` are such shelves."""

    def __init__(self, records: Sequence[StockRecord]) -> None:
        super().__init__(f"{len(records)} shelves owe more than was found")
        self.records = records


@transaction.atomic
def book_count(
    *, count: StockCount, reason: str, actor: "_User", at: dt.datetime
) -> list[StockMovement]:
    """End the count: each difference moves its lot, all of them or none.

    The difference is moved, not the number set: what was sold or came since the lot
    was counted stays as it is. Lots that nobody counted stay as they are.

    Raises CountIsOver, NothingCounted, RecountFirst, NoReason, PromisedToBuyers or
    CountItAgain.
    """
    lock_open(count)
    lines = CountLine.objects.filter(count=count)
    if not lines.exists():
        raise NothingCounted
    waiting = lines.to_recount().select_related("record__product", "batch")
    if waiting:
        raise RecountFirst(list(waiting))
    off = lines.differing().select_related("record__product", "batch")
    differing = list(off)
    if differing and not reason.strip():
        raise NoReason
    lock_shelves(differing, at)
    refuse_put_right_since(off)
    # What was found more comes first: units that only lay in another lot of the same
    # product are there before they leave the first.
    differing.sort(key=lambda line: (line.record_id, -line.difference))
    movements = []
    for line in differing:
        try:
            movement = move(
                record=line.record,
                batch=line.batch,
                kind=StockMovement.Kind.COUNT,
                quantity=line.difference,
                at=at,
                actor=actor,
                reason=reason.strip(),
                document=count.number,
            )
        except NotOnTheShelf:
            raise CountItAgain(line) from None
        movements.append(movement)
    StockCount.objects.filter(pk=count.pk).update(
        status=StockCount.Status.BOOKED,
        ended_at=at,
        ended_by=actor,
        reason=reason.strip(),
    )
    return movements


def lock_shelves(differing: Sequence[CountLine], at: dt.datetime) -> None:
    """Lock the records in id order, and see that each still covers its promises.

    What is booked for orders that were not paid in time is taken back first.

    Raises PromisedToBuyers.
    """
    change: Counter[int] = Counter()
    for line in differing:
        change[line.record_id] += line.difference
    shelves = StockRecord.objects.filter(pk__in=change).order_by("pk")
    short = owing_too_much(shelves.select_for_update(), change)
    for record in short:
        take_back_lapsed(record.pk, at)
    still_short = owing_too_much(
        shelves.filter(pk__in=[record.pk for record in short]), change
    )
    if still_short:
        raise PromisedToBuyers(still_short)


def owing_too_much(
    records: QuerySet[StockRecord], change: Counter[int]
) -> list[StockRecord]:
    return [
        record
        for record in records
        if (record.num_in_stock or 0) + change[record.pk] < (record.num_allocated or 0)
    ]


def refuse_put_right_since(lines: QuerySet[CountLine]) -> None:
    """A lot that was put right by hand since it was counted would be put right twice.

    Raises CountItAgain.
    """
    put_right = StockMovement.objects.filter(
        record=OuterRef("record"),
        batch=OuterRef("batch"),
        kind=StockMovement.Kind.CORRECT,
        at__gte=OuterRef("counted_at"),
    )
    twice = lines.filter(Exists(put_right)).first()
    if twice:
        raise CountItAgain(twice)
