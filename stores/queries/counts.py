"""What a count goes through, and what it found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from catalogue.models import Product
from catalogue.queries import by_name
from catalogue.text import fold
from stores.models import CountLine, SalesPoint, StockCount, StockLot
from stores.queries.shelves import has_word

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Counting(TypedDict):
        is_counted: bool
        found: int | None
        again: bool

    LotToCount = WithAnnotations[StockLot, Counting]


def lots_to_count(
    count: StockCount, *, text: str = "", only: str = ""
) -> "QuerySet[LotToCount]":
    """The lots that a count goes through, as they lie on the shelf: by product.

    Each carries `is_counted`, `found` (units, or None) and `again`, whether it waits
    for its second count. Lots that ran out are among them when they were counted, or
    when `text` (words of the name, a bar code or a lot) asks for them. `only` is
    `done`, `to_do`, and of those `left` (not counted at all) or `again`.
    """
    lines = CountLine.objects.filter(
        count=count, record=OuterRef("record"), batch=OuterRef("batch")
    )
    lots = (
        StockLot.objects.filter(record__partner=count.point.partner_id)
        .select_related("batch", "record__product__picture")
        .prefetch_related("record__product__picture__renditions")
        .annotate(
            is_counted=Exists(lines),
            found=Subquery(lines.values("counted")[:1]),
            again=Exists(lines.to_recount()),
        )
        .order_by(by_name("record__product__"), "record", "batch__best_before", "pk")
    )
    state = {
        "done": Q(is_counted=True, again=False),
        "to_do": Q(is_counted=False) | Q(again=True),
        "left": Q(is_counted=False),
        "again": Q(again=True),
    }
    lots = lots.filter(state.get(only, Q()))
    if not text:
        return lots.filter(Q(on_hand__gt=0) | Q(is_counted=True))
    for word in fold(text).split():
        entries = Product.objects.filter(has_word(word), pk=OuterRef("record__product"))
        lots = lots.filter(
            Q(Exists(entries))
            | Q(record__product__upc=word)
            | Q(batch__lot__iexact=word)
        )
    return lots


@dataclass(frozen=True)
class Progress:
    """How far a count has come, in lots."""

    total: int
    counted: int
    again: int

    @property
    def to_do(self) -> int:
        """Lots still to be counted, for the first or the second time."""
        return self.total - self.done

    @property
    def done(self) -> int:
        return self.counted - self.again


def count_progress(count: StockCount) -> Progress:
    """One query."""
    lots = lots_to_count(count).order_by()
    states = lots.values_list("is_counted", "again").annotate(lots=Count("pk"))
    number = {(is_counted, again): lots for is_counted, again, lots in states}
    return Progress(
        total=sum(number.values()),
        counted=number.get((True, False), 0) + number.get((True, True), 0),
        again=number.get((True, True), 0),
    )


def counts_with_variance(point: SalesPoint) -> QuerySet[StockCount]:
    """The point's counts, latest first, each with what it found.

    Units and whole dong at the price: `missing`, `missing_vnd`, `over`, `over_vnd`;
    and `lots`, how many were counted.
    """
    counts = point.counts.select_related("started_by", "ended_by").order_by("-pk")
    return counts.annotate(lots=Count("lines"), **variance("lines__"))


def worth_of_difference(path: str = "") -> Combinable:
    """Whole dong by which lines of counts differ; wide enough for dear goods."""
    off = F(f"{path}counted") - F(f"{path}expected")
    return Cast(off, BigIntegerField()) * F(f"{path}price_vnd")


def variance(path: str = "") -> dict[str, Combinable]:
    """Sums over lines of counts, which lie at `path`."""
    off = F(f"{path}counted") - F(f"{path}expected")
    worth = worth_of_difference(path)
    over, missing = (
        Q(**{f"{path}counted__{side}": F(f"{path}expected")}) for side in ("gt", "lt")
    )
    return {
        "missing": Coalesce(Sum(-off, filter=missing), 0),
        "missing_vnd": Coalesce(Sum(-worth, filter=missing), 0),
        "over": Coalesce(Sum(off, filter=over), 0),
        "over_vnd": Coalesce(Sum(worth, filter=over), 0),
    }
