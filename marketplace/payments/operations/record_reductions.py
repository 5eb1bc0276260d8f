"""Write money that went back without goods in the journal of sales."""

from functools import partial

from marketplace.orders.models import Order
from marketplace.payments.models import Payment, PaymentEvent
from stores.models import SalesEntry
from stores.operations.record_sale import record_sale

Kind = PaymentEvent.Kind


def record_reductions(*, order: Order) -> None:
    """Every refund that reduces a sale and is not in the journal yet.

    What was refunded before anything was handed over is written with the hand-over. A
    refund due for goods that were cancelled or came back, or for what was paid too
    much, reduces nothing. Whoever calls it holds the order's lock.
    """
    entries = SalesEntry.objects.filter(document=order.number)
    sold = entries.filter(kind=SalesEntry.Kind.SALE).order_by("at", "pk").first()
    if sold is None:
        return
    written = set(entries.values_list("reference", flat=True))
    for payment in order.payments.order_by("pk"):
        events = payment.events.filter(
            outcome=PaymentEvent.Outcome.APPLIED,
            kind__in=[Kind.REFUNDED, Kind.REFUND_FAILED],
        )
        for event in events.order_by("happened_at", "pk"):
            if f"event-{event.pk}" not in written:
                record_sale(reductions(payment, event, sold))


def reductions(
    payment: Payment, event: PaymentEvent, sold: SalesEntry
) -> list[SalesEntry]:
    """By line where goods were named, else one sum without a VAT rate.

    A refund that failed afterwards is written the other way round.
    """
    subject = event.external_id.rsplit(":", 1)[0]
    refund = payment.refunds.filter(reference=subject).first()
    if refund and refund.due_id:
        return []
    entry = partial(
        SalesEntry,
        kind=SalesEntry.Kind.REDUCTION,
        at=max(event.happened_at, sold.at),
        document=sold.document,
        reference=f"event-{event.pk}",
        payment_method=event.paid_by or payment.method,
        actor_id=event.actor_id,
    )
    lines = refund.lines.order_by("pk") if refund else []
    sign = -1 if event.kind == Kind.REFUNDED else 1
    return [
        entry(
            order_line=line.line_id,
            point=line.line.fulfilment_line.fulfilment.point,
            record=line.line.fulfilment_line.reservation.record,
            sku=line.line.partner_sku,
            units=sign * line.units,
            price_vnd=line.amount_vnd // line.units,
            gross_vnd=sign * line.amount_vnd,
            vat_rate=line.line.tax_code or "",
        )
        for line in lines
    ] or [entry(point=sold.point, gross_vnd=event.amount_vnd)]
