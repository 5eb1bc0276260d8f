"""The receipt of an order: who sold what to whom, the VAT in it, what was paid."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from catalogue.vat import VatSum
from marketplace.accounting.queries.entries import taken_back
from marketplace.accounting.queries.entries.entry import Entry, sums_of
from marketplace.accounting.queries.entries.goods import sale_of
from marketplace.accounting.queries.entries.postage import postage_entry
from marketplace.orders.models import Fulfilment, Order
from marketplace.payments.models import PaymentEvent
from stores.models import SalesPoint

MOVES = (
    PaymentEvent.Kind.PAID,
    PaymentEvent.Kind.REFUNDED,
    PaymentEvent.Kind.REFUND_FAILED,
)


@dataclass(frozen=True)
class Moved:
    """Money that came, or went back (negative), whole dong."""

    at: dt.datetime
    kind: str
    way: str
    amount_vnd: int

    @property
    def comes(self) -> bool:
        return self.amount_vnd >= 0


@dataclass(frozen=True)
class Receipt:
    """`sold` are the lines with the postage, `back` what was taken off afterwards."""

    order: Order
    buyer: Fulfilment
    sellers: list[SalesPoint]
    sold: list[Entry]
    back: list[Entry]
    moves: list[Moved]

    @property
    def entries(self) -> list[Entry]:
        return [*self.sold, *self.back]

    @property
    def sums(self) -> list[VatSum]:
        return sums_of(self.entries)

    @property
    def total_vnd(self) -> int:
        return sum(one.gross_vnd for one in self.entries)

    @property
    def vat_vnd(self) -> int:
        return sum(one.vat_vnd for one in self.entries)

    @property
    def paid_vnd(self) -> int:
        """What came and has not gone back."""
        return sum(one.amount_vnd for one in self.moves)

    @property
    def missing_vnd(self) -> int:
        return max(0, self.total_vnd - self.paid_vnd)

    @property
    def owed_vnd(self) -> int:
        """What the buyer gets back and has not got yet."""
        return max(0, self.paid_vnd - self.total_vnd)


def receipt_of(order: Order) -> Receipt:
    """The receipt as it stands now, at the prices and rates of the day of sale.

    The order comes with its jobs, parts and points loaded, as `order_or_404` does it.
    What was cancelled before it was given is left out. Six queries.
    """
    fulfilments = list(order.fulfilments.all())
    prefetch_related_objects(fulfilments, "point__operator")
    for fulfilment in fulfilments:
        fulfilment.order = order
    going = [
        fulfilment
        for fulfilment in fulfilments
        if fulfilment.status not in Fulfilment.WITHOUT_GOODS
    ]
    sold = []
    for fulfilment in going:
        for part in fulfilment.lines.all():
            part.fulfilment = fulfilment
            if part.live_units:
                at = fulfilment.handed_over_at or order.date_placed
                sold.append(sale_of(part, part.live_units, at, ""))
    if sold and order.shipping_incl_tax:
        sold.append(postage_entry(going[0], order.date_placed, ""))
    return Receipt(
        order=order,
        buyer=fulfilments[0],
        sellers=list(
            dict.fromkeys(fulfilment.point for fulfilment in going or fulfilments)
        ),
        sold=sold,
        back=taken_back(order.pk),
        moves=moves_of(order),
    )


def moves_of(order: Order) -> list[Moved]:
    """Money that came and went, oldest first. One query."""
    told = (
        PaymentEvent.objects.filter(
            payment__order=order,
            outcome=PaymentEvent.Outcome.APPLIED,
            kind__in=MOVES,
        )
        .exclude(amount_vnd=0)
        .select_related("payment")
        .order_by("happened_at", "pk")
    )
    return [
        Moved(
            at=event.happened_at,
            kind=event.kind,
            way=event.means,
            amount_vnd=event.amount_vnd,
        )
        for event in told
    ]
