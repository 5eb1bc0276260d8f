"""Filters, and the counts of the facets."""

import pytest
from django.utils import timezone

from stores.operations.reserve import reserve
from tests.factories import expire_lot, put_on_shelf

pytestmark = pytest.mark.usefixtures("market")


@pytest.mark.parametrize(
    ("filters", "slugs"),
    [
        ({"districts": ("bac-tra-my",)}, {"que-thanh"}),
        ({"districts": ("bac-tra-my", "hoi-an")}, {"que-thanh", "den-long"}),
        ({"groups": ("food",)}, {"que-thanh", "nuoc-mam-cua-khe"}),
        ({"groups": ("liquid_seasoning",)}, {"nuoc-mam-cua-khe"}),
        ({"groups": ("liquid_seasoning", "craft")}, {"nuoc-mam-cua-khe", "den-long"}),
        ({"stars": (5,)}, {"que-thanh"}),
        ({"stars": (3, 4)}, {"nuoc-mam-cua-khe", "den-long"}),
        ({"flies": ("cabin",)}, {"que-thanh", "den-long"}),
        ({"flies": ("post", "stays")}, {"nuoc-mam-cua-khe"}),
        ({"price_min": 85_000}, {"nuoc-mam-cua-khe", "den-long"}),
        ({"price_max": 85_000}, {"que-thanh", "nuoc-mam-cua-khe"}),
        ({"price_min": 85_000, "price_max": 85_000}, {"nuoc-mam-cua-khe"}),
        ({"price_min": 85_001, "price_max": 249_999}, set()),
        ({"stars": (5,), "groups": ("craft",)}, set()),
        ({"flies": ("cabin",), "groups": ("craft",)}, {"den-long"}),
    ],
)
def test_search_filters_widen_within_facet_and_narrow_across(
    find_slugs, filters, slugs
):
    assert set(find_slugs(**filters)) == slugs


def test_search_filter_narrows_text_results(find_slugs):
    assert find_slugs("food", groups=("craft",)) == []
    assert find_slugs("lantern", groups=("craft",)) == ["den-long"]


def test_search_by_point_lists_goods_available_there(
    find_slugs, centre, booth, cinnamon, lantern
):
    put_on_shelf(centre, cinnamon, 2)
    put_on_shelf(booth, lantern, 1)

    assert find_slugs(point="centre") == ["que-thanh"]
    assert find_slugs(point="booth") == ["den-long"]


def test_search_by_point_excludes_allocated_and_expired_stock(
    find_slugs, centre, cinnamon, lantern, fish_sauce
):
    allocated = put_on_shelf(centre, cinnamon, 2)
    reserve(lines={allocated.pk: 2}, at=timezone.now())
    expire_lot(put_on_shelf(centre, fish_sauce, 5))
    put_on_shelf(centre, lantern, 1)

    assert find_slugs(point="centre") == ["den-long"]


def test_search_by_closed_point_finds_nothing(find_slugs, search_for, centre, cinnamon):
    put_on_shelf(centre, cinnamon, 2)
    centre.is_open = False
    centre.save()

    assert find_slugs(point="centre") == []
    assert "point" not in search_for().facets


def test_facets_count_products_on_sale(search_for, centre, cinnamon, lantern):
    put_on_shelf(centre, cinnamon, 2, lot="L1")
    put_on_shelf(centre, cinnamon, 2, lot="L2")
    put_on_shelf(centre, lantern, 1)

    assert search_for().facets == {
        "district": {"bac-tra-my": 1, "thang-binh": 1, "hoi-an": 1},
        "group": {"food": 2, "craft": 1},
        "subgroup": {"other_seasoning": 1, "liquid_seasoning": 1, "decor": 1},
        "stars": {"3": 1, "4": 1, "5": 1},
        "flies": {"cabin": 2, "post": 1},
        "point": {"centre": 2},
    }


@pytest.mark.parametrize(
    ("filters", "facet", "counts"),
    [
        (
            {"districts": ("hoi-an",)},
            "district",
            {"bac-tra-my": 1, "thang-binh": 1, "hoi-an": 1},
        ),
        ({"groups": ("craft",)}, "group", {"food": 2, "craft": 1}),
        (
            {"groups": ("decor",)},
            "subgroup",
            {"other_seasoning": 1, "liquid_seasoning": 1, "decor": 1},
        ),
        ({"stars": (5,)}, "stars", {"3": 1, "4": 1, "5": 1}),
        ({"flies": ("post",)}, "flies", {"cabin": 2, "post": 1}),
        ({"point": "centre"}, "point", {"centre": 1, "booth": 1}),
    ],
)
def test_facet_counts_ignore_their_own_filter(
    search_for, centre, booth, cinnamon, lantern, filters, facet, counts
):
    put_on_shelf(centre, cinnamon, 2)
    put_on_shelf(booth, lantern, 1)

    assert search_for(**filters).facets[facet] == counts


def test_facet_counts_respect_other_filters_and_text(search_for):
    narrowed = search_for(districts=("hoi-an",)).facets
    worded = search_for("cinnamon").facets

    assert (narrowed["stars"], narrowed["group"]) == ({"3": 1}, {"craft": 1})
    assert (worded["stars"], worded["flies"]) == ({"5": 1}, {"cabin": 1})


def test_price_filter_narrows_every_facet(search_for):
    facets = search_for(price_max=100_000).facets

    assert facets["district"] == {"bac-tra-my": 1, "thang-binh": 1}
    assert facets["group"] == {"food": 2}
