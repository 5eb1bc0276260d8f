"""Real searches of the real catalogue: what people mean is among the first five hits.

Both engines pass, each with its own ranking. Search was changed until it passed
`questions.csv`; `held_out.csv` was written before it was ever run, and what it then
found was fixed by general rules only.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from search import elasticsearch, queries
from search.outbox import rebuild_index
from search.queries import run_search
from search.results import SearchQuery
from tests.elasticsearch.index import refresh_index
from tests.elasticsearch.node import drop_indices
from tests.search.demo_market import temporary_market

FOLDER = Path(__file__).parent / "golden"
KINDS = (
    "exact",
    "no_accents",
    "wrong_accents",
    "typo",
    "prefix",
    "telex",
    "english",
    "place",
)
pytestmark = pytest.mark.django_db

MIN_RECALL = 0.95
FIRST = 5


@pytest.fixture(scope="module")
def _market(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator:
    with django_db_blocker.unblock(), translation.override("vi"), temporary_market():
        yield


@pytest.fixture(scope="module", params=["database", "elasticsearch"])
def _engine(request: pytest.FixtureRequest, _market: None) -> Iterator[None]:
    if request.param == "database":
        yield
        return
    node = request.getfixturevalue("elasticsearch_node")
    with (
        override_settings(ELASTICSEARCH_URL=node.url),
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(elasticsearch, "SEARCH_TIMEOUT_S", 30)
        patched.setattr(queries, "database", None)
        rebuild_index()
        refresh_index()
        yield
        drop_indices(elasticsearch.delivery_client(), elasticsearch.ALIAS)


def recall(row: dict[str, str]) -> float:
    """The share of what is expected, or of five of it, among the first five hits."""
    query = SearchQuery(text=row["question"], language=row["language"], kind="")
    results = run_search(query, on=timezone.localdate())
    slugs = {hit.slug for hit in results.hits[:FIRST]}
    expected = set(row["expected"].split("|"))
    return len(expected & slugs) / min(FIRST, len(expected))


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", ["questions.csv", "held_out.csv"])
def test_golden_queries_find_expected_items_in_first_five(kind, file):
    with (FOLDER / file).open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] == kind]
    recalls = {row["question"]: recall(row) for row in rows}

    average = sum(recalls.values()) / len(recalls)
    assert average >= MIN_RECALL, {
        q: value for q, value in recalls.items() if value < 1
    }


def test_golden_queries_cover_every_kind_and_language():
    with (FOLDER / "questions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert len({(row["language"], row["question"]) for row in rows}) >= 200
    assert {row["kind"] for row in rows} == set(KINDS)
    assert {row["language"] for row in rows} == {"vi", "en"}
