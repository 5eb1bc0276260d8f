"""Watch what runs low at a point: set its threshold, and notify its keepers."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stores.mail import notify_keepers
from stores.models import SalesPoint
from stores.partner.models import StockRecord
from stores.queries.low import low_goods


@transaction.atomic
def set_threshold(*, record: StockRecord, units: int | None) -> None:
    """From `units` free units (0 or more) down it runs low; None stops watching it."""
    if units is not None and units < 0:
        raise ValueError("a threshold is 0 units or more")
    StockRecord.objects.filter(pk=record.pk).update(low_stock_threshold=units)


def notify_low_stock(*, at: dt.datetime) -> int:
    """Write to the keepers of each point once a day; returns to how many points.

    A point is marked before its letter goes out, so that two runs at once write one
    letter. Where no letter could be sent the mark is taken back, for the next run to
    try. A point where nothing is low is checked again by the next run.
    """
    today = timezone.localdate(at)
    notified = 0
    for point in SalesPoint.objects.filter(is_open=True).order_by("pk"):
        goods = low_goods(point, at=at)
        if not goods:
            continue
        row = SalesPoint.objects.filter(pk=point.pk)
        due = Q(low_stock_notified_on=None) | Q(low_stock_notified_on__lt=today)
        if not row.filter(due).update(low_stock_notified_on=today):
            continue
        if notify_keepers(point=point, goods=goods):
            notified += 1
        else:
            row.update(low_stock_notified_on=point.low_stock_notified_on)
    return notified
