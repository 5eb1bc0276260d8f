"""The query string of the listing, and the order of its pictures."""

import pytest
from django.http import QueryDict

from catalogue.models import Product
from search.views import ListingURL, separate_same_pictures

QUERY_STRING = (
    "q=qu%E1%BA%BF&district=hoi-an&district=thang-binh&sort=price&page=3&utm=x"
)


def parameters(url: str) -> dict[str, list[str]]:
    return dict(QueryDict(url.removeprefix("?")).lists())


def test_listing_url_replace_retains_query_and_resets_page():
    assert parameters(ListingURL(QueryDict(QUERY_STRING)).replace()) == {
        "q": ["quế"],
        "district": ["hoi-an", "thang-binh"],
        "sort": ["price"],
    }


def test_listing_url_replace_changes_drops_and_adds_parameters():
    changed = ListingURL(QueryDict(QUERY_STRING)).replace(
        sort=None, stars=[4, 5], district="tam-ky", page=2
    )

    assert parameters(changed) == {
        "q": ["quế"],
        "district": ["tam-ky"],
        "stars": ["4", "5"],
        "page": ["2"],
    }


def test_listing_url_replace_omits_empty_parameters():
    here = ListingURL(QueryDict("q=&district=&stars=4"))

    assert parameters(here.replace()) == {"stars": ["4"]}


@pytest.mark.parametrize("query", ["", "page=7", "utm=x"])
def test_listing_url_replace_without_filters_is_empty_query(query):
    assert ListingURL(QueryDict(query)).replace() == "?"


def test_listing_url_replace_escapes_special_characters():
    url = ListingURL(QueryDict()).replace(q='a&b="<c>"')

    assert parameters(url) == {"q": ['a&b="<c>"']}
    assert not set(url) & set('<>" ')


def test_listing_url_toggle_adds_and_removes_value():
    without = ListingURL(QueryDict("district=hoi-an"))

    with_both = without.toggle("district", "tam-ky")
    assert parameters(with_both) == {"district": ["hoi-an", "tam-ky"]}
    back = ListingURL(QueryDict(with_both[1:])).toggle("district", "tam-ky")
    assert parameters(back) == {"district": ["hoi-an"]}
    assert without.toggle("district", "hoi-an") == "?"


def make_products_with_pictures(numbers: list[int]) -> list[Product]:
    return [Product(pk=place, picture_id=one) for place, one in enumerate(numbers, 1)]


@pytest.mark.parametrize(
    ("picture_ids", "expected"),
    [
        ([], []),
        ([1], [1]),
        ([1, 1], [1, 1]),
        ([1, 2, 3], [1, 2, 3]),
        ([1, 1, 2], [1, 2, 1]),
        ([1, 1, 1, 2, 3], [1, 1, 2, 1, 3]),
        ([7, 7, 7], [7, 7, 7]),
    ],
)
def test_separate_same_pictures_moves_equal_neighbours_apart(picture_ids, expected):
    goods = make_products_with_pictures(picture_ids)

    assert [product.picture_id for product in separate_same_pictures(goods)] == expected
    assert [product.picture_id for product in goods] == picture_ids


def test_separate_same_pictures_neither_repeats_nor_loses_products():
    goods = make_products_with_pictures([1, 1, 2, 2, 2, 3, 1, 1, 1, 4])

    assert sorted(p.pk for p in separate_same_pictures(goods)) == list(range(1, 11))
