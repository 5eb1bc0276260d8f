"""A small market to search in."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from catalogue.models import Area, Product
from search import queries
from search.engines import elasticsearch
from search.models import SearchIndex
from search.operations.push import push
from search.operations.rebuild import rebuild
from search.queries import ask
from search.question import Answer, Filters, Question
from tests.elasticsearch.node import Node, drop_indices
from tests.factories import make_commune, make_district, make_producer, make_product


@pytest.fixture
def bac_tra_my(db: None) -> Area:
    """The cinnamon district."""
    return make_district("bac-tra-my", short_name="Bắc Trà My")


@pytest.fixture
def cinnamon(bac_tra_my: Area) -> Product:
    commune = make_commune(bac_tra_my, short_name="Trà Giác")
    since = make_commune(bac_tra_my, short_name="Trà Đốc Mới", name_vi="Xã Trà Đốc Mới")
    commune.successors.add(since)
    maker = make_producer(
        name_vi="HTX Minh Phúc", name_en="Minh Phuc Cooperative", commune=commune
    )
    return make_product(
        "que-thanh",
        title="Quế thanh",
        title_en="Cinnamon sticks",
        commune=commune,
        producer=maker,
        stars=5,
        group="food",
        subgroup="other_seasoning",
        price_vnd=60_000,
        flies="cabin",
    )


@pytest.fixture
def fish_sauce(db: None) -> Product:
    return make_product(
        "nuoc-mam-cua-khe",
        title="Nước mắm Cửa Khe",
        title_en="Anchovy sauce of the lagoon",
        commune=make_commune(make_district("thang-binh", short_name="Thăng Bình")),
        stars=4,
        group="food",
        subgroup="liquid_seasoning",
        price_vnd=85_000,
        flies="post",
    )


@pytest.fixture
def lantern(db: None) -> Product:
    return make_product(
        "den-long",
        title="Đèn lồng phố cổ",
        title_en="Old town lantern",
        commune=make_commune(make_district("hoi-an", short_name="Hội An")),
        stars=3,
        group="craft",
        subgroup="decor",
        price_vnd=250_000,
        flies="cabin",
    )


@pytest.fixture
def market(cinnamon: Product, fish_sauce: Product, lantern: Product) -> list[Product]:
    """All three of them."""
    return [cinnamon, fish_sauce, lantern]


def forget_what_was_known() -> None:
    """What a process keeps in mind of a database that this test never saw."""
    queries.words_as_of.cache_clear()
    queries.synonyms_as_of.cache_clear()
    queries.breaker.note_success()


@pytest.fixture(autouse=True)
def _fresh_mind() -> Iterator[None]:
    forget_what_was_known()
    yield
    forget_what_was_known()


@pytest.fixture(params=["database", "elasticsearch"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whoever answers in this test; each test that uses it runs with both.

    Elasticsearch has all the time it needs, and nobody who would stand in for it.
    """
    if request.param == "elasticsearch":
        request.getfixturevalue("cluster")
        monkeypatch.setattr(elasticsearch, "BUDGET_S", 30)
        monkeypatch.setattr(queries, "database", None)
    return request.param


@pytest.fixture
def cluster(db: None, elasticsearch_node: Node, settings: object) -> Iterator[Node]:
    """A real Elasticsearch, without an index yet; what a test leaves is taken away."""
    settings.ELASTICSEARCH_URL = elasticsearch_node.url
    yield elasticsearch_node
    drop_indices(elasticsearch.delivering_client(), elasticsearch.ALIAS)


def bring_up_to_date(engine: str) -> None:
    """Let Elasticsearch know all that was written, and show it."""
    if engine == "database":
        return
    if SearchIndex.objects.filter(pk=1).exclude(live="").exists():
        push()
        elasticsearch.refresh()
    else:
        rebuild()


@pytest.fixture
def answer_to(db: None, engine: str) -> Callable[..., Answer]:
    """Asks today; what is not a part of the question narrows it."""

    def answered(text: str = "", **asked: object) -> Answer:
        bring_up_to_date(engine)
        parts = {"language", "sort", "near", "page", "kind"}
        filters = {name: asked.pop(name) for name in set(asked) - parts}
        question = Question(text=text, filters=Filters(**filters), **asked)
        return ask(question, on=timezone.localdate())

    return answered


@pytest.fixture
def found(answer_to: Callable[..., Answer]) -> Callable[..., list[str]]:
    """Slugs of what is found, in their order."""

    def slugs(text: str = "", **asked: object) -> list[str]:
        ids = answer_to(text, **asked).product_ids
        goods = Product.objects.in_bulk(ids)
        return [goods[pk].slug for pk in ids]

    return slugs
