"""What Stripe tells is checked, applied once, and never lost."""

import json
import time

import pytest
from django.test import Client

from marketplace.orders.models import RefundDue
from marketplace.payments.models import Dispute, Payment, PaymentEvent
from tests.books import books_of
from tests.payments.money import (
    SECRET,
    dispute_of,
    event,
    expired,
    make_payment,
    money_events,
    paid,
    post,
    refund_of,
    session_of,
    signature,
    status_of,
    sums_of,
    tell,
)


def test_a_payment_confirms_the_order(asked, unpaid, tea_at_centre, mailoutbox):
    response = tell(paid(asked))

    assert (response.status_code, response.json()) == (200, {"outcomes": ["applied"]})
    assert sums_of(asked) == ("paid", 190_000, 0)
    assert asked.money_reference == f"pi_of_{asked.reference}"
    assert status_of(unpaid) == "confirmed"
    assert unpaid.fulfilments.get().to_collect_vnd == 0
    assert not hasattr(unpaid, "hold")
    assert books_of(tea_at_centre).allocated == 2


def test_the_same_event_twice_is_applied_once(asked, unpaid):
    said = paid(asked)

    answers = [tell(said).status_code for _time in range(3)]

    assert answers == [200] * 3
    assert sums_of(asked) == ("paid", 190_000, 0)
    assert asked.events.filter(kind="paid").count() == 1


def test_one_payment_told_by_two_events_is_applied_once(asked):
    tell(paid(asked))
    tell(event("checkout.session.async_payment_succeeded", session_of(asked)))

    assert sums_of(asked) == ("paid", 190_000, 0)


def test_money_that_is_still_on_its_way_confirms_nothing(asked, unpaid):
    response = tell(paid(asked, payment_status="unpaid"))

    assert response.json() == {"outcomes": ["ignored"]}
    assert sums_of(asked) == ("asked", 0, 0)
    assert status_of(unpaid) == "awaiting_payment"


def test_a_bank_that_refuses_later_fails_the_payment(asked, unpaid):
    tell(event("checkout.session.async_payment_failed", session_of(asked)))

    assert sums_of(asked) == ("failed", 0, 0)
    assert status_of(unpaid) == "awaiting_payment"


def test_an_expired_page_ends_the_attempt(asked, unpaid):
    tell(expired(asked))

    assert sums_of(asked) == ("lapsed", 0, 0)
    assert status_of(unpaid) == "awaiting_payment"


def test_expired_after_paid_changes_nothing(asked, unpaid):
    tell(paid(asked))

    assert tell(expired(asked)).json() == {"outcomes": ["ignored"]}
    assert sums_of(asked) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"


def test_paid_after_expired_is_late_money_and_still_pays(asked, unpaid):
    tell(expired(asked))
    tell(paid(asked))

    assert sums_of(asked) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"


def test_success_before_our_own_note_of_the_page_finds_its_payment(unpaid):
    payment = make_payment(unpaid, reference="", url="")

    tell(paid(payment, id="cs_early"))

    assert sums_of(payment) == ("paid", 190_000, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"amount_total": 189_999},
        {"amount_total": 190_000_00},
        {"amount_total": -190_000},
        {"amount_total": None},
        {"amount_total": "190000"},
        {"amount_total": 2**40},
        {"currency": "usd"},
        {"currency": None},
    ],
)
def test_another_amount_or_currency_is_kept_for_a_manager(asked, unpaid, other):
    response = tell(paid(asked, **other))

    assert response.json() == {"outcomes": ["kept"]}
    assert sums_of(asked) == ("asked", 0, 0)
    assert status_of(unpaid) == "awaiting_payment"
    assert PaymentEvent.objects.get(outcome="kept").payment == asked


def test_money_of_an_order_that_does_not_exist_is_kept(db):
    nobody = Payment(reference="cs_nobody", amount_vnd=1, order=None)
    said = {"metadata": {}, "client_reference_id": "?", "payment_intent": "pi_x"}
    thing = {
        "object": "checkout.session",
        "id": nobody.reference,
        "payment_status": "paid",
        "amount_total": 50_000,
        "currency": "vnd",
    }

    response = tell(event("checkout.session.completed", thing | said))

    kept = PaymentEvent.objects.get()
    assert response.json() == {"outcomes": ["kept"]}
    assert (kept.payment, kept.amount_vnd) == (None, 50_000)


def test_an_unknown_event_is_kept_and_ignored(asked):
    response = tell(event("customer.created", {"id": "cus_1", "object": "customer"}))

    assert response.json() == {"outcomes": ["ignored"]}
    assert PaymentEvent.objects.get().why == "customer.created"
    assert sums_of(asked) == ("asked", 0, 0)


@pytest.mark.parametrize(
    "strange",
    [
        {"data": None},
        {"data": {"object": None}},
        {"data": {"object": []}},
        {"data": {"object": {"id": 7}}},
        {"data": {"object": {"id": "cs_1", "metadata": "no"}}},
        {"created": "yesterday"},
        {"type": None},
    ],
)
def test_a_strange_event_is_no_error(db, strange):
    said = event("checkout.session.completed", {"id": "cs_1"}) | strange

    assert tell(said).status_code == 200
    assert not PaymentEvent.objects.filter(outcome="applied").exists()


def unsigned(body):
    now = time.time()
    return {
        "none": "",
        "nonsense": "t=,v1=",
        "another secret": signature(body, secret="whsec_other"),
        "older than five minutes": signature(body, at=now - 301),
        "of another body": signature(body + b" "),
    }


@pytest.mark.parametrize(
    "how",
    [
        "none",
        "nonsense",
        "another secret",
        "older than five minutes",
        "of another body",
    ],
)
def test_a_wrong_signature_stores_nothing(asked, unpaid, how):
    body = json.dumps(paid(asked)).encode()

    response = post(body, unsigned(body)[how])

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "not_signed"
    assert not PaymentEvent.objects.exists()
    assert status_of(unpaid) == "awaiting_payment"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"{"])
def test_signed_nonsense_is_refused(db, body):
    assert post(body, signature(body)).status_code == 400
    assert not PaymentEvent.objects.exists()


def test_without_a_secret_nothing_is_believed(asked, settings):
    settings.STRIPE_WEBHOOK_SECRET = None
    body = json.dumps(paid(asked)).encode()

    assert post(body, signature(body, secret="None")).status_code == 400
    assert post(body, signature(body, secret="")).status_code == 400
    assert sums_of(asked) == ("asked", 0, 0)


def test_only_posts_are_taken_and_no_cookie_is_asked_for(asked):
    assert Client().get("/webhooks/stripe/").status_code == 405
    assert tell(paid(asked), Client(enforce_csrf_checks=True)).status_code == 200
    assert SECRET not in str(PaymentEvent.objects.values())


def test_a_refund_made_at_stripe_is_counted_once(asked):
    tell(paid(asked))
    refund = refund_of(asked, 60_000)

    for kind in ("refund.created", "refund.updated", "charge.refund.updated"):
        tell(event(kind, refund))

    assert sums_of(asked) == ("paid", 190_000, 60_000)
    assert money_events(asked) == 130_000


def test_a_charge_that_lists_its_refunds_says_no_more_than_they_do(asked):
    tell(paid(asked))
    refund = refund_of(asked, 190_000)
    charge = {
        "object": "charge",
        "id": "ch_1",
        "payment_intent": asked.money_reference,
        "amount_refunded": 190_000,
        "metadata": {"payment": str(asked.key)},
        "refunds": {"data": [refund]},
    }

    tell(event("charge.refunded", charge))
    tell(event("refund.updated", refund))
    tell(event("charge.refunded", charge | {"refunds": None}))

    assert sums_of(asked) == ("refunded", 190_000, 190_000)


def test_a_refund_that_comes_back_is_here_again(asked):
    tell(paid(asked))
    refund = refund_of(asked, 190_000)
    tell(event("refund.updated", refund))

    tell(event("refund.failed", refund | {"status": "failed"}))

    assert sums_of(asked) == ("refund_due", 190_000, 0)
    assert money_events(asked) == 190_000


def test_failed_and_then_succeeded_of_one_refund_move_nothing(asked):
    tell(paid(asked))
    refund = refund_of(asked, 190_000)

    tell(event("refund.failed", refund | {"status": "failed"}))
    tell(event("refund.updated", refund))

    assert sums_of(asked) == ("paid", 190_000, 0)


def test_a_refund_told_before_the_payment_is_not_lost(asked, unpaid):
    tell(event("refund.updated", refund_of(asked, 190_000)))
    tell(paid(asked))

    assert sums_of(asked) == ("refunded", 190_000, 190_000)
    assert status_of(unpaid) == "awaiting_payment"
    assert money_events(asked) == 0


def test_more_back_than_came_is_kept(asked):
    tell(paid(asked))

    response = tell(event("refund.updated", refund_of(asked, 190_001)))

    assert response.json() == {"outcomes": ["kept"]}
    assert sums_of(asked) == ("paid", 190_000, 0)


def test_a_dispute_is_recorded_and_closed_once(asked, unpaid):
    tell(paid(asked))
    dispute = dispute_of(asked)

    tell(event("charge.dispute.created", dispute))
    assert Dispute.objects.get().closed_at is None
    tell(event("charge.dispute.closed", dispute | {"status": "lost"}))
    tell(event("charge.dispute.created", dispute))

    row = Dispute.objects.get()
    assert (row.payment, row.amount_vnd, row.status) == (asked, 190_000, "lost")
    assert row.closed_at
    assert sums_of(asked) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"


def test_a_dispute_of_nobody_is_recorded_too(asked):
    tell(event("charge.dispute.created", dispute_of(asked, payment_intent="pi_?")))

    assert Dispute.objects.get().payment is None


def test_paid_in_two_ways_keeps_one_and_owes_the_other(asked, unpaid):
    tell(expired(asked))
    again = make_payment(unpaid)
    tell(paid(again))

    tell(paid(asked))

    assert sums_of(again)[0] == "paid"
    assert sums_of(asked) == ("refund_due", 190_000, 0)
    assert RefundDue.objects.get().amount_vnd == 190_000
    assert status_of(unpaid) == "confirmed"


def test_the_first_to_pay_ends_what_else_was_asked(asked, unpaid):
    tell(expired(asked))
    again = make_payment(unpaid, way="vietqr")

    tell(paid(asked))

    assert sums_of(asked)[0] == "paid"
    assert sums_of(again)[0] == "lapsed"
