"""Money that several tell of, ask for or refund back at the same moment."""

import datetime as dt
import itertools

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.orders.models import RefundDue
from marketplace.payments.models import Payment, PaymentEvent, Refund
from marketplace.payments.operations.record_bank_credit import match_transfer
from marketplace.payments.operations.refund import create_refund, process_due_refunds
from marketplace.payments.operations.start_payment import start_payment
from marketplace.payments.providers import stripe as gateway
from marketplace.payments.providers.base import PaymentRequest, RefundResult
from tests.factories import make_order, make_user, put_on_shelf
from tests.payments.bank_credits import (
    BANK_SECRET,
    make_bank_notice,
    post_bank_notice,
    record_transfer,
)
from tests.payments.stripe_events import (
    SECRET,
    get_status,
    get_sums,
    make_event,
    make_expired_event,
    make_paid_event,
    make_payment,
    make_session,
    make_stripe_refund,
    post_event,
    sum_applied_events,
)

pytestmark = pytest.mark.postgres

HALF_AN_HOUR = dt.timedelta(minutes=30)
THREADS = 10


@pytest.fixture(autouse=True)
def _stripe_is_set_up(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRET = SECRET


@pytest.fixture
def make_orders(transactional_db, honey, centre):
    """An unpaid order of one jar, from a shelf with enough for all of them."""
    put_on_shelf(centre, honey, 60)

    def make(number=1):
        until = timezone.now() + HALF_AN_HOUR
        return [
            make_order({honey: 1}, point=centre, email="", pay_until=until)
            for _each in range(number)
        ]

    return make


def test_many_stripe_events_at_once_apply_once_each(race, make_orders):
    payments = [make_payment(order) for order in make_orders(20)]
    event_data = []
    for payment in payments:
        some = make_stripe_refund(payment, 30_000)
        facts = [
            make_paid_event(payment),
            make_event(
                "checkout.session.async_payment_succeeded", make_session(payment)
            ),
            make_expired_event(payment),
            make_event("refund.created", some),
            make_event("refund.updated", some),
        ]
        event_data += [facts[number % 5] for number in range(25)]
    assert len(event_data) == 500
    shares = [event_data[number::THREADS] for number in range(THREADS)]
    answers = []

    def stripe_posts(share):
        browser = Client()
        answers.extend(post_event(one, browser).status_code for one in share)

    outcomes = race(*[lambda share=share: stripe_posts(share) for share in shares])

    assert outcomes == ["ok"] * THREADS
    assert answers == [200] * 500
    for payment in payments:
        assert get_sums(payment) == ("paid", 95_000, 30_000)
        assert sum_applied_events(payment) == 65_000
        assert get_status(payment.order) == "confirmed"
    assert PaymentEvent.objects.filter(kind="paid").count() == 20
    assert PaymentEvent.objects.filter(kind="refunded").count() == 20


def test_create_refund_at_once_never_exceeds_payment(race, make_orders):
    (order,) = make_orders()
    payment = make_payment(order)
    post_event(make_paid_event(payment))
    keys = itertools.count()

    def refund():
        create_refund(
            payment=payment,
            amount_vnd=40_000,
            reason="broken",
            key=f"k{next(keys)}",
            actor=None,
            at=timezone.now(),
        )

    assert race(*[refund] * 6) == ["NotEnough"] * 4 + ["ok"] * 2
    assert Refund.objects.count() == 2


def test_process_due_refunds_at_once_refunds_once(race, make_orders, monkeypatch):
    (order,) = make_orders()
    payment = make_payment(order)
    post_event(make_paid_event(payment))
    RefundDue.objects.create(
        order=order, amount_vnd=95_000, reason="cancelled", at=timezone.now()
    )
    monkeypatch.setattr(
        gateway.StripeCheckout,
        "refund",
        lambda _self, refund: RefundResult(f"re_{refund.key}", done=True),
    )

    assert race(*[lambda: process_due_refunds(at=timezone.now())] * 4) == ["ok"] * 4

    assert get_sums(payment) == ("refunded", 95_000, 95_000)
    assert Refund.objects.count() == 1
    assert sum_applied_events(payment) == 0


def test_start_payment_at_once_creates_one_attempt(race, make_orders, monkeypatch):
    (order,) = make_orders()
    monkeypatch.setattr(
        gateway,
        "create_session",
        lambda payment: PaymentRequest(f"cs_{payment.key}", "https://x/"),
    )

    race(*[lambda: start_payment(order=order, method="stripe", at=timezone.now())] * 4)

    payment = Payment.objects.get()
    assert (payment.state, payment.reference) == ("pending", f"cs_{payment.key}")


def test_stripe_event_of_unknown_order_at_once_is_recorded_once(race, transactional_db):
    obj = {"object": "checkout.session", "id": "cs_nobody", "payment_status": "paid"}
    event_data = make_event(
        "checkout.session.completed", obj | {"amount_total": 5, "currency": "vnd"}
    )

    assert race(*[lambda: post_event(event_data)] * 8) == ["ok"] * 8
    assert PaymentEvent.objects.get().outcome == "needs_review"


NOTICES = 50


@pytest.mark.parametrize("named", [True, False], ids=["an order's", "nobody's"])
def test_bank_notice_fifty_times_at_once_counts_once(
    race, make_orders, settings, named
):
    settings.BANK_WEBHOOK_SECRET = BANK_SECRET
    (order,) = make_orders()
    payment = make_payment(order, "vietqr", reference="", url="")
    event_data = make_bank_notice(order, amount_vnd=95_000)
    event_data |= {} if named else {"purpose": "nobody"}
    answers = []

    def feed_posts(times):
        browser = Client()
        for _time in range(times):
            answers.append(post_bank_notice(event_data, browser).status_code)

    outcomes = race(*[lambda: feed_posts(NOTICES // THREADS)] * THREADS)

    assert outcomes == ["ok"] * THREADS
    assert answers == [200] * NOTICES
    (event,) = PaymentEvent.objects.filter(source="bank")
    assert event.outcome == ("applied" if named else "needs_review")
    paid_vnd = 95_000 if named else 0
    assert get_sums(payment) == ("paid" if named else "pending", paid_vnd, 0)
    assert sum_applied_events(payment) == paid_vnd


def test_bank_notices_with_same_reference_at_once_record_both(
    race, make_orders, settings
):
    settings.BANK_WEBHOOK_SECRET = BANK_SECRET
    (order,) = make_orders()
    payment = make_payment(order, "vietqr", reference="", url="")
    event_data = make_bank_notice(order, amount_vnd=95_000)
    other = event_data | {"purpose": "nobody", "amount_vnd": 7}

    actions = [lambda: post_bank_notice(event_data), lambda: post_bank_notice(other)]
    assert race(*actions * 4) == ["ok"] * 8

    events = PaymentEvent.objects.filter(source="bank")
    assert sorted(events.values_list("amount_vnd", flat=True)) == [7, 95_000]
    unmatched = events.filter(outcome="needs_review")
    applied = events.filter(outcome="applied")
    assert unmatched.count() + applied.count() == 2
    assert get_sums(payment)[1] == sum_applied_events(payment)


def test_match_transfer_by_two_managers_happens_once(race, make_orders):
    orders = make_orders(2)
    unmatched = record_transfer(95_000, "nobody")
    person = make_user("manager")

    actions = [
        lambda order=order: match_transfer(
            event=unmatched, order=order, reason="x", actor=person, at=timezone.now()
        )
        for order in orders
    ]

    assert race(*actions * 2) == ["WrongStatus"] * 3 + ["ok"]
    assert sum(payment.paid_vnd for payment in Payment.objects.all()) == 95_000
