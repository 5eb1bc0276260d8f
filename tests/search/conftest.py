"""A small market to search in."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from catalogue.models import Area, Product
from search import elasticsearch, queries
from search.models import SearchIndex
from search.outbox import deliver_changes, rebuild_index
from search.queries import run_search
from search.results import Filters, SearchQuery, SearchResults
from tests.elasticsearch.index import refresh_index
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


def clear_caches() -> None:
    """Drop what the process has cached of the database of another test."""
    queries.load_vocabulary.cache_clear()
    queries.load_synonyms.cache_clear()
    queries.load_topics.cache_clear()
    queries.breaker.record_success()


@pytest.fixture(autouse=True)
def _clear_caches() -> Iterator[None]:
    clear_caches()
    yield
    clear_caches()


@pytest.fixture(params=["database", "elasticsearch"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine that answers; each test that uses it runs with both.

    Elasticsearch has all the time it needs, and the database cannot replace it.
    """
    if request.param == "elasticsearch":
        request.getfixturevalue("cluster")
        monkeypatch.setattr(elasticsearch, "SEARCH_TIMEOUT_S", 30)
        monkeypatch.setattr(queries, "database", None)
    return request.param


@pytest.fixture
def cluster(db: None, elasticsearch_node: Node, settings: object) -> Iterator[Node]:
    """A real Elasticsearch without an index; what a test leaves is deleted."""
    settings.ELASTICSEARCH_URL = elasticsearch_node.url
    yield elasticsearch_node
    drop_indices(elasticsearch.delivery_client(), elasticsearch.ALIAS)


def update_index(engine: str) -> None:
    """Deliver all changes to Elasticsearch and make them searchable."""
    if engine == "database":
        return
    if SearchIndex.objects.filter(pk=1).exclude(live="").exists():
        deliver_changes()
        refresh_index()
    else:
        rebuild_index()


@pytest.fixture
def search_for(db: None, engine: str) -> Callable[..., SearchResults]:
    """Searches today; what is not a field of SearchQuery is one of Filters."""

    def search(text: str = "", **parameters: object) -> SearchResults:
        update_index(engine)
        fields = {"language", "sort", "near", "page", "kind"}
        filters = {name: parameters.pop(name) for name in set(parameters) - fields}
        query = SearchQuery(text=text, filters=Filters(**filters), **parameters)
        return run_search(query, on=timezone.localdate())

    return search


@pytest.fixture
def find_slugs(search_for: Callable[..., SearchResults]) -> Callable[..., list[str]]:
    """The slugs of the products that are found, in order."""

    def slugs(text: str = "", **parameters: object) -> list[str]:
        ids = search_for(text, **parameters).product_ids
        products = Product.objects.in_bulk(ids)
        return [products[pk].slug for pk in ids]

    return slugs
