"""The bank's statement as a file: what came to the account, a line for each transfer.

A CSV with headings in the words of Vietnamese banks or in English, below whatever the
bank prints above them. Money that left is passed over.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from catalogue.money import MOST_VND, parse_dong
from catalogue.spreadsheets import TooManyRows, is_formula, read_csv
from catalogue.text import fold, one_line
from marketplace.payments.transfers import (
    LONGEST_PURPOSE,
    LONGEST_RAW,
    LONGEST_REFERENCE,
    Came,
    is_likely,
    is_yet_to_come,
    name_for,
)

MOST_LINES = 5_000
"""Each is taken in by itself, while the manager waits."""

ABOVE = 30
"""So many lines a bank may print before its headings."""

HEADINGS = {
    "booked_at": (
        "ngay giao dich",
        "ngay gio giao dich",
        "ngay hach toan",
        "ngay hieu luc",
        "ngay",
        "transaction date",
        "booking date",
        "date",
    ),
    "amount_vnd": (
        "ghi co",
        "so tien ghi co",
        "phat sinh co",
        "so tien",
        "credit amount",
        "credit",
        "amount",
    ),
    "purpose": (
        "noi dung giao dich",
        "noi dung chi tiet",
        "noi dung",
        "dien giai",
        "mo ta",
        "description",
        "transaction detail",
        "purpose",
        "details",
    ),
    "reference": (
        "so giao dich",
        "ma giao dich",
        "so tham chieu",
        "so but toan",
        "so chung tu",
        "transaction number",
        "transaction id",
        "reference number",
        "reference",
    ),
}
NEEDED = ("booked_at", "amount_vnd", "purpose")
WHEN = re.compile(
    r"(?:(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"
    r"|(?P<y2>[0-9]{4})-(?P<m2>[0-9]{1,2})-(?P<d2>[0-9]{1,2}))"
    r"(?:[ T]+(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2}))?)?"
)
TEXT_FOR_EXCEL = re.compile(r'="([^"]*)"')
"""How some banks write a number so that Excel leaves its zeros alone."""


class Why(StrEnum):
    """What is wrong with a row."""

    NO_DATE = "no date"
    NOT_YET = "not yet"
    NO_AMOUNT = "no amount"
    LONG_REFERENCE = "long reference"
    FORMULA = "formula"


class WrongColumns(Exception):
    """Columns without which nothing can be read; `missing` are keys of HEADINGS."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"missing {missing}")
        self.missing = missing


@dataclass(frozen=True)
class Line:
    """A row of the file: a transfer that came, or why it cannot be read."""

    number: int
    came: Came | None = None
    why: Why | None = None


def read(content: bytes) -> list[Line]:
    """What came, row by row; rows are counted from 1 as a spreadsheet does.

    Raises NotASheet, WrongEncoding, WrongColumns or TooManyRows.
    """
    places, lines = below_headings(content)
    found: list[Line] = []
    nameless: Counter[Came] = Counter()
    for number, cells in lines:
        line = line_of(number, cells, places)
        if line is None:
            continue
        if line.came and not line.came.reference:
            same = replace(line.came, raw="")
            nameless[same] += 1
            account = settings.VIETQR_ACCOUNT or ""
            name = name_for(account=account, said=same, number=nameless[same])
            line = replace(line, came=replace(line.came, reference=name))
        found.append(line)
    return found


def below_headings(
    content: bytes,
) -> tuple[dict[str, int], Iterator[tuple[int, list[str]]]]:
    """Where the columns are, and the rows that hold something, with their numbers."""
    least = list(NEEDED)
    rest = content
    for above in range(ABOVE):
        lines = read_csv(rest)
        heading = next(lines, None)
        if heading is None:
            break
        places = places_of([str(cell) for cell in heading])
        missing = [key for key in NEEDED if key not in places]
        if not missing:
            return places, numbered(lines, above + 2)
        least = min(least, missing, key=len)
        _gone, _newline, rest = rest.partition(b"\n")
        if not rest.strip():
            break
    raise WrongColumns(least)


def numbered(
    lines: Iterator[list[object]], first: int
) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(lines, start=first):
        if number - first >= MOST_LINES:
            raise TooManyRows
        texts = [str(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield number, texts


def places_of(heading: list[str]) -> dict[str, int]:
    """Column to its place; a heading may say it twice, as “Ngày / Date”."""
    said = [
        {
            " ".join(re.findall(r"\w+", part))
            for part in re.split(r"[/|(\n]", fold(cell))
        }
        for cell in heading
    ]
    places = {}
    for key, words in HEADINGS.items():
        known = [at for word in words for at, parts in enumerate(said) if word in parts]
        if known:
            places[key] = known[0]
    return places


def line_of(number: int, cells: list[str], places: dict[str, int]) -> Line | None:
    """None for money that left, or a row of the other side's column."""
    said = {
        key: TEXT_FOR_EXCEL.sub(r"\1", cells[place]).strip()
        if place < len(cells)
        else ""
        for key, place in places.items()
    }
    if any(is_formula(cell) for cell in said.values()):
        return Line(number, why=Why.FORMULA)
    amount_vnd = parse_dong(said["amount_vnd"])
    if amount_vnd is None or amount_vnd > MOST_VND:
        return Line(number, why=Why.NO_AMOUNT)
    if amount_vnd <= 0:
        return None
    booked_at = moment_of(said["booked_at"])
    if booked_at is None:
        return Line(number, why=Why.NO_DATE)
    if is_yet_to_come(booked_at):
        return Line(number, why=Why.NOT_YET)
    reference = one_line(said.get("reference", ""))
    if len(reference) > LONGEST_REFERENCE:
        return Line(number, why=Why.LONG_REFERENCE)
    return Line(
        number,
        came=Came(
            reference,
            booked_at,
            amount_vnd,
            one_line(said["purpose"])[:LONGEST_PURPOSE],
            raw=" | ".join(map(one_line, cells))[:LONGEST_RAW],
        ),
    )


def moment_of(text: str) -> dt.datetime | None:
    """A day, or a minute of it, in Việt Nam's time."""
    found = WHEN.fullmatch(text)
    if not found:
        return None
    part = found.groupdict()
    try:
        local = dt.datetime(
            int(part["y"] or part["y2"]),
            int(part["m"] or part["m2"]),
            int(part["d"] or part["d2"]),
            int(part["h"] or 0),
            int(part["min"] or 0),
            int(part["s"] or 0),
        )
    except ValueError:
        return None
    return timezone.make_aware(local) if is_likely(local) else None
