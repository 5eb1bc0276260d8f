"""Take off the shelf what can no longer be sold."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalogue.models import Batch
from stores.models import StockMovement
from stores.operations.move import NotOnTheShelf, move
from stores.operations.once import BookedOtherwise, booked_before, remember
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "BookedOtherwise",
    "NoReason",
    "NotOnTheShelf",
    "NotPastItsDate",
    "NothingToWriteOff",
    "write_off",
]


class NothingToWriteOff(Exception):
    """The quantity was zero or less."""


class NotPastItsDate(Exception):
    """The lot still keeps; what is broken is written off as damaged."""


class NoReason(Exception):
    """Damage says what happened."""


@transaction.atomic
def write_off(
    *,
    record: StockRecord,
    batch: Batch,
    units: int,
    kind: str,
    reason: str,
    actor: "_User | None",
    at: dt.datetime,
    client_id: str = "",
) -> StockMovement:
    """Remove `units` of a lot; `kind` is StockMovement's EXPIRE or DAMAGE.

    A `client_id` under which the point wrote off the same before brings back that.

    Raises BookedOtherwise, NothingToWriteOff, NotPastItsDate, NoReason, or
    NotOnTheShelf when fewer lie there or fewer would be left than are promised to
    orders.
    """
    if before := booked_before(
        partner_id=record.partner_id,
        client_id=client_id,
        kind=kind,
        record=record,
        batch=batch,
        quantity=-units,
        reason=reason.strip(),
    ):
        return before
    if units < 1:
        raise NothingToWriteOff
    is_past = batch.is_past(on=timezone.localdate(at))
    if kind == StockMovement.Kind.EXPIRE and not is_past:
        raise NotPastItsDate
    if kind == StockMovement.Kind.DAMAGE and not reason.strip():
        raise NoReason
    movement = move(
        record=record,
        batch=batch,
        kind=kind,
        quantity=-units,
        at=at,
        actor=actor,
        reason=reason.strip(),
    )
    return remember(movement, client_id)
