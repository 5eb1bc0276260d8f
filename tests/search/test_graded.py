"""Everyday words, graded: what is shown fits, the best first, and nothing is corrected.

`graded/kinds.csv` says which products of the catalogue are of a kind or have an
ingredient, judged by their names, tags and texts alone. A question names what answers
it well (2) and fairly (1) by these kinds and by facts: `district:`, `group:`, `stars:`,
`flies:`, `price:`; `&` narrows, `-` takes away, `|` adds. "nothing" has no answer in
the catalogue. All questions are spelt right. Search was tuned by `tuning.csv` only.
"""

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from types import MappingProxyType

import pytest
from django.utils import timezone

from catalogue.models import Product
from search.queries import run_search
from search.results import SearchQuery
from tests.search.test_golden import _engine, _market  # noqa: F401  (fixtures)

FOLDER = Path(__file__).parent / "graded"
pytestmark = pytest.mark.django_db

FACTS: Mapping[str, Callable[[Product, str], bool]] = MappingProxyType(
    {
        "district": lambda product, value: product.commune.parent.slug == value,
        "group": lambda product, value: product.group == value,
        "stars": lambda product, value: product.stars == int(value),
        "flies": lambda product, value: product.flies == value,
        "price": lambda product, value: (
            int(value.split("-")[0]) <= product.price_vnd <= int(value.split("-")[1])
        ),
    }
)


def read_rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def select(expression: str, products: list[Product]) -> set[str]:
    """The slugs of the products on sale that an expression selects."""
    kinds = {
        row["kind"]: set(row["products"].split()) for row in read_rows("kinds.csv")
    }

    def select_one(name: str) -> set[str]:
        fact, colon, value = name.strip().partition(":")
        if colon:
            return {p.slug for p in products if FACTS[fact](p, value)}
        return kinds[name.strip()] & {p.slug for p in products}

    selected: set[str] = set()
    for alternative in filter(None, expression.split("|")):
        required, *excluded = alternative.split(" - ")
        selected |= set.intersection(*map(select_one, required.split("&"))).difference(
            *map(select_one, excluded)
        )
    return selected


@dataclass(frozen=True)
class Grades:
    """How one question was answered."""

    question: str
    precision: float
    gain: float
    irrelevant: float
    recall: float
    correction: str | None


def grade(row: dict[str, str], products: list[Product]) -> Grades:
    query = SearchQuery(text=row["question"], language=row["language"])
    results = run_search(query, on=timezone.localdate())
    slugs = [hit.slug for hit in results.hits]
    good = select(row["good"], products)
    points = dict.fromkeys(select(row["fair"], products), 1) | dict.fromkeys(good, 2)
    fits = [slug in points for slug in slugs]
    best = sorted(points.values(), reverse=True)
    return Grades(
        question=row["question"],
        precision=mean(fits[:5]) if fits else float(not good),
        gain=sum_gains([points.get(slug, 0) for slug in slugs]) / sum_gains(best)
        if good
        else float(not any(fits)),
        irrelevant=1 - mean(fits) if fits else 0,
        recall=len(good.intersection(slugs[:5])) / min(5, len(good)) if good else 1,
        correction=results.did_you_mean,
    )


def sum_gains(points: list[int]) -> float:
    """The discounted gain of the first ten; the gain of a good answer is 3."""
    return sum(
        (2**point - 1) / math.log2(place + 2) for place, point in enumerate(points[:10])
    )


def grade_all(file: str) -> list[Grades]:
    on_sale = Product.objects.on_sale(on=timezone.localdate())
    products = list(on_sale.select_related("commune__parent"))
    return [grade(row, products) for row in read_rows(file)]


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("file", ["tuning.csv", "held_back.csv"])
def test_search_answers_everyday_words_well(file):
    grades = grade_all(file)

    assert [one.question for one in grades if one.correction] == []
    poor = [one for one in grades if one.precision < 1 or one.gain < 0.8]
    assert mean(one.precision for one in grades) >= 0.9, poor
    assert mean(one.gain for one in grades) >= 0.85, poor
    assert mean(one.irrelevant for one in grades) <= 0.25, poor
    assert mean(one.recall for one in grades) >= 0.95, poor


def test_graded_questions_are_two_hundred_and_in_both_languages():
    rows = [row for file in ("tuning.csv", "held_back.csv") for row in read_rows(file)]

    assert len({(row["language"], row["question"]) for row in rows}) >= 200
    assert {row["language"] for row in rows} == {"vi", "en"}


def test_graded_kinds_name_products_of_the_catalogue():
    catalogue = (
        Path(__file__).parents[2] / "marketplace/demo/quang-nam/products.json"
    ).read_text(encoding="utf-8")

    slugs = {slug for row in read_rows("kinds.csv") for slug in row["products"].split()}
    assert [slug for slug in slugs if f'"{slug}"' not in catalogue] == []
