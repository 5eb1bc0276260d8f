"""Starting a payment for an order, once."""

import datetime as dt

import pytest
from django.db import transaction

from catalogue.refusals import Refusal, WrongStatus
from marketplace.orders.operations.cancel import cancel_order
from marketplace.payments.models import Payment
from marketplace.payments.operations.start_payment import (
    NOTHING_TO_PAY,
    TIME_OVER,
    UNAVAILABLE,
    create_payment,
    start_payment,
    switch_to_payment_on_receipt,
)
from tests.payments.stripe_events import (
    get_status,
    get_sums,
    make_paid_event,
    post_event,
)
from tests.stock_snapshot import get_stock_snapshot

MINUTE = dt.timedelta(minutes=1)


def test_start_payment_twice_creates_one_attempt(stripe, unpaid, now):
    first = start_payment(order=unpaid, method="stripe", at=now)
    again = start_payment(order=unpaid, method="stripe", at=now + MINUTE)

    assert first == again
    assert len(stripe.pages) == 1
    assert list(first.events.values_list("kind", flat=True)) == ["requested"]


def test_start_payment_after_crash_reuses_idempotency_key(stripe, unpaid, now):
    stopped = create_payment(order=unpaid, method="stripe", at=now)
    page = stripe.create_session(stopped)

    payment = start_payment(order=unpaid, method="stripe", at=now + MINUTE)

    assert (payment, payment.reference) == (stopped, page.reference)


def test_start_payment_calls_stripe_outside_transaction(
    stripe, unpaid, now, monkeypatch, django_db_blocker
):
    depth = len(transaction.get_connection().savepoint_ids)
    seen = []

    def record_depth(payment):
        seen.append(len(transaction.get_connection().savepoint_ids))
        return stripe.create_session(payment)

    monkeypatch.setattr(
        "marketplace.payments.providers.stripe.create_session", record_depth
    )
    start_payment(order=unpaid, method="stripe", at=now)

    assert seen == [depth]


def test_start_payment_with_stripe_down_allows_bank_transfer(
    stripe, unpaid, now, tea_at_centre
):
    stripe.silent = True

    with pytest.raises(Refusal, match=str(UNAVAILABLE)):
        start_payment(order=unpaid, method="stripe", at=now)

    assert get_sums(Payment.objects.get())[0] == "failed"
    assert get_status(unpaid) == "awaiting_payment"
    assert get_stock_snapshot(tea_at_centre).allocated == 2
    other = start_payment(order=unpaid, method="vietqr", at=now)
    assert (other.state, other.reference) == ("pending", unpaid.number.replace("-", ""))


def test_start_payment_with_another_method_ends_first_attempt(stripe, unpaid, now):
    card = start_payment(order=unpaid, method="stripe", at=now)
    transfer = start_payment(order=unpaid, method="vietqr", at=now)

    assert get_sums(card)[0] == "lapsed"
    assert get_sums(transfer)[0] == "pending"


def test_start_payment_extends_hold_to_session_expiry(stripe, unpaid, now):
    later = now + dt.timedelta(minutes=20)

    payment = start_payment(order=unpaid, method="stripe", at=later)

    unpaid.hold.refresh_from_db()
    assert payment.expires_at == unpaid.hold.until
    assert payment.expires_at - later >= dt.timedelta(minutes=30)


def test_start_payment_refuses_paid_order(stripe, paid_payment, unpaid, now):
    with pytest.raises(WrongStatus, match=str(NOTHING_TO_PAY)):
        start_payment(order=unpaid, method="stripe", at=now)

    assert stripe.pages == {}


def test_start_payment_refuses_cancelled_order(stripe, unpaid, now):
    cancel_order(order=unpaid, at=now)

    with pytest.raises(WrongStatus, match=str(NOTHING_TO_PAY)):
        start_payment(order=unpaid, method="stripe", at=now)


def test_start_payment_refuses_after_hold_ended(stripe, unpaid, now):
    with pytest.raises(WrongStatus, match=str(TIME_OVER)):
        start_payment(order=unpaid, method="stripe", at=unpaid.hold.until)

    assert not Payment.objects.exists()


def test_switch_to_payment_on_receipt_ends_card_attempt(stripe, unpaid, now):
    card = start_payment(order=unpaid, method="stripe", at=now)

    payment = switch_to_payment_on_receipt(order=unpaid, method="point", at=now)

    assert get_status(unpaid) == "confirmed"
    assert unpaid.fulfilments.get().to_collect_vnd == 190_000
    assert (payment.method, payment.state) == ("point", "pending")
    assert get_sums(card)[0] == "lapsed"


def test_late_card_payment_ends_payment_on_receipt(stripe, unpaid, now):
    card = start_payment(order=unpaid, method="stripe", at=now)
    counter = switch_to_payment_on_receipt(order=unpaid, method="point", at=now)

    post_event(make_paid_event(card))

    assert get_sums(card)[0] == "paid"
    assert get_sums(counter)[0] == "lapsed"
    assert unpaid.fulfilments.get().to_collect_vnd == 0
