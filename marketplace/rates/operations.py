"""Load exchange rates from a CSV."""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction

from catalogue.refusals import Refusal
from marketplace.rates.models import Rate
from marketplace.rates.queries import clear_cached_rates

COLUMNS = ("currency", "vnd", "as_of")
MOST_VND = 10_000_000


@dataclass(frozen=True)
class Row:
    currency: str
    vnd: Decimal
    as_of: dt.date


@transaction.atomic
def load_rates(*, rows: Iterable[Row], illustrative: bool = False) -> int:
    """Write the rates of their days over what was there; says how many.

    Rates made up for the demonstration take the place of all that were, and never of
    a real one.
    """
    if illustrative:
        Rate.objects.filter(illustrative=True).delete()
    number = 0
    for row in rows:
        existing = Rate.objects.filter(currency=row.currency, as_of=row.as_of)
        if illustrative and existing.exists():
            continue
        Rate.objects.update_or_create(
            currency=row.currency,
            as_of=row.as_of,
            defaults={"vnd": row.vnd, "illustrative": illustrative},
        )
        number += 1
    transaction.on_commit(clear_cached_rates)
    return number


def parse_rates(lines: Iterable[str], *, today: dt.date) -> list[Row]:
    """The rows of a CSV with the columns currency, vnd and as_of, or without as_of.

    Without it they are of today. Raises Refusal for the first row that is wrong.
    """
    reader = csv.DictReader(lines)
    columns = tuple(reader.fieldnames or ())
    if columns not in (COLUMNS, COLUMNS[:2]):
        raise Refusal(f"The columns have to be {', '.join(COLUMNS)}.")
    rows: dict[tuple[str, dt.date], Row] = {}
    for number, cells in enumerate(reader, start=2):
        row = parse_row(cells, number, today)
        if (row.currency, row.as_of) in rows:
            raise Refusal(
                f"Row {number}: {row.currency} of {row.as_of} is there twice."
            )
        rows[row.currency, row.as_of] = row
    if not rows:
        raise Refusal("There is no rate in it.")
    return list(rows.values())


def parse_row(cells: dict[str, str], number: int, today: dt.date) -> Row:
    currency = (cells["currency"] or "").strip().upper()
    if currency not in Rate.Currency.values:
        known = ", ".join(Rate.Currency.values)
        raise Refusal(f"Row {number}: “{currency}” is none of {known}.")
    try:
        vnd = Decimal((cells["vnd"] or "").strip())
        as_of = dt.date.fromisoformat((cells.get("as_of") or f"{today}").strip())
    except (InvalidOperation, ValueError):
        raise Refusal(
            f"Row {number}: write dong like 30512.5 and a day like 2026-12-24."
        ) from None
    if not vnd.is_finite() or not 0 < vnd < MOST_VND or vnd != round(vnd, 4):
        raise Refusal(f"Row {number}: {vnd} ₫ cannot be.")
    if as_of > today:
        raise Refusal(f"Row {number}: {as_of} is still to come.")
    return Row(currency, vnd, as_of)
