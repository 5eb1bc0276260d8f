"""End what waited too long: an unpaid order, and a packed pick-up nobody collected.

How long an unpaid order is held is the `hold` of its payment provider.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalogue.refusals import WrongStatus
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, Hold, Order, RefundDue
from marketplace.orders.operations.amounts import reduce_amount_due
from marketplace.orders.operations.fulfil import set_fulfilment_status
from marketplace.orders.operations.hold import order_reservations
from stores.operations.reserve import deallocate, release

Status = Fulfilment.Status


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


@transaction.atomic
def release_uncollected(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """The goods of a packed pick-up are free again; the buyer is told, and refunded.

    Raises WrongFulfilmentStatus unless it is ready, or
    WrongStatus while the buyer still has time.
    """
    set_fulfilment_status(
        fulfilment=fulfilment,
        begins=[Status.READY],
        ends=Status.NOT_COLLECTED,
        ended_at=at,
    )
    if fulfilment.collect_until is None or fulfilment.collect_until > at:
        raise WrongStatus(_("The buyer still has time."))
    reservations = fulfilment.lines.all().reservations()
    reservations.lock()
    lines = list(fulfilment.lines.select_related("line", "reservation"))
    reduce_amount_due(
        fulfilment=fulfilment,
        amount_vnd=sum(line.price_vnd * line.open_units for line in lines),
        paid=fulfilment.paid_before,
        reason=RefundDue.Reason.CANCELLED,
        at=at,
    )
    release(units={line.reservation: line.open_units for line in lines})
    fulfilment.lines.update(cancelled=F("units") - F("handed_over"))
    write_to_buyer(fulfilment=fulfilment, event="not_collected")


def release_all_uncollected(*, at: dt.datetime) -> int:
    """Release every packed pick-up whose time is over; returns how many.

    Each in a transaction of its own.
    """
    released = 0
    for fulfilment in Fulfilment.objects.filter(
        delivery_method=Fulfilment.DeliveryMethod.PICKUP,
        status=Status.READY,
        collect_until__lte=at,
    ).select_related("order"):
        try:
            release_uncollected(fulfilment=fulfilment, at=at)
        except WrongStatus:
            continue  # collected at this very moment
        released += 1
    return released
