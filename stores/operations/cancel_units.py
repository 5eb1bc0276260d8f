"""Take some units out of an order: the buyer wants fewer, or they cannot be given."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from stores.mail import tell_buyer
from stores.models import Fulfilment, FulfilmentLine, RefundDue
from stores.operations.advance import WITHOUT_GOODS, NotInThatState, advance, lock
from stores.operations.release import release
from stores.operations.take_off import take_off, take_off_postage

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = ["NoReason", "NotInThatState", "NotThatMany", "cancel_units"]

BY_BUYER = (Fulfilment.Status.CONFIRMED,)
BY_KEEPER = Fulfilment.AT_THE_DESK


class NotThatMany(Exception):
    """The line waits for fewer units; `part` is as it now stands."""

    def __init__(self, part: FulfilmentLine) -> None:
        super().__init__(f"line {part.pk} waits for {part.open_units}")
        self.part = part


class NoReason(Exception):
    """A keeper who cannot give something says why."""


@transaction.atomic
def cancel_units(
    *,
    part: FulfilmentLine,
    units: int,
    at: dt.datetime,
    actor: "_User | None",
    reason: str = "",
) -> None:
    """Free `units` of a line; the buyer owes less, or is owed what she has paid.

    Without an actor the buyer does it, while nothing of the job is packed; a keeper
    may until it is handed over, and says why. A job with nothing left is cancelled.
    The buyer is told.

    Raises NotInThatState, NotThatMany (also for 0 or less), or NoReason.
    """
    if actor and not reason.strip():
        raise NoReason
    job = part.fulfilment
    order = job.order
    lock(order)
    # Whoever packs it, or unpacks goods for it, holds the job and not the order.
    job.refresh_from_db(from_queryset=Fulfilment.objects.select_for_update())
    part = FulfilmentLine.objects.select_related("line__product").get(pk=part.pk)
    begins = BY_KEEPER if actor else BY_BUYER
    if job.status not in begins:
        raise NotInThatState(job)
    if not 0 < units <= part.open_units:
        raise NotThatMany(part)
    paid = job.paid_before
    why = RefundDue.Reason.NOT_THERE if actor else RefundDue.Reason.CANCELLED
    release(units={part: min(units, part.promised)})
    FulfilmentLine.objects.filter(pk=part.pk).update(cancelled=F("cancelled") + units)
    price = part.price_vnd * units
    take_off(fulfilment=job, amount_vnd=price, paid=paid, reason=why, at=at)
    if not job.parts.filter(units__gt=F("cancelled")).exists():
        advance(
            fulfilment=job,
            begins=begins,
            ends=Fulfilment.Status.CANCELLED,
            ended_at=at,
        )
        take_off_postage(fulfilment=job, paid=paid, reason=why, at=at)
    order.notes.create(
        user=actor,
        note_type="cancelled",
        message=f"− {units} × {part.line.title} {reason.strip()}".strip(),
    )
    order.refresh_from_db(fields=["status"])
    all_gone = order.status in WITHOUT_GOODS
    tell_buyer(fulfilment=job, news="cancelled" if all_gone else "changed")
