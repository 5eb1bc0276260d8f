"""What the ledger says of a shelf, now and at any minute."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from catalogue.models import Batch
from stores.models import StockMovement
from stores.partner.models import StockRecord


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
