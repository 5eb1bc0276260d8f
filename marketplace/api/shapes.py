"""What the API answers with."""

import datetime as dt
from collections.abc import Callable
from typing import Literal

from ninja import Schema
from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Language = Literal["vi", "en"]
Kind = Literal["product", "story", "producer", "district", "commune", "sales_point"]


class Described:
    """Describes a parameter as the form takes it that checks it; computed each time."""

    def __init__(self, describe: Callable[[], JsonSchemaValue]) -> None:
        self.describe = describe

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core_schema) | self.describe()


class ErrorOut(Schema):
    code: str
    message: str


class RefusalOut(Schema):
    error: ErrorOut


class HitOut(Schema):
    kind: Kind
    slug: str
    title: str
    url: str


class SearchOut(Schema):
    total: int
    hits: list[HitOut]
    facets: dict[str, dict[str, int]]
    did_you_mean: str | None
    relaxed: bool


class SuggestOut(Schema):
    hits: list[HitOut]


class CertificateOut(Schema):
    decision_no: str
    decided_on: dt.date
    expires_on: dt.date
    state: str


class StockOut(Schema):
    sales_point: str
    available: int


class ProductRowOut(Schema):
    slug: str
    title: str
    url: str
    stars: int | None
    price_vnd: int
    unit: str
    district: str | None


class ProductOut(ProductRowOut):
    summary: str
    producer: str
    commune: str
    group: str
    subgroup: str
    certificate: CertificateOut | None
    buyable: bool
    stock: list[StockOut]


class AreaOut(Schema):
    kind: Literal["district", "commune"]
    slug: str
    name: str
    district: str | None
    valid_to: dt.date | None
    successors: list[str]


class SalesPointOut(Schema):
    slug: str
    kind: str
    name: str
    address: str
    district: str
    lat: float
    lng: float
    hours: dict[str, list[list[str]]]
    offers_pickup: bool
    offers_room_delivery: bool


class ShelfOut(Schema):
    product: str
    title: str
    available: int


class StoryOut(Schema):
    slug: str
    title: str
    summary: str
    url: str
    kind: str
    products: list[str]


class ProductsOut(Schema):
    total: int
    items: list[ProductRowOut]


class AreasOut(Schema):
    items: list[AreaOut]


class SalesPointsOut(Schema):
    items: list[SalesPointOut]


class ShelvesOut(Schema):
    items: list[ShelfOut]


class StoriesOut(Schema):
    items: list[StoryOut]
