"""Begin to count the shelf of a point."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from stores.models import SalesPoint, StockCount

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class AlreadyCounting(Exception):
    """A count of the point is open; `count` is that one."""

    def __init__(self, count: StockCount) -> None:
        super().__init__(f"count {count} is open")
        self.count = count


@transaction.atomic
def start_count(*, point: SalesPoint, actor: "_User", at: dt.datetime) -> StockCount:
    """Open a count; goods may be sold and received while it goes on.

    Raises AlreadyCounting.
    """
    try:
        with transaction.atomic():
            return StockCount.objects.create(
                point=point, started_at=at, started_by=actor
            )
    except IntegrityError:
        running = point.counts.filter(status=StockCount.Status.OPEN).first()
        if running is None:
            raise
        raise AlreadyCounting(running) from None
