"""A line of the books, and how money of its kind is named and summed."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalogue.vat import VatSum, by_rate
from marketplace.orders.models import Line
from marketplace.payments.models import Payment, PaymentEvent
from stores.models import DeskSale, SalesPoint

Rows = QuerySet[Any]
AT_ONCE = 500


class What(StrEnum):
    """What an entry is of."""

    SALE = "sale"
    POSTAGE = "postage"
    RETURN = "return"
    REDUCTION = "reduction"


@dataclass(frozen=True)
class Entry:
    """One line of the books, in whole dong; negative where something goes back.

    `point` is the one that sold, also when the goods came back elsewhere. `way` says
    how it was paid, in words. `rate` is empty where money was given back without goods:
    that is the bookkeeper's to decide.
    """

    at: dt.datetime
    number: str
    point: SalesPoint
    what: What
    name: str
    code: str
    units: int
    price_vnd: int
    gross_vnd: int
    rate: str
    vat_vnd: int
    way: str

    @property
    def net_vnd(self) -> int:
        return self.gross_vnd - self.vat_vnd


@dataclass(frozen=True)
class Period:
    """From one moment up to and without another; None is without end."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None

    def __call__(self, rows: Rows, field: str) -> Rows:
        if self.start:
            rows = rows.filter(**{f"{field}__gte": self.start})
        if self.end:
            rows = rows.filter(**{f"{field}__lt": self.end})
        return rows.order_by(field, "pk")


ALWAYS = Period()


def sums_of(sold: Iterable[Entry]) -> list[VatSum]:
    """By rate, the highest first."""
    return by_rate((one.rate, one.gross_vnd, one.vat_vnd) for one in sold)


def name_of(line: Line) -> str:
    return str(line.product.name if line.product else line.title)


def with_way(rows: Rows, order: str) -> Rows:
    """Each with how its order was paid in the end: by which way, and how at a desk."""
    paid = Payment.objects.filter(order=OuterRef(order), paid_vnd__gt=0).order_by("-pk")
    told = PaymentEvent.objects.filter(
        payment__order=OuterRef(order),
        source=PaymentEvent.Source.DESK,
        kind=PaymentEvent.Kind.PAID,
        outcome=PaymentEvent.Outcome.APPLIED,
    ).order_by("-pk")
    with_both: Rows = rows.annotate(
        paid_way=Subquery(paid.values("way")[:1]),
        paid_by=Subquery(told.values("paid_by")[:1]),
    )
    return with_both


def way_of(row: Any) -> str:
    """At a counter, how it was paid there; else by which way."""
    if not row.paid_way:
        return _("not paid")
    if row.paid_way == Payment.Way.POINT and row.paid_by:
        return str(DeskSale.PaidBy(row.paid_by).label)
    return str(Payment.Way(row.paid_way).label)


def of_point(rows: Rows, point: SalesPoint | None, path: str) -> Rows:
    return rows.filter(**{path: point}) if point else rows


def sum_before(rows: Rows, of: str, field: str) -> Coalesce:
    """The sum of a field over the rows of the same line that were written earlier."""
    earlier = rows.filter(**{of: OuterRef(of)}, pk__lt=OuterRef("pk")).order_by()
    summed = earlier.values(of).annotate(sum=Sum(field))
    return Coalesce(Subquery(summed.values("sum")), 0)
