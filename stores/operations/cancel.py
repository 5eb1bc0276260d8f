"""Call an order off before any of it is packed."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from stores.mail import tell_buyer
from stores.models import Fulfilment, FulfilmentLine, Hold, RefundDue, Transfer
from stores.operations.advance import NotInThatState, advance, lock
from stores.operations.release import release
from stores.operations.take_off import take_off

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)


__all__ = ["NotInThatState", "cancel"]


CAN_BE_CANCELLED = (Fulfilment.Status.AWAITING_PAYMENT, Fulfilment.Status.CONFIRMED)


@transaction.atomic
def cancel(*, order: "Order", at: dt.datetime) -> None:
    """Free the goods of all jobs of an order; what was paid for them is due back.

    What was to be brought from another point is called off; goods on the way come as
    free stock. Its buyer is told, unless nobody has confirmed the order to her yet.

    Jobs that were cancelled before stay so. Raises NotInThatState when one of the
    others is packed, handed over or at its end.
    """
    lock(order)
    every = list(order.fulfilments.order_by("pk"))
    going = [job for job in every if job.status != Fulfilment.Status.CANCELLED]
    jobs = going or every
    was_confirmed = order.status != Fulfilment.Status.AWAITING_PAYMENT
    paid = all(job.paid_before for job in jobs)
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
    parts = FulfilmentLine.objects.filter(fulfilment__in=jobs).select_related("line")
    parts.lock_shelves()  # or another buyer takes back what has lapsed meanwhile
    price = sum(part.price_vnd * part.open_units for part in parts)
    if paid:
        take_off(
            fulfilment=jobs[0],
            amount_vnd=price + int(order.shipping_incl_tax),
            paid=True,
            reason=RefundDue.Reason.CANCELLED,
            at=at,
        )
    release(units={part: part.promised for part in parts})
    parts.update(cancelled=F("units") - F("handed_over"))
    order.fulfilments.filter(pk__in=[job.pk for job in jobs]).update(to_collect_vnd=0)
    Hold.objects.filter(order=order).delete()
    if was_confirmed:
        tell_buyer(fulfilment=jobs[0], news="cancelled")
