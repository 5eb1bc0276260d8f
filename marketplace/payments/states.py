"""What becomes of a payment: every state times everything that can happen to it."""

from enum import StrEnum

from marketplace.payments.models import Payment

State = Payment.State


class Event(StrEnum):
    """What something means for a payment, once its sums are known."""

    PART = "part"  # money came, and it is still too little
    WHOLE = "whole"  # money came, and it is enough
    OWED = "owed"  # its money cannot be used for the order
    FAILED = "failed"  # the buyer's bank or the gateway refused
    LAPSED = "lapsed"  # the time is over, and nothing has come
    PART_BACK = "part_back"  # some went back
    ALL_BACK = "all_back"  # nothing of it is left here
    RETURNED = "returned"  # what went back did not arrive, and is here again
    USED = "used"  # the buyer took the goods elsewhere instead of her money


A, P, F, L, D, R = State

TABLE: dict[State, dict[Event, State]] = {
    row: dict(zip(Event, column, strict=True))
    for row, column in {
        # part whole owed failed lapsed part_back all_back returned used
        A: [A, P, D, F, L, A, R, A, A],
        P: [P, P, D, P, P, P, R, P, P],
        F: [D, P, D, F, F, F, R, F, F],
        L: [D, P, D, L, L, L, R, L, L],
        D: [D, D, D, D, D, D, R, D, P],
        R: [D, D, D, R, R, R, R, D, R],
    }.items()
}
"""Asked, paid, failed, lapsed, due to go back, refunded. Money that comes late still
pays; whether the order can still be kept is asked next. Where nothing is here, a way
back that is told before the money came changes nothing yet."""


def after(state: str, event: Event) -> State:
    return TABLE[State(state)][event]
