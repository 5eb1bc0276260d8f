"""Take a promise back: the goods are free again."""

from django.db import transaction
from django.db.models import F

from stores.partner.models import StockRecord


class NotPromised(Exception):
    """The record has promised fewer units than were to be released."""


@transaction.atomic
def release(*, lines: dict[int, int]) -> None:
    """Free every line or none; `lines` maps stock record id to units (1 or more).

    Raises NotPromised when a record owes less than that.
    """
    for record_id, units in sorted(lines.items()):
        row = StockRecord.objects.filter(pk=record_id, num_allocated__gte=units)
        if not row.update(num_allocated=F("num_allocated") - units):
            raise NotPromised(record_id)
