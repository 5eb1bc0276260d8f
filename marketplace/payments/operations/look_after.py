"""What has to be done about orders and their money every minute, whoever asks."""

import datetime as dt
from dataclasses import dataclass

from marketplace.orders.operations.fulfil import release_all_uncollected
from marketplace.orders.operations.hold import lapse_unpaid_orders
from marketplace.payments.operations.reconcile import end_attempts, reconcile
from marketplace.payments.operations.settle import settle


@dataclass(frozen=True)
class LookedAfter:
    """How many payments were put right, orders and attempts lapsed, and so on."""

    corrected: int
    orders_lapsed: int
    put_back: int
    attempts_lapsed: int
    refunded: int


def look_after(*, at: dt.datetime) -> LookedAfter:
    """Learn what was missed, end what time has ended, give back what is owed.

    In this order: who paid at the last moment is not told that time is over, and what
    came too late goes back in the same round. While those who move money are silent
    nobody is told that time is over; the goods count as free anyway.
    """
    learnt = reconcile(at=at)
    return LookedAfter(
        corrected=learnt.changed,
        orders_lapsed=0 if learnt.silent else lapse_unpaid_orders(at=at),
        put_back=release_all_uncollected(at=at),
        attempts_lapsed=end_attempts(at=at),
        refunded=settle(at=at),
    )
