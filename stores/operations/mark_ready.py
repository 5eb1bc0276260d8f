"""Say that a job is packed and waits for its buyer."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from stores.mail import tell_buyer
from stores.models import Fulfilment
from stores.operations.advance import NotInThatState, advance
from stores.operations.hand_over import LotsRanOut, StillOnTheWay, picks_of
from stores.operations.make_good import make_good

__all__ = ["LotsRanOut", "NotInThatState", "StillOnTheWay", "mark_ready"]

KEPT = dt.timedelta(days=3)
"""How long a packed pick-up waits for its buyer."""


@transaction.atomic
def mark_ready(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """The job is ready from now; its buyer is told, and until when it is kept.

    What came short on the way to it is taken from the shelf, where it has that many.

    Raises NotInThatState unless it was to be prepared, and what `picks_of` raises when
    something of it is not there to be packed.
    """
    kept = at + KEPT if fulfilment.way == Fulfilment.Way.PICKUP else None
    advance(
        fulfilment=fulfilment,
        begins=[Fulfilment.Status.CONFIRMED, Fulfilment.Status.PREPARING],
        ends=Fulfilment.Status.READY,
        ready_at=at,
        collect_until=kept,
    )
    make_good(fulfilment=fulfilment, at=at)
    picks_of(fulfilment, on=timezone.localdate(at))
    tell_buyer(fulfilment=fulfilment, news="ready")
