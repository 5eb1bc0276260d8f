"""Sales as a file for the bookkeeper: CSV, or XLSX with its sums on a second page."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.spreadsheets import Page, write_csv, write_xlsx
from catalogue.vat import rate_label
from marketplace.accounting.queries.sales import payment_label, sums_by_point
from stores.models import SalesEntry

LINES = {
    gettext_lazy("Date"): 12,
    gettext_lazy("Document"): 14,
    gettext_lazy("Point of sale"): 30,
    gettext_lazy("Kind of line"): 12,
    gettext_lazy("Product number"): 14,
    gettext_lazy("Product"): 40,
    gettext_lazy("Quantity"): 10,
    gettext_lazy("Price (₫)"): 14,
    gettext_lazy("VAT rate"): 16,
    gettext_lazy("Without VAT (₫)"): 16,
    gettext_lazy("VAT (₫)"): 14,
    gettext_lazy("With VAT (₫)"): 16,
    gettext_lazy("Paid by"): 16,
}
"""Headings of the lines, with how wide each is in characters."""
SUMS = {
    gettext_lazy("Point of sale"): 30,
    gettext_lazy("VAT rate"): 16,
    gettext_lazy("Without VAT (₫)"): 16,
    gettext_lazy("VAT (₫)"): 14,
    gettext_lazy("With VAT (₫)"): 16,
}
Cells = list[str | int | dt.date]


def as_csv(entries: Iterable[SalesEntry], *, language: str) -> bytes:
    return write_csv(lines_page(entries), language=language)


def as_xlsx(entries: list[SalesEntry], *, language: str) -> bytes:
    sums = Page(titles(SUMS), sums_cells(entries), title=_("Sums"))
    return write_xlsx(lines_page(entries), sums)


def lines_page(entries: Iterable[SalesEntry]) -> Page:
    cells = (line_cells(entry) for entry in entries)
    return Page(titles(LINES), cells, title=_("Sales"))


def titles(headings: Mapping[Any, int]) -> dict[str, int]:
    return {str(heading): width for heading, width in headings.items()}


def line_cells(entry: SalesEntry) -> Cells:
    """A date as 2027-12-24 in a CSV, which no country reads otherwise."""
    return [
        timezone.localtime(entry.at).date(),
        entry.document,
        entry.point.name,
        entry.get_kind_display(),
        entry.sku,
        entry.name,
        entry.units,
        entry.price_vnd,
        rate_label(entry.vat_rate),
        entry.net_vnd,
        entry.vat_vnd,
        entry.gross_vnd,
        payment_label(entry),
    ]


def sums_cells(entries: Iterable[SalesEntry]) -> Iterator[Cells]:
    for one_point in sums_by_point(entries):
        name = one_point.point.name
        for one in one_point.sums:
            yield [name, one.label, one.net_vnd, one.vat_vnd, one.gross_vnd]
