"""What has no invoice yet, which are to be issued, and what is on one."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import translation

from catalogue.vat import VatSum
from marketplace.accounting.models import Invoice
from marketplace.accounting.providers import Content
from marketplace.accounting.queries.entries.counter import at_desk, at_desk_of
from marketplace.accounting.queries.entries.entry import Entry, Rows, sums_of
from marketplace.accounting.queries.entries.goods import (
    given,
    given_of,
    returned,
    returned_of,
)
from marketplace.accounting.queries.entries.postage import postage_of, posted
from marketplace.accounting.queries.entries.reductions import money_back, reductions
from marketplace.orders.models import Fulfilment, FulfilmentLine, Order, Return
from marketplace.payments.models import Payment
from stores.models import DeskSale

DOCUMENT = ("order", "sale", "adjusts__order")
"""What an invoice's own `document` looks at."""


def without_invoice() -> list[Rows]:
    """What was sold or taken back and has no invoice yet, as the fields of that one.

    An order that somebody still waits for is not invoiced yet: some of it may be
    cancelled. What is taken back adjusts the order's invoice once that was issued.
    """
    mine = OuterRef("pk")
    paid = Payment.objects.filter(order=mine, paid_at__isnull=False)
    got = FulfilmentLine.objects.filter(fulfilment__order=mine, handed_over__gt=0)
    still = Fulfilment.objects.filter(order=mine).open()
    orders = Order.objects.filter(Exists(paid), Exists(got), ~Exists(still))
    rows = [
        orders.values(order_id=F("pk")),
        DeskSale.objects.values(sale_id=F("pk")),
        adjusting(
            Return.objects.all(), "fulfilment_line__fulfilment__order__invoice", "goods"
        ),
        adjusting(money_back(), "payment__order__invoice", "money"),
    ]
    return [some.filter(invoice=None).order_by("pk") for some in rows]


def adjusting(rows: Rows, first: str, what: str) -> Rows:
    issued = rows.filter(**{f"{first}__state": Invoice.State.ISSUED})
    return issued.values(**{f"{what}_back_id": F("pk")}, adjusts_id=F(first))


def due(*, at: dt.datetime) -> QuerySet[Invoice]:
    """Invoices to issue now, first come, first served."""
    waiting = Invoice.objects.filter(state=Invoice.State.WAITING, try_after__lte=at)
    return waiting.order_by("pk")


def failing() -> QuerySet[Invoice]:
    """Invoices that could not be issued so far, the longest first."""
    waiting = Invoice.objects.filter(state=Invoice.State.WAITING, tries__gt=0)
    return waiting.select_related(*DOCUMENT).order_by("queued_at", "pk")


def issued() -> QuerySet[Invoice]:
    """Newest first."""
    rows = Invoice.objects.filter(state=Invoice.State.ISSUED)
    return rows.select_related(*DOCUMENT).order_by("-issued_at", "-pk")


def series_on(day: dt.date) -> str:
    """One series a year, with the tax office's code, as its numbers begin.

    Source: Circular 78/2021/TT-BTC, article 4. Quoted from memory: let whoever keeps
    the books confirm it before a real invoice.
    """
    return f"C{day:%y}TQN"


def content_of(invoice: Invoice, *, series: str, number: int, on: dt.date) -> Content:
    """What is on it, in Vietnamese, to a buyer by retail; negative what it takes off.

    Nobody is asked for a company, so no buyer is named. What was given back without
    goods has no rate: the provider refuses it, or leaves it to the bookkeeper. Empty
    if it takes nothing off after all, as money for goods that came back: those have an
    invoice of their own.
    """
    with translation.override("vi"):
        lines = entries_of(invoice)
        if not lines:
            return {}
        sums = sums_of(lines)
        return {
            "series": series,
            "number": number,
            "issued_on": on.isoformat(),
            "document": invoice.document,
            "adjusts": invoice.adjusts.full_number if invoice.adjusts else "",
            "seller": seller_of(lines),
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


def entries_of(invoice: Invoice) -> list[Entry]:
    """The lines of the books that it is the paper of."""
    if invoice.sale_id:
        return [
            at_desk_of(one)
            for one in at_desk().filter(sale=invoice.sale_id).order_by("pk")
        ]
    if invoice.goods_back_id:
        return [returned_of(one) for one in returned().filter(pk=invoice.goods_back_id)]
    if invoice.money_back_id:
        return list(reductions(money_back().filter(pk=invoice.money_back_id)))
    goods = given().filter(fulfilment__order=invoice.order_id).order_by("pk")
    postage = posted().filter(order=invoice.order_id)
    return [*map(given_of, goods), *map(postage_of, postage)]


def seller_of(lines: list[Entry]) -> Content:
    points = [
        {"name": point.name, "address": point.address_here}
        for point in dict.fromkeys(one.point for one in lines)
    ]
    return {"name": "OCOP Quảng Nam", "points": points}


def sum_as_json(one: VatSum) -> Content:
    return {
        "rate": one.rate,
        "net_vnd": one.net_vnd,
        "vat_vnd": one.vat_vnd,
        "gross_vnd": one.gross_vnd,
    }
