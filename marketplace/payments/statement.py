"""The bank's statement as a file: what came to the account, a line for each transfer.

A CSV with headings, in the words of Vietnamese banks or in English. Money that left is
passed over; everything else has to be readable, or nothing of the file is taken in.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import timezone

from catalogue.text import fold
from stores.sheets import MOST_ROWS, TooManyRows, csv_lines

HEADINGS = {
    "reference": (
        "so giao dich",
        "ma giao dich",
        "so tham chieu",
        "so but toan",
        "transaction number",
        "transaction id",
        "reference",
    ),
    "booked_at": (
        "ngay giao dich",
        "ngay hach toan",
        "ngay",
        "transaction date",
        "booking date",
        "date",
    ),
    "amount_vnd": ("ghi co", "so tien ghi co", "so tien", "credit", "amount"),
    "purpose": ("noi dung", "dien giai", "mo ta", "description", "purpose", "details"),
}
WHEN = re.compile(
    r"(?:(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"
    r"|(?P<y2>[0-9]{4})-(?P<m2>[0-9]{1,2})-(?P<d2>[0-9]{1,2}))"
    r"(?:[ T]+(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2}))?)?"
)
MOST_VND = 2**31 - 1


class Why(StrEnum):
    """What is wrong with a row."""

    NO_REFERENCE = "no reference"
    NO_DATE = "no date"
    NO_AMOUNT = "no amount"
    REPEATED = "repeated"


class WrongColumns(Exception):
    """Columns without which nothing can be read; `missing` are keys of HEADINGS."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"missing {missing}")
        self.missing = missing


@dataclass(frozen=True)
class Came:
    """A transfer that came, whole dong; `reference` is the bank's name for it."""

    reference: str
    booked_at: dt.datetime
    amount_vnd: int
    purpose: str


@dataclass
class Statement:
    """What came, and what is wrong as (row, why); the heading is row 1."""

    came: list[Came] = field(default_factory=list)
    problems: list[tuple[int, Why]] = field(default_factory=list)


def read(content: bytes) -> Statement:
    """Raises WrongColumns, TooManyRows, or what `csv_lines` raises."""
    lines = csv_lines(content)
    places = places_of([fold(str(cell)).strip() for cell in next(lines, [])])
    found = Statement()
    seen: set[str] = set()
    for number, cells in rows_of(lines):
        said = {
            key: str(cells[place]).strip() if place < len(cells) else ""
            for key, place in places.items()
        }
        amount_vnd = dong_of(said["amount_vnd"])
        if amount_vnd is None or amount_vnd > MOST_VND:
            found.problems.append((number, Why.NO_AMOUNT))
            continue
        if amount_vnd <= 0:  # it left, or is the other side's column
            continue
        booked_at = moment_of(said["booked_at"])
        if not said["reference"]:
            found.problems.append((number, Why.NO_REFERENCE))
        elif said["reference"] in seen:
            found.problems.append((number, Why.REPEATED))
        elif booked_at is None:
            found.problems.append((number, Why.NO_DATE))
        else:
            seen.add(said["reference"])
            found.came.append(
                Came(said["reference"][:200], booked_at, amount_vnd, said["purpose"])
            )
    return found


def rows_of(lines: Iterator[list[object]]) -> Iterator[tuple[int, list[object]]]:
    """Rows that hold something, with their number in the file."""
    for number, cells in enumerate(lines, start=2):
        if number > MOST_ROWS:
            raise TooManyRows
        if any(str(cell).strip() for cell in cells):
            yield number, cells


def places_of(heading: list[str]) -> dict[str, int]:
    places = {}
    for key, words in HEADINGS.items():
        known = [word for word in words if word in heading]
        if known:
            places[key] = heading.index(known[0])
    if missing := [key for key in HEADINGS if key not in places]:
        raise WrongColumns(missing)
    return places


def dong_of(text: str) -> int | None:
    """Whole dong, however the thousands are parted; 0 of an empty cell.

    >>> dong_of("+190,000.00 VND"), dong_of("190.000"), dong_of("1,5")
    (190000, 190000, None)
    """
    bare = re.sub(r"\s|VND|₫|đ", "", text, flags=re.IGNORECASE)
    bare = re.sub(r"[.,]00$", "", bare)
    if not bare:
        return 0
    if not re.fullmatch(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[.,][0-9]{3}){1,4})", bare):
        return None
    return int(re.sub(r"[.,]", "", bare))


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
    return timezone.make_aware(local) if 2000 <= local.year <= 2100 else None
