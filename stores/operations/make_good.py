"""Find what came short for an order on the shelf where it is handed over."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from stores.models import Fulfilment
from stores.operations.reserve import NotEnoughStock, reserve


@transaction.atomic
def make_good(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """Promise to each line of a job what it still lacks, where its point has all that.

    Lines whose goods lie at another point, or come from there, are left alone.
    """
    short = fulfilment.parts.filter(
        record__partner=fulfilment.point.partner_id,
        promised__lt=F("units") - F("cancelled") - F("handed_over"),
    )
    for part in short.order_by("record", "pk"):
        missing = part.open_units - part.promised
        try:
            reserve(lines={part.record_id: missing}, at=at)
        except NotEnoughStock:
            continue
        fulfilment.parts.filter(pk=part.pk).update(promised=F("promised") + missing)
