"""Ask a neighbour for what runs low."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import SalesPoint, Transfer
from stores.operations.once import lock_point
from stores.operations.request_transfer import (
    NotFreeThere,
    NothingAsked,
    NotSoldHere,
    SamePoint,
    request_transfer,
)
from stores.partner.models import StockRecord
from stores.queries.low import on_the_way_to

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "AlreadyAsked",
    "NotFreeThere",
    "NotSoldHere",
    "NothingAsked",
    "SamePoint",
    "restock",
]


class AlreadyAsked(Exception):
    """A transfer brings it already; `transfer` is that one."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(f"{transfer} brings it")
        self.transfer = transfer


@transaction.atomic
def restock(
    *,
    record: StockRecord,
    source: SalesPoint,
    units: int,
    actor: "_User",
    at: dt.datetime,
) -> Transfer:
    """Request `units` of the record's product from the source, once.

    The point that asks is locked, so that two taps make one request. Nothing is
    promised by it: the source's own buyers come first.

    Raises AlreadyAsked, or what `request_transfer` raises.
    """
    point = lock_point(partner=record.partner_id)
    coming = on_the_way_to(point, products=[record.product_id]).first()
    if coming:
        raise AlreadyAsked(coming.transfer)
    return request_transfer(
        source=source,
        destination=point,
        units={record.product: units},
        actor=actor,
        at=at,
    )
