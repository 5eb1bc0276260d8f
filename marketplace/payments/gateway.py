"""Stripe, and the only file that imports its package.

Every call ends within ten seconds and is made once: whoever called decides whether to
try again, under the same key.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.orders.order_links import order_token
from marketplace.payments.models import Payment, Refund
from marketplace.payments.port import Asked, GivenBack, News, NotAnswering, Refused
from marketplace.payments.stripe_events import name_of, of_refund, of_session

logger = logging.getLogger(__name__)

PATIENCE_S = 8
TOLERANCE_S = 300
"""A signature older than five minutes is somebody's copy."""


class NotSigned(Exception):
    """It is not from Stripe, or is too old, or is no event at all."""


def client() -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=PATIENCE_S),
        max_network_retries=0,
    )


@contextmanager
def asking() -> Iterator[stripe.StripeClient]:
    """Stripe's errors as the port's two: not answering, or no."""
    try:
        yield client()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise NotAnswering(str(error)) from error
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500:
            raise NotAnswering(str(error)) from error
        logger.warning("Stripe refused: %s", error)
        raise Refused((error.user_message or str(error))[:200]) from error


def open_session(payment: Payment) -> Asked:
    """A page of Stripe's for this payment; the same payment gets the same page.

    Raises NotAnswering or Refused.
    """
    order = payment.order
    fulfilment = order.fulfilments.order_by("pk")[0]
    named = {"order": order.number, "payment": str(payment.key)}
    with translation.override(fulfilment.language):
        page = settings.BASE_URL + reverse(
            "order", args=[order.number, order_token(order.number)]
        )
        goods = line_items(payment)
    params: Any = {
        "mode": "payment",
        "locale": fulfilment.language,
        "line_items": goods,
        "client_reference_id": str(payment.key),
        "metadata": named,
        "payment_intent_data": {"metadata": named},
        "success_url": page,
        "cancel_url": page,
    }
    if payment.expires_at:
        params["expires_at"] = int(payment.expires_at.timestamp())
    if order.email:
        params["customer_email"] = order.email
    with asking() as stripe_client:
        session = stripe_client.v1.checkout.sessions.create(
            params, {"idempotency_key": f"ask-{payment.key}"}
        )
    return Asked(reference=session.id, url=session.url or "")


def line_items(payment: Payment) -> list[dict[str, Any]]:
    """The lines of the order and its postage; together what is asked for.

    What was taken out of the order since leaves one line that says the number.
    """
    order = payment.order
    goods = [
        line_item(
            f"{line.product.name}, {line.product.unit}" if line.product else line.title,
            int(line.unit_price_incl_tax or 0),
            line.quantity,
        )
        for line in order.lines.select_related("product").order_by("pk")
    ]
    if order.shipping_incl_tax:
        postage = translation.gettext("Postage")
        goods.append(line_item(postage, int(order.shipping_incl_tax)))
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in goods)
    if total != payment.amount_vnd:
        return [line_item(order.number, payment.amount_vnd)]
    return goods


def line_item(name: str, price_vnd: int, quantity: int = 1) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": "vnd",  # has no smaller unit: an amount is whole dong
            "unit_amount": price_vnd,
            "product_data": {"name": name[:250]},
        },
    }


def close_session(payment: Payment) -> None:
    """Let nobody pay on that page any more.

    Raises NotAnswering, or Refused when it was paid or had ended already.
    """
    if payment.reference:
        with asking() as stripe_client:
            stripe_client.v1.checkout.sessions.expire(payment.reference)


def give_back(refund: Refund) -> GivenBack:
    """Send money back to where it came from. Raises NotAnswering or Refused."""
    payment = refund.payment
    with asking() as stripe_client:
        answer = stripe_client.v1.refunds.create(
            {
                "payment_intent": payment.money_reference,
                "amount": refund.amount_vnd,
                "metadata": {
                    "order": payment.order.number,
                    "payment": str(payment.key),
                    "refund": refund.key,
                },
            },
            {"idempotency_key": f"refund-{refund.key}"},
        )
    if answer.status in ("failed", "canceled"):
        raise Refused(answer.failure_reason or "failed")
    return GivenBack(reference=answer.id, done=answer.status == "succeeded")


def news_of(payment: Payment) -> list[News]:
    """What Stripe knows of it and its refunds. Raises NotAnswering or Refused."""
    if not payment.reference:
        return []
    at = timezone.now()
    with asking() as stripe_client:
        session = stripe_client.v1.checkout.sessions.retrieve(payment.reference)
        told = [of_session(session.to_dict(), at)]
        intent = name_of(session.payment_intent)
        if intent:
            refunds = stripe_client.v1.refunds.list(
                {"payment_intent": intent, "limit": 100}
            )
            told += [of_refund(refund.to_dict(), at) for refund in refunds.data]
    return [news for news in told if news]


def verified(body: bytes, signature: str) -> dict[str, Any]:
    """The event, if Stripe signed it within the last five minutes. Raises NotSigned."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise NotSigned("no secret to check it with")
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(
            text, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_S
        )
        event = json.loads(text)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise NotSigned(str(error)) from error
    if not isinstance(event, dict) or not isinstance(event.get("id"), str):
        raise NotSigned("no event")
    return event
