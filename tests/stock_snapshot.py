"""What the books say of a stock record, in one value to compare before and after."""

from dataclasses import dataclass

from stores.models import StockLot
from stores.partner.models import StockRecord


@dataclass(frozen=True)
class StockSnapshot:
    """Units on hand and promised, units of each lot, and the ledger, oldest first.

    A line of the ledger is (kind, lot, quantity, balance after).
    """

    on_hand: int
    allocated: int
    lots: dict[str, int]
    ledger: list[tuple[str, str, int, int]]


def get_stock_snapshot(record: StockRecord) -> StockSnapshot:
    row = StockRecord.objects.get(pk=record.pk)
    lots = StockLot.objects.filter(record=row).values_list("batch__lot", "on_hand")
    return StockSnapshot(
        on_hand=row.num_in_stock or 0,
        allocated=row.num_allocated or 0,
        lots=dict(lots),
        ledger=list(
            row.movements.order_by("pk").values_list(
                "kind", "batch__lot", "quantity", "balance_after"
            )
        ),
    )
