"""Give a count up; the books stay as they are."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import StockCount
from stores.operations.count_lot import CountIsOver, lock_open

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = ["CountIsOver", "abandon_count"]


@transaction.atomic
def abandon_count(*, count: StockCount, actor: "_User", at: dt.datetime) -> None:
    """End an open count without booking; what was entered can still be read.

    Raises CountIsOver.
    """
    lock_open(count)
    StockCount.objects.filter(pk=count.pk).update(
        status=StockCount.Status.ABANDONED, ended_at=at, ended_by=actor
    )
