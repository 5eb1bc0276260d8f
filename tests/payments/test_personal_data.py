"""Stored events hold no personal data."""

import json

from marketplace.payments.models import PaymentEvent
from tests.payments.stripe_events import (
    make_dispute,
    make_event,
    make_paid_event,
    make_stripe_refund,
    post_event,
)

PERSONAL_VALUES = ("Hannah", "hannah", "Hàng Bạc", "905 123", "4242", "203.0.113.7")


def make_personal_data():
    """What Stripe reports about a person."""
    return {
        "customer_details": {
            "email": "hannah@example.com",
            "name": "Hannah",
            "address": {"line1": "5 Hàng Bạc", "country": "VN"},
        },
        "customer_email": "hannah@example.com",
        "shipping_details": {"name": "Hannah"},
        "custom_fields": [{"key": "name", "text": {"value": "Hannah"}}],
        "billing_details": {"email": "hannah@example.com", "phone": "+84 905 123 456"},
        "payment_method_details": {"card": {"last4": "4242"}},
        "evidence": {"customer_name": "Hannah", "customer_purchase_ip": "203.0.113.7"},
    }


def test_stripe_event_payload_omits_personal_data(pending):
    post_event(make_paid_event(pending, **make_personal_data()))
    post_event(
        make_event(
            "charge.refunded",
            {"id": "ch_1", "refunds": {"data": [make_personal_data()]}},
        )
    )
    post_event(
        make_event(
            "refund.created",
            make_stripe_refund(pending, 10_000, **make_personal_data()),
        )
    )
    post_event(
        make_event(
            "charge.dispute.created", make_dispute(pending, **make_personal_data())
        )
    )
    post_event(make_event("customer.created", {"id": "cus_1", **make_personal_data()}))

    events = list(PaymentEvent.objects.order_by("pk"))

    written = json.dumps([one.payload for one in events], ensure_ascii=False)
    assert len(events) == 5
    assert not [sign for sign in PERSONAL_VALUES if sign in written]
    assert events[0].payload["amount_total"] == pending.amount_vnd
    assert events[0].payload["metadata"]["payment"] == str(pending.key)
    assert events[-1].payload["data"]["object"] == {"id": "cus_1"}
