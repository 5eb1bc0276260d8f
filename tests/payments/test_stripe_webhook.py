"""Stripe events are verified, applied once, and never lost."""

import json
import time

import pytest
from django.test import Client

from marketplace.orders.models import RefundDue
from marketplace.payments.models import Dispute, Payment, PaymentEvent
from tests.payments.stripe_events import (
    SECRET,
    get_status,
    get_sums,
    make_dispute,
    make_event,
    make_expired_event,
    make_paid_event,
    make_payment,
    make_session,
    make_stripe_refund,
    post_event,
    post_stripe_webhook,
    sign_payload,
    sum_applied_events,
)
from tests.stock_snapshot import get_stock_snapshot


def test_stripe_webhook_payment_confirms_order(
    pending, unpaid, tea_at_centre, mailoutbox
):
    response = post_event(make_paid_event(pending))

    assert (response.status_code, response.json()) == (200, {"outcomes": ["applied"]})
    assert get_sums(pending) == ("paid", 190_000, 0)
    assert pending.money_reference == f"pi_of_{pending.reference}"
    assert get_status(unpaid) == "confirmed"
    assert unpaid.fulfilments.get().to_collect_vnd == 0
    assert not hasattr(unpaid, "hold")
    assert get_stock_snapshot(tea_at_centre).allocated == 2


@pytest.mark.parametrize("odd", ["\x00", "\ud800"])
def test_stripe_webhook_event_with_unstorable_text_is_applied_once(pending, odd):
    metadata = {"payment": str(pending.key), "order": f"QN{odd}1"}
    event_data = make_paid_event(pending, metadata=metadata, status=f"compl{odd}ete")

    answers = [post_event(event_data) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert get_sums(pending) == ("paid", 190_000, 0)


@pytest.mark.parametrize(
    "event_data",
    [
        {"id": "evt_\x00", "type": "x\x00y", "data": {"object": {"id": "\x00"}}},
        {"id": "evt_1", "type": "charge.dispute.created", "created": 253402300799},
        {
            "id": "evt_2",
            "type": "charge.dispute.created",
            "created": 253402300799,
            "data": {"object": {"id": "dp_\x00", "reason": "\x00", "status": "\x00"}},
        },
    ],
)
def test_stripe_webhook_odd_event_is_stored_with_plain_text(db, event_data):
    response = post_event(event_data)

    assert response.status_code == 200
    event = PaymentEvent.objects.get()
    assert "\x00" not in event.external_id + str(event.payload) + str(event.params)
    assert event.happened_at.year < 2101


def test_stripe_webhook_nested_without_end_is_refused(db):
    body = b'{"id": "evt_1", "data": ' + b"[" * 90_000 + b"]" * 90_000 + b"}"

    response = post_stripe_webhook(body, sign_payload(body))

    assert (response.status_code, PaymentEvent.objects.count()) == (400, 0)


def test_stripe_webhook_id_beyond_column_returns_json_400(pending):
    response = post_event(make_paid_event(pending, id="cs_" + "1" * 400))

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "impossible_value"
    assert get_sums(pending) == ("pending", 0, 0)


def test_stripe_webhook_repeated_event_applies_once(pending, unpaid):
    event_data = make_paid_event(pending)

    answers = [post_event(event_data).status_code for _time in range(3)]

    assert answers == [200] * 3
    assert get_sums(pending) == ("paid", 190_000, 0)
    assert pending.events.filter(kind="paid").count() == 1


def test_stripe_webhook_two_events_of_one_payment_apply_once(pending):
    post_event(make_paid_event(pending))
    post_event(
        make_event("checkout.session.async_payment_succeeded", make_session(pending))
    )

    assert get_sums(pending) == ("paid", 190_000, 0)


def test_stripe_webhook_pending_payment_confirms_nothing(pending, unpaid):
    response = post_event(make_paid_event(pending, payment_status="unpaid"))

    assert response.json() == {"outcomes": ["ignored"]}
    assert get_sums(pending) == ("pending", 0, 0)
    assert get_status(unpaid) == "awaiting_payment"


def test_stripe_webhook_failed_async_payment_fails_attempt(pending, unpaid):
    post_event(
        make_event("checkout.session.async_payment_failed", make_session(pending))
    )

    assert get_sums(pending) == ("failed", 0, 0)
    assert get_status(unpaid) == "awaiting_payment"


def test_stripe_webhook_expired_session_ends_attempt(pending, unpaid):
    post_event(make_expired_event(pending))

    assert get_sums(pending) == ("lapsed", 0, 0)
    assert get_status(unpaid) == "awaiting_payment"


def test_stripe_webhook_expiry_after_payment_changes_nothing(pending, unpaid):
    post_event(make_paid_event(pending))

    assert post_event(make_expired_event(pending)).json() == {"outcomes": ["ignored"]}
    assert get_sums(pending) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"


def test_stripe_webhook_payment_after_expiry_confirms_order(pending, unpaid):
    post_event(make_expired_event(pending))
    post_event(make_paid_event(pending))

    assert get_sums(pending) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"


def test_stripe_webhook_payment_before_reference_is_stored_is_matched(unpaid):
    payment = make_payment(unpaid, reference="", url="")

    post_event(make_paid_event(payment, id="cs_early"))

    assert get_sums(payment) == ("paid", 190_000, 0)


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
def test_stripe_webhook_differing_amount_or_currency_needs_review(
    pending, unpaid, other
):
    response = post_event(make_paid_event(pending, **other))

    assert response.json() == {"outcomes": ["needs_review"]}
    assert get_sums(pending) == ("pending", 0, 0)
    assert get_status(unpaid) == "awaiting_payment"
    assert PaymentEvent.objects.get(outcome="needs_review").payment == pending


def test_stripe_webhook_payment_of_unknown_order_needs_review(db):
    nobody = Payment(reference="cs_nobody", amount_vnd=1, order=None)
    event_data = {"metadata": {}, "client_reference_id": "?", "payment_intent": "pi_x"}
    obj = {
        "object": "checkout.session",
        "id": nobody.reference,
        "payment_status": "paid",
        "amount_total": 50_000,
        "currency": "vnd",
    }

    response = post_event(make_event("checkout.session.completed", obj | event_data))

    stored = PaymentEvent.objects.get()
    assert response.json() == {"outcomes": ["needs_review"]}
    assert (stored.payment, stored.amount_vnd) == (None, 50_000)


def test_stripe_webhook_ignores_and_records_unknown_event(pending):
    response = post_event(
        make_event("customer.created", {"id": "cus_1", "object": "customer"})
    )

    assert response.json() == {"outcomes": ["ignored"]}
    assert PaymentEvent.objects.get().explanation == "customer.created"
    assert get_sums(pending) == ("pending", 0, 0)


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
def test_stripe_webhook_malformed_event_returns_200(db, strange):
    event_data = make_event("checkout.session.completed", {"id": "cs_1"}) | strange

    assert post_event(event_data).status_code == 200
    assert not PaymentEvent.objects.filter(outcome="applied").exists()


def make_invalid_signatures(body):
    now = time.time()
    return {
        "none": "",
        "nonsense": "t=,v1=",
        "another secret": sign_payload(body, secret="whsec_other"),
        "older than five minutes": sign_payload(body, at=now - 301),
        "of another body": sign_payload(body + b" "),
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
def test_stripe_webhook_invalid_signature_stores_nothing(pending, unpaid, how):
    body = json.dumps(make_paid_event(pending)).encode()

    response = post_stripe_webhook(body, make_invalid_signatures(body)[how])

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "not_signed"
    assert not PaymentEvent.objects.exists()
    assert get_status(unpaid) == "awaiting_payment"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"{"])
def test_stripe_webhook_signed_malformed_body_returns_400(db, body):
    assert post_stripe_webhook(body, sign_payload(body)).status_code == 400
    assert not PaymentEvent.objects.exists()


def test_stripe_webhook_without_secret_refuses_everything(pending, settings):
    settings.STRIPE_WEBHOOK_SECRET = None
    body = json.dumps(make_paid_event(pending)).encode()

    assert (
        post_stripe_webhook(body, sign_payload(body, secret="None")).status_code == 400
    )
    assert post_stripe_webhook(body, sign_payload(body, secret="")).status_code == 400
    assert get_sums(pending) == ("pending", 0, 0)


def test_stripe_webhook_requires_post_and_no_csrf_token(pending):
    assert Client().get("/webhooks/stripe/").status_code == 405
    assert (
        post_event(
            make_paid_event(pending), Client(enforce_csrf_checks=True)
        ).status_code
        == 200
    )
    assert SECRET not in str(PaymentEvent.objects.values())


def test_stripe_webhook_refund_made_at_stripe_counts_once(pending):
    post_event(make_paid_event(pending))
    refund = make_stripe_refund(pending, 60_000)

    for kind in ("refund.created", "refund.updated", "charge.refund.updated"):
        post_event(make_event(kind, refund))

    assert get_sums(pending) == ("paid", 190_000, 60_000)
    assert sum_applied_events(pending) == 130_000


def test_stripe_webhook_charge_listing_refunds_counts_each_once(pending):
    post_event(make_paid_event(pending))
    refund = make_stripe_refund(pending, 190_000)
    charge = {
        "object": "charge",
        "id": "ch_1",
        "payment_intent": pending.money_reference,
        "amount_refunded": 190_000,
        "metadata": {"payment": str(pending.key)},
        "refunds": {"data": [refund]},
    }

    post_event(make_event("charge.refunded", charge))
    post_event(make_event("refund.updated", refund))
    post_event(make_event("charge.refunded", charge | {"refunds": None}))

    assert get_sums(pending) == ("refunded", 190_000, 190_000)


def test_stripe_webhook_failed_refund_restores_payment(pending):
    post_event(make_paid_event(pending))
    refund = make_stripe_refund(pending, 190_000)
    post_event(make_event("refund.updated", refund))

    post_event(make_event("refund.failed", refund | {"status": "failed"}))

    assert get_sums(pending) == ("refund_due", 190_000, 0)
    assert sum_applied_events(pending) == 190_000


def test_stripe_webhook_refund_failing_before_success_changes_nothing(pending):
    post_event(make_paid_event(pending))
    refund = make_stripe_refund(pending, 190_000)

    post_event(make_event("refund.failed", refund | {"status": "failed"}))
    post_event(make_event("refund.updated", refund))

    assert get_sums(pending) == ("paid", 190_000, 0)


def test_stripe_webhook_refund_before_payment_is_applied(pending, unpaid):
    post_event(make_event("refund.updated", make_stripe_refund(pending, 190_000)))
    post_event(make_paid_event(pending))

    assert get_sums(pending) == ("refunded", 190_000, 190_000)
    assert get_status(unpaid) == "awaiting_payment"
    assert sum_applied_events(pending) == 0


def test_stripe_webhook_refund_exceeding_payment_needs_review(pending):
    post_event(make_paid_event(pending))

    response = post_event(
        make_event("refund.updated", make_stripe_refund(pending, 190_001))
    )

    assert response.json() == {"outcomes": ["needs_review"]}
    assert get_sums(pending) == ("paid", 190_000, 0)


def test_stripe_webhook_dispute_is_recorded_and_closed_once(pending, unpaid):
    post_event(make_paid_event(pending))
    dispute = make_dispute(pending)

    post_event(make_event("charge.dispute.created", dispute))
    assert Dispute.objects.get().closed_at is None
    post_event(make_event("charge.dispute.closed", dispute | {"status": "lost"}))
    post_event(make_event("charge.dispute.created", dispute))

    row = Dispute.objects.get()
    assert (row.payment, row.amount_vnd, row.status) == (pending, 190_000, "lost")
    assert row.closed_at
    assert get_sums(pending) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"


def test_stripe_webhook_dispute_of_unknown_payment_is_recorded(pending):
    post_event(
        make_event(
            "charge.dispute.created", make_dispute(pending, payment_intent="pi_?")
        )
    )

    assert Dispute.objects.get().payment is None


def test_stripe_webhook_second_payment_of_order_is_refunded(pending, unpaid):
    post_event(make_expired_event(pending))
    again = make_payment(unpaid)
    post_event(make_paid_event(again))

    post_event(make_paid_event(pending))

    assert get_sums(again)[0] == "paid"
    assert get_sums(pending) == ("refund_due", 190_000, 0)
    assert RefundDue.objects.get().amount_vnd == 190_000
    assert get_status(unpaid) == "confirmed"


def test_stripe_webhook_payment_ends_other_attempts(pending, unpaid):
    post_event(make_expired_event(pending))
    again = make_payment(unpaid, method="vietqr")

    post_event(make_paid_event(pending))

    assert get_sums(pending)[0] == "paid"
    assert get_sums(again)[0] == "lapsed"
