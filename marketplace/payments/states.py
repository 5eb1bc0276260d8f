"""What a fact about money does to a payment: one table, state x effect -> state."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.payments.models import Code, Payment, PaymentEvent

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

    from stores.models import SalesPoint

Kind = PaymentEvent.Kind
State = Payment.State


@dataclass(frozen=True)
class PaymentFact:
    """One fact about money, whoever reports it and however often.

    Made at the edge from a Stripe event, a bank notice, a line of a statement, the
    desk, or by the shop itself. `subject` is the id of what it is about (a session, a
    refund, a transaction, a fulfilment); there is at most one fact of a `kind` about a
    subject. `amount_vnd` is whole dong, negative when money left. A fact that
    `needs_review`, or that is `exact` with another amount than was requested, waits for
    a manager; `code` and `params` are the reason.
    """

    source: PaymentEvent.Source
    subject: str
    kind: PaymentEvent.Kind
    happened_at: dt.datetime
    amount_vnd: int = 0
    exact: bool = False
    needs_review: bool = False
    code: Code | str = ""
    params: dict[str, Any] = field(default_factory=dict)
    money_reference: str = ""
    refund_key: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    actor: "_User | None" = None
    point: "SalesPoint | None" = None
    paid_by: str = ""
    resolves: PaymentEvent | None = None

    @property
    def external_id(self) -> str:
        return f"{self.subject}:{self.kind}"


class Effect(StrEnum):
    """What a fact means for a payment, once its amount has been added."""

    UNDERPAID = "underpaid"  # money came, and it is still too little
    FULLY_PAID = "fully_paid"
    UNUSABLE = "unusable"  # the money cannot be used for the order
    FAILED = "failed"  # the buyer's bank or the provider refused
    LAPSED = "lapsed"  # the time is over, and nothing has come
    PARTLY_REFUNDED = "partly_refunded"
    FULLY_REFUNDED = "fully_refunded"
    REFUND_FAILED = "refund_failed"  # what was sent back did not arrive
    USED = "used"  # the buyer took the goods elsewhere instead of the money


A, P, F, L, D, R = State

TRANSITIONS: dict[State, dict[Effect, State]] = {
    row: dict(zip(Effect, column, strict=True))
    for row, column in {
        # underpaid, fully paid, unusable, failed, lapsed, refunded partly, fully,
        # refund failed, used
        A: [A, P, D, F, L, A, R, A, A],
        P: [P, P, D, P, P, P, R, P, P],
        F: [D, P, D, F, F, F, R, F, F],
        L: [D, P, D, L, L, L, R, L, L],
        D: [D, D, D, D, D, D, R, D, P],
        R: [D, D, D, R, R, R, R, D, R],
    }.items()
}
"""Rows: pending, paid, failed, lapsed, refund due, refunded.

Late money still pays; whether the order can still be confirmed is decided next. A
refund that is reported before the money came changes nothing yet.
"""

PLAIN_EFFECTS = {
    Kind.LAPSED: Effect.LAPSED,
    Kind.FAILED: Effect.FAILED,
    Kind.UNUSABLE: Effect.UNUSABLE,
    Kind.USED: Effect.USED,
    Kind.REFUND_FAILED: Effect.REFUND_FAILED,
}
CHANGES_STATE = {*PLAIN_EFFECTS, Kind.PAID, Kind.REFUNDED}


def next_state(state: str, effect: Effect) -> State:
    return TRANSITIONS[State(state)][effect]


def get_effect(payment: Payment, kind: str, *, order_is_paid: bool) -> Effect:
    """The effect of a fact whose amount is already in the payment's sums.

    `order_is_paid`: another payment of the order is paid. A refund may have been
    reported before the payment that it is of.
    """
    nothing_left = payment.refunded_vnd >= (payment.paid_vnd or payment.amount_vnd)
    if kind == Kind.PAID:
        if nothing_left:
            return Effect.FULLY_REFUNDED
        if order_is_paid:
            return Effect.UNUSABLE
        return Effect.UNDERPAID if payment.missing_vnd else Effect.FULLY_PAID
    if kind == Kind.REFUNDED:
        return Effect.FULLY_REFUNDED if nothing_left else Effect.PARTLY_REFUNDED
    is_underpaid = payment.state == State.PENDING and payment.balance_vnd > 0
    if kind == Kind.LAPSED and is_underpaid:
        return Effect.UNUSABLE
    return PLAIN_EFFECTS[Kind(kind)]
