"""Take a promise back: the goods are free again."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from stores.models import FulfilmentLine
from stores.partner.models import StockRecord


class NotPromised(Exception):
    """Fewer units are promised to the line than were to be released."""

    def __init__(self, part: FulfilmentLine) -> None:
        super().__init__(f"line {part.pk} has {part.promised} promised")
        self.part = part


@transaction.atomic
def release(*, units: Mapping[FulfilmentLine, int]) -> None:
    """Free so many units (0 or more) of each line of a job, all or none.

    Raises NotPromised.
    """
    in_order = sorted(units, key=lambda part: (part.record_id, part.pk))
    for part in in_order:
        number = units[part]
        owed = StockRecord.objects.filter(pk=part.record_id, num_allocated__gte=number)
        mine = FulfilmentLine.objects.filter(
            pk=part.pk, record=part.record_id, promised__gte=number
        )
        if not (
            owed.update(num_allocated=F("num_allocated") - number)
            and mine.update(promised=F("promised") - number)
        ):
            raise NotPromised(part)
