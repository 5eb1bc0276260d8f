"""Take goods back that a buyer brings, at whichever point."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.models import Batch, Product
from stores.mail import tell_buyer
from stores.models import (
    Fulfilment,
    FulfilmentLine,
    RefundDue,
    Return,
    SalesPoint,
    StockMovement,
)
from stores.operations.advance import advance, lock
from stores.operations.move import move, open_shelf
from stores.operations.receive import NotSoldHere
from stores.operations.take_off import take_off
from stores.queries.jobs import lots_given

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "CannotRestock",
    "NoReason",
    "NotGiven",
    "NotSoldHere",
    "NotUndelivered",
    "take_back",
]


class NotGiven(Exception):
    """So many units of that lot were not handed over, or have come back already.

    `left` is how many may still come back.
    """

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left to come back")
        self.left = left


class CannotRestock(Exception):
    """Chilled goods and lots past their date never go back on a shelf."""


class NoReason(Exception):
    """A return says why."""


class NotUndelivered(Exception):
    """Only a parcel that the post still had can come back undelivered."""


@transaction.atomic
def take_back(
    *,
    part: FulfilmentLine,
    units: int,
    point: SalesPoint,
    batch: Batch,
    decision: str,
    reason: str,
    actor: "_User",
    at: dt.datetime,
    undelivered: bool = False,
) -> Return:
    """Put `units` of a lot back on the point's shelf, or destroy them there.

    The buyer is owed their price. A parcel that came back `undelivered` was not
    collected for: what nobody paid is owed to nobody.

    Raises NoReason, NotGiven, CannotRestock, NotUndelivered, or NotSoldHere where
    the point may not keep such goods.
    """
    if not reason.strip():
        raise NoReason
    job = part.fulfilment
    lock(job.order)
    job.refresh_from_db()
    with_the_post = job.is_with_the_post
    if undelivered and not with_the_post:
        raise NotUndelivered
    left = lots_given([part])[part.pk].get(batch, 0)
    if not 0 < units <= left:
        raise NotGiven(left)
    product = batch.product
    if decision == Return.Decision.RESTOCK and not may_restock(product, batch, at):
        raise CannotRestock
    if product.is_alcohol and not point.alcohol_licence:
        raise NotSoldHere
    if with_the_post and not undelivered:  # she holds them, so they have arrived
        advance(
            fulfilment=job,
            begins=[Fulfilment.Status.HANDED_OVER],
            ends=Fulfilment.Status.DELIVERED,
            delivered_at=at,
        )
    put_there(point, batch, units, decision, reason, job.order.number, actor, at)
    FulfilmentLine.objects.filter(pk=part.pk).update(returned=F("returned") + units)
    price = part.price_vnd * units
    paid = job.paid_before or not undelivered
    take_off(
        fulfilment=job,
        amount_vnd=price,
        paid=paid,
        reason=RefundDue.Reason.RETURNED,
        at=at,
    )
    written = Return.objects.create(
        part=part,
        point=point,
        batch=batch,
        units=units,
        decision=decision,
        reason=reason.strip(),
        refund_vnd=price if paid else 0,
        actor=actor,
        at=at,
    )
    tell_buyer(fulfilment=job, news="returned")
    return written


def may_restock(product: Product, batch: Batch, at: dt.datetime) -> bool:
    """Whether a lot that left the shop may be sold again."""
    return not (product.needs_cooling or batch.is_past(on=timezone.localdate(at)))


def put_there(
    point: SalesPoint,
    batch: Batch,
    units: int,
    decision: str,
    reason: str,
    document: str,
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The ledger's side: in, and out again if it is destroyed."""
    record = open_shelf(point, batch.product)
    moves = [(StockMovement.Kind.RETURN, units)]
    if decision == Return.Decision.DESTROY:
        moves.append((StockMovement.Kind.DAMAGE, -units))
    for kind, quantity in moves:
        move(
            record=record,
            batch=batch,
            kind=kind,
            quantity=quantity,
            at=at,
            actor=actor,
            reason=reason.strip(),
            document=document,
        )
