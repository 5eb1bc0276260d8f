"""What has to be done about money every minute, whether or not anybody asks."""

import datetime as dt
from dataclasses import dataclass

from marketplace.payments.operations.reconcile import end_attempts
from marketplace.payments.operations.settle import settle


@dataclass(frozen=True)
class LookedAfter:
    lapsed: int
    refunded: int


def look_after(*, at: dt.datetime) -> LookedAfter:
    """Ask no longer for what ended, then give back what is owed.

    In this order: what came too late goes back in the same round. What was missed is
    learnt before, by `reconcile`, and before any order lapses: who paid at the last
    moment is not told that time is over.
    """
    return LookedAfter(end_attempts(at=at), settle(at=at))
