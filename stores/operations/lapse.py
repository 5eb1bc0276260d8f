"""End an order that was not paid in time."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from stores.mail import tell_buyer
from stores.models import Fulfilment, FulfilmentLine, Hold
from stores.operations.advance import NotInThatState, advance
from stores.operations.release import release

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)

__all__ = ["NotInThatState", "StillHeld", "lapse"]


class StillHeld(Exception):
    """There is time to pay until `until`."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(f"held until {until}")
        self.until = until


@transaction.atomic
def lapse(*, order: "Order", at: dt.datetime, tell: bool = True) -> None:
    """Write down that an unpaid order has lapsed; its goods were free since its hold
    ended, and stop being booked for it now. The buyer is told, unless somebody else
    does, who knows that her money came too late.

    Raises StillHeld, or NotInThatState unless it awaits payment.
    """
    jobs = list(order.fulfilments.order_by("pk"))
    for job in jobs:
        advance(
            fulfilment=job,
            begins=[Fulfilment.Status.AWAITING_PAYMENT],
            ends=Fulfilment.Status.LAPSED,
            ended_at=at,
        )
    hold = Hold.objects.filter(order=order).first()
    if hold and hold.until > at:
        raise StillHeld(hold.until)
    parts = FulfilmentLine.objects.filter(fulfilment__in=jobs)
    parts.lock_shelves()  # or another buyer takes back what has lapsed meanwhile
    release(units={part: part.promised for part in parts})
    Hold.objects.filter(order=order).delete()
    if tell:
        tell_buyer(fulfilment=jobs[0], news="lapsed")
