"""Take in what Stripe tells."""

import datetime as dt

from marketplace.payments.models import Dispute, Payment, PaymentEvent
from marketplace.payments.operations.apply_event import apply_event
from marketplace.payments.queries import payment_named
from marketplace.payments.stripe_events import Thing, moment, read, whole_dong


def hear(*, event: Thing, at: dt.datetime) -> list[PaymentEvent]:
    """Apply what a verified event says; what it says nothing of is kept and ignored."""
    told = read(event, at=at)
    payment = payment_named(told.names)
    if told.dispute:
        record_dispute(told.dispute, payment, at)
    return [apply_event(payment=payment, news=news, at=at) for news in told.news]


def record_dispute(told: Thing, payment: Payment | None, at: dt.datetime) -> None:
    """Write a dispute down as it now stands; one that is over stays over."""
    status = str(told.get("status"))[:40]
    evidence = told.get("evidence_details")
    over = status in ("won", "lost", "warning_closed", "prevented")
    due_by = evidence.get("due_by") if isinstance(evidence, dict) else None
    dispute, _created = Dispute.objects.get_or_create(
        reference=str(told["id"])[:255],
        defaults={
            "payment": payment,
            "amount_vnd": whole_dong(told.get("amount")) or 0,
            "reason": str(told.get("reason") or "")[:60],
            "status": status,
            "answer_by": moment(due_by, at) if due_by else None,
            "opened_at": moment(told.get("created"), at),
        },
    )
    Dispute.objects.filter(pk=dispute.pk, closed_at=None).update(
        status=status, closed_at=at if over else None
    )
