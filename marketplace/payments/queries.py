"""Which payment is meant, what of it can go back, and what waits for somebody."""

import datetime as dt
import uuid

from django.db.models import QuerySet, Sum

from marketplace.order.models import Order
from marketplace.payments.models import (
    Dispute,
    Payment,
    PaymentEvent,
    Refund,
    RefundLine,
)
from marketplace.payments.telling import Names
from stores.models import RefundDue, SalesPoint
from stores.queries import free_records

GIVEN_UP = ("won", "warning_closed", "prevented")
"""Disputes that took nothing from us, in Stripe's words."""


def payment_named(names: Names) -> Payment | None:
    """The payment by our own key, or else by what Stripe calls it."""
    try:
        found = Payment.objects.filter(key=uuid.UUID(names.key)).first()
    except ValueError:
        found = None
    if not found and names.session:
        found = Payment.objects.filter(reference=names.session).first()
    if not found and names.intent:
        found = Payment.objects.filter(money_reference=names.intent).first()
    return found


def refundable_vnd(payment: Payment) -> int:
    """What of it can still be sent back, whole dong.

    Refunds under way have left already in this view, and what a bank disputes is not
    ours to give a second time.
    """
    going = payment.refunds.filter(state__in=Refund.UNDER_WAY).aggregate(
        vnd=Sum("amount_vnd", default=0)
    )["vnd"]
    disputed = payment.disputes.exclude(status__in=GIVEN_UP).aggregate(
        vnd=Sum("amount_vnd", default=0)
    )["vnd"]
    return max(0, payment.here_vnd - int(going) - int(disputed))


def points_instead(order: Order, *, at: dt.datetime) -> list[SalesPoint]:
    """Points where all goods of a pick-up lie free, the nearest to its own first.

    None for what is brought or sent: that is nobody's walk.
    """
    job = order.fulfilments.select_related("point").order_by("pk")[0]
    if job.way != job.Way.PICKUP:
        return []
    wanted = dict(job.parts.values_list("record__product", "units"))
    rows = (
        free_records(at=at)
        .exclude(partner=job.point.partner_id)
        .filter(product__in=wanted)
        .values_list("partner", "product", "free")
    )
    has: dict[int, set[int]] = {}
    for partner, product, free in rows:
        if free >= wanted[product]:
            has.setdefault(partner, set()).add(product)
    whole = [
        partner for partner, products in has.items() if len(products) == len(wanted)
    ]
    points = SalesPoint.objects.filter(
        partner__in=whole, is_open=True, offers_pickup=True
    )
    return sorted(points, key=lambda point: point.distance_km(job.point))


def units_refunded(payment: Payment) -> dict[int, int]:
    """Order line id to the units that were paid back, or are about to be."""
    rows = RefundLine.objects.filter(refund__payment=payment).exclude(
        refund__state=Refund.State.FAILED
    )
    return dict(rows.order_by().values_list("line").annotate(given_back=Sum("units")))


def kept_events() -> QuerySet[PaymentEvent]:
    """What could not be applied and nobody has answered yet, newest first."""
    return (
        PaymentEvent.objects.filter(outcome="kept", answered_by=None)
        .select_related("payment__order")
        .order_by("-pk")
    )


def dues() -> QuerySet[RefundDue]:
    """Money owed to buyers and not yet given back, oldest first."""
    return (
        RefundDue.objects.filter(settled_at=None).select_related("order").order_by("pk")
    )


def open_disputes() -> QuerySet[Dispute]:
    return (
        Dispute.objects.filter(closed_at=None)
        .select_related("payment__order")
        .order_by("answer_by", "pk")
    )
