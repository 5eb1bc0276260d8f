"""The receipt of an order: who sold what to whom, the VAT in it, what was paid."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from catalogue.vat import VatSum
from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.operations.record_sales import line_entry, postage_entry
from marketplace.orders.own_orders import Recipient, get_recipient
from marketplace.payments.models import PaymentEvent
from stores.models import SalesEntry, SalesPoint, vat_sums

Kind = SalesEntry.Kind


@dataclass(frozen=True)
class MoneyMovement:
    """Money that came, or went back (negative), whole dong."""

    at: dt.datetime
    method: str
    amount_vnd: int

    @property
    def is_incoming(self) -> bool:
        return self.amount_vnd >= 0


@dataclass(frozen=True)
class Receipt:
    """`sold` are the lines with the postage, `taken_back` what came off afterwards."""

    order: Order
    buyer: Recipient
    sellers: list[SalesPoint]
    sold: list[SalesEntry]
    taken_back: list[SalesEntry]
    payments: list[MoneyMovement]
    has_alcohol: bool

    @property
    def entries(self) -> list[SalesEntry]:
        return [*self.sold, *self.taken_back]

    @property
    def sums(self) -> list[VatSum]:
        return vat_sums(self.entries)

    @property
    def total_vnd(self) -> int:
        return sum(one.gross_vnd for one in self.entries)

    @property
    def vat_vnd(self) -> int:
        return sum(one.vat_vnd for one in self.entries)

    @property
    def paid_vnd(self) -> int:
        """What came and has not gone back."""
        return sum(one.amount_vnd for one in self.payments)

    @property
    def amount_due_vnd(self) -> int:
        return max(0, self.total_vnd - self.paid_vnd)

    @property
    def refund_due_vnd(self) -> int:
        """What the buyer gets back and has not got yet."""
        return max(0, self.paid_vnd - self.total_vnd)


def get_receipt(order: Order, *, masked: bool = False) -> Receipt:
    """The receipt as it stands now, at the prices and rates of the day of sale.

    What was handed over is read from the journal; what the buyer still waits for is as
    it will be written there. `masked` hides who the buyer is. The order has its
    fulfilments, lines and points loaded, as by `get_order`. Five queries.
    """
    fulfilments = list(order.fulfilments.all())
    prefetch_related_objects(
        fulfilments, "point__operator", "lines__reservation__record__product"
    )
    rows = SalesEntry.objects.filter(document=order.number).order_by("at", "pk")
    written = list(rows.select_related("point", "record__product"))
    going = [one for one in fulfilments if one.status not in Fulfilment.WITHOUT_GOODS]
    return Receipt(
        order=order,
        buyer=get_recipient(fulfilments[0], masked=masked),
        sellers=list(dict.fromkeys(one.point for one in going or fulfilments)),
        sold=sold_entries(order, going, [one for one in written if not one.reference]),
        taken_back=[one for one in written if one.reference],
        payments=money_movements(order),
        has_alcohol=any(one.has_alcohol for one in fulfilments if one.is_open),
    )


def sold_entries(
    order: Order, going: list[Fulfilment], written: list[SalesEntry]
) -> list[SalesEntry]:
    """Each line from the journal, or as it will be there, and the postage."""
    lines = {one.order_line: one for one in written if one.kind == Kind.SALE}
    sold = []
    for fulfilment in going:
        fulfilment.order = order
        for line in fulfilment.lines.all():
            line.fulfilment = fulfilment
            if line.live_units:
                planned = line_entry(line, line.live_units, at=order.date_placed)
                sold.append(lines.get(line.line_id, planned))
    if sold and order.shipping_incl_tax:
        postage = [one for one in written if one.kind == Kind.POSTAGE]
        sold += postage or [postage_entry(going[0], at=order.date_placed)]
    return sold


def money_movements(order: Order) -> list[MoneyMovement]:
    """Money that came and went, oldest first. One query."""
    kinds = PaymentEvent.Kind
    events = PaymentEvent.objects.filter(
        payment__order=order,
        outcome=PaymentEvent.Outcome.APPLIED,
        kind__in=[kinds.PAID, kinds.REFUNDED, kinds.REFUND_FAILED],
    ).exclude(amount_vnd=0)
    return [
        MoneyMovement(event.happened_at, event.method_display, event.amount_vnd)
        for event in events.select_related("payment").order_by("happened_at", "pk")
    ]
