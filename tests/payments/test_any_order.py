"""Events in any order, repeated and lost: the books always agree."""

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from marketplace.orders.models import Hold, RefundDue
from marketplace.payments.operations.hear import hear
from marketplace.payments.operations.hear_transfer import hear_transfer
from marketplace.payments.operations.look_after import look_after
from marketplace.payments.operations.match import AlreadyMatched, match
from marketplace.payments.purpose import purpose_of
from marketplace.payments.queries import transfers_not_even, transfers_unmatched
from tests.payments.money import (
    event,
    expired,
    money_events,
    paid,
    refund_of,
    session_of,
    status_of,
    sums_of,
)
from tests.payments.transfers import came


class Undo(Exception):
    """Ends an example without a trace."""


def happenings(payment):
    """All that Stripe can say of one payment; two ways of saying each."""
    some = refund_of(payment, 60_000)
    rest = refund_of(payment, 130_000)
    return [
        paid(payment),
        event("checkout.session.async_payment_succeeded", session_of(payment)),
        expired(payment),
        event("checkout.session.async_payment_failed", session_of(payment)),
        event("refund.created", some),
        event("refund.updated", some),
        event("refund.failed", some | {"status": "failed"}),
        event("refund.updated", rest),
        event("refund.updated", refund_of(payment, 190_001)),
        paid(payment, id="cs_other", amount_total=1),
        event("customer.created", {"id": "cus_1"}),
    ]


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(order=[4, 2, 0])
@given(order=st.lists(st.integers(0, 10), min_size=2, max_size=14))
def test_the_sum_of_money_is_what_the_order_says(asked, unpaid, now, order):
    said = happenings(asked)
    try:
        with transaction.atomic():
            for number in order:
                hear(event=said[number], at=now)
                state, came, back = sums_of(asked)
                assert came - back == money_events(asked)
            facts = set(order)
            assert came_once(facts) == sums_of(asked)[1]
            agree(asked, unpaid)
            if facts & {0, 1} and 6 not in facts:
                assert sums_of(asked)[0] == in_good_order(facts)
            raise Undo
    except Undo:
        pass


def in_good_order(facts):
    """The state of a payment of which the same was told as it happened."""
    return "refunded" if {7} <= facts and facts & {4, 5} else "paid"


def came_once(facts):
    return 190_000 if facts & {0, 1} else 0


def agree(asked, unpaid):
    """State, sums, order and what is owed tell one story."""
    state, came, back = sums_of(asked)
    assert came in (0, 190_000)
    assert 0 <= back <= 190_000
    status = status_of(unpaid)
    if state == "paid":
        assert (came, status) == (190_000, "confirmed")
        assert back < came
        assert unpaid.fulfilments.get().to_collect_vnd == 0
    if status == "awaiting_payment":
        assert state != "paid"
    if state in ("asked", "failed", "lapsed"):
        assert came == 0
    if state == "refunded":
        assert back >= (came or 190_000)
    owed = sum(RefundDue.objects.values_list("amount_vnd", flat=True))
    assert owed <= max(0, came)


def transfers_told(purpose):
    """Transfers that may be told of one order; the last two do not name it."""
    return [
        came(190_000, purpose, "FT1"),
        came(100_000, f"IBFT {purpose.lower()} 998", "FT2"),
        came(90_000, f"{purpose[:2]}-{purpose[2:]}", "FT3"),
        came(190_000, purpose, "FT4"),
        came(250_000, purpose, "FT5"),
        came(190_000, purpose[:6], "FT6"),
        came(190_000, "", "FT7"),
    ]


LAPSE, MATCH = 7, 8


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(order=[1, LAPSE, 2, 0])
@example(order=[5, MATCH, 0, 0, MATCH])
@given(order=st.lists(st.integers(0, 8), min_size=2, max_size=14))
def test_no_transfer_is_dropped_or_counted_twice(
    transferring, unpaid, now, manager, order
):
    said = transfers_told(purpose_of(unpaid.number))
    over = Hold.objects.get(order=unpaid).until
    try:
        with transaction.atomic():
            for step in order:
                if step == LAPSE:
                    look_after(at=over)
                elif step == MATCH:
                    match_first(unpaid, manager, now)
                else:
                    hear_transfer(came=said[step], at=now)
                state, paid_vnd, back_vnd = sums_of(transferring)
                assert paid_vnd - back_vnd == money_events(transferring)
            everything = sum(said[step].amount_vnd for step in set(order) if step < 7)
            unmatched = sum(event.amount_vnd for event in transfers_unmatched())
            assert paid_vnd + unmatched == everything
            owed = sum(RefundDue.objects.values_list("amount_vnd", flat=True))
            if state == "paid":
                assert (paid_vnd - owed, status_of(unpaid)) == (190_000, "confirmed")
            elif state == "refund_due":
                assert owed == paid_vnd
            else:
                assert owed == 0
                assert paid_vnd < 190_000
            uneven = bool(owed or (state == "asked" and paid_vnd))
            assert bool(transfers_not_even()) == uneven
            raise Undo
    except Undo:
        pass


def match_first(order, manager, now):
    """A manager says whose the newest unknown money is."""
    for kept in transfers_unmatched()[:1]:
        said = {"order": order, "reason": "she called", "actor": manager, "at": now}
        match(kept=kept, **said)
        try:
            match(kept=kept, **said)
        except AlreadyMatched:
            continue
        raise AssertionError("matched twice")
