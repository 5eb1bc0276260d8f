"""Money that several tell of, ask for or give back at the same moment."""

import datetime as dt
import itertools

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.orders.models import RefundDue
from marketplace.payments import gateway
from marketplace.payments.models import Payment, PaymentEvent, Refund
from marketplace.payments.operations.ask import ask
from marketplace.payments.operations.intend import intend
from marketplace.payments.operations.match import match
from marketplace.payments.operations.settle import settle
from marketplace.payments.port import Asked, GivenBack
from tests.factories import make_order, make_user, put_on_shelf
from tests.payments.money import (
    SECRET,
    event,
    expired,
    make_payment,
    money_events,
    paid,
    refund_of,
    session_of,
    status_of,
    sums_of,
    tell,
)
from tests.payments.transfers import BANK_SECRET, heard, notice, post_notice

pytestmark = pytest.mark.postgres

HALF_AN_HOUR = dt.timedelta(minutes=30)
THREADS = 10


@pytest.fixture(autouse=True)
def _stripe_is_set_up(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRET = SECRET


@pytest.fixture
def order_of(transactional_db, honey, centre):
    """An unpaid order of one jar, from a shelf with enough for all of them."""
    put_on_shelf(centre, honey, 60)

    def make(number=1):
        until = timezone.now() + HALF_AN_HOUR
        return [
            make_order({honey: 1}, point=centre, email="", pay_until=until)
            for _each in range(number)
        ]

    return make


def test_five_hundred_events_at_once_are_each_applied_once(race, order_of):
    payments = [make_payment(order) for order in order_of(20)]
    said = []
    for payment in payments:
        some = refund_of(payment, 30_000)
        facts = [
            paid(payment),
            event("checkout.session.async_payment_succeeded", session_of(payment)),
            expired(payment),
            event("refund.created", some),
            event("refund.updated", some),
        ]
        said += [facts[number % 5] for number in range(25)]
    assert len(said) == 500
    shares = [said[number::THREADS] for number in range(THREADS)]
    answers = []

    def stripe_posts(share):
        browser = Client()
        answers.extend(tell(one, browser).status_code for one in share)

    outcomes = race(*[lambda share=share: stripe_posts(share) for share in shares])

    assert outcomes == ["ok"] * THREADS
    assert answers == [200] * 500
    for payment in payments:
        assert sums_of(payment) == ("paid", 95_000, 30_000)
        assert money_events(payment) == 65_000
        assert status_of(payment.order) == "confirmed"
    assert PaymentEvent.objects.filter(kind="paid").count() == 20
    assert PaymentEvent.objects.filter(kind="refunded").count() == 20


def test_two_managers_never_give_back_more_than_came(race, order_of):
    (order,) = order_of()
    payment = make_payment(order)
    tell(paid(payment))
    keys = itertools.count()

    def give():
        intend(
            payment=payment,
            amount_vnd=40_000,
            reason="broken",
            key=f"k{next(keys)}",
            actor=None,
            at=timezone.now(),
        )

    assert race(*[give] * 6) == ["TooMuch"] * 4 + ["ok"] * 2
    assert Refund.objects.count() == 2


def test_two_sweeps_at_once_pay_a_debt_once(race, order_of, monkeypatch):
    (order,) = order_of()
    payment = make_payment(order)
    tell(paid(payment))
    RefundDue.objects.create(
        order=order, amount_vnd=95_000, reason="cancelled", at=timezone.now()
    )
    monkeypatch.setattr(
        gateway, "give_back", lambda refund: GivenBack(f"re_{refund.key}", done=True)
    )

    assert race(*[lambda: settle(at=timezone.now())] * 4) == ["ok"] * 4

    assert sums_of(payment) == ("refunded", 95_000, 95_000)
    assert Refund.objects.count() == 1
    assert money_events(payment) == 0


def test_a_button_pressed_at_once_is_one_attempt(race, order_of, monkeypatch):
    (order,) = order_of()
    monkeypatch.setattr(
        gateway,
        "open_session",
        lambda payment: Asked(f"cs_{payment.key}", "https://x/"),
    )

    race(*[lambda: ask(order=order, way="stripe", at=timezone.now())] * 4)

    payment = Payment.objects.get()
    assert (payment.state, payment.reference) == ("asked", f"cs_{payment.key}")


def test_an_event_of_nobody_told_at_once_is_kept_once(race, transactional_db):
    thing = {"object": "checkout.session", "id": "cs_nobody", "payment_status": "paid"}
    said = event(
        "checkout.session.completed", thing | {"amount_total": 5, "currency": "vnd"}
    )

    assert race(*[lambda: tell(said)] * 8) == ["ok"] * 8
    assert PaymentEvent.objects.get().outcome == "kept"


FIFTY = 50


@pytest.mark.parametrize("named", [True, False], ids=["an order's", "nobody's"])
def test_one_notice_fifty_times_at_once_counts_once(race, order_of, settings, named):
    settings.BANK_WEBHOOK_SECRET = BANK_SECRET
    (order,) = order_of()
    payment = make_payment(order, "vietqr", reference="", url="")
    said = notice(order, amount_vnd=95_000)
    said |= {} if named else {"purpose": "nobody"}
    answers = []

    def feed_posts(times):
        browser = Client()
        for _time in range(times):
            answers.append(post_notice(said, browser).status_code)

    outcomes = race(*[lambda: feed_posts(FIFTY // THREADS)] * THREADS)

    assert outcomes == ["ok"] * THREADS
    assert answers == [200] * FIFTY
    (event,) = PaymentEvent.objects.filter(source="bank")
    assert event.outcome == ("applied" if named else "kept")
    paid_vnd = 95_000 if named else 0
    assert sums_of(payment) == ("paid" if named else "asked", paid_vnd, 0)
    assert money_events(payment) == paid_vnd


def test_one_number_told_in_two_ways_at_once_drops_nothing(race, order_of, settings):
    settings.BANK_WEBHOOK_SECRET = BANK_SECRET
    (order,) = order_of()
    payment = make_payment(order, "vietqr", reference="", url="")
    said = notice(order, amount_vnd=95_000)
    other = said | {"purpose": "nobody", "amount_vnd": 7}

    deeds = [lambda: post_notice(said), lambda: post_notice(other)]
    assert race(*deeds * 4) == ["ok"] * 8

    told = PaymentEvent.objects.filter(source="bank")
    assert sorted(told.values_list("amount_vnd", flat=True)) == [7, 95_000]
    kept = told.filter(outcome="kept")
    applied = told.filter(outcome="applied")
    assert kept.count() + applied.count() == 2
    assert sums_of(payment)[1] == money_events(payment)


def test_two_managers_match_one_transfer_once(race, order_of):
    orders = order_of(2)
    kept = heard(95_000, "nobody")
    person = make_user("manager")

    deeds = [
        lambda order=order: match(
            kept=kept, order=order, reason="x", actor=person, at=timezone.now()
        )
        for order in orders
    ]

    assert race(*deeds * 2) == ["AlreadyMatched"] * 3 + ["ok"]
    assert sum(payment.paid_vnd for payment in Payment.objects.all()) == 95_000
