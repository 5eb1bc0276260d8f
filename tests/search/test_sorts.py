"""The order of results, page by page."""

import pytest

from search.results import PAGE_SIZE, SORTS
from tests.factories import make_commune, make_producer, make_product, put_on_shelf

NUMBER = 2 * PAGE_SIZE + 7


@pytest.fixture
def many(db):
    """Three pages of products that resemble each other in all but two respects."""
    commune = make_commune()
    maker = make_producer(commune=commune)
    return [
        make_product(
            title=f"Chè dây {number % 5}",
            title_en=f"Vine tea {number % 5}",
            price_vnd=50_000 + number % 3,
            stars=3 + number % 3,
            commune=commune,
            producer=maker,
        )
        for number in range(NUMBER)
    ]


@pytest.mark.parametrize(
    ("sort", "slugs"),
    [
        ("price", ["que-thanh", "nuoc-mam-cua-khe", "den-long"]),
        ("-price", ["den-long", "nuoc-mam-cua-khe", "que-thanh"]),
        ("stars", ["que-thanh", "nuoc-mam-cua-khe", "den-long"]),
    ],
)
def test_search_sorts_by_price_and_stars(find_slugs, market, sort, slugs):
    assert find_slugs(sort=sort) == slugs


@pytest.mark.parametrize(
    ("language", "slugs"),
    [
        ("vi", ["den-long", "nuoc-mam-cua-khe", "que-thanh"]),
        ("en", ["nuoc-mam-cua-khe", "que-thanh", "den-long"]),
    ],
)
def test_search_sorts_names_in_page_language(find_slugs, market, language, slugs):
    assert find_slugs(sort="name", language=language) == slugs


def test_search_sorts_names_by_vietnamese_alphabet(find_slugs, db):
    titles = {"c": "Ba", "e": "Đ ba", "b": "Ă hai", "a": "an một", "d": "D", "f": "E"}
    for slug, title in titles.items():
        make_product(slug, title=title)

    assert find_slugs(sort="name") == [*"abcdef"]


def test_search_ranks_nearby_goods_first_then_stars(
    find_slugs, market, centre, lantern
):
    put_on_shelf(centre, lantern, 1)

    assert find_slugs(near="centre") == ["den-long", "que-thanh", "nuoc-mam-cua-khe"]
    assert find_slugs() == ["que-thanh", "nuoc-mam-cua-khe", "den-long"]


def test_search_ranks_title_match_above_description_match(find_slugs, fish_sauce):
    make_product("banh", title="Bánh", description="bên Cửa Khe", stars=5)
    fish_sauce.certificates.update(stars=3)

    assert find_slugs("khe") == ["nuoc-mam-cua-khe", "banh"]


@pytest.mark.parametrize("sort", SORTS)
def test_search_pages_contain_every_product_once(search_for, many, sort):
    pages = [search_for(sort=sort, page=page) for page in (1, 2, 3)]

    assert [len(page.product_ids) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 7]
    found_ids = [pk for page in pages for pk in page.product_ids]
    assert sorted(found_ids) == sorted(product.pk for product in many)
    assert {(page.total, page.pages) for page in pages} == {(NUMBER, 3)}


@pytest.mark.parametrize("sort", SORTS)
def test_search_pages_with_text_contain_every_product_once(search_for, many, sort):
    pages = [search_for("tea", sort=sort, page=page) for page in (1, 2, 3)]

    found_ids = [pk for page in pages for pk in page.product_ids]
    assert sorted(found_ids) == sorted(product.pk for product in many)


def test_search_pages_of_relaxed_results_contain_every_product_once(search_for, many):
    pages = [search_for("vine cinnamon", page=page) for page in (1, 2, 3)]

    assert [page.relaxed for page in pages] == [True] * 3
    found_ids = [pk for page in pages for pk in page.product_ids]
    assert sorted(found_ids) == sorted(product.pk for product in many)


def test_search_page_beyond_last_is_empty(search_for, many):
    assert search_for(page=4).product_ids == ()


def test_search_price_order_continues_across_pages(search_for, many):
    price = {product.pk: product.price_vnd for product in many}

    found_ids = [
        price[pk]
        for page in (1, 2, 3)
        for pk in search_for(sort="price", page=page).product_ids
    ]
    assert found_ids == sorted(found_ids)
