"""Confirm an order once it is paid, and have its goods transferred."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import F, Q

from marketplace.orders.letters import write_confirmation
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold, Order
from marketplace.orders.operations.fulfil import set_fulfilment_status
from stores.models import SalesPoint, Transfer, TransferLine
from stores.operations.reserve import reserve
from stores.queries.transfers import lead_times, ready_at

Status = Fulfilment.Status


@transaction.atomic
def confirm_order(*, order: Order, at: dt.datetime) -> None:
    """Allocate the goods of a paid order without end, and show it to the keepers.

    Goods at another point than that of the fulfilment are requested from there. Money
    may come late: what was given to others since the hold ended is reserved anew where
    the shelf still has it.

    Raises WrongFulfilmentStatus unless the order awaits payment or has lapsed, or
    NotEnoughStock when its goods are gone; nothing has changed then.
    """
    fulfilments = list(order.fulfilments.order_by("pk"))
    for fulfilment in fulfilments:
        set_fulfilment_status(
            fulfilment=fulfilment,
            begins=(Status.AWAITING_PAYMENT, Status.LAPSED),
            ends=Status.CONFIRMED,
            ended_at=None,
            to_collect_vnd=0,
        )
    lines = FulfilmentLine.objects.filter(fulfilment__in=fulfilments)
    reservations = lines.reservations()
    reservations.lock()
    short: dict[int, int] = defaultdict(int)
    for one in reservations.short():
        short[one.record_id] += one.units - one.allocated
    reserve(lines=short, at=at)
    reservations.update(allocated=F("units"), expires_at=None)
    Hold.objects.filter(order=order).delete()
    request_order_transfers(order=order, at=at)
    write_confirmation(fulfilments)


@transaction.atomic
def request_order_transfers(*, order: Order, at: dt.datetime) -> None:
    """Request a transfer from every point that keeps goods for another's fulfilment.

    What was requested already is not requested again. `promised_at` becomes later
    where the order was confirmed too late for the time that was promised.
    """
    elsewhere = (
        FulfilmentLine.objects.filter(
            fulfilment__in=order.fulfilments.open(), reservation__allocated__gt=0
        )
        .exclude(reservation__record__partner=F("fulfilment__point__partner"))
        .exclude(reservation__transfer_lines__transfer__in=Transfer.objects.open())
        .select_related(
            "fulfilment__point",
            "reservation__record__product",
            "reservation__record__partner__sales_point",
        )
        .order_by("fulfilment", "pk")
    )
    routes: dict[tuple[Fulfilment, SalesPoint], list[FulfilmentLine]]
    routes = defaultdict(list)
    for line in elsewhere:
        source = line.reservation.record.partner.sales_point
        routes[line.fulfilment, source].append(line)
    if not routes:
        return
    hours = lead_times(to=[fulfilment.point for fulfilment, _source in routes])
    for (fulfilment, source), lines in routes.items():
        lead = hours.get((source.pk, fulfilment.point_id))
        due_at = lead and ready_at(source, fulfilment.point, hours=lead, now=at)
        if due_at:
            earlier = Q(promised_at=None) | Q(promised_at__lt=due_at)
            row = Fulfilment.objects.filter(earlier, pk=fulfilment.pk)
            row.update(promised_at=due_at)
        transfer = Transfer.objects.create(
            source=source,
            destination=fulfilment.point,
            due_at=due_at or fulfilment.promised_at,
            requested_at=at,
        )
        TransferLine.objects.bulk_create(
            TransferLine(
                transfer=transfer,
                product=line.reservation.record.product,
                reservation=line.reservation,
                units=line.allocated,
            )
            for line in lines
        )
