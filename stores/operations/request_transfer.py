"""Ask another point for goods."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from catalogue.models import Product
from stores.models import SalesPoint, Transfer, TransferAsk, TransferLine
from stores.operations.once import lock_point
from stores.operations.receive import NotSoldHere
from stores.queries.free import free_records

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "AskedOtherwise",
    "NotFreeThere",
    "NotSoldHere",
    "NothingAsked",
    "SamePoint",
    "request_transfer",
]


class SamePoint(Exception):
    """Goods do not travel to where they lie."""


class NothingAsked(Exception):
    """No product was asked for, or zero or less of it."""


class NotFreeThere(Exception):
    """The source has only `free` units (0 or more) that may be asked for."""

    def __init__(self, free: int) -> None:
        super().__init__(f"{free} free")
        self.free = free


class AskedOtherwise(Exception):
    """The form asked for something else before; `transfer` brings that."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(f"{transfer} was asked for in it")
        self.transfer = transfer


@transaction.atomic
def request_transfer(
    *,
    source: SalesPoint,
    destination: SalesPoint,
    units: Mapping[Product, int],
    actor: "_User | None",
    at: dt.datetime,
    note: str = "",
    client_id: str = "",
) -> Transfer:
    """Ask the source for so many units of each product; nothing is held there.

    What is asked of the same point before it has packed goes on the same slip. What
    an order waits for travels on a slip of its own. A slip never asks for more than is
    free at the source now. A `client_id` under which the destination asked for the same
    before brings back that transfer.

    Raises AskedOtherwise, SamePoint, NothingAsked, NotSoldHere, or NotFreeThere.
    """
    lock_point(pk=destination.pk)
    said = {str(product.pk): number for product, number in units.items()}
    mine = TransferAsk.objects.filter(point=destination, client_id=client_id)
    if client_id and (before := mine.first()):
        if (before.transfer.source, before.units) != (source, said):
            raise AskedOtherwise(before.transfer)
        return before.transfer
    if source == destination:
        raise SamePoint
    if not units or min(units.values()) < 1:
        raise NothingAsked
    if not all(destination.may_sell(product) for product in units):
        raise NotSoldHere
    transfer = (
        Transfer.objects.filter(
            source=source,
            destination=destination,
            status=Transfer.Status.REQUESTED,
            due_at=None,
        )
        .exclude(lines__part__isnull=False)
        .order_by("pk")
        .select_for_update()
        .first()
    )
    there = free_records(at=at).filter(partner=source.partner_id, product__in=units)
    free = dict(there.values_list("product", "free"))
    asked = dict(transfer.lines.values_list("product", "units")) if transfer else {}
    for product, number in units.items():
        left = max(0, free.get(product.pk, 0) - asked.get(product.pk, 0))
        if number > left:
            raise NotFreeThere(left)
    if transfer is None:
        transfer = Transfer.objects.create(
            source=source,
            destination=destination,
            requested_at=at,
            requested_by=actor,
            note=note.strip(),
        )
    elif note.strip():
        transfer.note = "; ".join(filter(None, [transfer.note, note.strip()]))[:200]
        transfer.save(update_fields=["note"])
    for product, number in units.items():
        line = transfer.lines.filter(product=product)
        if not line.update(units=F("units") + number):
            TransferLine.objects.create(
                transfer=transfer, product=product, units=number
            )
    if client_id:
        TransferAsk.objects.create(
            point=destination, client_id=client_id, transfer=transfer, units=said
        )
    return transfer
