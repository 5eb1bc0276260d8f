"""The demonstration's files, checked and brought to today's date.

Every field that the shop reads is declared here; a file that lacks one, or has
another type in its place, is refused before anything is written.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from catalogue import models as catalogue
from catalogue.carry import RULES
from cms.models import StoryPage
from marketplace.rates.operations.load_rates import BadRates
from marketplace.rates.operations.load_rates import Row as Rate
from marketplace.rates.operations.load_rates import rows_of as rates_of
from stores import models as stores

FOLDER = Path(__file__).parent / "quang-nam"

Hours = list[tuple[str, str]]
Record = TypeVar("Record", bound=BaseModel)


def known_rule(name: str) -> str:
    if name not in RULES:
        raise ValueError(f"there is no rule “{name}”")
    return name


class BadFile(Exception):
    """A file is missing, or a record in it cannot be read; says which and where."""


class Successor(BaseModel):
    code: str
    name_vi: str


class Tile(BaseModel):
    row: int
    col: int


class District(BaseModel):
    code: str
    slug: str
    name_vi: str
    short_vi: str
    name_en: str
    terrain: catalogue.Area.Terrain
    tile: Tile
    lat: float
    lng: float
    description_vi: str
    description_en: str
    valid_to: dt.date


class Commune(BaseModel):
    code: str | None
    name_vi: str
    short_vi: str
    kind: Literal["commune", "ward", "township"]
    district: str
    lat: float
    lng: float
    valid_to: dt.date
    successor: Successor


class Commitments(BaseModel):
    missing: list[str]


class Producer(BaseModel):
    slug: str
    name_vi: str
    name_en: str
    kind: catalogue.Producer.Kind
    district: str
    commune: str
    about_vi: str
    about_en: str
    phone: str
    email: str
    commitments: Commitments
    illustrative: bool


class Certification(BaseModel):
    criteria: catalogue.Certificate.Criteria
    stars: int = Field(ge=catalogue.RECOGNISED_FROM, le=5)
    points: float | None
    level: catalogue.Certificate.Level
    issuer_vi: str
    decision_no: str | None
    decided_on: dt.date
    date_precision: Literal["day", "month", "year"]
    expires_on: dt.date
    revoked_on: dt.date | None
    illustrative: bool


class Result(BaseModel):
    """An earlier result as a source reports it, or an assessment below three stars."""

    year: int | None
    year_known: bool = True
    stars: int | None
    points: float | None = None
    decision_no: str | None = None


class Product(BaseModel):
    slug: str
    sku: str
    name_vi: str
    name_en: str
    district: str
    commune: str
    producer: str
    group: catalogue.Group
    subgroup: catalogue.Subgroup
    certification: Certification | None
    assessment: Result | None
    history: list[Result]
    price_vnd: int = Field(gt=0)
    unit_vi: str
    unit_en: str
    weight_g: int | None
    shelf_life_days: int | None
    storage: catalogue.Product.Storage
    abv: float | None
    is_service: bool
    allergens: list[str]
    carry: list[Annotated[str, AfterValidator(known_rule)]]
    requires_health_notice: bool
    advertising_forbidden: bool
    gtin: str | None
    short_vi: str
    short_en: str
    tags: list[str]
    illustrative: bool


class SalesPoint(BaseModel):
    slug: str
    kind: stores.SalesPoint.Kind
    name_vi: str
    name_en: str
    address_vi: str
    address_new_vi: str
    district: str
    lat: float
    lng: float
    opening_hours: dict[str, Hours]
    phone: str
    services: list[Literal["pickup", "room_delivery", "tasting"]]
    alcohol_licence: bool
    operator: str
    languages: list[str]
    note_vi: str
    note_en: str
    illustrative: bool


class Lot(BaseModel):
    sales_point: str
    product: str
    lot: str
    made_on: dt.date
    best_before: dt.date | None
    on_hand: int = Field(ge=0)
    reorder_point: int


class Story(BaseModel):
    slug: str
    kind: StoryPage.Kind
    district: str
    commune: str
    title_vi: str
    title_en: str
    summary_vi: str
    summary_en: str
    products: list[str]
    body_vi: list[str]
    body_en: list[str]


class Fair(BaseModel):
    slug: str
    kind: str
    name_vi: str
    name_en: str
    starts_on: dt.date
    ends_on: dt.date
    place_vi: str
    place_en: str
    district: str | None
    booths: int | None
    min_stars: int
    summary_vi: str
    summary_en: str
    products: list[str]


class Target(BaseModel):
    slug: str
    name_vi: str
    name_en: str
    target_min: float | None
    target_max: float | None
    unit: str
    comparison: str
    counts: str
    article_vi: str


@dataclass(frozen=True)
class Files:
    """All records, with illustrative dates moved so that `as_of` is today."""

    districts: list[District]
    communes: list[Commune]
    producers: list[Producer]
    products: list[Product]
    sales_points: list[SalesPoint]
    stock: list[Lot]
    stories: list[Story]
    fairs: list[Fair]
    targets: list[Target]
    product_art: dict[str, str]
    story_art: dict[str, str]
    rates: list[Rate]


def read(*, folder: Path, today: dt.date) -> Files:
    """The files of a folder, complete and consistent.

    Raises BadFile with the file, the record and the field.
    """
    head = contents(folder, "products")
    try:
        shift = today - dt.date.fromisoformat(head["as_of"])
    except (KeyError, TypeError, ValueError):
        raise BadFile("products.json: “as_of” is not a date") from None
    art = contents(folder, "art")
    for key in ("products", "stories"):
        if not isinstance(art.get(key), dict):
            raise BadFile(f"art.json: “{key}” is missing")
    files = Files(
        districts=records(folder, "districts", District),
        communes=records(folder, "communes", Commune),
        producers=records(folder, "producers", Producer),
        products=records(folder, "products", Product),
        sales_points=records(folder, "sales_points", SalesPoint),
        stock=records(folder, "stock", Lot),
        stories=records(folder, "stories", Story),
        fairs=records(folder, "fairs", Fair),
        targets=records(folder, "programme_targets", Target, key="targets"),
        product_art=art["products"],
        story_art=art["stories"],
        rates=rates(folder, today),
    )
    check_references(files)
    check_pictures(files, folder / "art")
    move_dates(files, shift)
    return files


def contents(folder: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadFile(f"{name}.json is missing") from None
    except ValueError as wrong:
        raise BadFile(f"{name}.json is not JSON: {wrong}") from None
    if not isinstance(found, dict):
        raise BadFile(f"{name}.json does not hold an object")
    return found


def records(
    folder: Path, name: str, kind: type[Record], key: str | None = None
) -> list[Record]:
    rows = contents(folder, name).get(key or name)
    if not isinstance(rows, list):
        raise BadFile(f"{name}.json: the list “{key or name}” is missing")
    found = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(kind.model_validate(row))
        except ValidationError as wrong:
            first = wrong.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the record"
            label = (
                row.get("slug") or row.get("lot") or row.get("name_vi")
                if (isinstance(row, dict))
                else None
            )
            raise BadFile(
                f"{name}.json, record {number} ({label}): {field}: {first['msg']}"
            ) from None
    return found


def rates(folder: Path, today: dt.date) -> list[Rate]:
    try:
        lines = (folder / "rates.csv").read_text(encoding="utf-8").splitlines()
        return rates_of(lines, today=today)
    except FileNotFoundError:
        raise BadFile("rates.csv is missing") from None
    except (UnicodeDecodeError, BadRates) as wrong:
        raise BadFile(f"rates.csv: {wrong}") from None


def check_references(files: Files) -> None:
    """Every slug that a record names is the slug of another; raises BadFile."""
    slugs = {
        name: {record.slug for record in getattr(files, name)}
        for name in ("districts", "producers", "products", "sales_points")
    }
    communes = {(commune.district, commune.short_vi) for commune in files.communes}
    for kind, fields in {
        "communes": {"district": "districts"},
        "producers": {"district": "districts"},
        "products": {"district": "districts", "producer": "producers"},
        "sales_points": {"district": "districts", "operator": "producers"},
        "stock": {"sales_point": "sales_points", "product": "products"},
        "stories": {"district": "districts"},
    }.items():
        for record in getattr(files, kind):
            for field, table in fields.items():
                if getattr(record, field) not in slugs[table]:
                    raise BadFile(
                        f"{kind}.json: {field} “{getattr(record, field)}” is unknown"
                    )
    for kind in ("producers", "products", "stories"):
        for record in getattr(files, kind):
            if (record.district, record.commune) not in communes:
                raise BadFile(
                    f"{kind}.json, {record.slug}: commune “{record.commune}” is unknown"
                )
    for kind in ("stories", "fairs"):
        for record in getattr(files, kind):
            unknown = set(record.products) - slugs["products"]
            if unknown:
                raise BadFile(f"{kind}.json, {record.slug}: no product {unknown.pop()}")
    for fair in files.fairs:
        if fair.district and fair.district not in slugs["districts"]:
            raise BadFile(f"fairs.json: district “{fair.district}” is unknown")


def check_pictures(files: Files, folder: Path) -> None:
    """Every product and story has a picture that is drawn; raises BadFile."""
    both: list[tuple[Sequence[Product | Story], dict[str, str]]] = [
        (files.products, files.product_art),
        (files.stories, files.story_art),
    ]
    for things, art in both:
        for thing in things:
            if thing.slug not in art:
                raise BadFile(f"art.json: no picture for {thing.slug}")
    for name in {*files.product_art.values(), *files.story_art.values()}:
        if not (folder / f"{name}.svg").exists():
            raise BadFile(f"art.json: there is no drawing {name}.svg")


def move_dates(files: Files, shift: dt.timedelta) -> None:
    """Move what is illustrative; real decisions keep their real dates."""
    for product in files.products:
        certificate = product.certification
        if certificate and certificate.illustrative:
            certificate.decided_on += shift
            certificate.expires_on += shift
            if certificate.revoked_on:
                certificate.revoked_on += shift
    for lot in files.stock:
        lot.made_on += shift
        if lot.best_before:
            lot.best_before += shift
    for fair in files.fairs:
        fair.starts_on += shift
        fair.ends_on += shift
