"""Take goods in at a point."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalogue.models import Batch, Product
from stores.models import SalesPoint, StockMovement
from stores.operations.move import move, open_shelf

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


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
) -> StockMovement:
    """Put `quantity` units of a lot on the point's shelf.

    Raises NothingToReceive, LotIsPastItsDate, LotHasOtherDates or NotSoldHere.
    """
    if quantity < 1:
        raise NothingToReceive
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
    return move(
        record=open_shelf(point, product),
        batch=batch,
        kind=StockMovement.Kind.RECEIVE,
        quantity=quantity,
        at=at,
        actor=actor,
        document=document,
    )
