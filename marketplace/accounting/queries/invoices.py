"""What has no invoice yet, which invoices are due, and what is on one."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import translation

from catalogue.vat import VatSum
from marketplace.accounting.models import Invoice
from marketplace.accounting.providers import Content
from marketplace.orders.models import Fulfilment
from marketplace.payments.models import Payment
from stores.models import SalesEntry, vat_sums


def without_invoice() -> QuerySet[SalesEntry, Any]:
    """What the journal has and no invoice yet, as the fields of that one. One query.

    A sale at the desk is invoiced at once, an order when it is paid and nothing of it
    is open any more: some of it may be cancelled. What is taken back adjusts the
    invoice of the sale once that was issued.
    """
    document = OuterRef("document")
    invoices = Invoice.objects.filter(document=document)
    first = invoices.filter(reference="", state=Invoice.State.ISSUED)
    paid = Payment.objects.filter(order__number=document, paid_at__isnull=False)
    still_open = Fulfilment.objects.filter(order__number=document).open()
    at_desk, order = Q(sale__isnull=False), Exists(paid) & ~Exists(still_open)
    return (
        SalesEntry.objects.filter(
            ~Exists(invoices.filter(reference=OuterRef("reference")))
        )
        .annotate(adjusts_id=Subquery(first.values("pk")))
        .filter(
            Q(reference="") & (at_desk | order)
            | ~Q(reference="") & Q(adjusts_id__isnull=False)
        )
        .values("document", "reference", adjusts=F("adjusts_id"))
        .annotate(first=Min("pk"))
        .order_by("first")
    )


def due_invoices(*, at: dt.datetime) -> QuerySet[Invoice]:
    """Invoices to issue now, first come, first served."""
    waiting = Invoice.objects.filter(state=Invoice.State.WAITING, try_after__lte=at)
    return waiting.order_by("pk")


def failing_invoices() -> QuerySet[Invoice]:
    """Invoices that could not be issued so far, the longest first."""
    waiting = Invoice.objects.filter(state=Invoice.State.WAITING, tries__gt=0)
    return waiting.select_related("adjusts").order_by("queued_at", "pk")


def issued_invoices() -> QuerySet[Invoice]:
    """Newest first."""
    rows = Invoice.objects.filter(state=Invoice.State.ISSUED)
    return rows.select_related("adjusts").order_by("-issued_at", "-pk")


def get_invoice_series(day: dt.date) -> str:
    """One series a year, with the tax office's code, as its numbers begin.

    Source: Circular 78/2021/TT-BTC, article 4. Quoted from memory: let whoever keeps
    the books confirm it before a real invoice.
    """
    return f"C{day:%y}TQN"


def make_invoice_content(
    invoice: Invoice, *, series: str, number: int, on: dt.date
) -> Content:
    """What is on it, in Vietnamese, to a buyer by retail; negative what it takes off.

    No company is requested, so no buyer is named. What was refunded without
    goods has no rate: the provider refuses it, or leaves it to the bookkeeper.
    """
    rows = SalesEntry.objects.filter(
        document=invoice.document, reference=invoice.reference
    )
    entries = list(rows.select_related("point", "record__product").order_by("pk"))
    with translation.override("vi"):
        sums = vat_sums(entries)
        return {
            "series": series,
            "number": number,
            "issued_on": on.isoformat(),
            "document": invoice.document,
            "adjusts": invoice.adjusts.full_number if invoice.adjusts else "",
            "seller": {
                "name": "OCOP Quảng Nam",
                "points": [
                    {"name": point.name, "address": point.address_here}
                    for point in dict.fromkeys(one.point for one in entries)
                ],
            },
            "buyer": {"kind": "retail", "name": "Khách lẻ"},
            "currency": "VND",
            "lines": [
                {
                    "name": one.name,
                    "code": one.sku,
                    "units": one.units,
                    "price_vnd": one.price_vnd,
                    **sum_as_json(VatSum(one.vat_rate, one.gross_vnd, one.vat_vnd)),
                }
                for one in entries
            ],
            "by_rate": [sum_as_json(one) for one in sums],
            "net_vnd": sum(one.net_vnd for one in sums),
            "vat_vnd": sum(one.vat_vnd for one in sums),
            "gross_vnd": sum(one.gross_vnd for one in sums),
        }


def sum_as_json(one: VatSum) -> Content:
    return {
        "rate": one.rate,
        "net_vnd": one.net_vnd,
        "vat_vnd": one.vat_vnd,
        "gross_vnd": one.gross_vnd,
    }
