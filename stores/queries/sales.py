"""Sales at the desk, as their point looks back on them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Sum

from catalogue.models import Batch
from stores.models import DeskSale, SalesEntry, SalesPoint, StockMovement
from stores.partner.models import StockRecord

Kind = StockMovement.Kind


@dataclass(frozen=True)
class SoldLot:
    """Units of a lot that a sale took off the shelf and that did not come back."""

    record: StockRecord
    batch: Batch
    units: int

    @property
    def field(self) -> str:
        """The name of its field in the form that takes it back."""
        return f"units-{self.record.pk}-{self.batch.pk}"


def sold_lots(sale: DeskSale) -> list[SoldLot]:
    """What a sale took and has not come back, by lot. Three queries."""
    records = StockRecord.objects.filter(
        pk__in=sale.lines.order_by().values("record")
    ).select_related("product")
    by_id = {record.pk: record for record in records}
    moved = (
        StockMovement.objects.filter(
            record__in=by_id,
            document=sale.number,
            kind__in=[Kind.SELL_AT_DESK, Kind.UNDO_SALE],
        )
        .order_by("record", "batch")
        .values_list("record", "batch")
        .annotate(units=-Sum("quantity"))
    )
    left = [row for row in moved if row[2]]
    batches = Batch.objects.select_related("product").in_bulk({row[1] for row in left})
    return [SoldLot(by_id[record], batches[lot], units) for record, lot, units in left]


def sales_on(point: SalesPoint, *, day: dt.date) -> QuerySet[DeskSale]:
    """The sales of a day at a desk, the last one first, each with `taken_back`."""
    returned = SalesEntry.objects.filter(sale=OuterRef("pk")).exclude(reference="")
    return (
        point.sales.filter(at__date=day)
        .annotate(taken_back=Exists(returned))
        .select_related("actor")
        .order_by("-pk")
    )
