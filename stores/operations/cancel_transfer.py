"""Call a transfer off before it has left."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import SalesPoint, Transfer
from stores.operations.correct import NoReason
from stores.operations.pass_on import MovedOn, WrongPoint, pass_on

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = ["BuyerWaits", "MovedOn", "NoReason", "WrongPoint", "cancel_transfer"]


class BuyerWaits(Exception):
    """An order waits for these goods; the order, or its line, is cancelled first."""


@transaction.atomic
def cancel_transfer(
    *,
    transfer: Transfer,
    point: SalesPoint,
    reason: str,
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The goods stay where they are. Both the source and the destination may say so.

    Raises WrongPoint, NoReason, MovedOn unless it was requested, or BuyerWaits.
    """
    if point not in (transfer.source, transfer.destination):
        raise WrongPoint(transfer.source)
    if not reason.strip():
        raise NoReason
    pass_on(
        transfer=transfer,
        begins=Transfer.Status.REQUESTED,
        ends=Transfer.Status.CANCELLED,
        cancelled_at=at,
        cancelled_by=actor,
        cancel_reason=reason.strip(),
    )
    if transfer.lines.filter(part__promised__gt=0).exists():
        raise BuyerWaits
