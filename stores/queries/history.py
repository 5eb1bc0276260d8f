"""What the ledger says of a shelf, now and at any minute."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from catalogue.models import Batch
from stores.models import SalesPoint, StockLot, StockMovement
from stores.partner.models import StockRecord
from stores.sheets import LotRow


@dataclass(frozen=True)
class Balance:
    """What lay on a shelf at a moment: in all, and of each lot that had any."""

    units: int
    lots: dict[Batch, int]


def balance_at(record: StockRecord, at: dt.datetime) -> Balance:
    """What the ledger says of a shelf at a moment, what happened then included."""
    sums = dict(
        record.movements.filter(at__lte=at)
        .order_by()
        .values_list("batch")
        .annotate(units=Sum("quantity"))
    )
    batches = Batch.objects.in_bulk([pk for pk, units in sums.items() if units])
    return Balance(
        units=sum(sums.values()),
        lots={batches[pk]: sums[pk] for pk in sorted(batches)},
    )


def sums_by_kind(record: StockRecord) -> list[tuple[str, int]]:
    """Each kind of movement with the units it brought or took, in the kinds' order."""
    sums = dict(
        record.movements.order_by().values_list("kind").annotate(units=Sum("quantity"))
    )
    return [(kind, sums[kind]) for kind in StockMovement.Kind.values if kind in sums]


def stock_rows(point: SalesPoint) -> list[LotRow]:
    """The stock of a point, lot by lot, as its file has it. One query."""
    lots = (
        StockLot.objects.filter(record__partner=point.partner_id, on_hand__gt=0)
        .select_related("record__product", "batch")
        .order_by("record__product__code", "batch__best_before", "batch__lot")
    )
    return [
        LotRow(
            code=lot.record.partner_sku,
            name=lot.record.product.name,
            lot=lot.batch.lot,
            best_before=lot.batch.best_before,
            on_hand=lot.on_hand,
            threshold=lot.record.low_stock_threshold,
        )
        for lot in lots
    ]
