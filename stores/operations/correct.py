"""Put a number right that does not match the shelf."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from catalogue.models import Batch
from stores.models import StockLot, StockMovement
from stores.operations.move import NotOnTheShelf, move
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = ["AlreadyRight", "NoReason", "NotOnTheShelf", "correct"]


class NoReason(Exception):
    """A correction says why."""


class AlreadyRight(Exception):
    """The shelf already has that many."""


@transaction.atomic
def correct(
    *,
    record: StockRecord,
    batch: Batch,
    counted: int,
    reason: str,
    actor: "_User",
    at: dt.datetime,
) -> StockMovement:
    """Set a lot to the `counted` units (0 or more) that really lie there.

    Raises NoReason, AlreadyRight, or NotOnTheShelf when orders are promised more than
    would be left.
    """
    if not reason.strip():
        raise NoReason
    StockRecord.objects.select_for_update().get(pk=record.pk)
    lies = (
        StockLot.objects.filter(record=record, batch=batch)
        .values_list("on_hand", flat=True)
        .first()
    )
    difference = counted - (lies or 0)
    if not difference:
        raise AlreadyRight
    return move(
        record=record,
        batch=batch,
        kind=StockMovement.Kind.CORRECT,
        quantity=difference,
        at=at,
        actor=actor,
        reason=reason.strip(),
    )
