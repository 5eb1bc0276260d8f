"""Accept goods that a buyer returns, at any point."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import Batch
from catalogue.refusals import NotEnough, ReasonRequired, WrongStatus
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, FulfilmentLine, RefundDue, Return
from marketplace.orders.operations.amounts import reduce_amount_due
from marketplace.orders.operations.fulfil import lock_order, set_fulfilment_status
from marketplace.orders.operations.record_sales import (
    record_postage_returned,
    record_returned,
)
from marketplace.orders.queries import returnable_lots
from stores.models import SalesPoint, StockMovement
from stores.operations.move import move, open_shelf
from stores.operations.receive import InvalidLot, NotSoldHere

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@transaction.atomic
def accept_return(
    *,
    line: FulfilmentLine,
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

    The buyer gets back their price. Nothing was collected for a parcel that came back
    `undelivered`: what nobody paid is not refunded.

    Raises ReasonRequired, NotEnough, Refusal, WrongStatus, or
    NotSoldHere where the point may not keep such goods.
    """
    if not reason.strip():
        raise ReasonRequired(_("Say why it comes back."))
    fulfilment = line.fulfilment
    lock_order(fulfilment.order)
    fulfilment.refresh_from_db()
    with_the_post = fulfilment.is_with_the_post
    if undelivered and not with_the_post:
        raise WrongStatus(_("This parcel has arrived; it is not undelivered."))
    left = returnable_lots([line])[line.pk].get(batch, 0)
    if not 0 < units <= left:
        raise NotEnough(_("Only %d of this lot can still come back.") % left)
    is_past = batch.is_past(on=timezone.localdate(at))
    destroyed = decision == Return.Decision.DESTROY
    if not destroyed and (batch.product.needs_cooling or is_past):
        raise InvalidLot(
            _(
                "Chilled goods and lots past their date never go back on the shelf."
                " Choose “destroyed”."
            )
        )
    if not point.may_sell(batch.product):
        raise NotSoldHere(
            _("This point has no licence for alcohol and may not keep it.")
        )
    if with_the_post and not undelivered:  # the buyer has it, so it has arrived
        set_fulfilment_status(
            fulfilment=fulfilment,
            begins=[Fulfilment.Status.HANDED_OVER],
            ends=Fulfilment.Status.DELIVERED,
            delivered_at=at,
        )
    moves = [(StockMovement.Kind.RETURN, units)]
    if destroyed:
        moves.append((StockMovement.Kind.DAMAGE, -units))
    record = open_shelf(point, batch.product)
    for kind, quantity in moves:
        move(
            record=record,
            batch=batch,
            kind=kind,
            quantity=quantity,
            at=at,
            actor=actor,
            reason=reason.strip(),
            document=fulfilment.order.number,
        )
    FulfilmentLine.objects.filter(pk=line.pk).update(returned=F("returned") + units)
    price = line.price_vnd * units
    paid = fulfilment.paid_before or not undelivered
    reduce_amount_due(
        fulfilment=fulfilment,
        amount_vnd=price,
        paid=paid,
        reason=RefundDue.Reason.RETURNED,
        at=at,
    )
    accepted = Return.objects.create(
        fulfilment_line=line,
        point=point,
        batch=batch,
        units=units,
        decision=decision,
        reason=reason.strip(),
        refund_vnd=price if paid else 0,
        actor=actor,
        at=at,
    )
    record_returned(accepted)
    if not paid:
        record_postage_returned(
            fulfilment=fulfilment, reference=f"return-{accepted.pk}", at=at
        )
    write_to_buyer(fulfilment=fulfilment, event="returned")
    return accepted
