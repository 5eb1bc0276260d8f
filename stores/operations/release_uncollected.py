"""Put back what its buyer did not collect in time."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from stores.mail import tell_buyer
from stores.models import Fulfilment, RefundDue
from stores.operations.advance import NotInThatState, advance
from stores.operations.release import release
from stores.operations.take_off import take_off

__all__ = ["NotInThatState", "StillKept", "release_uncollected"]


class StillKept(Exception):
    """The buyer may come until `until`; None when nothing was said to her."""

    def __init__(self, until: dt.datetime | None) -> None:
        super().__init__(f"kept until {until}")
        self.until = until


@transaction.atomic
def release_uncollected(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """The goods of a packed pick-up are free again, and its buyer is told.

    What she paid is due back to her.

    Raises NotInThatState unless the job is ready, or StillKept.
    """
    advance(
        fulfilment=fulfilment,
        begins=[Fulfilment.Status.READY],
        ends=Fulfilment.Status.NOT_COLLECTED,
        ended_at=at,
    )
    if fulfilment.collect_until is None or fulfilment.collect_until > at:
        raise StillKept(fulfilment.collect_until)
    parts = list(fulfilment.parts.select_related("line"))
    take_off(
        fulfilment=fulfilment,
        amount_vnd=sum(part.price_vnd * part.open_units for part in parts),
        paid=fulfilment.paid_before,
        reason=RefundDue.Reason.CANCELLED,
        at=at,
    )
    release(units={part: part.promised for part in parts})
    fulfilment.parts.update(cancelled=F("units") - F("handed_over"))
    tell_buyer(fulfilment=fulfilment, news="not_collected")
