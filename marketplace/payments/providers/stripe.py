"""Stripe Checkout; the only module that imports Stripe's library.

Every call ends within ten seconds and is made once: the caller decides whether to try
again, under the same idempotency key.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from marketplace.orders.order_links import order_url
from marketplace.payments.models import Payment, PaymentMethod, Refund
from marketplace.payments.providers.base import (
    Declined,
    InvalidSignature,
    NotAnswering,
    PaymentProvider,
    PaymentRequest,
    RefundResult,
)
from marketplace.payments.providers.stripe_events import (
    clean_texts,
    get_id,
    parse_refund,
    parse_session,
)
from marketplace.payments.states import PaymentFact

logger = logging.getLogger(__name__)

TIMEOUT_S = 8
TOLERANCE_S = 300
"""The greatest age of a signature, against replays."""

DOWN = "stripe-is-down"
DOWN_FOR_S = 60
"""How long the method is not offered after a call that was not answered."""


class StripeCheckout(PaymentProvider):
    code = PaymentMethod.STRIPE
    title = _("Card or wallet")
    description = _("On Stripe's page; Apple Pay and Google Pay too")
    icon = "card"
    hold = dt.timedelta(minutes=31)
    """A Checkout Session lives for at least 30 minutes from when Stripe creates it."""
    min_open = dt.timedelta(minutes=30, seconds=30)
    sends_refunds = True

    def is_available(self, *, receive: str) -> bool:
        return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)

    def is_up(self) -> bool:
        return not cache.get(DOWN)

    def request(self, payment: Payment) -> PaymentRequest:
        try:
            return create_session(payment)
        except NotAnswering:
            cache.set(DOWN, True, DOWN_FOR_S)
            raise

    def cancel(self, payment: Payment) -> None:
        if payment.reference:
            with connect() as client:
                client.v1.checkout.sessions.expire(payment.reference)

    def refund(self, refund: Refund) -> RefundResult:
        payment = refund.payment
        metadata = {
            "order": payment.order.number,
            "payment": str(payment.key),
            "refund": refund.key,
        }
        with connect() as client:
            answer = client.v1.refunds.create(
                {
                    "payment_intent": payment.money_reference,
                    "amount": refund.amount_vnd,
                    "metadata": metadata,
                },
                {"idempotency_key": f"refund-{refund.key}"},
            )
        if answer.status in ("failed", "canceled"):
            raise Declined(answer.failure_reason or "failed")
        return RefundResult(reference=answer.id, done=answer.status == "succeeded")

    def fetch_facts(self, payment: Payment) -> Sequence[PaymentFact]:
        """The state of the session and of its refunds."""
        if not payment.reference:
            return []
        at = timezone.now()
        with connect() as client:
            session = client.v1.checkout.sessions.retrieve(payment.reference)
            facts = parse_session(session.to_dict(), at)
            if intent := get_id(session.payment_intent):
                refunds = client.v1.refunds.list(
                    {"payment_intent": intent, "limit": 100}
                )
                for refund in refunds.data:
                    facts += parse_refund(refund.to_dict(), at)
        return facts


def build_client() -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
        max_network_retries=0,
    )


@contextmanager
def connect() -> Iterator[stripe.StripeClient]:
    """A client whose errors are NotAnswering or Declined."""
    try:
        yield build_client()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise NotAnswering(str(error)) from error
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500:
            raise NotAnswering(str(error)) from error
        logger.warning("Stripe refused: %s", error)
        raise Declined((error.user_message or str(error))[:200]) from error


def create_session(payment: Payment) -> PaymentRequest:
    """Create the Checkout Session of a payment; again, it is the same session.

    Raises NotAnswering or Declined.
    """
    order = payment.order
    fulfilment = order.fulfilments.order_by("pk")[0]
    metadata = {"order": order.number, "payment": str(payment.key)}
    with translation.override(fulfilment.language):
        page = settings.BASE_URL + order_url(order)
        items = build_line_items(payment)
    params: Any = {
        "mode": "payment",
        "locale": fulfilment.language,
        "line_items": items,
        "client_reference_id": str(payment.key),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "success_url": page,
        "cancel_url": page,
    }
    if payment.expires_at:
        params["expires_at"] = int(payment.expires_at.timestamp())
    if order.email:
        params["customer_email"] = order.email
    with connect() as client:
        session = client.v1.checkout.sessions.create(
            params, {"idempotency_key": f"payment-{payment.key}"}
        )
    return PaymentRequest(reference=session.id, url=session.url or "")


def build_line_items(payment: Payment) -> list[dict[str, Any]]:
    """The lines of the order and its postage.

    One line with the order's number if they do not add up to the payment, because some
    of the order was cancelled.
    """
    order = payment.order
    items = [
        build_line_item(
            f"{line.product.name}, {line.product.unit}" if line.product else line.title,
            int(line.unit_price_incl_tax or 0),
            line.quantity,
        )
        for line in order.lines.select_related("product").order_by("pk")
    ]
    if order.shipping_incl_tax:
        postage = translation.gettext("Postage")
        items.append(build_line_item(postage, int(order.shipping_incl_tax)))
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in items)
    if total != payment.amount_vnd:
        return [build_line_item(order.number, payment.amount_vnd)]
    return items


def build_line_item(name: str, price_vnd: int, quantity: int = 1) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": "vnd",  # zero-decimal: an amount is whole dong
            "unit_amount": price_vnd,
            "product_data": {"name": name[:250]},
        },
    }


def verify_event(body: bytes, signature: str) -> dict[str, Any]:
    """The event, if Stripe signed it within five minutes. Raises InvalidSignature."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise InvalidSignature
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(
            text, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_S
        )
        event = clean_texts(json.loads(text))
    except (
        stripe.SignatureVerificationError,
        ValueError,
        RecursionError,
    ) as error:
        raise InvalidSignature from error
    if not isinstance(event, dict) or not isinstance(event.get("id"), str):
        raise InvalidSignature
    return event
