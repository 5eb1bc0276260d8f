"""Give back what is owed, without anybody having to ask."""

import datetime as dt

from django.db import transaction

from marketplace.orders.models import Order, RefundDue
from marketplace.payments.models import Payment, PaymentEvent, Refund
from marketplace.payments.operations.apply_event import apply_event, ours
from marketplace.payments.operations.intend import intend
from marketplace.payments.operations.send import send
from marketplace.payments.queries import dues, refundable_vnd


def settle(*, at: dt.datetime) -> int:
    """Send every refund that is due or stopped halfway; returns how many have left.

    While a buyer may still choose another point, her money stays. A refund that failed
    waits for a manager.
    """
    for due in dues().exclude(refunds__state=Refund.State.FAILED):
        intend_due(due=due, at=at)
    waiting = Refund.objects.filter(state=Refund.State.INTENDED).order_by("pk")
    sent = [send(refund=refund, at=at) for refund in waiting]
    return sum(refund.state == Refund.State.DONE for refund in sent)


@transaction.atomic
def intend_due(*, due: RefundDue, at: dt.datetime) -> list[Refund]:
    """Write the refunds that pay what is owed, from what the order has paid.

    What nobody paid is owed no more. Payments that are useless give first.
    """
    Order.objects.select_for_update().get(pk=due.order_id)
    due.refresh_from_db()
    payments = Payment.objects.filter(order=due.order_id).order_by("pk")
    offered = payments.filter(offer_until__gt=at, state=Payment.State.REFUND_DUE)
    if due.settled_at or due.refunds.exists() or offered.exists():
        return []
    left = due.amount_vnd
    refunds: list[Refund] = []
    for payment in sorted(payments, key=lambda p: p.state != Payment.State.REFUND_DUE):
        amount = min(left, refundable_vnd(payment))
        if not amount:
            continue
        if amount == payment.here_vnd and payment.state == Payment.State.PAID:
            news = ours(payment, PaymentEvent.Kind.OWED, at, why=due.reason)
            apply_event(payment=payment, news=news, at=at)
        refunds.append(
            intend(
                payment=payment,
                amount_vnd=amount,
                reason=due.reason,
                key=f"due-{due.pk}-{payment.pk}",
                actor=None,
                at=at,
                due=due,
            )
        )
        left -= amount
    if refunds and left:  # more was never paid, so no more is owed
        RefundDue.objects.filter(pk=due.pk).update(amount_vnd=due.amount_vnd - left)
    elif not any(payment.here_vnd > 0 for payment in payments):
        RefundDue.objects.filter(pk=due.pk).update(settled_at=at)
    return refunds
