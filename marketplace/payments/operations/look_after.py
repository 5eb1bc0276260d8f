"""What has to be done about money every minute, whether or not anybody asks."""

import datetime as dt
from dataclasses import dataclass

from marketplace.payments.operations.reconcile import end_attempts, reconcile
from marketplace.payments.operations.settle import settle


@dataclass(frozen=True)
class LookedAfter:
    lapsed: int
    corrected: int
    refunded: int
    silent: bool


def look_after(*, at: dt.datetime) -> LookedAfter:
    """Learn what was missed, ask no longer for what ended, give back what is owed.

    In this order: who paid at the last moment is not told that time is over, and what
    came too late goes back in the same round.
    """
    learnt = reconcile(at=at)
    lapsed = end_attempts(at=at)
    return LookedAfter(lapsed, learnt.changed, settle(at=at), learnt.silent)
