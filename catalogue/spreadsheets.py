"""CSV and XLSX files, in and out, for every package.

What comes in may be a bomb (zip, XML entities, rows without end), and what goes out may
hold text that a spreadsheet would run as a formula; both are guarded here.
"""

import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from catalogue.refusals import Refusal
from catalogue.text import fold

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000

UNPACKED = 40 * 1024 * 1024
"""An XLSX of MOST_ROWS rows unpacks to a quarter of it; more is a bomb."""

MARKS = 1_500_000
"""Of XML in all entries; an XLSX of MOST_ROWS rows has half as many."""

ENTRIES = 100
COLUMNS = 50

SEPARATOR = {"vi": ";", "en": ","}
"""What Excel splits a CSV by where that language is set; any of , ; tab is read."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")

Headings = Mapping[str, tuple[str, str]]
"""Column to its heading in Vietnamese and in English."""


NO_SHEET = gettext_lazy("This is neither a CSV nor an XLSX file.")
NO_CSV = gettext_lazy("This is not a CSV file.")
TOO_BIG = gettext_lazy("The file is too big: 5 MB at most, also once unpacked.")
NOT_UTF8 = gettext_lazy(
    "Row %d is not written in UTF-8. Save the file as “CSV UTF-8” or as XLSX."
)
CSV_NOT_UTF8 = gettext_lazy(
    "Row %d is not written in UTF-8. Save the file as “CSV UTF-8”."
)
TOO_MANY_ROWS = gettext_lazy("A file has %d rows at most. Please cut it in parts.")


class NotASheet(Refusal):
    """A file that cannot be read: another format, too big, or other columns."""

    field = "file"
    status = 422


# --- Out -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page of a workbook: heading to its width in characters, and the rows."""

    headings: Mapping[str, int]
    rows: Iterable[Sequence[object]]
    title: str = "Sheet"


def write_csv(page: Page, *, language: str) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for something else."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATOR[language])
    writer.writerow(page.headings)
    writer.writerows([safe_cell(cell) for cell in row] for row in page.rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(*pages: Page) -> bytes:
    book = Workbook(write_only=True)  # does not keep every cell in memory
    for page in pages:
        sheet = book.create_sheet(page.title)
        sheet.freeze_panes = "A2"
        headings = []
        for place, (heading, width) in enumerate(page.headings.items()):
            sheet.column_dimensions[chr(ord("A") + place)].width = width
            headings.append(WriteOnlyCell(sheet, heading))
            headings[-1].font = Font(bold=True)
        sheet.append(headings)
        for row in page.rows:
            sheet.append([safe_cell(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def safe_cell(cell: object) -> object:
    """Text that no spreadsheet runs as a formula, and that XLSX can hold."""
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# --- In ------------------------------------------------------------------------------


class Formula(str):
    """What stands in a cell in place of a value."""

    __slots__ = ()


def read_rows(content: bytes) -> Iterator[list[object]]:
    """The rows of a CSV or XLSX file, which is recognised by its content.

    Raises NotASheet, also during iteration.
    """
    if len(content) > MOST_BYTES:
        raise NotASheet(TOO_BIG)
    if content[:4] == b"PK\x03\x04":
        return read_xlsx(content)
    return read_csv(content, no_csv=NO_SHEET, not_utf8=NOT_UTF8)


def read_csv(
    content: bytes, *, no_csv: Promise = NO_CSV, not_utf8: Promise = CSV_NOT_UTF8
) -> Iterator[list[object]]:
    """The rows of a CSV file. Raises NotASheet with one of these sentences."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise NotASheet(str(not_utf8) % 1)
    if b"\x00" in content or not content.strip():
        raise NotASheet(no_csv)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        if content[:1] in b"\x89%\xd0\xff\x1f":  # PNG, PDF, old Office, JPEG, gzip
            raise NotASheet(no_csv) from None
        row = content[: wrong.start].count(b"\n") + 1
        raise NotASheet(str(not_utf8) % row) from None
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from lines
    except csv.Error:
        raise NotASheet(no_csv) from None


def read_xlsx(content: bytes) -> Iterator[list[object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise NotASheet(NO_SHEET)
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > UNPACKED or len(archive.infolist()) > ENTRIES:
                raise NotASheet(TOO_BIG)
            refuse_too_much_xml(archive)
        book = load_workbook(io.BytesIO(content), read_only=True)
        page = book.worksheets[0]
        page.reset_dimensions()  # the size that the file declares may be wrong
        for number, line in enumerate(page.iter_rows(max_col=COLUMNS), start=1):
            if number > 2 * MOST_ROWS:  # rows far below are made up of empty ones
                raise NotASheet(str(TOO_MANY_ROWS) % MOST_ROWS)
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
        # openpyxl raises any of these on a broken file
        raise NotASheet(NO_SHEET) from None


def refuse_too_much_xml(archive: zipfile.ZipFile) -> None:
    """A row is in memory as a whole before its cells are cut off.

    Raises NotASheet.
    """
    marks = 0
    for entry in archive.infolist():
        with archive.open(entry) as file:
            while piece := file.read(1 << 20):
                marks += piece.count(b"<")
                if marks > MARKS:
                    raise NotASheet(TOO_BIG)


def is_formula(cell: object) -> bool:
    return isinstance(cell, Formula) or (
        isinstance(cell, str) and cell.lstrip().startswith("=")
    )


def cell_text(cell: object) -> str:
    """The cell as text without blanks around it and without the guard of safe_cell."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    is_guarded = text[:1] == "'" and text[1:].startswith(FORMULA_STARTS)
    return text[1:] if is_guarded else text


def find_columns(
    heading: Sequence[object], headings: Headings, needed: Iterable[str]
) -> dict[str, int]:
    """Column to its place in a row. Raises NotASheet."""
    known = {fold(word): name for name, words in headings.items() for word in words}
    found = [(known.get(fold(cell_text(cell))), i) for i, cell in enumerate(heading)]
    places = {name: place for name, place in reversed(found) if name}
    missing = [name for name in needed if name not in places]
    twice = sorted({n for n, place in found if n and places[n] != place})
    if missing or twice:
        language = 0 if get_language() == "vi" else 1
        names = ", ".join(headings[name][language] for name in missing or twice)
        if missing:
            raise NotASheet(_("These columns are missing: %s.") % names)
        raise NotASheet(_("These columns are there twice: %s.") % names)
    return places
