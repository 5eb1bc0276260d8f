"""Hold the goods of an unpaid order until its time to pay is over."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import WrongStatus
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold, Order
from marketplace.orders.operations.fulfil import (
    lock_order,
    set_fulfilment_status,
)
from stores.models import ReservationQuerySet
from stores.operations.reserve import deallocate


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


@transaction.atomic
def lapse_order(*, order: Order, at: dt.datetime, notify: bool = True) -> None:
    """End an unpaid order whose time is over; its goods were free since then.

    The buyer is told, unless `notify` is off because the caller tells them more.

    Raises WrongStatus unless it awaits payment and its time is over.
    """
    fulfilments = list(order.fulfilments.order_by("pk"))
    for fulfilment in fulfilments:
        set_fulfilment_status(
            fulfilment=fulfilment,
            begins=[Fulfilment.Status.AWAITING_PAYMENT],
            ends=Fulfilment.Status.LAPSED,
            ended_at=at,
        )
    hold = Hold.objects.filter(order=order).first()
    if hold and hold.until > at:
        raise WrongStatus(_("The buyer still has time."))
    reservations = order_reservations(order)
    reservations.lock()  # or another buyer frees what has expired meanwhile
    deallocate(units={one: one.allocated for one in reservations})
    Hold.objects.filter(order=order).delete()
    if notify:
        write_to_buyer(fulfilment=fulfilments[0], event="lapsed")


def lapse_unpaid_orders(*, at: dt.datetime) -> int:
    """Lapse every order whose time to pay is over; returns how many.

    Each in a transaction of its own. Free units do not wait for it.
    """
    ended = 0
    for hold in Hold.objects.filter(until__lte=at).select_related("order"):
        try:
            lapse_order(order=hold.order, at=at)
        except WrongStatus:
            continue  # paid or extended at this very moment
        ended += 1
    return ended
