"""Searches and edits go on while Elasticsearch falls and gets up again."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalogue.models import Product
from search import elasticsearch, queries
from search.models import SearchChange
from search.outbox import deliver_changes, deliver_or_rebuild, rebuild_index
from search.queries import run_search
from search.results import SearchQuery
from tests.elasticsearch.index import (
    build_expected_documents,
    fetch_documents,
    refresh_index,
)
from tests.elasticsearch.node import Node, NodeUnavailable
from tests.factories import make_product

pytestmark = pytest.mark.postgres

SEARCHES, EDITS, SEARCHERS = 1_000, 200, 4
NODE_EVENTS = MappingProxyType({150: "kill", 400: "start", 600: "kill", 800: "start"})
"""After so many searches, what happens to the node."""


@pytest.fixture
def own_node(tmp_path: Path, settings: object) -> Iterator[Node]:
    """A node of this test's own, to be killed."""
    node = Node(tmp_path / "node")
    try:
        node.start()
    except NodeUnavailable as reason:
        pytest.skip(f"no Elasticsearch: {reason}")
    settings.ELASTICSEARCH_URL = node.url
    queries.breaker.record_success()  # a node that fell before is not this one
    yield node
    node.kill()


@pytest.fixture
def goods(transactional_db: None) -> list[Product]:
    queries.load_vocabulary.cache_clear()
    queries.load_synonyms.cache_clear()
    queries.load_topics.cache_clear()
    return [
        make_product(title=f"Nước mắm số {number}", title_en=f"Fish sauce {number}")
        for number in range(12)
    ]


@pytest.fixture
def run_concurrently() -> Callable[..., list[BaseException]]:
    """Does things at the same time, each on its own connection; brings what failed."""

    def run(*functions: Callable[[], object]) -> list[BaseException]:
        failures: list[BaseException] = []

        def one(function: Callable[[], object]) -> None:
            try:
                function()
            except BaseException as failure:  # the test says that there is none
                failures.append(failure)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=one, args=[function]) for function in functions
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return failures

    return run


def test_search_survives_elasticsearch_restarts_and_catches_up(
    own_node, goods, run_concurrently
):
    rebuild_index()
    searched = [0]
    edited = [0]
    statuses: set[int] = set()
    step = threading.Condition()

    def search() -> None:
        browser = Client()
        while searched[0] < SEARCHES:
            with step:
                searched[0] += 1
                step.notify_all()
            response = browser.get("/api/v1/search?q=nuoc+mam")
            statuses.add(response.status_code)
            assert response.json()["total"] == len(goods)

    def edit() -> None:
        for number in range(EDITS):
            with step:
                step.wait_for(lambda due=number: searched[0] * EDITS >= due * SEARCHES)
            product = goods[number % len(goods)]
            product.price_vnd = 1_000 + number
            product.description = f"Lần sửa {number}"
            product.save()
            edited[0] += 1

    def restart_node() -> None:
        for after, what in NODE_EVENTS.items():
            with step:
                step.wait_for(lambda after=after: searched[0] >= after)
            own_node.kill() if what == "kill" else own_node.start()

    def deliver() -> None:
        while searched[0] < SEARCHES:
            deliver_or_rebuild()

    failures = run_concurrently(*[search] * SEARCHERS, edit, restart_node, deliver)
    assert failures == []
    assert (statuses, edited[0]) == ({200}, EDITS)

    deliver_changes()
    refresh_index()
    assert fetch_documents() == build_expected_documents()
    assert not SearchChange.objects.exists()


def test_search_during_index_swap_is_never_empty(
    own_node, goods, run_concurrently, monkeypatch
):
    monkeypatch.setattr(queries, "database", None)  # nobody stands in
    monkeypatch.setattr(elasticsearch, "SEARCH_TIMEOUT_S", 30)
    rebuild_index()
    swapped = threading.Event()
    totals: set[int] = set()

    def search() -> None:
        while not swapped.is_set():
            results = run_search(SearchQuery(text="nuoc mam"), on=timezone.localdate())
            totals.add(results.total)

    def swap() -> None:
        try:
            for _time in range(5):
                rebuild_index()
        finally:
            swapped.set()

    assert run_concurrently(search, search, search, swap) == []
    assert totals == {len(goods)}
