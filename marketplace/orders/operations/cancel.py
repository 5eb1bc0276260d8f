"""Cancel an order, or units of one of its lines."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.refusals import NotEnough, ReasonRequired
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold, Order, RefundDue
from marketplace.orders.operations.amounts import reduce_amount_due, reduce_postage_due
from marketplace.orders.operations.fulfil import (
    WrongFulfilmentStatus,
    lock_order,
    set_fulfilment_status,
)
from stores.models import Transfer
from stores.operations.reserve import release

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

Status = Fulfilment.Status

"""Statuses in which a buyer may cancel an order."""

REDUCIBLE = (Status.CONFIRMED,)
"""Statuses in which a buyer may take units out; a keeper may until hand-over."""


class AlreadyPacked(WrongFulfilmentStatus):
    """The buyer is too late to change what is packed."""

    @property
    def message(self) -> Promise:
        return gettext_lazy("It is packed already. Please call the sales point.")


@transaction.atomic
def cancel_order(*, order: Order, at: dt.datetime) -> None:
    """Free the goods of all fulfilments; what was paid for them is to be refunded.

    Transfers that were requested for them are cancelled; goods on the way arrive as
    free stock. The buyer is told, unless the order was never confirmed to them.

    Fulfilments that were cancelled before stay so. Raises AlreadyPacked when one of
    the others is packed, handed over or ended.
    """
    lock_order(order)
    every = list(order.fulfilments.order_by("pk"))
    live = [one for one in every if one.status != Status.CANCELLED]
    fulfilments = live or every
    was_confirmed = order.status != Status.AWAITING_PAYMENT
    paid = all(one.paid_before for one in fulfilments)
    for fulfilment in fulfilments:
        try:
            set_fulfilment_status(
                fulfilment=fulfilment,
                begins=Fulfilment.CANCELLABLE,
                ends=Status.CANCELLED,
                ended_at=at,
            )
        except WrongFulfilmentStatus as wrong:
            raise AlreadyPacked(wrong.fulfilment) from wrong
    lines = FulfilmentLine.objects.filter(fulfilment__in=fulfilments)
    lines.reservations().lock()
    coming = Transfer.objects.filter(lines__reservation__fulfilment_line__in=lines)
    Transfer.objects.filter(
        pk__in=coming.values("pk"), status=Transfer.Status.REQUESTED
    ).update(status=Transfer.Status.CANCELLED, cancelled_at=at)
    rows = list(lines.select_related("line", "reservation"))
    if paid:
        price = sum(line.price_vnd * line.open_units for line in rows)
        reduce_amount_due(
            fulfilment=fulfilments[0],
            amount_vnd=price + int(order.shipping_incl_tax),
            paid=True,
            reason=RefundDue.Reason.CANCELLED,
            at=at,
        )
    release(units={line.reservation: line.open_units for line in rows})
    lines.update(cancelled=F("units") - F("handed_over"))
    order.fulfilments.filter(pk__in=[one.pk for one in fulfilments]).update(
        to_collect_vnd=0
    )
    Hold.objects.filter(order=order).delete()
    if was_confirmed:
        write_to_buyer(fulfilment=fulfilments[0], event="cancelled")


@transaction.atomic
def cancel_units(
    *,
    line: FulfilmentLine,
    units: int,
    at: dt.datetime,
    actor: "_User | None",
    reason: str = "",
) -> None:
    """Free `units` of a line; the buyer pays less, or gets back what they have paid.

    Without an actor the buyer does it, while nothing of the fulfilment is packed; a
    keeper may until it is handed over, with a reason. A fulfilment with nothing left
    is cancelled. The buyer is told.

    Raises ReasonRequired, AlreadyPacked, WrongFulfilmentStatus, or NotEnough
    (also for 0 or less).
    """
    if actor and not reason.strip():
        raise ReasonRequired(_("Say why it cannot be given."))
    fulfilment = line.fulfilment
    order = fulfilment.order
    lock_order(order)
    # Whoever packs it holds the fulfilment and not the order.
    fulfilment.refresh_from_db(from_queryset=Fulfilment.objects.select_for_update())
    mine = FulfilmentLine.objects.filter(pk=line.pk)
    mine.reservations().lock()
    line = mine.select_related("line__product", "reservation").get()
    begins = Fulfilment.OPEN if actor else REDUCIBLE
    if fulfilment.status not in begins:
        raise (WrongFulfilmentStatus if actor else AlreadyPacked)(fulfilment)
    if not 0 < units <= line.open_units:
        if actor:
            text = _("Only %d of it are still to be given.")
        else:
            text = _("Only %d of it are still in your order.")
        raise NotEnough(text % line.open_units)
    paid = fulfilment.paid_before
    why = RefundDue.Reason.NOT_THERE if actor else RefundDue.Reason.CANCELLED
    release(units={line.reservation: units})
    mine.update(cancelled=F("cancelled") + units)
    reduce_amount_due(
        fulfilment=fulfilment,
        amount_vnd=line.price_vnd * units,
        paid=paid,
        reason=why,
        at=at,
    )
    if not fulfilment.lines.filter(units__gt=F("cancelled")).exists():
        set_fulfilment_status(
            fulfilment=fulfilment, begins=begins, ends=Status.CANCELLED, ended_at=at
        )
        reduce_postage_due(fulfilment=fulfilment, paid=paid, reason=why, at=at)
    order.notes.create(
        user=actor,
        note_type="cancelled",
        message=f"− {units} × {line.line.title} {reason.strip()}".strip(),
    )
    order.refresh_from_db(fields=["status"])
    ended = order.status in Fulfilment.WITHOUT_GOODS
    write_to_buyer(fulfilment=fulfilment, event="cancelled" if ended else "changed")
