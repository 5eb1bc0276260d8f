"""What Stripe tells, in our words. Everything of theirs that we read is read here."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marketplace.payments.models import PaymentEvent
from marketplace.payments.port import News

Kind = PaymentEvent.Kind
STRIPE = PaymentEvent.Source.STRIPE

Thing = dict[str, Any]
"""An object of Stripe's API, as JSON."""

REFUND_STATES = {
    "succeeded": Kind.REFUNDED,
    "failed": Kind.REFUND_FAILED,
    "canceled": Kind.REFUND_FAILED,
}
"""The others, `pending` and `requires_action`, say nothing yet."""


KEPT = {
    "id",
    "object",
    "type",
    "created",
    "data",
    "livemode",
    "client_reference_id",
    "payment_intent",
    "charge",
    "metadata",
    "payment",
    "order",
    "refund",
    "amount",
    "amount_total",
    "amount_refunded",
    "currency",
    "status",
    "payment_status",
    "reason",
    "failure_reason",
    "refunds",
    "evidence_details",
    "due_by",
}
"""What is written down of theirs: names of things, sums, times and states."""


@dataclass(frozen=True)
class Names:
    """By what a payment can be found: our key, their session, their intent."""

    key: str = ""
    session: str = ""
    intent: str = ""


@dataclass(frozen=True)
class Told:
    names: Names
    news: list[News]
    dispute: Thing | None = None


def name_of(thing: Any) -> str:
    """The id of what Stripe gives either as an id or whole."""
    if isinstance(thing, dict):
        thing = thing.get("id")
    return thing if isinstance(thing, str) else ""


def without_people(thing: Any) -> Any:
    """What is kept of an object: nothing of who paid, or with which card.

    What is never written need not be forgotten; Stripe has it, for who must ask.
    """
    if isinstance(thing, dict):
        return {key: without_people(thing[key]) for key in thing if key in KEPT}
    return [without_people(one) for one in thing] if isinstance(thing, list) else thing


def moment(seconds: Any, otherwise: dt.datetime) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return otherwise


def whole_dong(amount: Any) -> int | None:
    """The amount, unless it is no number that money can be."""
    plausible = type(amount) is int and 0 <= amount <= 2**31 - 1
    return amount if plausible else None


def doubt_of(thing: Thing, amount: Any) -> str:
    if thing.get("currency") != "vnd":
        return f"currency {thing.get('currency')}"[:200]
    return "" if whole_dong(amount) is not None else f"amount {amount}"[:200]


def of_session(session: Thing, at: dt.datetime) -> News | None:
    """What a Checkout Session says as it now stands: paid, over, or nothing yet."""
    if session.get("payment_status") == "paid":
        return paid(session, at)
    if session.get("status") == "expired":
        return News(
            STRIPE, name_of(session), Kind.LAPSED, at, payload=without_people(session)
        )
    return None


def paid(session: Thing, at: dt.datetime) -> News:
    amount = session.get("amount_total")
    return News(
        STRIPE,
        name_of(session),
        Kind.PAID,
        at,
        amount_vnd=whole_dong(amount) or 0,
        exact=True,
        doubt=doubt_of(session, amount),
        money_reference=name_of(session.get("payment_intent")),
        payload=without_people(session),
    )


def failed(session: Thing, at: dt.datetime) -> News:
    return News(
        STRIPE, name_of(session), Kind.FAILED, at, payload=without_people(session)
    )


def of_refund(refund: Thing, at: dt.datetime) -> News | None:
    """A refund that has left, or has come back; None while it is under way."""
    kind = REFUND_STATES.get(str(refund.get("status")))
    if kind is None:
        return None
    amount = whole_dong(refund.get("amount")) or 0
    return News(
        STRIPE,
        name_of(refund),
        kind,
        at,
        amount_vnd=-amount if kind == Kind.REFUNDED else amount,
        doubt=doubt_of(refund, refund.get("amount")),
        why=str(refund.get("failure_reason") or "")[:200],
        refund_key=str(metadata(refund).get("refund", "")),
        payload=without_people(refund),
    )


def of_charge(charge: Thing, at: dt.datetime) -> list[News]:
    """The refunds that a charge carries; most say only their sum."""
    refunds = charge.get("refunds")
    listed = refunds.get("data") if isinstance(refunds, dict) else None
    told = [
        of_refund(refund, at) for refund in listed or [] if isinstance(refund, dict)
    ]
    return [news for news in told if news]


def of_dispute(dispute: Thing, at: dt.datetime, *, closed: bool) -> News:
    return News(
        STRIPE,
        name_of(dispute),
        Kind.DISPUTE_CLOSED if closed else Kind.DISPUTED,
        at,
        why=f"{dispute.get('reason')}, {dispute.get('status')}"[:200],
        payload=without_people(dispute),
    )


def metadata(thing: Thing) -> Thing:
    given = thing.get("metadata")
    return given if isinstance(given, dict) else {}


def listed(news: News | None) -> list[News]:
    return [news] if news else []


READERS: dict[str, Callable[[Thing, dt.datetime], list[News]]] = {
    "checkout.session.completed": lambda it, at: listed(of_session(it, at)),
    "checkout.session.async_payment_succeeded": lambda it, at: [paid(it, at)],
    "checkout.session.async_payment_failed": lambda it, at: [failed(it, at)],
    "checkout.session.expired": lambda it, at: listed(of_session(it, at)),
    "charge.refunded": of_charge,
    "refund.created": lambda it, at: listed(of_refund(it, at)),
    "refund.updated": lambda it, at: listed(of_refund(it, at)),
    "refund.failed": lambda it, at: listed(of_refund(it, at)),
    "charge.refund.updated": lambda it, at: listed(of_refund(it, at)),
    "charge.dispute.created": lambda it, at: [of_dispute(it, at, closed=False)],
    "charge.dispute.closed": lambda it, at: [of_dispute(it, at, closed=True)],
}
"""The types of event that say something of money. The others are kept and ignored."""


def read(event: Thing, *, at: dt.datetime) -> Told:
    """What an event says, and by which names its payment can be found.

    One that says nothing of money, or nothing yet, is told as something else, once.
    """
    kind = str(event.get("type"))
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    thing = thing if isinstance(thing, dict) else {}
    happened = moment(event.get("created"), at)
    reader = READERS.get(kind)
    news = reader(thing, happened) if reader and name_of(thing) else []
    names = Names(
        key=str(
            metadata(thing).get("payment") or thing.get("client_reference_id") or ""
        ),
        session=name_of(thing) if thing.get("object") == "checkout.session" else "",
        intent=name_of(thing.get("payment_intent")),
    )
    return Told(
        names=names,
        news=news
        or [
            News(
                STRIPE,
                str(event["id"])[:200],
                Kind.OTHER,
                happened,
                why=kind[:200],
                payload=without_people(event),
            )
        ],
        dispute=thing if kind.startswith("charge.dispute.") and news else None,
    )
