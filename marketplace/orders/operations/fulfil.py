"""Prepare a fulfilment, mark it ready, deliver it, or end it uncollected."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import WrongStatus
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.queries import pick_lots
from stores.operations.reserve import fill_shortages

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

Status = Fulfilment.Status

PROGRESS = list(Status.values)
"""Statuses from the first to the last; those that end without goods come last."""

COLLECT_WITHIN = dt.timedelta(days=3)
"""How long a packed pick-up waits for its buyer."""


class WrongFulfilmentStatus(WrongStatus):
    """The fulfilment has another status; `fulfilment` is as it now is."""

    messages: Mapping[str, Promise] = {
        Status.AWAITING_PAYMENT: _("The order is not paid yet."),
        Status.PREPARING: _("Somebody is packing it already."),
        Status.READY: _("It is marked ready already."),
        Status.HANDED_OVER: _("It was handed over already."),
        Status.DELIVERED: _("It was delivered already."),
        Status.CANCELLED: _("The order was cancelled."),
        Status.LAPSED: _("The order was not paid in time."),
        Status.NOT_COLLECTED: _(
            "It was not collected in time; its goods are back on the shelf."
        ),
    }

    def __init__(self, fulfilment: Fulfilment) -> None:
        super().__init__(fulfilment)
        self.fulfilment = fulfilment

    @property
    def message(self) -> Promise:
        return self.messages.get(self.fulfilment.status, _("It is not packed yet."))


@transaction.atomic
def set_fulfilment_status(
    *, fulfilment: Fulfilment, begins: Iterable[str], ends: str, **stamps: object
) -> None:
    """Set the status to `ends` if it is one of `begins`, with its stamps.

    The order follows; its row is locked first, so that of two points that hand over
    the last two parcels at once one sees the other, and of two keepers who press at
    the same time the second is refused.

    Raises WrongFulfilmentStatus.
    """
    order = fulfilment.order
    lock_order(order)
    row = Fulfilment.objects.filter(pk=fulfilment.pk)
    changed = row.filter(status__in=list(begins)).update(status=ends, **stamps)
    fulfilment.refresh_from_db()
    if not changed:
        raise WrongFulfilmentStatus(fulfilment)
    order.status = order_status(order.fulfilments.values_list("status", flat=True))
    order.save(update_fields=["status"])
    order.lines.update(status=order.status)


def lock_order(order: Order) -> None:
    """Make whoever else changes a fulfilment of the order wait until this is done."""
    Order.objects.select_for_update().get(pk=order.pk)


def order_status(statuses: Iterable[str]) -> str:
    """The status of the slowest fulfilment, of those that still bring goods."""
    statuses = list(statuses)
    live = [status for status in statuses if status not in Fulfilment.WITHOUT_GOODS]
    return min(live or statuses, key=PROGRESS.index)


@transaction.atomic
def prepare(*, fulfilment: Fulfilment, actor: "_User | None", at: dt.datetime) -> None:
    """This keeper packs it from now, and every desk of the point sees that.

    Raises WrongFulfilmentStatus unless it was to be prepared.
    """
    set_fulfilment_status(
        fulfilment=fulfilment,
        begins=[Status.CONFIRMED],
        ends=Status.PREPARING,
        preparing_at=at,
        packed_by=actor,
    )


@transaction.atomic
def mark_ready(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """It is packed; the buyer is told, and until when a pick-up is kept.

    What came short in a transfer is allocated from the shelf, where it has that many.

    Raises WrongFulfilmentStatus unless it was to be prepared, and what `pick_lots`
    raises when something of it is not there to be packed.
    """
    is_pickup = fulfilment.delivery_method == Fulfilment.DeliveryMethod.PICKUP
    set_fulfilment_status(
        fulfilment=fulfilment,
        begins=[Status.CONFIRMED, Status.PREPARING],
        ends=Status.READY,
        ready_at=at,
        collect_until=at + COLLECT_WITHIN if is_pickup else None,
    )
    here = fulfilment.lines.all().reservations()
    fill_shortages(
        reservations=here.filter(record__partner=fulfilment.point.partner_id), at=at
    )
    pick_lots(fulfilment, on=timezone.localdate(at))
    write_to_buyer(fulfilment=fulfilment, event="ready")


@transaction.atomic
def mark_delivered(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """The post has brought a parcel to its buyer.

    Raises WrongFulfilmentStatus unless it was given to the post.
    """
    if fulfilment.delivery_method != Fulfilment.DeliveryMethod.POST:
        raise WrongFulfilmentStatus(fulfilment)
    set_fulfilment_status(
        fulfilment=fulfilment,
        begins=[Status.HANDED_OVER],
        ends=Status.DELIVERED,
        delivered_at=at,
    )


@transaction.atomic
def set_tracking_number(
    *, fulfilment: Fulfilment, carrier: str, tracking_number: str
) -> None:
    """Write down who carries a parcel, and its number; the buyer is told.

    Raises WrongFulfilmentStatus unless the post has it.
    """
    with_the_post = Fulfilment.objects.filter(
        pk=fulfilment.pk,
        delivery_method=Fulfilment.DeliveryMethod.POST,
        status=Status.HANDED_OVER,
    )
    changed = with_the_post.update(
        carrier=carrier.strip(), tracking_number=tracking_number.strip()
    )
    fulfilment.refresh_from_db()
    if not changed:
        raise WrongFulfilmentStatus(fulfilment)
    write_to_buyer(fulfilment=fulfilment, event="sent")
