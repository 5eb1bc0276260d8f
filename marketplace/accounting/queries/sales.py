"""The journal of sales as the bookkeeper reads it, and its sums."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.vat import VatSum
from marketplace.payments.models import Payment, PaymentEvent, PaymentMethod
from stores.models import DeskSale, SalesEntry, SalesPoint, vat_sums

ANY = "any"
"""Every rate; the empty one is that of sums whose rate is still to be decided."""

METHODS = dict(DeskSale.PaidBy.choices) | dict(PaymentMethod.choices)


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both with, as days are counted in Việt Nam."""

    first: dt.date
    last: dt.date

    @property
    def start(self) -> dt.datetime:
        return midnight(self.first)

    @property
    def end(self) -> dt.datetime:
        return midnight(self.last + dt.timedelta(days=1))


@dataclass(frozen=True)
class PointSums:
    """What one point sold, by rate."""

    point: SalesPoint
    sums: list[VatSum]


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def sales_entries(
    *, days: Days, point: SalesPoint | None = None, rate: str = ANY
) -> list[SalesEntry]:
    """Every line sold or taken back, oldest first, with how it was paid. One query.

    The journal is written before an order that the postman collects for is paid, so
    the payment method of an order is read from its payments.
    """
    rows = SalesEntry.objects.filter(at__gte=days.start, at__lt=days.end)
    if point:
        rows = rows.filter(point=point)
    if rate != ANY:
        rows = rows.filter(vat_rate=rate)
    paid = Payment.objects.filter(order__number=OuterRef("document"), paid_vnd__gt=0)
    collected = PaymentEvent.objects.filter(
        payment__order__number=OuterRef("document"),
        source=PaymentEvent.Source.DESK,
        kind=PaymentEvent.Kind.PAID,
        outcome=PaymentEvent.Outcome.APPLIED,
    )
    return list(
        rows.select_related("point", "record__product")
        .annotate(
            order_method=Subquery(paid.order_by("-pk").values("method")[:1]),
            collected_by=Subquery(collected.order_by("-pk").values("paid_by")[:1]),
        )
        .order_by("at", "pk")
    )


def payment_label(entry: Any) -> str:
    """How a line from `sales_entries` was paid; of an order, how it was in the end."""
    method = entry.payment_method or entry.order_method
    if not entry.payment_method and method == PaymentMethod.POINT:
        method = entry.collected_by or method
    return str(METHODS[method]) if method else _("not paid")


def sums_by_point(entries: Iterable[SalesEntry]) -> list[PointSums]:
    """By point, in the order in which points were opened, and by rate."""
    found: dict[SalesPoint, list[SalesEntry]] = {}
    for entry in entries:
        found.setdefault(entry.point, []).append(entry)
    points = sorted(found, key=lambda point: point.pk)
    return [PointSums(point, vat_sums(found[point])) for point in points]
