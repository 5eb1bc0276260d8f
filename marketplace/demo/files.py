"""The demonstration's files, moved to today's date.

They are part of the shop: a test checks every field and reference, the loader none.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from marketplace.rates.operations import Row as Rate
from marketplace.rates.operations import parse_rates

FOLDER = Path(__file__).parent / "quang-nam"
DATES = {
    "valid_to",
    "decided_on",
    "expires_on",
    "revoked_on",
    "made_on",
    "best_before",
    "starts_on",
    "ends_on",
}
Records = list[SimpleNamespace]


@dataclass(frozen=True)
class Files:
    """All records as the files have them, with dates moved so that `as_of` is today.

    `art` names the drawing of each product and story; `texts` is `texts.json`.
    """

    districts: Records
    communes: Records
    producers: Records
    products: Records
    sales_points: Records
    stock: Records
    stories: Records
    fairs: Records
    targets: Records
    rates: list[Rate]
    art: dict[str, dict[str, str]]
    texts: dict[str, Any]


def read(*, today: dt.date) -> Files:
    as_of = dt.date.fromisoformat(read_json("products")["as_of"])
    rates = (FOLDER / "rates.csv").read_text(encoding="utf-8").splitlines()
    files = Files(
        districts=records("districts"),
        communes=records("communes"),
        producers=records("producers"),
        products=records("products"),
        sales_points=records("sales_points"),
        stock=records("stock"),
        stories=records("stories"),
        fairs=records("fairs"),
        targets=records("programme_targets", key="targets"),
        rates=parse_rates(rates, today=today),
        art=read_json("art"),
        texts=read_json("texts"),
    )
    move_dates(files, today - as_of)
    return files


def read_json(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    return content


def records(name: str, *, key: str = "") -> Records:
    """The records of a file; objects in them have attributes, dates are dates."""
    return [as_record(fields) for fields in read_json(name)[key or name]]


def as_record(fields: dict[str, Any]) -> SimpleNamespace:
    def value(name: str, value: Any) -> Any:
        if name in DATES:
            return value and dt.date.fromisoformat(value)
        return as_record(value) if isinstance(value, dict) else value

    return SimpleNamespace(**{name: value(name, fields[name]) for name in fields})


def move_dates(files: Files, shift: dt.timedelta) -> None:
    """Move what is illustrative; real decisions keep their real dates."""
    certificates = [p.certification for p in files.products if p.certification]
    moving = [one for one in certificates if one.illustrative]
    for record in [*moving, *files.stock, *files.fairs]:
        for name in DATES & vars(record).keys():
            if getattr(record, name):
                setattr(record, name, getattr(record, name) + shift)
