"""Stripe's webhook events and API objects as `PaymentFact`s."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from catalogue.text import one_line
from marketplace.payments.bank.matching import is_plausible
from marketplace.payments.models import Code, PaymentEvent
from marketplace.payments.states import PaymentFact

Kind = PaymentEvent.Kind
STRIPE = PaymentEvent.Source.STRIPE

StripeObject = dict[str, Any]
"""An object of Stripe's API, as JSON."""

REFUND_KINDS = {
    "succeeded": Kind.REFUNDED,
    "failed": Kind.REFUND_FAILED,
    "canceled": Kind.REFUND_FAILED,
}
"""The other states, `pending` and `requires_action`, are no fact yet."""

STORED_KEYS = (
    {"id", "object", "type", "created", "data", "livemode", "metadata", "payment"}
    | {"client_reference_id", "payment_intent", "charge", "order", "refund", "refunds"}
    | {"amount", "amount_total", "amount_refunded", "currency", "status", "reason"}
    | {"payment_status", "failure_reason", "evidence_details", "due_by"}
)
"""Ids, amounts, times and states: no personal data, so none has to be erased."""


@dataclass(frozen=True)
class PaymentIds:
    """Ids that a payment can be found by: our key, the session, the PaymentIntent."""

    key: str = ""
    session: str = ""
    intent: str = ""


@dataclass(frozen=True)
class ParsedEvent:
    ids: PaymentIds
    facts: list[PaymentFact]
    dispute: StripeObject | None = None


def get_id(value: Any) -> str:
    """The id of an expandable field: an id, or the whole object."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else ""


def clean_texts(value: Any) -> Any:
    """The value with texts that every database can store: no NUL, no half of a sign."""
    if isinstance(value, dict):
        return {one_line(key): clean_texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [clean_texts(one) for one in value]
    return one_line(value) if isinstance(value, str) else value


def remove_personal_data(value: Any) -> Any:
    """The value with only the `STORED_KEYS` of its objects."""
    if isinstance(value, dict):
        return {
            key: remove_personal_data(value[key]) for key in value if key in STORED_KEYS
        }
    return (
        [remove_personal_data(v) for v in value] if isinstance(value, list) else value
    )


def parse_timestamp(seconds: Any, default: dt.datetime) -> dt.datetime:
    try:
        moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return default
    return moment if is_plausible(moment) else default


def parse_amount(amount: Any) -> int | None:
    """Whole dong, or None if it is no plausible amount."""
    plausible = type(amount) is int and 0 <= amount <= 2**31 - 1
    return amount if plausible else None


def check_amount(obj: StripeObject, amount: Any) -> dict[str, Any]:
    """The fields of a fact that send a wrong currency or amount to review."""
    if obj.get("currency") != "vnd":
        code, params = Code.WRONG_CURRENCY, {"currency": str(obj.get("currency"))[:100]}
    elif parse_amount(amount) is None:
        code, params = Code.WRONG_AMOUNT, {"amount": str(amount)[:100]}
    else:
        return {}
    return {"needs_review": True, "code": code, "params": params}


def make_message(text: Any) -> dict[str, Any]:
    """The fields of a fact that carries a text of Stripe's."""
    text = str(text or "")[:200]
    return {"code": Code.MESSAGE, "params": {"message": text}} if text else {}


def make_fact(
    obj: StripeObject, kind: PaymentEvent.Kind, at: dt.datetime, **fields: Any
) -> PaymentFact:
    payload = remove_personal_data(obj)
    return PaymentFact(STRIPE, get_id(obj), kind, at, payload=payload, **fields)


def parse_session(session: StripeObject, at: dt.datetime) -> list[PaymentFact]:
    """The facts of a Checkout Session as it stands: paid, expired, or nothing yet."""
    if session.get("payment_status") == "paid":
        return parse_paid_session(session, at)
    if session.get("status") == "expired":
        return [make_fact(session, Kind.LAPSED, at)]
    return []


def parse_paid_session(session: StripeObject, at: dt.datetime) -> list[PaymentFact]:
    amount = session.get("amount_total")
    return [
        make_fact(
            session,
            Kind.PAID,
            at,
            amount_vnd=parse_amount(amount) or 0,
            exact=True,
            money_reference=get_id(session.get("payment_intent")),
            **check_amount(session, amount),
        )
    ]


def parse_refund(refund: StripeObject, at: dt.datetime) -> list[PaymentFact]:
    """A refund that has left or has come back; nothing while it is pending."""
    kind = REFUND_KINDS.get(str(refund.get("status")))
    if kind is None:
        return []
    amount_vnd = parse_amount(refund.get("amount")) or 0
    reason = make_message(refund.get("failure_reason"))
    return [
        make_fact(
            refund,
            kind,
            at,
            amount_vnd=-amount_vnd if kind == Kind.REFUNDED else amount_vnd,
            refund_key=str(get_metadata(refund).get("refund", "")),
            **(reason | check_amount(refund, refund.get("amount"))),
        )
    ]


def parse_charge(charge: StripeObject, at: dt.datetime) -> list[PaymentFact]:
    """The refunds that a charge lists; most events have only their sum."""
    refunds = charge.get("refunds")
    listed = refunds.get("data") if isinstance(refunds, dict) else None
    return [
        fact
        for refund in listed or []
        if isinstance(refund, dict)
        for fact in parse_refund(refund, at)
    ]


def parse_dispute(
    dispute: StripeObject, at: dt.datetime, kind: PaymentEvent.Kind = Kind.DISPUTED
) -> list[PaymentFact]:
    text = f"{dispute.get('reason')}, {dispute.get('status')}"
    return [make_fact(dispute, kind, at, **make_message(text))]


def get_metadata(obj: StripeObject) -> StripeObject:
    metadata = obj.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


PARSERS: dict[str, Callable[[StripeObject, dt.datetime], list[PaymentFact]]] = {
    "checkout.session.completed": parse_session,
    "checkout.session.async_payment_succeeded": parse_paid_session,
    "checkout.session.async_payment_failed": lambda obj, at: [
        make_fact(obj, Kind.FAILED, at)
    ],
    "checkout.session.expired": parse_session,
    "charge.refunded": parse_charge,
    "refund.created": parse_refund,
    "refund.updated": parse_refund,
    "refund.failed": parse_refund,
    "charge.refund.updated": parse_refund,
    "charge.dispute.created": parse_dispute,
    "charge.dispute.closed": partial(parse_dispute, kind=Kind.DISPUTE_CLOSED),
}
"""By event type. Events of other types are stored and ignored."""


def parse_event(event: StripeObject, *, at: dt.datetime) -> ParsedEvent:
    """The facts of an event; one fact of kind OTHER if it is not about money."""
    event_type = str(event.get("type"))
    data = event.get("data")
    obj = data.get("object") if isinstance(data, dict) else None
    obj = obj if isinstance(obj, dict) else {}
    happened_at = parse_timestamp(event.get("created"), at)
    parser = PARSERS.get(event_type)
    facts = parser(obj, happened_at) if parser and get_id(obj) else []
    ids = PaymentIds(
        key=str(
            get_metadata(obj).get("payment") or obj.get("client_reference_id") or ""
        ),
        session=get_id(obj) if obj.get("object") == "checkout.session" else "",
        intent=get_id(obj.get("payment_intent")),
    )
    is_dispute = event_type.startswith("charge.dispute.") and bool(facts)
    other = PaymentFact(
        STRIPE,
        str(event["id"])[:200],
        Kind.OTHER,
        happened_at,
        payload=remove_personal_data(event),
        **make_message(event_type),
    )
    return ParsedEvent(ids, facts or [other], dispute=obj if is_dispute else None)
