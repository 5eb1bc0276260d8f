"""Every state times everything that can happen, row by row."""

import itertools

import pytest

from marketplace.payments.models import Payment
from marketplace.payments.states import Event, after

ROWS = [
    ("asked", "part", "asked"),
    ("asked", "whole", "paid"),
    ("asked", "owed", "refund_due"),
    ("asked", "failed", "failed"),
    ("asked", "lapsed", "lapsed"),
    ("asked", "part_back", "asked"),
    ("asked", "all_back", "refunded"),
    ("asked", "returned", "asked"),
    ("asked", "used", "asked"),
    ("paid", "part", "paid"),
    ("paid", "whole", "paid"),
    ("paid", "owed", "refund_due"),
    ("paid", "failed", "paid"),
    ("paid", "lapsed", "paid"),
    ("paid", "part_back", "paid"),
    ("paid", "all_back", "refunded"),
    ("paid", "returned", "paid"),
    ("paid", "used", "paid"),
    ("failed", "part", "refund_due"),
    ("failed", "whole", "paid"),
    ("failed", "owed", "refund_due"),
    ("failed", "failed", "failed"),
    ("failed", "lapsed", "failed"),
    ("failed", "part_back", "failed"),
    ("failed", "all_back", "refunded"),
    ("failed", "returned", "failed"),
    ("failed", "used", "failed"),
    ("lapsed", "part", "refund_due"),
    ("lapsed", "whole", "paid"),
    ("lapsed", "owed", "refund_due"),
    ("lapsed", "failed", "lapsed"),
    ("lapsed", "lapsed", "lapsed"),
    ("lapsed", "part_back", "lapsed"),
    ("lapsed", "all_back", "refunded"),
    ("lapsed", "returned", "lapsed"),
    ("lapsed", "used", "lapsed"),
    ("refund_due", "part", "refund_due"),
    ("refund_due", "whole", "refund_due"),
    ("refund_due", "owed", "refund_due"),
    ("refund_due", "failed", "refund_due"),
    ("refund_due", "lapsed", "refund_due"),
    ("refund_due", "part_back", "refund_due"),
    ("refund_due", "all_back", "refunded"),
    ("refund_due", "returned", "refund_due"),
    ("refund_due", "used", "paid"),
    ("refunded", "part", "refund_due"),
    ("refunded", "whole", "refund_due"),
    ("refunded", "owed", "refund_due"),
    ("refunded", "failed", "refunded"),
    ("refunded", "lapsed", "refunded"),
    ("refunded", "part_back", "refunded"),
    ("refunded", "all_back", "refunded"),
    ("refunded", "returned", "refund_due"),
    ("refunded", "used", "refunded"),
]


@pytest.mark.parametrize(("state", "event", "then"), ROWS)
def test_a_state_and_an_event_make_a_state(state, event, then):
    assert after(state, Event(event)) == then


def test_no_pair_is_missing():
    every = itertools.product(Payment.State.values, [event.value for event in Event])

    assert sorted((state, event) for state, event, _then in ROWS) == sorted(every)


def test_money_that_is_here_is_never_forgotten():
    """No event but the return of the money leads away from a refund that is due."""
    leaves = {e for e in Event if after("refund_due", e) != "refund_due"}

    assert leaves == {Event.ALL_BACK, Event.USED}
