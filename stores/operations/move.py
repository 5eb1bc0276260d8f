"""Change what lies on a shelf and write in the ledger why.

The one place that changes a quantity on hand; the verbs of the shop call it.
"""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from catalogue.models import Batch
from stores.models import StockLot, StockMovement
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class NotOnTheShelf(Exception):
    """More was to leave than lies there, of the lot or beyond what is promised."""

    def __init__(self, record: StockRecord, batch: Batch) -> None:
        super().__init__(f"record {record.pk}, lot {batch.lot}: not enough to move")
        self.record = record
        self.batch = batch


@transaction.atomic
def move(
    *,
    record: StockRecord,
    batch: Batch,
    kind: str,
    quantity: int,
    at: dt.datetime,
    actor: "_User | None",
    promised: int = 0,
    reason: str = "",
    document: str = "",
) -> StockMovement:
    """Move `quantity` units (signed) of a lot and write the movement.

    `promised` is the change, in units, of what the record has promised to orders: a
    hand-over takes both at once. The record is changed first, which locks it, so that
    balances follow the order of the ledger.

    Raises NotOnTheShelf when the lot has too few, or when fewer would lie there than
    are promised; nothing has moved then.
    """
    row = StockRecord.objects.filter(pk=record.pk)
    in_stock = Coalesce(F("num_in_stock"), 0) + quantity
    allocated = Coalesce(F("num_allocated"), 0) + promised
    changed = (
        row.annotate(would_lie=in_stock, would_owe=allocated)
        .filter(would_lie__gte=F("would_owe"), would_owe__gte=0)
        .update(num_in_stock=in_stock, num_allocated=allocated)
    )
    if not changed:
        raise NotOnTheShelf(record, batch)
    lot, _created = StockLot.objects.get_or_create(record=record, batch=batch)
    enough = StockLot.objects.filter(pk=lot.pk, on_hand__gte=-quantity)
    if not enough.update(on_hand=F("on_hand") + quantity):
        raise NotOnTheShelf(record, batch)
    return StockMovement.objects.create(
        record=record,
        batch=batch,
        kind=kind,
        quantity=quantity,
        balance_after=row.values_list("num_in_stock", flat=True).get() or 0,
        actor=actor,
        reason=reason,
        document=document,
        at=at,
    )
