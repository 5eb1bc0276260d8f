"""Money goes back: in full or in part, never more than came, once."""

import re

import pytest
from django.utils import translation

from catalogue.money import format_dong
from catalogue.refusals import ChangedMeanwhile, NotEnough, NothingToDo, WrongStatus
from marketplace.orders.models import RefundDue
from marketplace.payments.models import Payment, Refund
from marketplace.payments.operations.refund import (
    create_refund,
    execute_refund,
    process_due_refunds,
    record_manual_refund,
)
from tests.payments.stripe_events import (
    get_sums,
    make_dispute,
    make_event,
    make_stripe_refund,
    post_event,
    sum_applied_events,
)


def make_refund(payment, now, key="k", **what):
    return create_refund(
        payment=payment, reason="broken", key=key, actor=None, at=now, **what
    )


@pytest.fixture
def line(unpaid):
    return unpaid.lines.get()


def test_execute_refund_of_full_amount(stripe, paid_payment, now):
    refund = execute_refund(
        refund=make_refund(paid_payment, now, amount_vnd=190_000), at=now
    )

    assert refund.state == "done"
    assert get_sums(paid_payment) == ("refunded", 190_000, 190_000)
    assert sum_applied_events(paid_payment) == 0


def test_execute_refund_of_one_unit(stripe, paid_payment, now, line):
    refund = execute_refund(
        refund=make_refund(paid_payment, now, units={line: 1}), at=now
    )

    assert (refund.amount_vnd, refund.lines.get().units) == (95_000, 1)
    assert get_sums(paid_payment) == ("paid", 190_000, 95_000)


def test_create_refund_refuses_more_units_than_bought(stripe, paid_payment, now, line):
    make_refund(paid_payment, now, "one", units={line: 1})

    with translation.override("en"), pytest.raises(NotEnough, match="only 1 are left"):
        make_refund(paid_payment, now, "two", units={line: 2})

    assert Refund.objects.count() == 1


def test_create_refund_refuses_more_than_paid(stripe, paid_payment, now):
    make_refund(paid_payment, now, "one", amount_vnd=100_000)

    with pytest.raises(NotEnough, match=re.escape(format_dong(90_000))):
        make_refund(paid_payment, now, "two", amount_vnd=90_001)

    assert Refund.objects.count() == 1
    assert get_sums(paid_payment) == ("paid", 190_000, 0)


@pytest.mark.parametrize("what", [{}, {"amount_vnd": 0}, {"amount_vnd": -5}])
def test_create_refund_refuses_empty_amount(paid_payment, now, what):
    with pytest.raises(NothingToDo):
        make_refund(paid_payment, now, **what)


def test_create_refund_refuses_unpaid_payment(pending, now):
    with pytest.raises(NotEnough, match=re.escape(format_dong(0))):
        make_refund(pending, now, amount_vnd=1)


def test_create_refund_refuses_disputed_payment(stripe, paid_payment, now):
    post_event(make_event("charge.dispute.created", make_dispute(paid_payment)))

    with pytest.raises(NotEnough, match=re.escape(format_dong(0))):
        make_refund(paid_payment, now, amount_vnd=1)


def test_create_refund_with_same_key_returns_same_refund(stripe, paid_payment, now):
    first = make_refund(paid_payment, now, amount_vnd=50_000)

    assert make_refund(paid_payment, now, amount_vnd=50_000) == first
    assert Refund.objects.count() == 1


def test_create_refund_refuses_reused_key_with_other_content(
    stripe, paid_payment, now, line
):
    first = make_refund(paid_payment, now, units={line: 1})
    other = Payment.objects.create(
        order=paid_payment.order,
        method=paid_payment.method,
        amount_vnd=1,
        state="lapsed",
        requested_at=now,
    )

    for payment, what in (
        (paid_payment, {"units": {line: 2}}),
        (paid_payment, {"amount_vnd": first.amount_vnd}),
        (paid_payment, {"amount_vnd": 60_000}),
        (other, {"units": {line: 1}}),
    ):
        amount = re.escape(format_dong(first.amount_vnd))
        with pytest.raises(ChangedMeanwhile, match=amount):
            make_refund(payment, now, **what)
    assert Refund.objects.count() == 1


def test_execute_refund_with_stripe_down_is_retried(stripe, paid_payment, now):
    stripe.silent = True
    refund = execute_refund(
        refund=make_refund(paid_payment, now, amount_vnd=50_000), at=now
    )
    assert (refund.state, refund.code) == ("created", "not_answering")
    assert get_sums(paid_payment) == ("paid", 190_000, 0)

    stripe.silent = False
    process_due_refunds(at=now)

    refund.refresh_from_db()
    assert refund.state == "done"
    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)


def test_execute_refund_after_crash_refunds_once(stripe, paid_payment, now):
    refund = make_refund(paid_payment, now, amount_vnd=50_000)
    stripe.refund(refund)  # and then the machine stops

    process_due_refunds(at=now)
    process_due_refunds(at=now)

    assert len(stripe.refunds) == 1
    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)


def test_refund_webhook_before_own_record_counts_once(stripe, paid_payment, now):
    refund = make_refund(paid_payment, now, amount_vnd=50_000)
    stripe_refund = make_stripe_refund(
        paid_payment, 50_000, metadata={"refund": refund.key}
    )
    post_event(make_event("refund.created", stripe_refund))

    refund.refresh_from_db()
    assert (refund.state, refund.reference) == ("done", stripe_refund["id"])
    assert execute_refund(refund=refund, at=now).state == "done"
    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)


def test_pending_refund_completes_by_webhook(stripe, paid_payment, now):
    stripe.slow_refunds = True
    refund = execute_refund(
        refund=make_refund(paid_payment, now, amount_vnd=190_000), at=now
    )
    assert refund.state == "sent"
    assert get_sums(paid_payment) == ("paid", 190_000, 0)

    post_event(
        make_event(
            "refund.updated",
            make_stripe_refund(paid_payment, 190_000, id=refund.reference),
        )
    )

    refund.refresh_from_db()
    assert refund.state == "done"
    assert get_sums(paid_payment) == ("refunded", 190_000, 190_000)


def test_failed_refund_is_recorded_manually_once(stripe, paid_payment, now, manager):
    stripe.refuses = "the charge is too old"
    refund = execute_refund(
        refund=make_refund(paid_payment, now, amount_vnd=50_000), at=now
    )
    assert (refund.state, refund.code) == ("failed", "declined")
    assert refund.params == {"message": "the charge is too old"}

    stripe.refuses = ""
    process_due_refunds(at=now)
    assert stripe.refunds == {}
    record_manual_refund(refund=refund, actor=manager, at=now)

    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)
    with pytest.raises(WrongStatus):
        record_manual_refund(refund=refund, actor=manager, at=now)
    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)


def test_process_due_refunds_executes_each_once(
    stripe, paid_payment, unpaid, now, mailoutbox
):
    due = RefundDue.objects.create(
        order=unpaid, amount_vnd=95_000, reason="cancelled", at=now
    )

    assert process_due_refunds(at=now) == 1
    assert process_due_refunds(at=now) == 0

    due.refresh_from_db()
    assert due.settled_at
    assert get_sums(paid_payment) == ("paid", 190_000, 95_000)
    letter = mailoutbox[-1]
    assert "95.000" in letter.subject


def test_refund_due_in_full_sets_payment_refund_due(stripe, paid_payment, unpaid, now):
    stripe.silent = True
    RefundDue.objects.create(
        order=unpaid, amount_vnd=190_000, reason="cancelled", at=now
    )

    process_due_refunds(at=now)

    assert get_sums(paid_payment) == ("refund_due", 190_000, 0)


def test_process_due_refunds_settles_unpaid_order_without_refund(
    stripe, pending, unpaid, now
):
    due = RefundDue.objects.create(
        order=unpaid, amount_vnd=190_000, reason="cancelled", at=now
    )

    assert process_due_refunds(at=now) == 0

    due.refresh_from_db()
    assert due.settled_at
    assert not Refund.objects.exists()


def test_process_due_refunds_leaves_cash_for_manual_refund(
    paid_payment, unpaid, now, manager
):
    type(paid_payment).objects.filter(pk=paid_payment.pk).update(method="point")
    RefundDue.objects.create(
        order=unpaid, amount_vnd=190_000, reason="returned", at=now
    )

    process_due_refunds(at=now)
    process_due_refunds(at=now)

    refund = Refund.objects.get()
    assert refund.state == "created"
    record_manual_refund(refund=refund, actor=manager, at=now, paid_by="cash")
    assert get_sums(paid_payment) == ("refunded", 190_000, 190_000)
    assert RefundDue.objects.get().settled_at
