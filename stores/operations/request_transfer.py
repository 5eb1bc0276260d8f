"""Ask another point to send goods."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from catalogue.models import Product
from stores.models import SalesPoint, Transfer, TransferLine

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class SamePoint(Exception):
    """Goods do not travel from a point to itself."""


class NothingToSend(Exception):
    """No product, or no units of one."""


class NotSoldThere(Exception):
    """The destination may not have `product`: no shelf for it, or no licence."""

    def __init__(self, product: Product) -> None:
        super().__init__(f"{product.code} may not go there")
        self.product = product


@transaction.atomic
def request_transfer(
    *,
    source: SalesPoint,
    destination: SalesPoint,
    lines: dict[Product, int],
    actor: "_User | None",
    at: dt.datetime,
    due_at: dt.datetime | None = None,
    note: str = "",
) -> Transfer:
    """Put a request before the source; `lines` maps products to units (1 or more).

    Raises SamePoint, NothingToSend or NotSoldThere.
    """
    if source == destination:
        raise SamePoint
    if not lines or any(units < 1 for units in lines.values()):
        raise NothingToSend
    for product in lines:
        licensed = not product.is_alcohol or destination.alcohol_licence
        if product.is_service or not licensed:
            raise NotSoldThere(product)
    transfer = Transfer.objects.create(
        source=source,
        destination=destination,
        requested_by=actor,
        requested_at=at,
        due_at=due_at,
        note=note,
    )
    TransferLine.objects.bulk_create(
        TransferLine(transfer=transfer, product=product, units=units)
        for product, units in lines.items()
    )
    return transfer
