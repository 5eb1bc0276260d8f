"""Take in what another point has sent."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from catalogue.models import Product
from stores.models import (
    Fulfilment,
    FulfilmentLine,
    SalesPoint,
    StockMovement,
    Transfer,
    TransferLot,
)
from stores.operations.correct import NoReason
from stores.operations.make_good import make_good
from stores.operations.move import move, open_shelves
from stores.operations.pass_on import MovedOn, WrongPoint, pass_on
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = [
    "MoreThanWasSent",
    "MovedOn",
    "NoReason",
    "NotCounted",
    "WrongPoint",
    "receive_transfer",
]


class NotCounted(Exception):
    """Nobody has said how many of these lots came."""

    def __init__(self, lots: list[TransferLot]) -> None:
        super().__init__(f"{len(lots)} lots")
        self.lots = lots


class MoreThanWasSent(Exception):
    def __init__(self, lot: TransferLot) -> None:
        super().__init__(f"{lot.sent} were sent of lot {lot.pk}")
        self.lot = lot


@transaction.atomic
def receive_transfer(
    *,
    transfer: Transfer,
    point: SalesPoint,
    counted: Mapping[int, int | None],
    actor: "_User | None",
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Put what came on the shelf of `point`; what did not come is lost on the way.

    `counted` maps the id of every lot sent to the units that came; None is not
    counted. What an order waits for is promised to it here at once, and what came
    short is made good from the shelf where it has that many. Goods of an order that
    was called off meanwhile are free.

    Raises WrongPoint unless `point` is the destination, MovedOn unless it is on the
    way, NotCounted, MoreThanWasSent, or NoReason when something is missing.
    """
    if transfer.destination != point:
        raise WrongPoint(transfer.destination)
    pass_on(
        transfer=transfer,
        begins=Transfer.Status.SENT,
        ends=Transfer.Status.RECEIVED,
        received_at=at,
        received_by=actor,
    )
    lots = list(
        TransferLot.objects.filter(line__transfer=transfer)
        .select_related("batch", "line__product", "line__part__fulfilment")
        .order_by("pk")
    )
    check(lots, counted, reason)
    for lot in lots:
        lot.received = counted[lot.pk]
        lot.save(update_fields=["received"])
    if any(lot.missing for lot in lots):
        transfer.difference_reason = reason.strip()
        transfer.save(update_fields=["difference_reason"])
    waiting = list(
        Fulfilment.objects.open()
        .filter(pk__in=transfer.lines.values("part__fulfilment"))
        .order_by("pk")
    )
    records = locked_records(point, {lot.line.product for lot in lots}, waiting)
    for lot in sorted(lots, key=lambda lot: (records[lot.line.product_id].pk, lot.pk)):
        put_on_shelf(lot, records[lot.line.product_id], transfer, actor, at)
    for job in waiting:
        make_good(fulfilment=job, at=at)


def check(
    lots: list[TransferLot], counted: Mapping[int, int | None], reason: str
) -> None:
    uncounted = [lot for lot in lots if (counted.get(lot.pk) or 0) < 0]
    uncounted += [lot for lot in lots if counted.get(lot.pk) is None]
    if uncounted:
        raise NotCounted(uncounted)
    for lot in lots:
        if (counted[lot.pk] or 0) > lot.sent:
            raise MoreThanWasSent(lot)
    if not reason.strip() and any(counted[lot.pk] != lot.sent for lot in lots):
        raise NoReason


def locked_records(
    point: SalesPoint, products: Iterable[Product], jobs: Iterable[Fulfilment]
) -> dict[int, StockRecord]:
    """Product id to the point's record of it, made where it had none.

    Locked in the common order, with those of which the jobs may come to need more.
    """
    open_shelves(point, products)
    needed = FulfilmentLine.objects.filter(fulfilment__in=jobs).values("record")
    records = StockRecord.objects.filter(
        Q(product__in=products) | Q(pk__in=needed), partner=point.partner
    )
    locked = records.order_by("pk").select_for_update()
    return {record.product_id: record for record in locked}


def put_on_shelf(
    lot: TransferLot,
    record: StockRecord,
    transfer: Transfer,
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The lot's units come in; the order's line that waits for them moves here."""
    came = lot.received or 0
    promised = 0
    part = lot.line.part
    if part and part.fulfilment.at_the_desk:
        part.refresh_from_db(fields=["promised"])  # another lot of it came before
        if not lot.batch.is_past(on=timezone.localdate(at)):
            promised = min(came, part.open_units - part.promised)
        FulfilmentLine.objects.filter(pk=part.pk).update(
            record=record, promised=F("promised") + promised
        )
    if came:
        move(
            record=record,
            batch=lot.batch,
            kind=StockMovement.Kind.TRANSFER_IN,
            quantity=came,
            promised=promised,
            at=at,
            actor=actor,
            document=transfer.number,
        )
