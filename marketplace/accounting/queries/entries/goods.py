"""Goods of orders: handed over or given to the post, and brought back."""

import datetime as dt
from typing import Any

from django.db.models import F

from catalogue.vat import vat_between, vat_in
from marketplace.accounting.queries.entries.entry import (
    Entry,
    Rows,
    What,
    name_of,
    of_point,
    sum_before,
    way_of,
    with_way,
)
from marketplace.orders.models import FulfilmentLine, Return
from stores.models import SalesPoint


def given(point: SalesPoint | None = None) -> Rows:
    """Lines of orders that were handed over, or given to the post."""
    rows = FulfilmentLine.objects.filter(handed_over__gt=0).annotate(
        given_at=F("fulfilment__handed_over_at")
    )
    rows = rows.select_related("line__product", "fulfilment__order")
    return with_way(
        of_point(rows, point, "fulfilment__point").select_related("fulfilment__point"),
        "fulfilment__order",
    )


def given_of(part: Any) -> Entry:
    return sale_of(part, part.handed_over, part.given_at, way_of(part))


def sale_of(part: FulfilmentLine, units: int, at: dt.datetime, way: str) -> Entry:
    """So many units of an order's line, at the price and rate that were kept."""
    line = part.line
    gross = part.price_vnd * units
    return Entry(
        at=at,
        number=part.fulfilment.order.number,
        point=part.fulfilment.point,
        what=What.SALE,
        name=name_of(line),
        code=line.partner_sku,
        units=units,
        price_vnd=part.price_vnd,
        gross_vnd=gross,
        rate=line.tax_code or "",
        vat_vnd=vat_in(gross, line.tax_code or ""),
        way=way,
    )


def returned(point: SalesPoint | None = None) -> Rows:
    """Goods that came back, each with how many of its line had come before."""
    rows = Return.objects.select_related(
        "part__line__product",
        "fulfilment_line__fulfilment__order",
        "fulfilment_line__fulfilment__point",
    ).annotate(before=sum_before(Return.objects.all(), "part", "units"))
    return with_way(
        of_point(rows, point, "fulfilment_line__fulfilment__point"),
        "fulfilment_line__fulfilment__order",
    )


def returned_of(back: Any) -> Entry:
    part = back.part
    rate = part.line.tax_code or ""
    before, price = part.price_vnd * back.before, part.price_vnd
    gross = price * back.units
    return Entry(
        at=back.at,
        number=part.fulfilment.order.number,
        point=part.fulfilment.point,
        what=What.RETURN,
        name=name_of(part.line),
        code=part.line.partner_sku,
        units=-back.units,
        price_vnd=price,
        gross_vnd=-gross,
        rate=rate,
        vat_vnd=-vat_between(before, before + gross, rate),
        way=way_of(back),
    )
