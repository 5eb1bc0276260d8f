"""The stock of a point as a file: what is written, and what is read back.

A row is a lot: product number, name, lot, best before, units on hand, and from how
many units the product counts as running low. Headings are Vietnamese or English.
"""

import csv
import datetime as dt
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from catalogue.text import fold

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_UNITS = 100_000
"""Of one lot; with it, no column of a full file can overflow the database's numbers."""

UNPACKED = 40 * 1024 * 1024
"""An XLSX of MOST_ROWS rows unpacks to a quarter of it; more is a bomb."""

MARKS = 1_500_000
"""Of XML in all parts; an XLSX of MOST_ROWS rows has half as many."""

PARTS = 100
COLUMNS = 50

HEADINGS = {
    "code": ("Mã số", "Number"),
    "name": ("Tên sản phẩm", "Name"),
    "lot": ("Lô", "Lot"),
    "best_before": ("Hạn dùng", "Best before"),
    "on_hand": ("Số lượng hiện có", "On hand"),
    "threshold": ("Ngưỡng sắp hết", "Threshold"),
}
NEEDED = ("code", "lot", "best_before", "on_hand")
SEPARATOR = {"vi": ";", "en": ","}
"""What Excel splits a CSV by where that language is set; any of , ; tab is read."""

WIDTHS = (12, 40, 18, 14, 18, 16)
YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})")
DAY_FIRST = re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})")
LOT = re.compile(r"[A-Za-z0-9./_-]{1,20}")
WRITES_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class NotASheet(Exception):
    """The content is neither CSV nor XLSX, whatever the file is called."""


class WrongEncoding(Exception):
    """A CSV that is not UTF-8; `row` is the first that cannot be read."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row} is not UTF-8")
        self.row = row


class WrongColumns(Exception):
    """Columns without which nothing can be read, or that stand there twice."""

    def __init__(self, missing: list[str], twice: list[str]) -> None:
        super().__init__(f"missing {missing}, twice {twice}")
        self.missing = missing
        self.twice = twice


class TooManyRows(Exception):
    """More than MOST_ROWS."""


class TooBig(Exception):
    """More bytes than MOST_BYTES, or far more once unpacked."""


class Why(StrEnum):
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
    PROMISED = "promised"


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be booked; `saw` is what its sentence names."""

    row: int
    why: Why
    saw: object = ""


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
    """The rows that could be read, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Lying:
    """A lot as it is written."""

    code: str
    name: str
    lot: str
    best_before: dt.date | None
    on_hand: int
    threshold: int | None


def as_csv(lots: Iterable[Lying], *, language: str) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for something else."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATOR[language])
    writer.writerow(headings(language))
    for lot in lots:
        writer.writerow("" if cell is None else cell for cell in cells_of(lot))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(lots: Iterable[Lying], *, language: str) -> bytes:
    book = Workbook()
    page = book.active
    page.append(headings(language))
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    for lot in lots:
        page.append(list(cells_of(lot)))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def headings(language: str) -> list[str]:
    return [words[0 if language == "vi" else 1] for words in HEADINGS.values()]


def cells_of(lot: Lying) -> Iterator[object]:
    """A date as 2027-12-24 in both kinds of file, which no country reads otherwise."""
    yield escaped(lot.code)
    yield escaped(lot.name)
    yield escaped(lot.lot)
    yield lot.best_before and lot.best_before.isoformat()
    yield lot.on_hand
    yield lot.threshold


def escaped(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(WRITES_A_FORMULA) else text


def unescaped(text: str) -> str:
    return (
        text[1:] if text[:1] == "'" and text[1:].startswith(WRITES_A_FORMULA) else text
    )


def read(content: bytes) -> Sheet:
    """The rows of a CSV or XLSX file, told apart by what is in it.

    Raises TooBig, NotASheet, WrongEncoding, WrongColumns or TooManyRows.
    """
    if len(content) > MOST_BYTES:
        raise TooBig
    lines = xlsx_lines(content) if content[:4] == b"PK\x03\x04" else csv_lines(content)
    try:
        heading = next(lines)
    except StopIteration:
        raise NotASheet from None
    places = places_of([text_of(cell) for cell in heading])
    sheet = Sheet()
    seen: dict[tuple[str, str], int] = {}
    thresholds: dict[str, tuple[int, int | None]] = {}
    for number, line in enumerate(lines, start=2):
        if not any(text_of(cell) for cell in line):
            continue
        if number > MOST_ROWS + 1:
            raise TooManyRows
        cells = {
            column: line[place] if place < len(line) else None
            for column, place in places.items()
        }
        row = row_of(number, cells, sheet.problems)
        if row is None:
            continue
        first = seen.setdefault((row.code, row.lot), number)
        same = thresholds.setdefault(row.code, (number, row.threshold))
        if first != number:
            sheet.problems.append(Problem(number, Why.REPEATED, first))
        elif row.threshold != same[1]:
            sheet.problems.append(Problem(number, Why.OTHER_THRESHOLD, same[0]))
        else:
            sheet.rows.append(row)
    return sheet


def csv_lines(content: bytes) -> Iterator[list[object]]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WrongEncoding(1)
    if b"\x00" in content or not content.strip():
        raise NotASheet
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        if content[:1] in b"\x89%\xd0\xff\x1f":  # PNG, PDF, old Office, JPEG, gzip
            raise NotASheet from None
        raise WrongEncoding(content[: wrong.start].count(b"\n") + 1) from None
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from lines
    except csv.Error:
        raise NotASheet from None


def xlsx_lines(content: bytes) -> Iterator[list[object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if "[Content_Types].xml" not in parts.namelist():
                raise NotASheet
            unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > UNPACKED or len(parts.infolist()) > PARTS:
                raise TooBig
            refuse_too_many_marks(parts)
        book = load_workbook(io.BytesIO(content), read_only=True)
        page = book.worksheets[0]
        page.reset_dimensions()  # what the file says of its size may be wrong
        for number, line in enumerate(page.iter_rows(max_col=COLUMNS), start=1):
            if number > 2 * MOST_ROWS:  # rows far below are made up of empty ones
                raise TooManyRows
            yield [
                Formula(cell.value) if cell.data_type == "f" else cell.value
                for cell in line
            ]
    except (
        AttributeError,
        DefusedXmlException,
        EOFError,
        IndexError,
        KeyError,
        NotImplementedError,
        OSError,
        OverflowError,
        ParseError,
        RuntimeError,
        TypeError,
        ValueError,
        lzma.LZMAError,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
    ):
        raise NotASheet from None  # openpyxl fails in as many ways as files are broken


def refuse_too_many_marks(parts: zipfile.ZipFile) -> None:
    """A row is in memory as a whole before its cells are cut off.

    Raises TooBig.
    """
    marks = 0
    for part in parts.infolist():
        with parts.open(part) as file:
            while piece := file.read(1 << 20):
                marks += piece.count(b"<")
                if marks > MARKS:
                    raise TooBig


class Formula(str):
    """What stands in a cell in place of a value."""

    __slots__ = ()


def text_of(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unescaped(str(cell).strip())


def places_of(heading: list[str]) -> dict[str, int]:
    """Column to its place in a line. Raises WrongColumns."""
    known = {fold(word): name for name, words in HEADINGS.items() for word in words}
    found = [(known.get(fold(text)), place) for place, text in enumerate(heading)]
    places = {name: place for name, place in reversed(found) if name}
    missing = [name for name in NEEDED if name not in places]
    twice = sorted({n for n, place in found if n and places[n] != place})
    if missing or twice:
        raise WrongColumns(missing, twice)
    return places


def row_of(
    number: int, cells: dict[str, object], problems: list[Problem]
) -> Row | None:
    """The row, or None when it goes to the problems."""
    before = len(problems)
    for column, cell in cells.items():
        if column != "name" and is_formula(cell):
            problems.append(Problem(number, Why.FORMULA, column))
    if len(problems) > before:
        return None
    code, lot = text_of(cells["code"]).upper(), text_of(cells["lot"])
    if not code:
        problems.append(Problem(number, Why.NO_NUMBER))
    if not LOT.fullmatch(lot):
        problems.append(Problem(number, Why.NO_LOT, lot[:40]))
    best_before = None
    if said := text_of(cells["best_before"]):
        best_before = date_of(cells["best_before"])
        if best_before is None:
            problems.append(Problem(number, Why.NO_DATE, said[:40]))
    on_hand = units_of(number, cells["on_hand"], problems)
    threshold = None
    if text_of(cells.get("threshold")):
        threshold = units_of(number, cells["threshold"], problems)
    if len(problems) > before or on_hand is None:
        return None
    return Row(number, code, lot, best_before, on_hand, threshold)


def is_formula(cell: object) -> bool:
    return isinstance(cell, Formula) or (
        isinstance(cell, str) and cell.lstrip().startswith("=")
    )


def units_of(number: int, cell: object, problems: list[Problem]) -> int | None:
    said = text_of(cell)
    if re.fullmatch(r"[0-9]{1,18}", said, re.ASCII):
        if int(said) <= MOST_UNITS:
            return int(said)
        problems.append(Problem(number, Why.TOO_MANY, said))
    elif re.fullmatch(r"-[0-9]+", said, re.ASCII):
        problems.append(Problem(number, Why.NEGATIVE, said[:40]))
    else:
        problems.append(Problem(number, Why.NOT_WHOLE, said[:40]))
    return None


def date_of(cell: object) -> dt.date | None:
    """2027-12-24 or 24/12/2027, or a cell that is a date."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    said = text_of(cell)
    for pattern in (YEAR_FIRST, DAY_FIRST):
        if found := pattern.fullmatch(said):
            try:
                return dt.date(*(int(found[part]) for part in ("y", "m", "d")))
            except ValueError:
                return None
    return None
