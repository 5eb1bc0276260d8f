"""What should be in a point's till, counted from the last close on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from marketplace.accounting.models import TillClose
from marketplace.payments.models import PaymentEvent, PaymentMethod
from stores.models import DeskSale, SalesEntry, SalesPoint

Kind = PaymentEvent.Kind
PaidBy = DeskSale.PaidBy


@dataclass(frozen=True)
class Till:
    """By kind of payment, whole dong; cash includes what was left in the drawer."""

    number: int
    opening_cash_vnd: int
    cash_vnd: int
    card_vnd: int
    transfer_vnd: int
    sales: int
    payments: int
    last: TillClose | None

    @property
    def sums(self) -> tuple[int, int, int]:
        return self.cash_vnd, self.card_vnd, self.transfer_vnd

    @property
    def expected(self) -> str:
        """What the keeper's form carries, to see whether the sums changed."""
        return "/".join(str(sum_) for sum_ in self.sums)


def open_sales(point: SalesPoint) -> QuerySet[SalesEntry]:
    """Entries of sales at the desk, paid at once, that no close has counted."""
    return SalesEntry.objects.filter(
        point=point, sale__isnull=False, till_entry__isnull=True
    )


def open_payments(point: SalesPoint) -> QuerySet[PaymentEvent]:
    """Money that was collected or refunded at the desk and that no close has counted.

    Here goods and money differ: an order's money may come before or after its goods.
    What the postman collects goes to the account of the shop and never into a drawer.
    """
    return PaymentEvent.objects.filter(
        point=point,
        source=PaymentEvent.Source.DESK,
        outcome=PaymentEvent.Outcome.APPLIED,
        kind__in=[Kind.PAID, Kind.REFUNDED],
        till_entry=None,
    ).exclude(payment__method=PaymentMethod.COD, kind=Kind.PAID)


def expected_till(
    point: SalesPoint,
    sales: Sequence[SalesEntry] | None = None,
    payments: Sequence[PaymentEvent] | None = None,
) -> Till:
    """What the next close should find. Three queries, fewer with the rows."""
    last = closes_at(point).first()
    sums = dict.fromkeys(PaidBy.values, 0)
    sales = list(open_sales(point)) if sales is None else sales
    payments = list(open_payments(point)) if payments is None else payments
    for sale in sales:
        sums[sale.payment_method] += sale.gross_vnd
    for event in payments:
        sums[event.paid_by or PaidBy.CASH] += event.amount_vnd
    left = last.left_in_drawer_vnd if last else 0
    return Till(
        number=last.number + 1 if last else 1,
        opening_cash_vnd=left,
        cash_vnd=left + sums[PaidBy.CASH],
        card_vnd=sums[PaidBy.CARD],
        transfer_vnd=sums[PaidBy.TRANSFER],
        sales=len({sale.document for sale in sales}),
        payments=len(payments),
        last=last,
    )


def closes_at(point: SalesPoint) -> QuerySet[TillClose]:
    """The closes of a point, newest first."""
    return point.till_closes.select_related("actor").order_by("-number")


def all_closes() -> QuerySet[TillClose]:
    """The closes of every point, newest first."""
    return TillClose.objects.select_related("actor", "point").order_by("-at", "-pk")


def last_closes() -> list[tuple[SalesPoint, TillClose | None]]:
    """Every open point with its last close, the one that waits longest first."""
    at_point = TillClose.objects.filter(point=OuterRef("point")).order_by("-number")
    newest = TillClose.objects.filter(pk=Subquery(at_point.values("pk")[:1]))
    last = {close.point_id: close for close in newest}
    points = SalesPoint.objects.filter(is_open=True).order_by("pk")
    pairs = [(point, last.get(point.pk)) for point in points]
    return sorted(pairs, key=lambda pair: pair[1].at.timestamp() if pair[1] else 0)
