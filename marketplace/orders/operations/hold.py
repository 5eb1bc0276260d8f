"""Hold the goods of an unpaid order until its time to pay is over."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import WrongStatus
from marketplace.orders.models import FulfilmentLine, Hold, Order
from marketplace.orders.operations.fulfil import (
    lock_order,
)
from stores.models import ReservationQuerySet


@transaction.atomic
def extend_hold(*, order: Order, by: dt.timedelta, at: dt.datetime) -> None:
    """Keep an unpaid order's goods that much longer, once.

    Raises WrongStatus.
    """
    lock_order(order)  # whoever confirms it waits
    reservations = order_reservations(order)
    reservations.lock()
    hold = Hold.objects.filter(order=order, extended_at=None, until__gt=at)
    # Short, if another buyer, whose clock was ahead, has the goods.
    if reservations.short().exists() or not hold.update(
        until=F("until") + by, extended_at=at
    ):
        raise WrongStatus(
            _("More time is given once, and only before the time is over.")
        )
    reservations.update(expires_at=Hold.objects.get(order=order).until)


@transaction.atomic
def end_hold(*, order: Order, at: dt.datetime) -> None:
    """End the hold of an unpaid order now: its goods are free from this moment.

    An order without a hold stays as it is.
    """
    lock_order(order)
    reservations = order_reservations(order)
    reservations.lock()
    if Hold.objects.filter(order=order, until__gt=at).update(until=at):
        reservations.update(expires_at=at)


def order_reservations(order: Order) -> ReservationQuerySet:
    lines = FulfilmentLine.objects.filter(fulfilment__order=order)
    return lines.reservations()
