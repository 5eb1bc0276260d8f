"""Write to the keepers of each point about what runs low there."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from stores.mail import notify_keepers
from stores.models import SalesPoint
from stores.queries.low import low_goods


def notify_low_stock(*, at: dt.datetime) -> int:
    """Tell each point once a day; returns at how many points keepers were told.

    A point is taken before its letter goes out, so that two runs at once write one
    letter. Where none could be sent it is given back, for the next run to try. A point
    where nothing is low is asked again by the next run.
    """
    today = timezone.localdate(at)
    told = 0
    for point in SalesPoint.objects.filter(is_open=True).order_by("pk"):
        goods = low_goods(point, at=at)
        if not goods:
            continue
        row = SalesPoint.objects.filter(pk=point.pk)
        untold = row.filter(Q(low_stock_told_on=None) | Q(low_stock_told_on__lt=today))
        if not untold.update(low_stock_told_on=today):
            continue
        if notify_keepers(point=point, goods=goods):
            told += 1
        else:
            row.update(low_stock_told_on=point.low_stock_told_on)
    return told
