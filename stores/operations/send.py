"""Let goods go to another point."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.models import Batch
from stores.models import (
    FulfilmentLine,
    SalesPoint,
    StockMovement,
    Transfer,
    TransferLine,
    TransferLot,
)
from stores.operations.move import NotOnTheShelf, move
from stores.operations.pass_on import MovedOn, WrongPoint, pass_on
from stores.operations.receive import LotIsPastItsDate, NotSoldHere
from stores.operations.reserve import NotEnoughStock, reserve
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "Load",
    "LotIsPastItsDate",
    "MovedOn",
    "NotAsAsked",
    "NotEnoughStock",
    "NotOnTheShelf",
    "NotSoldHere",
    "NothingSent",
    "WrongPoint",
    "send",
]


class NothingSent(Exception):
    """A transfer carries one unit at least, and never fewer than none of a lot."""


class NotAsAsked(Exception):
    """More than `line.wanted` units were to be sent, or not all that an order needs."""

    def __init__(self, line: TransferLine) -> None:
        super().__init__(f"line {line.pk} wants {line.wanted}")
        self.line = line


@dataclass(frozen=True)
class Load:
    """Send `units` of this lot for a line of the transfer."""

    line: TransferLine
    batch: Batch
    units: int


@transaction.atomic
def send(
    *,
    transfer: Transfer,
    point: SalesPoint,
    loads: Iterable[Load],
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The lots leave the shelf of `point` and are nobody's stock from now.

    For an order's line all that is promised to it goes, and the promise with it. For
    the others at most what was asked for, and never what is promised to buyers.

    Raises WrongPoint unless `point` is the source, MovedOn unless it was requested,
    NothingSent, NotAsAsked, LotIsPastItsDate, NotSoldHere, NotEnoughStock or
    NotOnTheShelf.
    """
    if transfer.source != point:
        raise WrongPoint(transfer.source)
    pass_on(
        transfer=transfer,
        begins=Transfer.Status.REQUESTED,
        ends=Transfer.Status.SENT,
        sent_at=at,
        sent_by=actor,
    )
    units = units_of_lots(loads, on=timezone.localdate(at))
    asked = transfer.lines.select_related("product", "part").order_by("pk")
    lines = {line.pk: line for line in asked}
    check(transfer, lines, units)
    records = locked_records(point, lines.values())
    reserve(lines=extra_units(lines, units, records), at=at)
    for (line_id, batch), number in sorted(
        units.items(), key=lambda one: records[lines[one[0][0]].product_id].pk
    ):
        line = lines[line_id]
        move(
            record=records[line.product_id],
            batch=batch,
            kind=StockMovement.Kind.TRANSFER_OUT,
            quantity=-number,
            promised=-number,
            at=at,
            actor=actor,
            document=transfer.number,
        )
        TransferLot.objects.create(line=line, batch=batch, sent=number)
        if line.part:
            FulfilmentLine.objects.filter(pk=line.part.pk).update(
                promised=F("promised") - number
            )


def units_of_lots(loads: Iterable[Load], *, on: dt.date) -> Counter[tuple[int, Batch]]:
    """Line id and lot to units, lots of zero left out."""
    units: Counter[tuple[int, Batch]] = Counter()
    for load in loads:
        if load.units < 0:
            raise NothingSent
        if load.units and load.batch.best_before and load.batch.best_before <= on:
            raise LotIsPastItsDate(load.batch.best_before)
        units[load.line.pk, load.batch] += load.units
    return +units


def check(
    transfer: Transfer,
    lines: dict[int, TransferLine],
    units: Counter[tuple[int, Batch]],
) -> None:
    if not units:
        raise NothingSent
    sums: Counter[int] = Counter()
    for (line_id, _batch), number in units.items():
        sums[line_id] += number
    for line in lines.values():
        fits = sums[line.pk] <= line.wanted
        if line.part:
            fits = sums[line.pk] == line.wanted
        if not fits:
            raise NotAsAsked(line)
        if sums[line.pk] and not transfer.destination.may_sell(line.product):
            raise NotSoldHere


def locked_records(
    point: SalesPoint, lines: Iterable[TransferLine]
) -> dict[int, StockRecord]:
    """Product id to the point's record of it, all locked in the common order."""
    records = StockRecord.objects.filter(
        partner=point.partner_id, product__in=[line.product_id for line in lines]
    )
    locked = records.order_by("pk").select_for_update()
    return {record.product_id: record for record in locked}


def extra_units(
    lines: dict[int, TransferLine],
    units: Counter[tuple[int, Batch]],
    records: dict[int, StockRecord],
) -> dict[int, int]:
    """Record id to the units that nobody has promised yet to whom they go."""
    extra: Counter[int] = Counter()
    for (line_id, _batch), number in units.items():
        if lines[line_id].part is None:
            extra[records[lines[line_id].product_id].pk] += number
    return dict(extra)
