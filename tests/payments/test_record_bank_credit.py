"""A transfer that came: counted once, and each kind of it has its place."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.refusals import WrongStatus
from marketplace.orders.models import RefundDue
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.lapse import lapse_unpaid_orders
from marketplace.payments.bank.matching import (
    STATEMENT,
    BankCredit,
    generate_reference,
    transfer_purpose,
)
from marketplace.payments.models import BANK_CODES, Payment, PaymentEvent
from marketplace.payments.operations.record_bank_credit import (
    NOT_MATCHABLE,
    dismiss_transfer,
    match_transfer,
    record_bank_credit,
)
from marketplace.payments.operations.start_payment import start_payment
from marketplace.payments.queries import (
    transfers,
    transfers_to_match,
    uneven_transfer_payments,
    unpaid_orders_by_amount,
)
from tests.factories import make_order
from tests.payments.bank_credits import make_bank_credit, record_transfer
from tests.payments.conftest import set_hold_until
from tests.payments.stripe_events import (
    get_status,
    get_sums,
    make_paid_event,
    make_payment,
    post_event,
    sum_applied_events,
)
from tests.stock_snapshot import get_stock_snapshot
from tests.tasks import run_maintenance


@pytest.fixture
def purpose(pending_transfer, unpaid):
    return transfer_purpose(unpaid.number)


def list_refunds_due():
    return list(RefundDue.objects.values_list("amount_vnd", "reason"))


def code_and_outcome(event):
    return event.code, event.outcome


def test_record_bank_credit_exact_amount_pays_order(pending_transfer, unpaid, purpose):
    event = record_transfer(190_000, f"MBVCB.45.{purpose}.CT tu 035 toi 0123", "FT1")

    assert code_and_outcome(event) == ("exact", "applied")
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"
    assert unpaid.fulfilments.get().to_collect_vnd == 0
    assert pending_transfer.money_reference == "FT1"
    assert event.payload["raw"].startswith("190000 | MBVCB")
    assert not list_refunds_due()
    assert not uneven_transfer_payments()
    assert not transfers_to_match()


def test_record_bank_credit_twice_counts_once(pending_transfer, purpose):
    first = record_transfer(190_000, purpose, "FT1")
    again = record_bank_credit(
        credit=make_bank_credit(190_000, purpose, "FT1"), at=timezone.now()
    )

    assert (again.event, again.is_new) == (first, False)
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)


def test_record_bank_credit_twice_with_cut_purpose_counts_once(
    pending_transfer, purpose
):
    first = record_transfer(190_000, purpose, "FT1")

    assert record_transfer(190_000, purpose[:6], "FT1") == first
    assert PaymentEvent.objects.filter(source="bank").count() == 1


def test_record_bank_credit_too_little_waits_for_rest(
    pending_transfer, unpaid, purpose
):
    event = record_transfer(100_000, purpose)

    assert code_and_outcome(event) == ("too_little", "applied")
    assert get_sums(pending_transfer) == ("pending", 100_000, 0)
    assert [p.transfers for p in uneven_transfer_payments()] == [[event]]

    assert code_and_outcome(record_transfer(90_000, purpose)) == ("exact", "applied")
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"
    assert not uneven_transfer_payments()


def test_record_bank_credit_too_little_is_refunded_after_hold(
    pending_transfer, unpaid, purpose
):
    record_transfer(100_000, purpose)

    run_maintenance(at=unpaid.hold.until)

    assert get_sums(pending_transfer) == ("refund_due", 100_000, 0)
    assert list_refunds_due() == [(100_000, "cancelled")]
    assert [p.owed_vnd for p in uneven_transfer_payments()] == [100_000]


def test_record_bank_credit_too_much_pays_and_refunds_excess(
    pending_transfer, unpaid, purpose
):
    event = record_transfer(200_000, purpose)

    assert code_and_outcome(event) == ("too_much", "applied")
    assert get_sums(pending_transfer) == ("paid", 200_000, 0)
    assert get_status(unpaid) == "confirmed"
    assert list_refunds_due() == [(10_000, "too_much")]
    assert [(p.owed_vnd, p.transfers) for p in uneven_transfer_payments()] == [
        (10_000, [event])
    ]


def test_record_bank_credit_second_full_amount_is_refunded(
    pending_transfer, unpaid, purpose
):
    record_transfer(190_000, purpose)

    assert code_and_outcome(record_transfer(190_000, purpose)) == (
        "paid_already",
        "applied",
    )

    assert get_sums(pending_transfer) == ("paid", 380_000, 0)
    assert list_refunds_due() == [(190_000, "too_much")]
    assert get_status(unpaid) == "confirmed"


def test_record_bank_credit_after_card_payment_is_refunded(
    pending_transfer, unpaid, purpose, now
):
    Payment.objects.filter(pk=pending_transfer.pk).update(state="lapsed")
    post_event(make_paid_event(make_payment(unpaid)))

    assert code_and_outcome(record_transfer(190_000, purpose)) == (
        "paid_already",
        "applied",
    )

    assert get_sums(pending_transfer) == ("refund_due", 190_000, 0)
    assert list_refunds_due() == [(190_000, "too_much")]


def test_record_bank_credit_ends_open_card_attempt(
    stripe, pending_transfer, unpaid, purpose, now
):
    card = start_payment(order=unpaid, method="stripe", at=now)
    assert get_sums(pending_transfer)[0] == "lapsed"

    assert code_and_outcome(record_transfer(190_000, purpose)) == ("exact", "applied")

    assert get_sums(pending_transfer)[0] == "paid"
    assert get_sums(card)[0] == "lapsed"


def test_record_bank_credit_late_with_goods_available_confirms_order(
    pending_transfer, unpaid, purpose, tea_at_centre
):
    run_maintenance(at=unpaid.hold.until)
    assert get_status(unpaid) == "lapsed"
    assert get_sums(pending_transfer)[0] == "lapsed"

    assert code_and_outcome(record_transfer(190_000, purpose)) == ("late", "applied")

    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"
    assert get_stock_snapshot(tea_at_centre).allocated == 2
    assert not list_refunds_due()


def test_record_bank_credit_late_with_goods_sold_is_refunded(
    pending_transfer, unpaid, purpose, tea, centre
):
    set_hold_until(unpaid, timezone.now() - dt.timedelta(minutes=1))
    make_order({tea: 10}, point=centre, email="")

    assert code_and_outcome(record_transfer(190_000, purpose)) == ("late", "applied")

    assert get_sums(pending_transfer) == ("refund_due", 190_000, 0)
    assert get_status(unpaid) == "lapsed"
    assert list_refunds_due() == [(190_000, "not_there")]
    assert [p.owed_vnd for p in uneven_transfer_payments()] == [190_000]


def test_record_bank_credit_late_and_too_little_is_refunded(
    pending_transfer, unpaid, purpose
):
    run_maintenance(at=unpaid.hold.until)

    assert code_and_outcome(record_transfer(100_000, purpose)) == ("late", "applied")

    assert get_sums(pending_transfer) == ("refund_due", 100_000, 0)
    assert get_status(unpaid) == "lapsed"
    assert list_refunds_due() == [(100_000, "too_much")]


def test_record_bank_credit_for_cancelled_order_is_refunded(
    pending_transfer, unpaid, purpose, now
):
    cancel_order(order=unpaid, at=now)

    assert code_and_outcome(record_transfer(190_000, purpose)) == ("late", "applied")
    assert get_sums(pending_transfer) == ("refund_due", 190_000, 0)
    assert list_refunds_due() == [(190_000, "cancelled")]


@pytest.mark.parametrize(
    "purpose", ["", "tien hang", "QN123", "QN0000000", "QN1234567 va QN7654321"]
)
def test_record_bank_credit_naming_no_order_needs_review(
    pending_transfer, unpaid, purpose
):
    event = record_transfer(190_000, purpose, "FT9")

    assert code_and_outcome(event) == ("unknown_order", "needs_review")
    assert list(transfers_to_match()) == [event]
    assert get_sums(pending_transfer) == ("pending", 0, 0)
    assert record_transfer(190_000, purpose, "FT9") == event
    assert unpaid_orders_by_amount([190_000, 5]) == {190_000: [unpaid.number]}


def test_record_bank_credit_for_order_without_transfer_needs_review(pending, unpaid):
    assert code_and_outcome(
        record_transfer(190_000, transfer_purpose(unpaid.number))
    ) == (
        "unknown_order",
        "needs_review",
    )
    assert get_sums(pending) == ("pending", 0, 0)


@pytest.mark.parametrize("amount_vnd", [190_001, 190_000])
def test_record_bank_credit_with_reused_reference_needs_review(
    pending_transfer, purpose, amount_vnd
):
    record_transfer(190_000, purpose, "FT1")

    other = record_transfer(
        amount_vnd, purpose if amount_vnd > 190_000 else "QN7654321", "FT1"
    )

    assert code_and_outcome(other) == ("reference_reused", "needs_review")
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert list(transfers_to_match()) == [other]
    assert PaymentEvent.objects.filter(source="bank").count() == 2


def test_record_bank_credit_beyond_column_range_needs_review(pending_transfer, purpose):
    record_transfer(2**31 - 1, purpose)

    assert code_and_outcome(record_transfer(2**31 - 1, purpose)) == (
        "too_large",
        "needs_review",
    )
    assert get_sums(pending_transfer)[1] == 2**31 - 1


def make_unnumbered_credit(purpose, number, at):
    bare = BankCredit("", at, 190_000, purpose, raw="")
    name = generate_reference(account="0123456789", credit=bare, number=number)
    return make_bank_credit(190_000, purpose, name, at, channel=STATEMENT)


@pytest.mark.parametrize(
    ("order", "cases"),
    [
        ("LB", ["exact", "duplicate"]),
        ("BL", ["exact", "duplicate"]),
        ("LBB", ["exact", "duplicate", "paid_already"]),
        ("BLBL", ["exact", "duplicate", "paid_already", "duplicate"]),
        ("LLBB", ["exact", "paid_already", "duplicate", "duplicate"]),
        ("BBLL", ["exact", "paid_already", "duplicate", "duplicate"]),
    ],
)
def test_record_bank_credit_deduplicates_statement_line_and_notice(
    pending_transfer, purpose, now, order, cases
):
    """L: a line of a statement that has no numbers; B: the bank's notice."""
    number = 0
    seen = []
    for source in order:
        number += source == "L"
        one = (
            make_unnumbered_credit(purpose, number, now)
            if source == "L"
            else make_bank_credit(190_000, purpose, at=now)
        )
        seen.append(record_bank_credit(credit=one, at=now).event.code)

    assert seen == cases
    real = sum(case != "duplicate" for case in cases)
    assert get_sums(pending_transfer) == ("paid", 190_000 * real, 0)
    assert sum_applied_events(pending_transfer) == 190_000 * real


NOTICED = "MBVCB.452.QN1234567.CT tu 0351000646393"


@pytest.fixture
def named_order(unpaid):
    """The order that NOTICED names."""
    unpaid.number = "QN-1234567"
    unpaid.save()
    return unpaid


@pytest.mark.parametrize(
    ("reference", "words", "days"),
    [
        ("5243 - 77812", NOTICED, 0),
        ("ft1/bnk", "QN1234567 chuyen tien", 0),
        ("", "QN 123 4567", 3),
        ("5243 - 77812", "qn-1234567", -1),
    ],
)
@pytest.mark.parametrize("statement_first", [False, True])
def test_record_bank_credit_reported_in_other_words_waits_for_manager(
    pending_transfer, named_order, manager, now, reference, words, days, statement_first
):
    line = make_bank_credit(
        190_000,
        words,
        reference or "line-1",
        now + dt.timedelta(days=days),
        channel=STATEMENT,
    )
    notice = make_bank_credit(190_000, NOTICED, "FT1", now)
    first, second = (line, notice) if statement_first else (notice, line)

    applied = record_bank_credit(credit=first, at=now).event
    doubtful = record_bank_credit(credit=second, at=now).event

    assert code_and_outcome(applied) == ("exact", "applied")
    assert code_and_outcome(doubtful) == ("maybe_reported", "needs_review")
    assert list(transfers_to_match()) == [doubtful]
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert not RefundDue.objects.exists()
    assert not record_bank_credit(credit=second, at=now).is_new

    dismiss_transfer(event=doubtful, reason="the same", actor=manager, at=now)
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)


def test_record_bank_credit_that_an_unmatched_notice_may_be_waits(
    pending_transfer, named_order, now
):
    unmatched = record_transfer(190_000, "tien che", "FT1")
    line = make_bank_credit(190_000, NOTICED, "77812", now, channel=STATEMENT)

    doubtful = record_bank_credit(credit=line, at=now).event

    assert code_and_outcome(doubtful) == ("maybe_reported", "needs_review")
    assert set(transfers_to_match()) == {unmatched, doubtful}
    assert get_sums(pending_transfer) == ("pending", 0, 0)


def test_record_bank_credit_of_another_amount_or_order_is_not_in_doubt(
    pending_transfer, named_order, now
):
    record_transfer(180_000, "QN7654321", "FT1")
    record_transfer(190_000, "tien che", "FT2", now - dt.timedelta(days=11))
    line = make_bank_credit(190_000, NOTICED, "77812", now, channel=STATEMENT)

    assert record_bank_credit(credit=line, at=now).event.code == "exact"


def match_to_order(unmatched, order, manager, **changes):
    arguments = {"reason": "the buyer called", "actor": manager, "at": timezone.now()}
    return match_transfer(event=unmatched, order=order, **(arguments | changes))


def test_match_transfer_pays_order_once(pending_transfer, unpaid, manager):
    unmatched = record_transfer(190_000, "tien che", "FT1")

    event = match_to_order(unmatched, unpaid, manager)

    assert code_and_outcome(event) == ("exact", "applied")
    assert (event.resolves, event.actor) == (unmatched, manager)
    assert event.payload == unmatched.payload | {"reason": "the buyer called"}
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"
    assert list(transfers()) == [event]
    assert not transfers_to_match()
    with pytest.raises(WrongStatus, match=str(NOT_MATCHABLE)):
        match_to_order(unmatched, unpaid, manager)
    assert record_transfer(190_000, "tien che", "FT1") == unmatched
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)


def test_match_transfer_to_pay_on_receipt_order_pays_it(
    unpaid, manager, tea, centre, tea_at_centre
):
    order = make_order({tea: 1}, point=centre, email="")
    at_the_counter = order.payments.get()
    unmatched = record_transfer(95_000, transfer_purpose(order.number))

    event = match_to_order(unmatched, order, manager)

    assert code_and_outcome(event) == ("exact", "applied")
    assert get_sums(event.payment) == ("paid", 95_000, 0)
    assert get_sums(at_the_counter)[0] == "lapsed"
    assert order.fulfilments.get().to_collect_vnd == 0


def test_match_transfer_too_little_without_transfer_is_refunded(
    pending, unpaid, manager
):
    event = match_to_order(record_transfer(5_000), unpaid, manager)

    assert code_and_outcome(event) == ("too_little", "applied")
    assert get_sums(event.payment) == ("refund_due", 5_000, 0)
    assert get_sums(pending)[0] == "pending"
    assert list_refunds_due() == [(5_000, "too_much")]


def test_dismiss_transfer_records_reason_and_refuses_match(pending_transfer, manager):
    unmatched = record_transfer(7_000_000, "lai tien gui")

    dismiss_transfer(
        event=unmatched, reason="interest", actor=manager, at=timezone.now()
    )

    assert not transfers_to_match()
    (row,) = transfers()
    assert row == unmatched
    assert [answer.explanation for answer in row.resolved_by.all()] == ["interest"]
    with pytest.raises(WrongStatus, match=str(NOT_MATCHABLE)):
        match_to_order(unmatched, pending_transfer.order, manager)
    assert get_sums(pending_transfer) == ("pending", 0, 0)


def test_match_transfer_of_unreadable_credit_is_refused(pending_transfer, manager):
    unmatched = PaymentEvent.objects.create(
        source="bank",
        external_id="notice-1:paid",
        kind="paid",
        outcome="needs_review",
        code="unreadable",
        happened_at=timezone.now(),
        received_at=timezone.now(),
    )

    with pytest.raises(WrongStatus, match=str(NOT_MATCHABLE)):
        match_to_order(unmatched, pending_transfer.order, manager)
    assert get_sums(pending_transfer) == ("pending", 0, 0)


def test_transfers_are_listed_by_case(pending_transfer, unpaid, purpose, now):
    record_transfer(100_000, purpose, "FT1")
    record_transfer(95_000, purpose, "FT2")
    record_transfer(190_000, purpose, "FT3")
    record_transfer(1, "", "FT4")
    lapse_unpaid_orders(at=now)

    places = {
        case: [event.external_id for event in transfers(case)] for case in BANK_CODES
    }

    assert {case: names for case, names in places.items() if names} == {
        "too_little": ["FT1:paid"],
        "too_much": ["FT2:paid"],
        "paid_already": ["FT3:paid"],
        "unknown_order": ["FT4:paid"],
    }
    assert len(transfers()) == 4
    assert sum_applied_events(pending_transfer) == 385_000
    assert sum(vnd for vnd, _why in list_refunds_due()) == 195_000
