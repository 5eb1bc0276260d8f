"""What was sold in some days, as the bookkeeper asks for it, and its sums."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from catalogue.vat import VatSum
from marketplace.accounting.queries.entries import entries
from marketplace.accounting.queries.entries.entry import Entry, Period, sums_of
from stores.models import SalesPoint

ANY = "any"
"""Every rate; the empty one is that of sums whose rate is still to be decided."""


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both with, as days are counted in Việt Nam."""

    first: dt.date
    last: dt.date

    @property
    def period(self) -> Period:
        return Period(start_of(self.first), start_of(self.last + dt.timedelta(days=1)))


@dataclass(frozen=True)
class PointSums:
    """What one point sold, by rate."""

    point: SalesPoint
    sums: list[VatSum]


def start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def sales_of(
    *, days: Days, point: SalesPoint | None = None, rate: str = ANY
) -> list[Entry]:
    """Every line sold or taken back, oldest first; see `entries` for its queries."""
    found = entries(period=days.period, point=point)
    return [entry for entry in found if rate in (ANY, entry.rate)]


def sums_by_point(sold: Iterable[Entry]) -> list[PointSums]:
    """By point, in the order in which points were opened, and by rate."""
    found: dict[SalesPoint, list[Entry]] = {}
    for entry in sold:
        found.setdefault(entry.point, []).append(entry)
    points = sorted(found, key=lambda point: point.pk)
    return [PointSums(point, sums_of(found[point])) for point in points]
