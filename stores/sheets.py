"""The stock of a point as a file: what is written, and what is read back.

A row is a lot: product number, name, lot, best before, units on hand, and from how
many units the product counts as running low, and the address of the point, which may be
left out. Headings are Vietnamese or English.
"""

import datetime as dt
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from catalogue.forms import FIRST_DAY, LAST_DAY
from catalogue.spreadsheets import (
    MOST_ROWS,
    NO_SHEET,
    TOO_MANY_ROWS,
    NotASheet,
    Page,
    cell_text,
    find_columns,
    is_formula,
    read_rows,
    write_csv,
    write_xlsx,
)

MOST_UNITS = 100_000
"""Of one lot; with it, no column of a full file can overflow the database's numbers."""

HEADINGS = {
    "code": ("Mã số", "Number"),
    "name": ("Tên sản phẩm", "Name"),
    "lot": ("Lô", "Lot"),
    "best_before": ("Hạn dùng", "Best before"),
    "on_hand": ("Số lượng hiện có", "On hand"),
    "threshold": ("Ngưỡng sắp hết", "Threshold"),
    "point": ("Điểm bán", "Sales point"),
}
NEEDED = ("code", "lot", "best_before", "on_hand")
WIDTHS = (12, 40, 18, 14, 18, 16, 24)
YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})")
DAY_FIRST = re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})")
LOT = re.compile(r"[A-Za-z0-9./_-]{1,20}")


class ProblemKind(StrEnum):
    """What is wrong with a row."""

    NO_NUMBER = "no number"
    NO_LOT = "no lot"
    NO_DATE = "no date"
    NOT_WHOLE = "not whole"
    NEGATIVE = "negative"
    TOO_MANY = "too many"
    FORMULA = "formula"
    REPEATED = "repeated"
    OTHER_THRESHOLD = "other threshold"
    UNKNOWN = "unknown"
    NOT_SOLD_HERE = "not sold here"
    PAST = "past"
    OTHER_DATE = "other date"
    ALLOCATED = "allocated"


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be booked; `value` is what its sentence names."""

    row: int
    kind: ProblemKind
    value: object = ""


@dataclass(frozen=True)
class Row:
    """A lot as the file has it; `number` is its row there, the heading being row 1."""

    number: int
    code: str
    lot: str
    best_before: dt.date | None
    on_hand: int
    threshold: int | None


@dataclass
class Sheet:
    """The rows that could be read, what is wrong with the others, whose shelf it is."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    points: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class LotRow:
    """A lot as it is written."""

    code: str
    name: str
    lot: str
    best_before: dt.date | None
    on_hand: int
    threshold: int | None
    point: str


def stock_page(lots: Iterable[LotRow], language: str) -> Page:
    """A date as 2027-12-24 in both kinds of file, which no country reads otherwise."""
    titles = [words[0 if language == "vi" else 1] for words in HEADINGS.values()]
    rows = (
        (
            lot.code,
            lot.name,
            lot.lot,
            lot.best_before and lot.best_before.isoformat(),
            lot.on_hand,
            lot.threshold,
            lot.point,
        )
        for lot in lots
    )
    return Page(dict(zip(titles, WIDTHS, strict=True)), rows)


def as_csv(lots: Iterable[LotRow], *, language: str) -> bytes:
    return write_csv(stock_page(lots, language), language=language)


def as_xlsx(lots: Iterable[LotRow], *, language: str) -> bytes:
    return write_xlsx(stock_page(lots, language))


def read(content: bytes) -> Sheet:
    """The rows of a CSV or XLSX file, told apart by what is in it.

    Raises NotASheet.
    """
    lines = read_rows(content)
    heading = next(lines, None)
    if heading is None:
        raise NotASheet(NO_SHEET)
    places = find_columns(heading, HEADINGS, NEEDED)
    sheet = Sheet()
    seen: dict[tuple[str, str], int] = {}
    thresholds: dict[str, tuple[int, int | None]] = {}
    for number, line in enumerate(lines, start=2):
        if not any(cell_text(cell) for cell in line):
            continue
        if number > MOST_ROWS + 1:
            raise NotASheet(str(TOO_MANY_ROWS) % MOST_ROWS)
        cells = {
            column: line[place] if place < len(line) else None
            for column, place in places.items()
        }
        sheet.points |= {cell_text(cells.pop("point", ""))} - {""}
        row = parse_row(number, cells, sheet.problems)
        if row is None:
            continue
        first = seen.setdefault((row.code, row.lot), number)
        same = thresholds.setdefault(row.code, (number, row.threshold))
        if first != number:
            sheet.problems.append(Problem(number, ProblemKind.REPEATED, first))
        elif row.threshold != same[1]:
            sheet.problems.append(Problem(number, ProblemKind.OTHER_THRESHOLD, same[0]))
        else:
            sheet.rows.append(row)
    return sheet


def parse_row(
    number: int, cells: dict[str, object], problems: list[Problem]
) -> Row | None:
    """The row, or None when it goes to the problems."""
    before = len(problems)
    for column, cell in cells.items():
        if column != "name" and is_formula(cell):
            problems.append(Problem(number, ProblemKind.FORMULA, column))
    if len(problems) > before:
        return None
    code, lot = cell_text(cells["code"]).upper(), cell_text(cells["lot"])
    if not code:
        problems.append(Problem(number, ProblemKind.NO_NUMBER))
    if not LOT.fullmatch(lot):
        problems.append(Problem(number, ProblemKind.NO_LOT, lot[:40]))
    best_before = None
    if text := cell_text(cells["best_before"]):
        best_before = parse_date(cells["best_before"])
        if best_before is None:
            problems.append(Problem(number, ProblemKind.NO_DATE, text[:40]))
    on_hand = parse_units(number, cells["on_hand"], problems)
    threshold = None
    if cell_text(cells.get("threshold")):
        threshold = parse_units(number, cells["threshold"], problems)
    if len(problems) > before or on_hand is None:
        return None
    return Row(number, code, lot, best_before, on_hand, threshold)


def parse_units(number: int, cell: object, problems: list[Problem]) -> int | None:
    text = cell_text(cell)
    if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        if int(text) <= MOST_UNITS:
            return int(text)
        problems.append(Problem(number, ProblemKind.TOO_MANY, text))
    elif re.fullmatch(r"-[0-9]+", text, re.ASCII):
        problems.append(Problem(number, ProblemKind.NEGATIVE, text[:40]))
    else:
        problems.append(Problem(number, ProblemKind.NOT_WHOLE, text[:40]))
    return None


def parse_date(cell: object) -> dt.date | None:
    """2027-12-24 or 24/12/2027, or a cell that is a date; None if no label has it."""
    day = None
    if isinstance(cell, dt.datetime):
        day = cell.date()
    elif isinstance(cell, dt.date):
        day = cell
    for pattern in (YEAR_FIRST, DAY_FIRST):
        if found := pattern.fullmatch(cell_text(cell)):
            with suppress(ValueError):
                day = dt.date(*(int(found[name]) for name in ("y", "m", "d")))
    return day if day and FIRST_DAY <= day <= LAST_DAY else None
