"""Every state times everything that can happen, row by row."""

import itertools

import pytest

from marketplace.payments.models import Payment
from marketplace.payments.states import Effect, next_state

ROWS = (
    ("pending", "underpaid", "pending"),
    ("pending", "fully_paid", "paid"),
    ("pending", "unusable", "refund_due"),
    ("pending", "failed", "failed"),
    ("pending", "lapsed", "lapsed"),
    ("pending", "partly_refunded", "pending"),
    ("pending", "fully_refunded", "refunded"),
    ("pending", "refund_failed", "pending"),
    ("pending", "used", "pending"),
    ("paid", "underpaid", "paid"),
    ("paid", "fully_paid", "paid"),
    ("paid", "unusable", "refund_due"),
    ("paid", "failed", "paid"),
    ("paid", "lapsed", "paid"),
    ("paid", "partly_refunded", "paid"),
    ("paid", "fully_refunded", "refunded"),
    ("paid", "refund_failed", "paid"),
    ("paid", "used", "paid"),
    ("failed", "underpaid", "refund_due"),
    ("failed", "fully_paid", "paid"),
    ("failed", "unusable", "refund_due"),
    ("failed", "failed", "failed"),
    ("failed", "lapsed", "failed"),
    ("failed", "partly_refunded", "failed"),
    ("failed", "fully_refunded", "refunded"),
    ("failed", "refund_failed", "failed"),
    ("failed", "used", "failed"),
    ("lapsed", "underpaid", "refund_due"),
    ("lapsed", "fully_paid", "paid"),
    ("lapsed", "unusable", "refund_due"),
    ("lapsed", "failed", "lapsed"),
    ("lapsed", "lapsed", "lapsed"),
    ("lapsed", "partly_refunded", "lapsed"),
    ("lapsed", "fully_refunded", "refunded"),
    ("lapsed", "refund_failed", "lapsed"),
    ("lapsed", "used", "lapsed"),
    ("refund_due", "underpaid", "refund_due"),
    ("refund_due", "fully_paid", "refund_due"),
    ("refund_due", "unusable", "refund_due"),
    ("refund_due", "failed", "refund_due"),
    ("refund_due", "lapsed", "refund_due"),
    ("refund_due", "partly_refunded", "refund_due"),
    ("refund_due", "fully_refunded", "refunded"),
    ("refund_due", "refund_failed", "refund_due"),
    ("refund_due", "used", "paid"),
    ("refunded", "underpaid", "refund_due"),
    ("refunded", "fully_paid", "refund_due"),
    ("refunded", "unusable", "refund_due"),
    ("refunded", "failed", "refunded"),
    ("refunded", "lapsed", "refunded"),
    ("refunded", "partly_refunded", "refunded"),
    ("refunded", "fully_refunded", "refunded"),
    ("refunded", "refund_failed", "refund_due"),
    ("refunded", "used", "refunded"),
)


@pytest.mark.parametrize(("state", "event", "then"), ROWS)
def test_next_state_by_state_and_effect(state, event, then):
    assert next_state(state, Effect(event)) == then


def test_next_state_table_is_complete():
    every = itertools.product(Payment.State.values, [event.value for event in Effect])

    assert sorted((state, event) for state, event, _then in ROWS) == sorted(every)


def test_refund_due_state_ends_only_by_refund():
    """No event but the return of the money leads away from a refund that is due."""
    leaves = {e for e in Effect if next_state("refund_due", e) != "refund_due"}

    assert leaves == {Effect.FULLY_REFUNDED, Effect.USED}
