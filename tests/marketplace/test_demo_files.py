"""The demonstration's files have every field the loader reads, and no loose ends."""

import datetime as dt
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from catalogue import models as catalogue
from catalogue.carry import RULES
from cms.models import StoryPage
from marketplace.demo.files import FOLDER, read_json
from stores import models as stores

Hours = list[tuple[str, str]]
Record = TypeVar("Record", bound=BaseModel)


def known_rule(name: str) -> str:
    if name not in RULES:
        raise ValueError(f"there is no rule “{name}”")
    return name


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


class InTwoLanguages(BaseModel):
    vi: str
    en: str


FILES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "districts": District,
        "communes": Commune,
        "producers": Producer,
        "products": Product,
        "sales_points": SalesPoint,
        "stock": Lot,
        "stories": Story,
        "fairs": Fair,
        "targets": Target,
    }
)


def rows(name: str) -> list[dict[str, Any]]:
    return read_json("programme_targets" if name == "targets" else name)[name]


def slugs(name: str) -> set[str]:
    return {row["slug"] for row in rows(name)}


@pytest.mark.parametrize("name", FILES)
def test_demo_file_records_match_their_schema(name):
    for row in rows(name):
        FILES[name].model_validate(row)


def test_demo_files_have_valid_as_of_date():
    dt.date.fromisoformat(read_json("products")["as_of"])


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("products", {"price_vnd": 0}),
        ("products", {"price_vnd": "a lot"}),
        ("products", {"allergens": "fish"}),
        ("products", {"group": "jewellery"}),
        ("products", {"subgroup": "gold"}),
        ("products", {"storage": "cellar"}),
        ("products", {"carry": ["by-donkey"]}),
        ("producers", {"kind": "guild"}),
        ("districts", {"terrain": "moon"}),
        ("sales_points", {"kind": "kiosk"}),
        ("sales_points", {"services": ["haircut"]}),
        ("stock", {"on_hand": -1}),
        ("stock", {"best_before": "soon"}),
        ("stories", {"kind": "gossip"}),
    ],
)
def test_demo_file_schema_refuses_invalid_value(name, changes):
    with pytest.raises(ValidationError, match=next(iter(changes))):
        FILES[name].model_validate(rows(name)[1] | changes)


@pytest.mark.parametrize(
    ("name", "field", "target"),
    [
        ("communes", "district", "districts"),
        ("producers", "district", "districts"),
        ("products", "district", "districts"),
        ("products", "producer", "producers"),
        ("sales_points", "district", "districts"),
        ("sales_points", "operator", "producers"),
        ("stock", "sales_point", "sales_points"),
        ("stock", "product", "products"),
        ("stories", "district", "districts"),
    ],
)
def test_demo_file_slugs_refer_to_existing_records(name, field, target):
    assert {row[field] for row in rows(name)} <= slugs(target)


@pytest.mark.parametrize("name", ["stories", "fairs"])
def test_demo_pages_refer_to_existing_products(name):
    assert {slug for row in rows(name) for slug in row["products"]} <= slugs("products")
    assert {row["district"] for row in rows(name)} <= slugs("districts") | {None}


@pytest.mark.parametrize("name", ["producers", "products", "stories"])
def test_demo_file_communes_exist(name):
    communes = {(row["district"], row["short_vi"]) for row in rows("communes")}

    assert {(row["district"], row["commune"]) for row in rows(name)} <= communes


def test_demo_products_and_stories_have_existing_drawings():
    art = read_json("art")

    for name in ("products", "stories"):
        assert art[name].keys() == slugs(name)
        for picture in art[name].values():
            assert (FOLDER / "art" / f"{picture}.svg").exists()


def test_demo_texts_refer_to_existing_records():
    texts = read_json("texts")

    for name in ("known_for", "short_names", "quotes", "advice"):
        for text in texts[name].values():
            InTwoLanguages.model_validate(text)
    assert texts["known_for"].keys() == slugs("districts")
    assert texts["short_names"].keys() == slugs("sales_points")
    assert texts["quotes"].keys() | texts["advice"].keys() <= slugs("stories")
    longest = stores.SalesPoint._meta.get_field("short_name_vi").max_length
    names = [name for one in texts["short_names"].values() for name in one.values()]
    assert max(map(len, names)) <= longest


def test_demo_json_has_no_duplicate_keys():
    """No key stands twice in an object, where the last one would win."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    for file in FOLDER.glob("*.json"):
        json.loads(file.read_bytes(), object_pairs_hook=unique)
