"""Makes Stripe events and signs them; reads sums and states back."""

import datetime as dt
import hashlib
import hmac
import itertools
import json
import time
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from marketplace.orders.models import Order
from marketplace.payments.models import Payment, PaymentEvent

SECRET = "whsec_test"
_number = itertools.count(1)


def make_payment(order: Order, method: str = "stripe", **fields: object) -> Payment:
    """An attempt to be paid that somebody has been asked for already."""
    number = next(_number)
    defaults = {
        "amount_vnd": int(order.total_incl_tax),
        "reference": f"cs_test_{number}",
        "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
        "requested_at": timezone.now(),
        "expires_at": timezone.now() + dt.timedelta(minutes=31),
    }
    return Payment.objects.create(order=order, method=method, **(defaults | fields))


def make_session(payment: Payment, **fields: object) -> dict[str, Any]:
    return {
        "object": "checkout.session",
        "id": payment.reference,
        "status": "complete",
        "payment_status": "paid",
        "amount_total": payment.amount_vnd,
        "currency": "vnd",
        "payment_intent": f"pi_of_{payment.reference}",
        "client_reference_id": str(payment.key),
        "metadata": {"payment": str(payment.key), "order": payment.order.number},
    } | fields


def make_stripe_refund(
    payment: Payment, amount_vnd: int, **fields: object
) -> dict[str, Any]:
    return {
        "object": "refund",
        "id": f"re_{next(_number)}",
        "status": "succeeded",
        "amount": amount_vnd,
        "currency": "vnd",
        "payment_intent": f"pi_of_{payment.reference}",
        "metadata": {"payment": str(payment.key)},
    } | fields


def make_dispute(payment: Payment, **fields: object) -> dict[str, Any]:
    return {
        "object": "dispute",
        "id": f"dp_{next(_number)}",
        "status": "needs_response",
        "reason": "fraudulent",
        "amount": payment.amount_vnd,
        "currency": "vnd",
        "payment_intent": f"pi_of_{payment.reference}",
        "created": int(time.time()),
        "evidence_details": {"due_by": int(time.time()) + 7 * 24 * 3600},
    } | fields


def make_event(kind: str, obj: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {
        "object": "event",
        "id": f"evt_{next(_number)}",
        "type": kind,
        "created": int(time.time()),
        "data": {"object": obj},
    } | fields


def make_paid_event(payment: Payment, **fields: object) -> dict[str, Any]:
    return make_event("checkout.session.completed", make_session(payment, **fields))


def make_expired_event(payment: Payment) -> dict[str, Any]:
    over = make_session(payment, status="expired", payment_status="unpaid")
    return make_event("checkout.session.expired", over)


def sign_payload(body: bytes, *, at: float | None = None, secret: str = SECRET) -> str:
    """Stripe's scheme: t=…,v1=HMAC-SHA256 of “t.body”."""
    moment = int(time.time() if at is None else at)
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def post_event(
    event_data: dict[str, Any], client: Client | None = None
) -> HttpResponse:
    """Stripe posts an event to the webhook."""
    body = json.dumps(event_data).encode()
    return post_stripe_webhook(body, sign_payload(body), client)


def post_stripe_webhook(
    body: bytes, signed: str, client: Client | None = None
) -> HttpResponse:
    return (client or Client()).post(
        "/webhooks/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signed},
    )


def get_sums(payment: Payment) -> tuple[str, int, int]:
    """State, what came, what went back, as the database has it."""
    payment.refresh_from_db()
    return payment.state, payment.paid_vnd, payment.refunded_vnd


def sum_applied_events(payment: Payment) -> int:
    """The sum of everything that moved, whole dong."""
    moved = payment.events.filter(outcome=PaymentEvent.Outcome.APPLIED)
    return sum(moved.values_list("amount_vnd", flat=True))


def get_status(order: Order) -> str:
    order.refresh_from_db()
    return order.status
