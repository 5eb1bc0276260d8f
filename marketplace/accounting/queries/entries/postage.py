"""Postage: sold with the first parcel, and taken back with all of them."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from catalogue.vat import vat_in
from marketplace.accounting.queries.entries.entry import (
    Entry,
    Rows,
    What,
    of_point,
    way_of,
    with_way,
)
from marketplace.orders.models import Fulfilment, FulfilmentLine, Return
from marketplace.payments.models import Payment
from stores.models import SalesPoint


def posted(point: SalesPoint | None = None) -> Rows:
    """The first parcel of each order with postage, which is sold with it."""
    earlier = Fulfilment.objects.filter(
        order=OuterRef("order"), handed_over_at__isnull=False
    ).filter(
        Q(handed_over_at__lt=OuterRef("handed_over_at"))
        | Q(handed_over_at=OuterRef("handed_over_at"), pk__lt=OuterRef("pk"))
    )
    rows = (
        Fulfilment.objects.filter(
            ~Exists(earlier),
            order__shipping_incl_tax__gt=0,
            handed_over_at__isnull=False,
        )
        .select_related("order", "point")
        .annotate(given_at=F("handed_over_at"))
    )
    return with_way(of_point(rows, point, "point"), "order")


def postage_of(fulfilment: Any) -> Entry:
    return postage_entry(fulfilment, fulfilment.given_at, way_of(fulfilment))


def postage_entry(
    fulfilment: Fulfilment, at: dt.datetime, way: str, *, sign: int = 1
) -> Entry:
    """The postage of an order, on the books of the point whose parcel collects it."""
    gross = int(fulfilment.order.shipping_incl_tax)
    rate = fulfilment.order.shipping_tax_code or ""
    return Entry(
        at=at,
        number=fulfilment.order.number,
        point=fulfilment.point,
        what=What.POSTAGE,
        name=_("Postage"),
        code="",
        units=sign,
        price_vnd=gross,
        gross_vnd=sign * gross,
        rate=rate,
        vat_vnd=sign * vat_in(gross, rate),
        way=way,
    )


def unposted(point: SalesPoint | None = None) -> Rows:
    """Orders whose parcels all came back before anybody had paid: nor is postage."""
    mine = FulfilmentLine.objects.filter(fulfilment__order=OuterRef("order"))
    last = (
        Return.objects.filter(part__fulfilment__order=OuterRef("order"))
        .order_by()
        .values("fulfilment_line__fulfilment__order")
        .annotate(last=Max("at"))
    )
    rows: Rows = posted(point).annotate(given_at=Subquery(last.values("last")))
    open_jobs = Fulfilment.objects.filter(order=OuterRef("order")).open()
    return rows.filter(
        ~Exists(mine.filter(handed_over__gt=F("returned"))),
        ~Exists(open_jobs),
        ~Exists(Payment.objects.filter(order=OuterRef("order"), paid_vnd__gt=0)),
        given_at__isnull=False,
    )


def unposted_of(fulfilment: Any) -> Entry:
    return postage_entry(fulfilment, fulfilment.given_at, way_of(fulfilment), sign=-1)
