"""Give the goods of a job to its buyer, or to the post."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalogue.models import Batch
from stores.models import Fulfilment, StockLot, StockMovement
from stores.operations.advance import NotInThatState, advance
from stores.operations.move import move
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User
    from oscar.apps.order.models import Line  # noqa: TID251  (marketplace's fork)

__all__ = ["LotsRanOut", "NotInThatState", "Pick", "WrongCode", "hand_over", "picks_of"]


class WrongCode(Exception):
    """The code given is not the job's."""


class LotsRanOut(Exception):
    """Too few units that are still good lie there; `line` is the order's line."""

    def __init__(self, line: "Line") -> None:
        super().__init__(f"order line {line.pk}")
        self.line = line


@dataclass(frozen=True)
class Pick:
    """Take `units` of this lot for an order line."""

    line: "Line"
    record: StockRecord
    batch: Batch
    units: int


def picks_of(fulfilment: Fulfilment, *, on: dt.date) -> list[Pick]:
    """Which lots the keeper takes for a job: what expires first goes first.

    Lots at or past their best-before are left out. One query.

    Raises LotsRanOut.
    """
    lines = fulfilment.lines
    lots = (
        StockLot.objects.filter(
            record__in=[line.stockrecord_id for line in lines], on_hand__gt=0
        )
        .exclude(batch__best_before__lte=on)
        .select_related("batch", "record")
    )
    by_expiry = sorted(
        lots, key=lambda lot: (lot.batch.best_before or dt.date.max, lot.pk)
    )
    picks = []
    for line in lines:
        missing = line.quantity
        for lot in by_expiry:
            if missing and lot.record_id == line.stockrecord_id:
                units = min(missing, lot.on_hand)
                picks.append(Pick(line, lot.record, lot.batch, units))
                missing -= units
        if missing:
            raise LotsRanOut(line)
    return picks


@transaction.atomic
def hand_over(
    *, fulfilment: Fulfilment, code: str, actor: "_User", at: dt.datetime
) -> None:
    """The goods leave the shelf, lot by lot, and the ledger says to which order.

    A pick-up and a room delivery ask for the buyer's code; the post has none.

    Raises NotInThatState unless it is to be prepared or ready, WrongCode, LotsRanOut.
    """
    if fulfilment.way != Fulfilment.Way.POST and code != fulfilment.code:
        raise WrongCode
    advance(
        fulfilment=fulfilment,
        begins=[Fulfilment.Status.CONFIRMED, Fulfilment.Status.READY],
        ends=Fulfilment.Status.HANDED_OVER,
        handed_over_at=at,
        handed_over_by=actor,
    )
    picks = picks_of(fulfilment, on=timezone.localdate(at))
    for pick in sorted(picks, key=lambda pick: pick.record.pk):
        move(
            record=pick.record,
            batch=pick.batch,
            kind=StockMovement.Kind.SELL,
            quantity=-pick.units,
            promised=-pick.units,
            at=at,
            actor=actor,
            document=fulfilment.order.number,
        )
