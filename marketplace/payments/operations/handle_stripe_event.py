"""Apply what Stripe reports to the webhook."""

import datetime as dt

from marketplace.payments.models import Dispute, Payment, PaymentEvent
from marketplace.payments.operations.apply_fact import apply_fact
from marketplace.payments.providers.stripe_events import (
    StripeObject,
    parse_amount,
    parse_event,
    parse_timestamp,
)
from marketplace.payments.queries import find_payment


def handle_stripe_event(*, event: StripeObject, at: dt.datetime) -> list[PaymentEvent]:
    """Apply the facts of a verified event; one without any is stored and ignored."""
    parsed = parse_event(event, at=at)
    payment = find_payment(parsed.ids)
    if parsed.dispute:
        record_dispute(parsed.dispute, payment, at)
    return [apply_fact(payment=payment, fact=fact, at=at) for fact in parsed.facts]


def record_dispute(
    dispute: StripeObject, payment: Payment | None, at: dt.datetime
) -> None:
    """Write a dispute as it now stands; one that is closed stays closed."""
    status = str(dispute.get("status"))[:40]
    evidence = dispute.get("evidence_details")
    is_closed = status in Dispute.CLOSED
    due_by = evidence.get("due_by") if isinstance(evidence, dict) else None
    row, _created = Dispute.objects.get_or_create(
        reference=str(dispute["id"])[:255],
        defaults={
            "payment": payment,
            "amount_vnd": parse_amount(dispute.get("amount")) or 0,
            "reason": str(dispute.get("reason") or "")[:60],
            "status": status,
            "answer_by": parse_timestamp(due_by, at) if due_by else None,
            "opened_at": parse_timestamp(dispute.get("created"), at),
        },
    )
    Dispute.objects.filter(pk=row.pk, closed_at=None).update(
        status=status, closed_at=at if is_closed else None
    )
