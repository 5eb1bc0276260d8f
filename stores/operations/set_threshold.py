"""Say from how many units down a product runs low at a point."""

from django.db import transaction

from stores.partner.models import StockRecord


class BelowNothing(Exception):
    """A threshold is 0 units or more."""


@transaction.atomic
def set_threshold(*, record: StockRecord, units: int | None) -> None:
    """From `units` free units down it runs low; None watches it no longer.

    Raises BelowNothing.
    """
    if units is not None and units < 0:
        raise BelowNothing
    StockRecord.objects.filter(pk=record.pk).update(low_stock_threshold=units)
