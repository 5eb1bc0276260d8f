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

    A point is marked in the transaction that writes its letters. One where nothing is
    low, or no keeper has an address, is checked again by the next run.
    """
    points = SalesPoint.objects.filter(is_open=True).order_by("pk")
    return sum(notify_point(point, at) for point in points)


@transaction.atomic
def notify_point(point: SalesPoint, at: dt.datetime) -> bool:
    today = timezone.localdate(at)
    due = Q(low_stock_notified_on=None) | Q(low_stock_notified_on__lt=today)
    row = SalesPoint.objects.filter(due, pk=point.pk).select_for_update(no_key=True)
    if not row.exists():
        return False
    if not low_goods(point, at=at) or not notify_keepers(point=point, on=today):
        return False
    SalesPoint.objects.filter(pk=point.pk).update(low_stock_notified_on=today)
    return True
