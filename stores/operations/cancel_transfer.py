"""Call a transfer off before it has left."""

import datetime as dt

from django.db import transaction

from stores.models import SalesPoint, Transfer
from stores.operations.pass_on import MovedOn, WrongPoint, pass_on

__all__ = ["BuyerWaits", "MovedOn", "WrongPoint", "cancel_transfer"]


class BuyerWaits(Exception):
    """An order waits for these goods; the order, or its line, is cancelled first."""


@transaction.atomic
def cancel_transfer(*, transfer: Transfer, point: SalesPoint, at: dt.datetime) -> None:
    """The goods stay where they are. Both the source and the destination may say so.

    Raises WrongPoint, MovedOn unless it was requested, or BuyerWaits.
    """
    if point not in (transfer.source, transfer.destination):
        raise WrongPoint(transfer.source)
    pass_on(
        transfer=transfer,
        begins=Transfer.Status.REQUESTED,
        ends=Transfer.Status.CANCELLED,
        cancelled_at=at,
    )
    if transfer.lines.filter(part__promised__gt=0).exists():
        raise BuyerWaits
