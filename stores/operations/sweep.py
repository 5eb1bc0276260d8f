"""Write down what time has ended: holds that nobody paid for."""

import datetime as dt

from stores.models import Hold
from stores.operations.lapse import NotInThatState, StillHeld, lapse


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
