"""Call an order off before any of it is packed."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from stores.mail import tell_buyer
from stores.models import Fulfilment, FulfilmentLine, Hold, Transfer
from stores.operations.advance import NotInThatState, advance
from stores.operations.release import release

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)

__all__ = ["NotInThatState", "cancel"]

CAN_BE_CANCELLED = (Fulfilment.Status.AWAITING_PAYMENT, Fulfilment.Status.CONFIRMED)


@transaction.atomic
def cancel(*, order: "Order", at: dt.datetime) -> None:
    """Free the goods of all jobs of an order, and call off what was to be brought.

    Goods on the way come as free stock. Its buyer is told, unless nobody has confirmed
    the order to her yet.

    Raises NotInThatState when one of them is packed, handed over or at its end.
    """
    jobs = list(order.fulfilments.order_by("pk"))
    was_confirmed = order.status != Fulfilment.Status.AWAITING_PAYMENT
    for job in jobs:
        advance(
            fulfilment=job,
            begins=CAN_BE_CANCELLED,
            ends=Fulfilment.Status.CANCELLED,
            ended_at=at,
        )
    coming = Transfer.objects.filter(lines__part__fulfilment__in=jobs)
    Transfer.objects.filter(
        pk__in=coming.values("pk"), status=Transfer.Status.REQUESTED
    ).update(status=Transfer.Status.CANCELLED, cancelled_at=at)
    parts = FulfilmentLine.objects.filter(fulfilment__in=jobs)
    release(units={part: part.promised for part in parts})
    parts.update(cancelled=F("units") - F("handed_over"))
    Hold.objects.filter(order=order).delete()
    if was_confirmed:
        tell_buyer(fulfilment=jobs[0], news="cancelled")
