"""A page takes the same number of queries for few objects and for many."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Area, Producer, Product
from stores.models import SalesPoint
from tests.factories import (
    make_commune,
    make_district,
    make_producer,
    make_product,
    put_on_shelf,
)
from tests.marketplace.shopping import add_to_basket

PAGES = (
    "/products/",
    "/products/?q=san+pham&group=food&sort=price",
    "/producers/htx/",
    "/districts/nui-thanh/",
    "/sales-points/",
    "/sales-points/centre/",
    "/",
)
FEW, MANY, MOST = 2, 20, 12


@pytest.fixture
def maker(site: None) -> Producer:
    """A maker of Núi Thành."""
    commune: Area = make_commune(make_district("nui-thanh"))
    return make_producer(slug="htx", commune=commune)


def stock_products(point: SalesPoint, maker: Producer, number: int) -> list[Product]:
    """So many more products of the maker on the shelf of a point."""
    goods = [make_product(commune=maker.commune, producer=maker) for _ in range(number)]
    for product in goods:
        put_on_shelf(point, product, 3)
    return goods


def count_queries(client: Client, path: str) -> int:
    client.get(path)  # fills the caches, such as sizes of pictures
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", PAGES)
def test_page_query_count_is_independent_of_number_of_products(
    client, centre, maker, path
):
    stock_products(centre, maker, FEW)
    few = count_queries(client, path)

    stock_products(centre, maker, MANY - FEW)

    assert count_queries(client, path) == few <= MOST


@pytest.mark.parametrize("path", ["/basket/", "/checkout/", "/products/"])
def test_page_query_count_is_independent_of_basket_size(client, centre, maker, path):
    first, second, *others = stock_products(centre, maker, 8)
    for product in (first, second):
        add_to_basket(client, product)
    light = count_queries(client, path)

    for product in others:
        add_to_basket(client, product)

    assert count_queries(client, path) == light <= MOST
