"""Promise goods to an order."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from stores.partner.models import StockRecord
from stores.queries import free_units

if TYPE_CHECKING:
    from stores.queries import FreeRecord


class NotEnoughStock(Exception):
    """A shelf has fewer free units than were asked for."""

    def __init__(self, record: "FreeRecord") -> None:
        super().__init__(f"{record.partner_sku}: {record.free} free")
        self.record = record


@transaction.atomic
def reserve(*, lines: dict[int, int], on: dt.date) -> None:
    """Promise every line or none; `lines` maps stock record id to units (1 or more).

    Each shelf is guarded by its own conditional update, in id order, so that two
    buyers of the last unit meet at the row and one of them is refused, and so that
    crossed baskets cannot wait for each other.

    Raises NotEnoughStock for the first record that falls short; its `free` is set.
    """
    for record_id, units in sorted(lines.items()):
        row = StockRecord.objects.filter(pk=record_id).annotate(free=free_units(on=on))
        promised = Coalesce(F("num_allocated"), 0) + units
        if not row.filter(free__gte=units).update(num_allocated=promised):
            raise NotEnoughStock(row.get())
