"""Give the goods of a job to its buyer, or to the post."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.models import Batch
from stores.mail import tell_buyer
from stores.models import Fulfilment, FulfilmentLine, StockMovement
from stores.operations.advance import NotInThatState, advance
from stores.operations.move import move
from stores.queries.free import lots_to_take

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "LotsRanOut",
    "NobodyNamed",
    "NotInThatState",
    "Pick",
    "StillOnTheWay",
    "WrongCode",
    "hand_over",
    "picks_of",
]


class WrongCode(Exception):
    """The code given is not the job's."""


class NobodyNamed(Exception):
    """What is left at a front desk is taken by somebody with a name."""


class LotsRanOut(Exception):
    """Too few units that are still good lie there for `part`, a line of the job."""

    def __init__(self, part: FulfilmentLine) -> None:
        super().__init__(f"line {part.pk}")
        self.part = part


class StillOnTheWay(Exception):
    """Goods of the job are not at its point yet; `part` is the first such line."""

    def __init__(self, part: FulfilmentLine) -> None:
        super().__init__(f"line {part.pk}")
        self.part = part


@dataclass(frozen=True)
class Pick:
    """Take `units` of this lot for a line of the job."""

    part: FulfilmentLine
    batch: Batch
    units: int


def picks_of(fulfilment: Fulfilment, *, on: dt.date) -> list[Pick]:
    """Which lots the keeper takes for a job: what expires first goes first.

    Lots at or past their best-before are left out. One query.

    Raises LotsRanOut, or StillOnTheWay while a transfer brings something.
    """
    parts = [part for part in fulfilment.parts.all() if part.open_units]
    for part in parts:
        here = part.record.partner_id == fulfilment.point.partner_id
        if not here or part.promised < part.open_units:
            raise StillOnTheWay(part)
    records = [part.record_id for part in parts]
    lots = list(lots_to_take(records).exclude(batch__best_before__lte=on))
    picks = []
    for part in parts:
        missing = part.open_units
        for lot in lots:
            if missing and lot.record_id == part.record_id:
                units = min(missing, lot.on_hand)
                picks.append(Pick(part, lot.batch, units))
                missing -= units
        if missing:
            raise LotsRanOut(part)
    return picks


def meets_buyer(fulfilment: Fulfilment, *, at_front_desk: bool) -> bool:
    """Whether she is there, to show her code and to pay.

    The postman comes without her, and so does a room delivery that is left for her at
    the front desk of a hotel.
    """
    left_for_her = at_front_desk and fulfilment.way == Fulfilment.Way.ROOM
    return fulfilment.way != Fulfilment.Way.POST and not left_for_her


@transaction.atomic
def hand_over(
    *,
    fulfilment: Fulfilment,
    code: str,
    actor: "_User",
    at: dt.datetime,
    taken_by: str = "",
    at_front_desk: bool = False,
    carrier: str = "",
    tracking_number: str = "",
) -> None:
    """The goods leave the shelf, lot by lot, and the ledger says to which order.

    Whoever meets the buyer asks for her code; the post takes the parcel under its own
    number, and a front desk says who took it. A room delivery ends here; a buyer who
    did not take it herself is told.

    Raises NotInThatState unless it is to be prepared, being packed or ready, WrongCode,
    NobodyNamed, LotsRanOut or StillOnTheWay.
    """
    room = fulfilment.way == Fulfilment.Way.ROOM
    met = meets_buyer(fulfilment, at_front_desk=at_front_desk)
    if room and not met and not taken_by.strip():
        raise NobodyNamed
    if met and code != fulfilment.code:
        raise WrongCode
    advance(
        fulfilment=fulfilment,
        begins=Fulfilment.AT_THE_DESK,
        ends=Fulfilment.Status.DELIVERED if room else Fulfilment.Status.HANDED_OVER,
        handed_over_at=at,
        handed_over_by=actor,
        delivered_at=at if room else None,
        taken_by=taken_by.strip(),
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
    )
    if not met:
        tell_buyer(fulfilment=fulfilment, news="at_front_desk" if room else "sent")
    picks = picks_of(fulfilment, on=timezone.localdate(at))
    for pick in sorted(picks, key=lambda pick: pick.part.record_id):
        move(
            record=pick.part.record,
            batch=pick.batch,
            kind=StockMovement.Kind.SELL,
            quantity=-pick.units,
            promised=-pick.units,
            at=at,
            actor=actor,
            document=fulfilment.order.number,
        )
        FulfilmentLine.objects.filter(pk=pick.part.pk).update(
            promised=F("promised") - pick.units,
            handed_over=F("handed_over") + pick.units,
        )
