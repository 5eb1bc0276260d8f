"""Events in any order, repeated and lost: the books always agree."""

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalogue.refusals import WrongStatus
from marketplace.orders.models import Hold, RefundDue
from marketplace.payments.bank.matching import transfer_purpose
from marketplace.payments.operations.handle_stripe_event import handle_stripe_event
from marketplace.payments.operations.record_bank_credit import (
    match_transfer,
    record_bank_credit,
)
from marketplace.payments.queries import transfers_to_match, uneven_transfer_payments
from tests.payments.bank_credits import make_bank_credit
from tests.payments.stripe_events import (
    get_status,
    get_sums,
    make_event,
    make_expired_event,
    make_paid_event,
    make_session,
    make_stripe_refund,
    sum_applied_events,
)
from tests.tasks import run_maintenance


class Rollback(Exception):
    """Ends an example without a trace."""


def make_all_events(payment):
    """All that Stripe can say of one payment; two ways of saying each."""
    some = make_stripe_refund(payment, 60_000)
    rest = make_stripe_refund(payment, 130_000)
    return [
        make_paid_event(payment),
        make_event("checkout.session.async_payment_succeeded", make_session(payment)),
        make_expired_event(payment),
        make_event("checkout.session.async_payment_failed", make_session(payment)),
        make_event("refund.created", some),
        make_event("refund.updated", some),
        make_event("refund.failed", some | {"status": "failed"}),
        make_event("refund.updated", rest),
        make_event("refund.updated", make_stripe_refund(payment, 190_001)),
        make_paid_event(payment, id="cs_other", amount_total=1),
        make_event("customer.created", {"id": "cus_1"}),
    ]


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(order=[4, 2, 0])
@given(order=st.lists(st.integers(0, 10), min_size=2, max_size=14))
def test_stripe_events_in_any_order_balance_books(pending, unpaid, now, order):
    events = make_all_events(pending)
    try:
        with transaction.atomic():
            for number in order:
                handle_stripe_event(event=events[number], at=now)
                state, paid_vnd, refunded_vnd = get_sums(pending)
                assert paid_vnd - refunded_vnd == sum_applied_events(pending)
            facts = set(order)
            assert expected_received(facts) == get_sums(pending)[1]
            assert_consistent(pending, unpaid)
            if facts & {0, 1} and 6 not in facts:
                assert get_sums(pending)[0] == expected_state(facts)
            raise Rollback
    except Rollback:
        pass


def expected_state(facts):
    """The state of a payment whose events came in the order they happened."""
    return "refunded" if {7} <= facts and facts & {4, 5} else "paid"


def expected_received(facts):
    return 190_000 if facts & {0, 1} else 0


def assert_consistent(pending, unpaid):
    """State, sums, order and what is owed tell one story."""
    state, paid_vnd, refunded_vnd = get_sums(pending)
    assert paid_vnd in (0, 190_000)
    assert 0 <= refunded_vnd <= 190_000
    status = get_status(unpaid)
    if state == "paid":
        assert (paid_vnd, status) == (190_000, "confirmed")
        assert refunded_vnd < paid_vnd
        assert unpaid.fulfilments.get().to_collect_vnd == 0
    if status == "awaiting_payment":
        assert state != "paid"
    if state in ("pending", "failed", "lapsed"):
        assert paid_vnd == 0
    if state == "refunded":
        assert refunded_vnd >= (paid_vnd or 190_000)
    owed = sum(RefundDue.objects.values_list("amount_vnd", flat=True))
    assert owed <= max(0, paid_vnd)


def possible_credits(purpose):
    """Transfers that may be reported for one order; the last two do not name it."""
    return [
        make_bank_credit(190_000, purpose, "FT1"),
        make_bank_credit(100_000, f"IBFT {purpose.lower()} 998", "FT2"),
        make_bank_credit(90_000, f"{purpose[:2]}-{purpose[2:]}", "FT3"),
        make_bank_credit(190_000, purpose, "FT4"),
        make_bank_credit(250_000, purpose, "FT5"),
        make_bank_credit(190_000, purpose[:6], "FT6"),
        make_bank_credit(190_000, "", "FT7"),
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
def test_bank_credits_in_any_order_balance_books(
    pending_transfer, unpaid, now, manager, order
):
    credits = possible_credits(transfer_purpose(unpaid.number))
    over = Hold.objects.get(order=unpaid).until
    try:
        with transaction.atomic():
            for step in order:
                if step == LAPSE:
                    run_maintenance(at=over)
                elif step == MATCH:
                    match_newest_credit(unpaid, manager, now)
                else:
                    record_bank_credit(credit=credits[step], at=now)
                state, paid_vnd, back_vnd = get_sums(pending_transfer)
                assert paid_vnd - back_vnd == sum_applied_events(pending_transfer)
            everything = sum(
                credits[step].amount_vnd for step in set(order) if step < 7
            )
            unmatched = sum(event.amount_vnd for event in transfers_to_match())
            assert paid_vnd + unmatched == everything
            owed = sum(RefundDue.objects.values_list("amount_vnd", flat=True))
            if state == "paid":
                assert (paid_vnd - owed, get_status(unpaid)) == (190_000, "confirmed")
            elif state == "refund_due":
                assert owed == paid_vnd
            else:
                assert owed == 0
                assert paid_vnd < 190_000
            uneven = bool(owed or (state == "pending" and paid_vnd))
            assert bool(uneven_transfer_payments()) == uneven
            raise Rollback
    except Rollback:
        pass


def match_newest_credit(order, manager, now):
    """A manager says whose the newest unknown money is."""
    for unmatched in transfers_to_match()[:1]:
        arguments = {
            "order": order,
            "reason": "the buyer called",
            "actor": manager,
            "at": now,
        }
        match_transfer(event=unmatched, **arguments)
        try:
            match_transfer(event=unmatched, **arguments)
        except WrongStatus:
            continue
        raise AssertionError("matched twice")
