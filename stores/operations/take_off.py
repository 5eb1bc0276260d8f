"""Take money off what an order costs: less to collect, or a refund that is due."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from stores.models import Fulfilment, RefundDue
from stores.operations.advance import WITHOUT_GOODS


@transaction.atomic
def take_off(
    *,
    fulfilment: Fulfilment,
    amount_vnd: int,
    paid: bool,
    reason: str,
    at: dt.datetime,
) -> None:
    """Write down that a job's goods cost so much less; 0 writes nothing.

    Whoever calls it holds the order's lock. `paid` says whether the buyer gave that
    money already; else it is collected no more.
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
def take_off_postage(
    *, fulfilment: Fulfilment, paid: bool, reason: str, at: dt.datetime
) -> None:
    """Settle the postage of an order when one of its jobs has ended without goods.

    The parcel that goes next collects it. When none goes, nobody pays it.
    """
    row = Fulfilment.objects.filter(pk=fulfilment.pk)
    rest = row.values_list("to_collect_vnd", flat=True).get()
    others = fulfilment.order.fulfilments.exclude(pk=fulfilment.pk)
    if rest:
        heir = others.open().order_by("pk").first()
        if heir:
            Fulfilment.objects.filter(pk=heir.pk).update(
                to_collect_vnd=F("to_collect_vnd") + rest
            )
        row.update(to_collect_vnd=0)
    elif paid and not others.exclude(status__in=WITHOUT_GOODS).exists():
        take_off(
            fulfilment=fulfilment,
            amount_vnd=int(fulfilment.order.shipping_incl_tax),
            paid=True,
            reason=reason,
            at=at,
        )
