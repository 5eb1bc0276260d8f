"""Write down what time has ended: unpaid holds, and goods nobody collected."""

import datetime as dt

from stores.models import Fulfilment, Hold
from stores.operations.lapse import NotInThatState, StillHeld, lapse
from stores.operations.release_uncollected import StillKept, release_uncollected


def sweep(*, at: dt.datetime) -> int:
    """Lapse every order whose time to pay is over; returns how many.

    Each in a transaction of its own. Free units do not wait for it: they count such
    holds as over already.
    """
    ended = 0
    for hold in Hold.objects.filter(until__lte=at).select_related("order"):
        try:
            lapse(order=hold.order, at=at)
        except (NotInThatState, StillHeld):
            continue  # paid or extended at this very moment
        ended += 1
    return ended


def sweep_uncollected(*, at: dt.datetime) -> int:
    """Put back every packed pick-up that is kept no longer; returns how many.

    Each in a transaction of its own.
    """
    put_back = 0
    for job in Fulfilment.objects.filter(
        way=Fulfilment.Way.PICKUP,
        status=Fulfilment.Status.READY,
        collect_until__lte=at,
    ).select_related("order"):
        try:
            release_uncollected(fulfilment=job, at=at)
        except (NotInThatState, StillKept):
            continue  # collected at this very moment
        put_back += 1
    return put_back
