"""Give a buyer more time to pay, or end the time she has."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from stores.models import FulfilmentLine, Hold
from stores.operations.advance import lock

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)


class CannotExtend(Exception):
    """The time was extended once already, or is over, or the order is paid."""


@transaction.atomic
def extend(*, order: "Order", by: dt.timedelta, at: dt.datetime) -> None:
    """Keep an unpaid order's goods that much longer, once.

    Raises CannotExtend.
    """
    lock(order)  # whoever confirms it waits
    parts = FulfilmentLine.objects.filter(fulfilment__order=order)
    parts.lock_shelves()
    if parts.filter(promised__lt=F("units") - F("cancelled")).exists():
        raise CannotExtend  # another buyer, whose clock was ahead, has them
    hold = Hold.objects.filter(order=order, extended_at=None, until__gt=at)
    if not hold.update(until=F("until") + by, extended_at=at):
        raise CannotExtend


@transaction.atomic
def let_go(*, order: "Order", at: dt.datetime) -> None:
    """End the hold of an unpaid order now: its goods are free from this moment.

    An order without a hold stays as it is.
    """
    lock(order)
    Hold.objects.filter(order=order, until__gt=at).update(until=at)
