"""What Stripe says, signed as Stripe signs it, and what is checked of the sums."""

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


def make_payment(order: Order, way: str = "stripe", **fields: object) -> Payment:
    """An attempt to be paid that somebody has been asked for already."""
    number = next(_number)
    given = {
        "amount_vnd": int(order.total_incl_tax),
        "reference": f"cs_test_{number}",
        "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
        "asked_at": timezone.now(),
        "expires_at": timezone.now() + dt.timedelta(minutes=31),
    }
    return Payment.objects.create(order=order, way=way, **(given | fields))


def session_of(payment: Payment, **fields: object) -> dict[str, Any]:
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


def refund_of(payment: Payment, amount_vnd: int, **fields: object) -> dict[str, Any]:
    return {
        "object": "refund",
        "id": f"re_{next(_number)}",
        "status": "succeeded",
        "amount": amount_vnd,
        "currency": "vnd",
        "payment_intent": f"pi_of_{payment.reference}",
        "metadata": {"payment": str(payment.key)},
    } | fields


def dispute_of(payment: Payment, **fields: object) -> dict[str, Any]:
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


def event(kind: str, thing: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {
        "object": "event",
        "id": f"evt_{next(_number)}",
        "type": kind,
        "created": int(time.time()),
        "data": {"object": thing},
    } | fields


def paid(payment: Payment, **fields: object) -> dict[str, Any]:
    return event("checkout.session.completed", session_of(payment, **fields))


def expired(payment: Payment) -> dict[str, Any]:
    over = session_of(payment, status="expired", payment_status="unpaid")
    return event("checkout.session.expired", over)


def signature(body: bytes, *, at: float | None = None, secret: str = SECRET) -> str:
    """Stripe's scheme: t=…,v1=HMAC-SHA256 of “t.body”."""
    moment = int(time.time() if at is None else at)
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def tell(said: dict[str, Any], client: Client | None = None) -> HttpResponse:
    """Stripe posts an event to the webhook."""
    body = json.dumps(said).encode()
    return post(body, signature(body), client)


def post(body: bytes, signed: str, client: Client | None = None) -> HttpResponse:
    return (client or Client()).post(
        "/webhooks/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signed},
    )


def sums_of(payment: Payment) -> tuple[str, int, int]:
    """State, what came, what went back, as the database has it."""
    payment.refresh_from_db()
    return payment.state, payment.paid_vnd, payment.refunded_vnd


def money_events(payment: Payment) -> int:
    """The sum of everything that moved, whole dong."""
    moved = payment.events.filter(outcome=PaymentEvent.Outcome.APPLIED)
    return sum(moved.values_list("amount_vnd", flat=True))


def status_of(order: Order) -> str:
    order.refresh_from_db()
    return order.status
