"""Which invoices are to be issued, and what is on one."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation

from catalogue.vat import VatSum
from marketplace.order.models import Order
from marketplace.papers.models import Invoice
from marketplace.papers.providers import Content
from marketplace.papers.queries.entries.entry import sums_of
from marketplace.papers.queries.receipt import Receipt, receipt_of
from stores.models import Fulfilment


def due(*, at: dt.datetime) -> QuerySet[Invoice]:
    """Invoices to issue now, first come, first served.

    An order that somebody still waits for is not invoiced yet: some of it may be
    cancelled.
    """
    still = Fulfilment.objects.filter(order=OuterRef("order")).open()
    waiting = Invoice.objects.filter(state=Invoice.State.WAITING, try_after__lte=at)
    return waiting.exclude(Exists(still)).order_by("pk")


def failing() -> QuerySet[Invoice]:
    """Invoices that could not be issued so far, the longest first."""
    waiting = Invoice.objects.filter(state=Invoice.State.WAITING, tries__gt=0)
    return waiting.select_related("order").order_by("queued_at", "pk")


def issued() -> QuerySet[Invoice]:
    """Newest first."""
    rows = Invoice.objects.filter(state=Invoice.State.ISSUED)
    return rows.select_related("order").order_by("-issued_at", "-pk")


def series_on(day: dt.date) -> str:
    """One series a year, with the tax office's code, as its numbers begin.

    Source: Circular 78/2021/TT-BTC, article 4. Quoted from memory: let whoever keeps
    the books confirm it before a real invoice.
    """
    return f"C{day:%y}TQN"


def content_of(order: Order, *, series: str, number: int, on: dt.date) -> Content:
    """The invoice of an order as it stands, in Vietnamese, to a buyer by retail.

    Nobody is asked for a company, so no buyer is named. What was given back without
    goods has no rate and is not on it. Empty if nothing was sold in the end.
    """
    with translation.override("vi"):
        receipt = receipt_of(loaded(order))
        lines = [one for one in receipt.entries if one.rate]
        sums = sums_of(lines)
        if sum(one.gross_vnd for one in sums) <= 0:
            return {}
        return {
            "series": series,
            "number": number,
            "issued_on": on.isoformat(),
            "order": order.number,
            "seller": seller_of(receipt),
            "buyer": {"kind": "retail", "name": "Khách lẻ"},
            "currency": "VND",
            "lines": [
                {
                    "name": one.name,
                    "code": one.code,
                    "units": one.units,
                    "price_vnd": one.price_vnd,
                    **sum_as_json(VatSum(one.rate, one.gross_vnd, one.vat_vnd)),
                }
                for one in lines
            ],
            "by_rate": [sum_as_json(one) for one in sums],
            "net_vnd": sum(one.net_vnd for one in sums),
            "vat_vnd": sum(one.vat_vnd for one in sums),
            "gross_vnd": sum(one.gross_vnd for one in sums),
        }


def loaded(order: Order) -> Order:
    """The order with what its receipt is made of. Five queries."""
    return (
        Order.objects.select_related("shipping_address")
        .prefetch_related("fulfilments__point", "fulfilments__parts__line__product")
        .get(pk=order.pk)
    )


def seller_of(receipt: Receipt) -> Content:
    points = [
        {"name": point.name, "address": point.address_here} for point in receipt.sellers
    ]
    return {"name": "OCOP Quảng Nam", "points": points}


def sum_as_json(one: VatSum) -> Content:
    return {
        "rate": one.rate,
        "net_vnd": one.net_vnd,
        "vat_vnd": one.vat_vnd,
        "gross_vnd": one.gross_vnd,
    }
