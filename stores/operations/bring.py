"""Have the goods of an order brought to where they are handed over."""

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from stores.models import (
    Fulfilment,
    FulfilmentLine,
    SalesPoint,
    Transfer,
    TransferLine,
)
from stores.queries import lead_times, ready_at

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)


@transaction.atomic
def bring(*, order: "Order", at: dt.datetime) -> None:
    """Ask for a transfer from every point that keeps goods for a job of another.

    What was asked for already is not asked for again. The job's `promised_at` becomes
    later where the order became certain too late for the hour its buyer was told.
    """
    elsewhere = (
        FulfilmentLine.objects.filter(
            fulfilment__in=order.fulfilments.open(), promised__gt=0
        )
        .exclude(record__partner=F("fulfilment__point__partner"))
        .exclude(transfer_lines__transfer__in=Transfer.objects.open())
        .select_related(
            "fulfilment__point", "record__product", "record__partner__sales_point"
        )
        .order_by("fulfilment", "pk")
    )
    ways: dict[tuple[Fulfilment, SalesPoint], list[FulfilmentLine]] = defaultdict(list)
    for part in elsewhere:
        ways[part.fulfilment, part.record.partner.sales_point].append(part)
    if not ways:
        return
    hours = lead_times(to=[job.point for job, _source in ways])
    for (job, source), parts in ways.items():
        lasts = hours.get((source.pk, job.point_id))
        due_at = lasts and ready_at(source, job.point, hours=lasts, now=at)
        if due_at:
            told = Q(promised_at=None) | Q(promised_at__lt=due_at)
            Fulfilment.objects.filter(told, pk=job.pk).update(promised_at=due_at)
        transfer = Transfer.objects.create(
            source=source,
            destination=job.point,
            due_at=due_at or job.promised_at,
            requested_at=at,
        )
        TransferLine.objects.bulk_create(
            TransferLine(
                transfer=transfer,
                product=part.record.product,
                part=part,
                units=part.promised,
            )
            for part in parts
        )
