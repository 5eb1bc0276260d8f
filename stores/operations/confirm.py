"""Make an order certain once it is paid."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from stores.mail import tell_buyer
from stores.models import Fulfilment, FulfilmentLine, Hold
from stores.operations.advance import NotInThatState, advance
from stores.operations.bring import bring
from stores.operations.reserve import NotEnoughStock, reserve

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)

__all__ = ["NotEnoughStock", "NotInThatState", "confirm"]


@transaction.atomic
def confirm(*, order: "Order", at: dt.datetime) -> None:
    """Keep the goods of a paid order for good, and put it before the keepers.

    What lies at another point than it is handed over at is asked for there.
    Money may come late: what was given to others since the hold ended is promised
    anew where the shelf still has it.

    Raises NotInThatState unless the order awaits payment or has lapsed, or
    NotEnoughStock when its goods are gone; nothing has changed then.
    """
    jobs = list(order.fulfilments.order_by("pk"))
    for job in jobs:
        advance(
            fulfilment=job,
            begins=(Fulfilment.Status.AWAITING_PAYMENT, Fulfilment.Status.LAPSED),
            ends=Fulfilment.Status.CONFIRMED,
            ended_at=None,
            to_collect_vnd=0,
        )
    mine = FulfilmentLine.objects.filter(fulfilment__in=jobs)
    mine.lock_shelves()
    lost: dict[int, int] = {}
    for part in mine.filter(promised__lt=F("units") - F("cancelled")):
        short = part.open_units - part.promised
        lost[part.record_id] = lost.get(part.record_id, 0) + short
    reserve(lines=lost, at=at)
    mine.update(promised=F("units") - F("cancelled") - F("handed_over"), hold=None)
    Hold.objects.filter(order=order).delete()
    bring(order=order, at=at)
    tell_buyer(fulfilment=jobs[0], news="confirmed")
