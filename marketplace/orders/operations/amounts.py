"""What an order still costs: less to collect, or a refund that is due."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from marketplace.orders.models import Fulfilment, RefundDue
from marketplace.orders.operations.record_sales import record_postage_returned


@transaction.atomic
def reduce_amount_due(
    *,
    fulfilment: Fulfilment,
    amount_vnd: int,
    paid: bool,
    reason: str,
    at: dt.datetime,
) -> None:
    """The goods of a fulfilment cost so many whole dong less; 0 writes nothing.

    The caller holds the order's lock. `paid` says whether the buyer has paid that
    money already, and is to get it back; else it is collected no more.
    """
    if not amount_vnd:
        return
    if paid:
        RefundDue.objects.create(
            order=fulfilment.order, amount_vnd=amount_vnd, reason=reason, at=at
        )
    else:
        row = Fulfilment.objects.filter(pk=fulfilment.pk)
        row.update(to_collect_vnd=F("to_collect_vnd") - amount_vnd)


@transaction.atomic
def reduce_postage_due(
    *, fulfilment: Fulfilment, paid: bool, reason: str, at: dt.datetime
) -> None:
    """Settle the postage of an order when a fulfilment has ended without goods.

    The parcel that goes next collects it. When none goes, nobody pays it.
    """
    row = Fulfilment.objects.filter(pk=fulfilment.pk)
    rest = row.values_list("to_collect_vnd", flat=True).get()
    others = fulfilment.order.fulfilments.exclude(pk=fulfilment.pk)
    if rest:
        next_parcel = others.open().order_by("pk").first()
        if next_parcel:
            Fulfilment.objects.filter(pk=next_parcel.pk).update(
                to_collect_vnd=F("to_collect_vnd") + rest
            )
        row.update(to_collect_vnd=0)
    elif paid and not others.exclude(status__in=Fulfilment.WITHOUT_GOODS).exists():
        reduce_amount_due(
            fulfilment=fulfilment,
            amount_vnd=int(fulfilment.order.shipping_incl_tax),
            paid=True,
            reason=reason,
            at=at,
        )
    if not paid:
        record_postage_returned(
            fulfilment=fulfilment, reference=f"fulfilment-{fulfilment.pk}", at=at
        )
