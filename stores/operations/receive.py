"""Take goods in at a point."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalogue.models import Batch, Product
from stores.models import SalesPoint, StockMovement
from stores.operations.move import move, open_shelf
from stores.operations.once import BookedOtherwise, booked_before, remember

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "BookedOtherwise",
    "LotHasOtherDates",
    "LotIsPastItsDate",
    "NeedsBestBefore",
    "NotSoldHere",
    "NothingToReceive",
    "receive",
]


class NothingToReceive(Exception):
    """The quantity was zero or less."""


class LotIsPastItsDate(Exception):
    def __init__(self, best_before: dt.date) -> None:
        super().__init__(f"best before {best_before}")
        self.best_before = best_before


class LotHasOtherDates(Exception):
    """The lot is known with another best-before than the one given."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(f"lot {batch.lot} keeps until {batch.best_before}")
        self.batch = batch


class NeedsBestBefore(Exception):
    """The product goes off, and no best-before was given."""


class NotSoldHere(Exception):
    """A service has no shelf, and alcohol asks for a licence of the point."""


@transaction.atomic
def receive(
    *,
    point: SalesPoint,
    product: Product,
    lot: str,
    best_before: dt.date | None,
    quantity: int,
    at: dt.datetime,
    actor: "_User | None",
    made_on: dt.date | None = None,
    document: str = "",
    client_id: str = "",
) -> StockMovement:
    """Put `quantity` units of a lot on the point's shelf.

    A `client_id` under which the point took in the same before brings back that.

    Raises BookedOtherwise, NothingToReceive, NeedsBestBefore, LotIsPastItsDate,
    LotHasOtherDates or NotSoldHere.
    """
    if before := booked_before(
        partner_id=point.partner_id,
        client_id=client_id,
        kind=StockMovement.Kind.RECEIVE,
        batch__product=product,
        batch__lot=lot,
        batch__best_before=best_before,
        quantity=quantity,
        document=document,
    ):
        return before
    if quantity < 1:
        raise NothingToReceive
    if product.shelf_life_days and not best_before:
        raise NeedsBestBefore
    if best_before and best_before <= timezone.localdate(at):
        raise LotIsPastItsDate(best_before)
    if not point.may_sell(product):
        raise NotSoldHere
    batch, _created = Batch.objects.get_or_create(
        product=product,
        lot=lot,
        defaults={"best_before": best_before, "made_on": made_on},
    )
    if batch.best_before != best_before:
        raise LotHasOtherDates(batch)
    movement = move(
        record=open_shelf(point, product),
        batch=batch,
        kind=StockMovement.Kind.RECEIVE,
        quantity=quantity,
        at=at,
        actor=actor,
        document=document,
    )
    return remember(movement, client_id)
