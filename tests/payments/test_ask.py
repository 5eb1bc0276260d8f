"""The order stands first; then money is asked for, once."""

import datetime as dt

import pytest
from django.db import transaction

from marketplace.orders.operations.cancel import cancel_order
from marketplace.payments.models import Payment
from marketplace.payments.operations.ask import (
    CannotAsk,
    NothingToPay,
    TimeIsOver,
    ask,
    begin,
)
from marketplace.payments.operations.pay_on_receipt import pay_on_receipt
from tests.books import books_of
from tests.payments.money import paid, status_of, sums_of, tell

MINUTE = dt.timedelta(minutes=1)


def test_asking_twice_is_one_attempt(stripe, unpaid, now):
    first = ask(order=unpaid, way="stripe", at=now)
    again = ask(order=unpaid, way="stripe", at=now + MINUTE)

    assert first == again
    assert len(stripe.pages) == 1
    assert list(first.events.values_list("kind", flat=True)) == ["asked"]


def test_what_stopped_between_asking_and_writing_is_asked_again_by_the_same_key(
    stripe, unpaid, now
):
    stopped = begin(order=unpaid, way="stripe", at=now)
    page = stripe.open_session(stopped)

    payment = ask(order=unpaid, way="stripe", at=now + MINUTE)

    assert (payment, payment.reference) == (stopped, page.reference)


def test_nobody_is_asked_while_a_transaction_is_open(
    stripe, unpaid, now, monkeypatch, django_db_blocker
):
    depth = len(transaction.get_connection().savepoint_ids)
    seen = []

    def look(payment):
        seen.append(len(transaction.get_connection().savepoint_ids))
        return stripe.open_session(payment)

    monkeypatch.setattr("marketplace.payments.gateway.open_session", look)
    ask(order=unpaid, way="stripe", at=now)

    assert seen == [depth]


def test_silence_leaves_the_order_to_be_paid_in_another_way(
    stripe, unpaid, now, tea_at_centre
):
    stripe.silent = True

    with pytest.raises(CannotAsk) as refusal:
        ask(order=unpaid, way="stripe", at=now)

    assert refusal.value.payment.state == "asked" or sums_of(refusal.value.payment)
    assert sums_of(Payment.objects.get())[0] == "failed"
    assert status_of(unpaid) == "awaiting_payment"
    assert books_of(tea_at_centre).allocated == 2
    other = ask(order=unpaid, way="vietqr", at=now)
    assert (other.state, other.reference) == ("asked", unpaid.number.replace("-", ""))


def test_another_way_ends_the_first(stripe, unpaid, now):
    card = ask(order=unpaid, way="stripe", at=now)
    transfer = ask(order=unpaid, way="vietqr", at=now)

    assert sums_of(card)[0] == "lapsed"
    assert sums_of(transfer)[0] == "asked"


def test_a_page_that_outlives_the_hold_extends_it_once(stripe, unpaid, now):
    later = now + dt.timedelta(minutes=20)

    payment = ask(order=unpaid, way="stripe", at=later)

    unpaid.hold.refresh_from_db()
    assert payment.expires_at == unpaid.hold.until
    assert payment.expires_at - later >= dt.timedelta(minutes=30)


def test_nothing_is_asked_for_what_is_paid(stripe, came, unpaid, now):
    with pytest.raises(NothingToPay):
        ask(order=unpaid, way="stripe", at=now)

    assert stripe.pages == {}


def test_nothing_is_asked_for_what_is_cancelled(stripe, unpaid, now):
    cancel_order(order=unpaid, at=now)

    with pytest.raises(NothingToPay):
        ask(order=unpaid, way="stripe", at=now)


def test_nothing_is_asked_after_the_time(stripe, unpaid, now):
    with pytest.raises(TimeIsOver):
        ask(order=unpaid, way="stripe", at=unpaid.hold.until)

    assert not Payment.objects.exists()


def test_a_buyer_who_changes_her_mind_pays_on_receipt(stripe, unpaid, now):
    card = ask(order=unpaid, way="stripe", at=now)

    payment = pay_on_receipt(order=unpaid, way="point", at=now)

    assert status_of(unpaid) == "confirmed"
    assert unpaid.fulfilments.get().to_collect_vnd == 190_000
    assert (payment.way, payment.state) == ("point", "asked")
    assert sums_of(card)[0] == "lapsed"


def test_money_for_a_page_she_left_makes_the_counter_collect_nothing(
    stripe, unpaid, now
):
    card = ask(order=unpaid, way="stripe", at=now)
    counter = pay_on_receipt(order=unpaid, way="point", at=now)

    tell(paid(card))

    assert sums_of(card)[0] == "paid"
    assert sums_of(counter)[0] == "lapsed"
    assert unpaid.fulfilments.get().to_collect_vnd == 0
