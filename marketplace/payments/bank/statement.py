"""The bank's statement as a file: the transfers that came, one a line.

A CSV with headings in the words of Vietnamese banks or in English, below whatever the
bank prints above them. Money that left is ignored.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.money import MOST_VND, parse_dong
from catalogue.spreadsheets import TOO_MANY_ROWS, NotASheet, is_formula, read_csv
from catalogue.text import fold, one_line
from marketplace.payments.bank.matching import (
    MAX_PURPOSE,
    MAX_RAW,
    MAX_REFERENCE,
    STATEMENT,
    BankCredit,
    generate_reference,
    is_in_future,
    is_plausible,
)

MAX_LINES = 5_000
"""Each is recorded in a transaction of its own, while the manager waits."""

MAX_LINES_ABOVE = 30
"""How many lines a bank may print before its headings."""

HEADINGS = {
    "booked_at": "ngay giao dich, ngay gio giao dich, ngay hach toan, ngay hieu luc,"
    " ngay, transaction date, booking date, date",
    "amount_vnd": "ghi co, so tien ghi co, phat sinh co, so tien, credit amount,"
    " credit, amount",
    "purpose": "noi dung giao dich, noi dung chi tiet, noi dung, dien giai, mo ta,"
    " description, transaction detail, purpose, details",
    "reference": "so giao dich, ma giao dich, so tham chieu, so but toan, so chung tu,"
    " transaction number, transaction id, reference number, reference",
}
"""Column to the headings it is known by, folded; the first that is there counts."""

REQUIRED = {
    "booked_at": gettext_lazy("transaction date"),
    "amount_vnd": gettext_lazy("amount credited"),
    "purpose": gettext_lazy("description"),
}
WHEN = re.compile(
    r"(?:(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"
    r"|(?P<y2>[0-9]{4})-(?P<m2>[0-9]{1,2})-(?P<d2>[0-9]{1,2}))"
    r"(?:[ T]+(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2}))?)?"
)
TEXT_FOR_EXCEL = re.compile(r'="([^"]*)"')
"""How some banks write a number so that Excel leaves its zeros alone."""


class LineError(TextChoices):
    NO_DATE = (
        "no_date",
        gettext_lazy("The date cannot be read; write it as 24/12/2027."),
    )
    IN_FUTURE = "in_future", gettext_lazy("This day is yet to come.")
    NO_AMOUNT = "no_amount", gettext_lazy("The amount cannot be read as whole dong.")
    LONG_REFERENCE = (
        "long_reference",
        gettext_lazy("The transaction number is too long."),
    )
    FORMULA = "formula", gettext_lazy("There is a formula. Write the value itself.")


@dataclass(frozen=True)
class StatementLine:
    """A row of the file, counted from 1: a transfer that came, or an error."""

    number: int
    credit: BankCredit | None = None
    error: LineError | None = None


def parse_statement(content: bytes) -> list[StatementLine]:
    """The lines with money that came, and those that cannot be read.

    Raises NotASheet.
    """
    columns, rows = find_headings(content)
    lines: list[StatementLine] = []
    equal: Counter[BankCredit] = Counter()
    for number, cells in rows:
        line = parse_line(number, cells, columns)
        if line is None:
            continue
        if line.credit and not line.credit.reference:
            credit = replace(line.credit, raw="")
            equal[credit] += 1
            account = settings.VIETQR_ACCOUNT or ""
            reference = generate_reference(
                account=account, credit=credit, number=equal[credit]
            )
            line = replace(line, credit=replace(line.credit, reference=reference))
        lines.append(line)
    return lines


def find_headings(
    content: bytes,
) -> tuple[dict[str, int], Iterator[tuple[int, list[str]]]]:
    """Column to its index; and the rows below, not the empty ones, with numbers."""
    fewest_missing = list(REQUIRED)
    rest = content
    for above in range(MAX_LINES_ABOVE):
        rows = read_csv(rest)
        heading = next(rows, None)
        if heading is None:
            break
        columns = match_columns([str(cell) for cell in heading])
        missing = [key for key in REQUIRED if key not in columns]
        if not missing:
            return columns, number_rows(rows, above + 2)
        fewest_missing = min(fewest_missing, missing, key=len)
        _line, _newline, rest = rest.partition(b"\n")
        if not rest.strip():
            break
    names = ", ".join(str(REQUIRED[key]) for key in fewest_missing)
    raise NotASheet(_("These columns are missing: %s.") % names)


def number_rows(
    rows: Iterator[list[object]], first: int
) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(rows, start=first):
        if number - first >= MAX_LINES:
            raise NotASheet(str(TOO_MANY_ROWS) % MAX_LINES)
        texts = [str(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield number, texts


def match_columns(heading: list[str]) -> dict[str, int]:
    """Column to its index; a heading may be in two languages, as “Ngày / Date”."""
    names = [
        {
            " ".join(re.findall(r"\w+", name))
            for name in re.split(r"[/|(\n]", fold(cell))
        }
        for cell in heading
    ]
    columns = {}
    for key, known in HEADINGS.items():
        indexes = [
            i
            for word in known.split(", ")
            for i, cell in enumerate(names)
            if word in cell
        ]
        if indexes:
            columns[key] = indexes[0]
    return columns


def parse_line(
    number: int, cells: list[str], columns: dict[str, int]
) -> StatementLine | None:
    """None for money that left, or a row with an amount in the debit column only."""
    values = {
        key: TEXT_FOR_EXCEL.sub(r"\1", cells[index]).strip()
        if index < len(cells)
        else ""
        for key, index in columns.items()
    }
    if any(is_formula(value) for value in values.values()):
        return StatementLine(number, error=LineError.FORMULA)
    amount_vnd = parse_dong(values["amount_vnd"])
    if amount_vnd is None or amount_vnd > MOST_VND:
        return StatementLine(number, error=LineError.NO_AMOUNT)
    if amount_vnd <= 0:
        return None
    booked_at = parse_moment(values["booked_at"])
    if booked_at is None:
        return StatementLine(number, error=LineError.NO_DATE)
    if is_in_future(booked_at):
        return StatementLine(number, error=LineError.IN_FUTURE)
    reference = one_line(values.get("reference", ""))
    if len(reference) > MAX_REFERENCE:
        return StatementLine(number, error=LineError.LONG_REFERENCE)
    credit = BankCredit(
        reference,
        booked_at,
        amount_vnd,
        one_line(values["purpose"])[:MAX_PURPOSE],
        raw=" | ".join(map(one_line, cells))[:MAX_RAW],
        channel=STATEMENT,
    )
    return StatementLine(number, credit=credit)


def parse_moment(text: str) -> dt.datetime | None:
    """A day, or a minute of it, in Việt Nam's time."""
    match = WHEN.fullmatch(text)
    if not match:
        return None
    found = match.groupdict()
    try:
        local = dt.datetime(
            int(found["y"] or found["y2"]),
            int(found["m"] or found["m2"]),
            int(found["d"] or found["d2"]),
            int(found["h"] or 0),
            int(found["min"] or 0),
            int(found["s"] or 0),
        )
    except ValueError:
        return None
    return timezone.make_aware(local) if is_plausible(local) else None
