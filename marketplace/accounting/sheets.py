"""Sales as a file for the bookkeeper: CSV, or XLSX with its sums on a second page."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from catalogue.vat import rate_label
from marketplace.accounting.queries.entries.entry import Entry, What
from marketplace.accounting.queries.sales import sums_by_point
from stores.sheets import SEPARATOR, escaped

WORDS = {
    What.SALE: gettext_lazy("sale"),
    What.POSTAGE: gettext_lazy("postage"),
    What.RETURN: gettext_lazy("return"),
    What.REDUCTION: gettext_lazy("reduction"),
}
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


def as_csv(sold: Iterable[Entry], *, language: str) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for something else."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATOR[language])
    writer.writerow(LINES)
    writer.writerows(cells_of(entry) for entry in sold)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sold: list[Entry], *, language: str) -> bytes:
    book = Workbook(write_only=True)  # does not keep every cell in memory
    append(book, _("Sales"), LINES, (cells_of(entry) for entry in sold))
    append(book, _("Sums"), SUMS, sums_cells(sold))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def append(
    book: Workbook, title: str, headings: Mapping[Any, int], rows: Iterable[Cells]
) -> None:
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    for place, width in enumerate(headings.values()):
        page.column_dimensions[chr(ord("A") + place)].width = width
    page.append([bold(page, str(heading)) for heading in headings])
    for cells in rows:
        page.append(cells)


def bold(page: object, value: str) -> Cell:
    cell = WriteOnlyCell(page, value)
    cell.font = Font(bold=True)
    return cell


def cells_of(entry: Entry) -> Cells:
    """A date as 2027-12-24 in a CSV, which no country reads otherwise."""
    return [
        timezone.localtime(entry.at).date(),
        plain(entry.number),
        plain(entry.point.name),
        str(WORDS[entry.what]),
        plain(entry.code),
        plain(entry.name),
        entry.units,
        entry.price_vnd,
        rate_label(entry.rate),
        entry.net_vnd,
        entry.vat_vnd,
        entry.gross_vnd,
        plain(entry.way),
    ]


def sums_cells(sold: Iterable[Entry]) -> Iterator[Cells]:
    for of_point in sums_by_point(sold):
        name = plain(of_point.point.name)
        for one in of_point.sums:
            yield [name, one.label, one.net_vnd, one.vat_vnd, one.gross_vnd]


def plain(text: str) -> str:
    """Text that no spreadsheet runs, and that XLSX can hold."""
    return escaped(ILLEGAL_CHARACTERS_RE.sub("", text))
