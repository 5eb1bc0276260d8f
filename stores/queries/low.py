"""What runs low, and where more of it could come from."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from catalogue.queries import by_name
from stores.models import SalesPoint, StockMovement, Transfer, TransferLine
from stores.partner.models import StockRecord
from stores.queries.free import free_records
from stores.queries.shelves import shelf_records

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord


SPEED_DAYS = 28
"""Four whole weeks: every weekday counts alike, and a season is still felt."""


SAFETY_DAYS = 3
"""What a delivery may be late, or a weekend may sell more than usual."""


UNKNOWN_LEAD = dt.timedelta(days=7)
"""How long goods take where no point sends them: about what a maker needs."""


@dataclass(frozen=True)
class Source:
    """A point that could send a product: `free` units, there after `lead`."""

    point: SalesPoint
    free: int
    lead: dt.timedelta

    @property
    def hours(self) -> int:
        return self.lead // dt.timedelta(hours=1)


@dataclass(frozen=True)
class Threshold:
    """A suggested threshold and what it follows from."""

    sold: int
    lead: dt.timedelta
    source: Source | None

    @property
    def units(self) -> int:
        """What sells while a delivery comes, whole units; 0 where nothing sold."""
        days = self.lead + dt.timedelta(days=SAFETY_DAYS)
        return -(-self.sold * days // dt.timedelta(days=SPEED_DAYS))


@dataclass(frozen=True)
class LowStock:
    """A product that runs low, and where more of it could come from.

    `coming` is the line of an open transfer that carries it.
    """

    record: "FreeRecord"
    source: Source | None
    coming: TransferLine | None

    @property
    def units_to_request(self) -> int:
        """Up to twice the threshold, so that one delivery lasts; at least one unit."""
        if self.source is None:
            return 0
        missing = 2 * (self.record.low_stock_threshold or 0) - self.record.free
        return min(self.source.free, max(missing, 1))


def running_low(point: SalesPoint, *, at: dt.datetime) -> "QuerySet[FreeRecord]":
    """The point's records with no more free units than their threshold, least first.

    Only of what may be sold that day; a record without a threshold is not watched.
    """
    return shelf_records(point, at=at, only="low").order_by(
        "free", by_name("product__"), "pk"
    )


def low_goods(point: SalesPoint, *, at: dt.datetime) -> list[LowStock]:
    """All that runs low, as `with_sources` tells it."""
    return with_sources(running_low(point, at=at), point=point, at=at)


def with_sources(
    records: Iterable["FreeRecord"], *, point: SalesPoint, at: dt.datetime
) -> list[LowStock]:
    """The records in their order, each with its best source and what is coming.

    Two queries beside that of the records.
    """
    records = list(records)
    products = [record.product_id for record in records]
    sources = best_sources(products, point=point, at=at)
    coming = {
        line.product_id: line for line in open_transfer_lines(point, products=products)
    }
    return [
        LowStock(record, sources.get(record.product_id), coming.get(record.product_id))
        for record in records
    ]


def best_sources(
    products: Iterable[int], *, point: SalesPoint, at: dt.datetime
) -> dict[int, Source]:
    """Product id to the point that has most of it free and is known to send here.

    Of equals the quicker one. One query.
    """
    there = (
        free_records(at=at)
        .filter(product__in=products, partner__sales_point__leads_to__destination=point)
        .annotate(hours=F("partner__sales_point__leads_to__hours"))
        .select_related("partner__sales_point")
        .order_by("-free", "hours", "pk")
    )
    best: dict[int, Source] = {}
    for record in there:
        lead = dt.timedelta(hours=record.hours)
        source = Source(record.partner.sales_point, record.free, lead)
        best.setdefault(record.product_id, source)
    return best


def open_transfer_lines(
    point: SalesPoint, *, products: Iterable[int]
) -> QuerySet[TransferLine]:
    """Lines of open transfers that refill the point's shelf; not those that buyers
    wait for."""
    return (
        TransferLine.objects.filter(
            transfer__in=Transfer.objects.open().filter(destination=point),
            product__in=products,
            reservation=None,
        )
        .select_related("transfer__source")
        .order_by("pk")
    )


def suggested_threshold(
    record: StockRecord, *, point: SalesPoint, at: dt.datetime
) -> Threshold:
    """From how many free units down to watch a record of the point.

    What sells there while more comes from the best source, by the sales of the last
    four weeks. Two queries.
    """
    since = at - dt.timedelta(days=SPEED_DAYS)
    sold = record.movements.filter(
        kind__in=[
            StockMovement.Kind.SELL,
            StockMovement.Kind.SELL_AT_DESK,
            StockMovement.Kind.UNDO_SALE,
        ],
        at__gt=since,
        at__lte=at,
    ).aggregate(units=Coalesce(Sum("quantity"), 0))
    source = best_sources([record.product_id], point=point, at=at).get(
        record.product_id
    )
    lead = source.lead if source else UNKNOWN_LEAD
    return Threshold(sold=-sold["units"], lead=lead, source=source)


@dataclass(frozen=True)
class LowStockSummary:
    """How many goods run low at a point, and the first of them."""

    number: int
    first: Sequence["FreeRecord"]


SUMMARY_LENGTH = 3


def low_stock_summary(point: SalesPoint, *, at: dt.datetime) -> LowStockSummary:
    """Two queries."""
    low = running_low(point, at=at)
    first = list(low.prefetch_related(None)[:SUMMARY_LENGTH])
    number = low.count() if len(first) == SUMMARY_LENGTH else len(first)
    return LowStockSummary(number=number, first=first)
