"""Call an order off before any of it is packed."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from stores.mail import tell_buyer
from stores.models import Fulfilment
from stores.operations.advance import NotInThatState, advance
from stores.operations.release import release

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)

__all__ = ["NotInThatState", "cancel"]


@transaction.atomic
def cancel(*, order: "Order", at: dt.datetime) -> None:
    """Free the goods of all jobs of an order; its buyer is told.

    Raises NotInThatState when one of them is packed, handed over or cancelled already.
    """
    jobs = list(order.fulfilments.order_by("pk"))
    for job in jobs:
        advance(
            fulfilment=job,
            begins=[Fulfilment.Status.CONFIRMED],
            ends=Fulfilment.Status.CANCELLED,
            cancelled_at=at,
        )
    release(
        lines={
            line.stockrecord_id: line.quantity
            for line in order.lines.all()
            if line.stockrecord_id
        }
    )
    tell_buyer(fulfilment=jobs[0], news="cancelled")
