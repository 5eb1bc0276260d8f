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
from search import queries
from search.documents import documents_of, identity
from search.engines import elasticsearch
from search.models import SearchChange, SearchEntry
from search.operations.push import keep_pushing, push
from search.operations.rebuild import rebuild
from search.queries import ask
from search.question import Question
from tests.elasticsearch.node import CannotBeHad, Node
from tests.factories import make_product

pytestmark = pytest.mark.postgres

SEARCHES, EDITS, SEARCHERS = 1_000, 200, 4
FALLS = MappingProxyType({150: "kill", 400: "start", 600: "kill", 800: "start"})
"""After so many searches, what happens to the node."""


@pytest.fixture
def own_node(tmp_path: Path, settings: object) -> Iterator[Node]:
    """A node of this test's own, to be killed."""
    node = Node(tmp_path / "node")
    try:
        node.start()
    except CannotBeHad as reason:
        pytest.skip(f"no Elasticsearch: {reason}")
    settings.ELASTICSEARCH_URL = node.url
    queries.breaker.note_success()  # a node that fell before is not this one
    yield node
    node.kill()


@pytest.fixture
def goods(transactional_db: None) -> list[Product]:
    queries.words_as_of.cache_clear()
    queries.synonyms_as_of.cache_clear()
    return [
        make_product(title=f"Nước mắm số {number}", title_en=f"Fish sauce {number}")
        for number in range(12)
    ]


@pytest.fixture
def at_once() -> Callable[..., list[BaseException]]:
    """Does things at the same time, each on its own connection; brings what failed."""

    def run(*deeds: Callable[[], object]) -> list[BaseException]:
        failures: list[BaseException] = []

        def one(deed: Callable[[], object]) -> None:
            try:
                deed()
            except BaseException as failure:  # the test says that there is none
                failures.append(failure)
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return failures

    return run


def test_no_page_fails_and_afterwards_both_engines_agree(own_node, goods, at_once):
    rebuild()
    asked = [0]
    edited = [0]
    statuses: set[int] = set()
    step = threading.Condition()

    def search() -> None:
        browser = Client()
        while asked[0] < SEARCHES:
            with step:
                asked[0] += 1
                step.notify_all()
            response = browser.get("/api/v1/search?q=nuoc+mam")
            statuses.add(response.status_code)
            assert response.json()["total"] == len(goods)

    def edit() -> None:
        for number in range(EDITS):
            with step:
                step.wait_for(lambda due=number: asked[0] * EDITS >= due * SEARCHES)
            product = goods[number % len(goods)]
            product.price_vnd = 1_000 + number
            product.description = f"Lần sửa {number}"
            product.save()
            edited[0] += 1

    def fall_and_get_up() -> None:
        for after, what in FALLS.items():
            with step:
                step.wait_for(lambda after=after: asked[0] >= after)
            own_node.kill() if what == "kill" else own_node.start()

    def deliver() -> None:
        keep_pushing(every_s=0.05, rebuild=rebuild, goes_on=lambda: asked[0] < SEARCHES)

    failures = at_once(*[search] * SEARCHERS, edit, fall_and_get_up, deliver)
    assert failures == []
    assert (statuses, edited[0]) == ({200}, EDITS)

    push()
    elasticsearch.refresh()
    keys = set(SearchEntry.objects.values_list("kind", "thing"))
    told = {identity(key): told for key, told in documents_of(keys).items()}
    assert elasticsearch.all_documents() == told
    assert not SearchChange.objects.exists()


def test_no_answer_is_empty_while_the_index_is_swapped(
    own_node, goods, at_once, monkeypatch
):
    monkeypatch.setattr(queries, "database", None)  # nobody stands in
    monkeypatch.setattr(elasticsearch, "BUDGET_S", 30)
    rebuild()
    swapped = threading.Event()
    totals: set[int] = set()

    def search() -> None:
        while not swapped.is_set():
            answer = ask(Question(text="nuoc mam"), on=timezone.localdate())
            totals.add(answer.total)

    def swap() -> None:
        try:
            for _time in range(5):
                rebuild()
        finally:
            swapped.set()

    assert at_once(search, search, search, swap) == []
    assert totals == {len(goods)}
