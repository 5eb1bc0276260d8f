"""The listing at /products/."""

import html
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.translation import gettext, override

from search.results import MAX_TEXT_LENGTH, PAGE_SIZE
from tests.factories import make_commune, make_product, put_on_shelf

VI, EN = "/products/", "/en/products/"


@pytest.fixture
def get_products_page(client: Client):
    """Gets the listing; returns the response and its parsed HTML."""

    def get_listing(query: str = "", base: str = EN, **parameters: object):
        url = f"{base}?{query or urlencode(parameters, True)}"
        response = client.get(url)
        return response, BeautifulSoup(response.content, "html.parser")

    return get_listing


def get_card_slugs(page: BeautifulSoup) -> list[str]:
    return [card["href"].rstrip("/").split("/")[-1] for card in page.select("a.card")]


def get_messages(page: BeautifulSoup) -> list[str]:
    return [p.get_text() for p in page.select(".not-understood p")]


def test_products_page_lists_products_on_sale(get_products_page, market):
    response, page = get_products_page(base=VI)

    assert response.status_code == 200
    assert set(get_card_slugs(page)) == {"que-thanh", "nuoc-mam-cua-khe", "den-long"}


def test_products_page_draws_stars_on_cards_and_facets(get_products_page, market):
    _response, page = get_products_page("q=que")

    drawn = [len(stars.select("svg")) for stars in page.select(".card .stars")]
    assert drawn == [5]
    boxes = [len(stars.select("svg")) for stars in page.select(".facet-list .stars")]
    assert sorted(boxes) == [3, 4, 5]


def test_products_page_shows_query_in_search_box_and_title(get_products_page, market):
    _response, page = get_products_page(q="quế", stars=5)

    assert get_card_slugs(page) == ["que-thanh"]
    assert {box["value"] for box in page.select("input[type=search]")} == {"quế"}
    assert "“quế”" in page.title.get_text()


def test_products_page_explains_relaxed_results(get_products_page, market):
    _response, page = get_products_page(q="cinnamon lantern")

    lead = page.select_one("main .lead").get_text().strip()
    assert lead == (
        "No certified product has all of these words. These 2 have some of them:"
    )
    assert set(get_card_slugs(page)) == {"que-thanh", "den-long"}


def test_products_page_paginates_relaxed_results(get_products_page, cinnamon):
    commune = make_commune()
    for _number in range(PAGE_SIZE):
        make_product(title="Đèn", title_en="Lantern", commune=commune)
    _response, first = get_products_page(q="cinnamon lantern")

    following = first.select_one("a[rel=next]")["href"]
    response, second = get_products_page(following.removeprefix("?"))
    assert response.status_code == 200
    assert len(get_card_slugs(second)) == 1


def test_products_page_without_results_offers_all_products(get_products_page, market):
    response, page = get_products_page(q="durian")

    assert response.status_code == 200
    assert "durian" in page.h1.get_text()
    assert page.select_one(".panel a.button[href='/en/products/']")


@pytest.mark.parametrize(
    ("query", "sentence", "value"),
    [
        ("district=atlantis", "Quảng Nam has no district “%(value)s”.", "atlantis"),
        ("group=weapons", "There is no product group “%(value)s”.", "weapons"),
        ("stars=9", "Stars are 3, 4 or 5, and not “%(value)s”.", "9"),
        ("stars=many", "Stars are 3, 4 or 5, and not “%(value)s”.", "many"),
        ("carry=mule", "There is no way to carry called “%(value)s”.", "mule"),
        ("point=nowhere", "There is no sales point “%(value)s”.", "nowhere"),
        ("sort=foo", "Goods cannot be sorted by “%(value)s”.", "foo"),
        ("price_min=abc", "The lowest price is not a whole number of dong.", ""),
        ("price_min=1.5", "The lowest price is not a whole number of dong.", ""),
        ("price_max=abc", "The highest price is not a whole number of dong.", ""),
        (
            "price_min=9000&price_max=10",
            "The highest price is below the lowest price.",
            "",
        ),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_products_page_names_invalid_filter_and_applies_others(
    get_products_page, market, language, query, sentence, value
):
    rest = "district=hoi-an" if not query.startswith("district") else "q=lantern"
    response, page = get_products_page(
        f"{query}&{rest}", base=VI if language == "vi" else EN
    )

    with override(language):
        expected = gettext(sentence)
    assert language == "en" or expected != sentence
    assert response.status_code == 422
    assert get_messages(page) == [expected % {"value": value} if value else expected]
    assert get_card_slugs(page) == ["den-long"]


@pytest.mark.parametrize("base", [VI, EN])
@pytest.mark.parametrize(
    "query", ["price_min=-5", "price_max=-1", f"price_max={10**12}"]
)
def test_products_page_refuses_impossible_price_and_applies_others(
    get_products_page, market, query, base
):
    response, page = get_products_page(f"{query}&district=hoi-an", base=base)

    assert response.status_code == 422
    assert len(get_messages(page)) == 1
    assert get_card_slugs(page) == ["den-long"]


def test_products_page_with_valid_and_invalid_district_returns_422(
    get_products_page, market
):
    response, page = get_products_page("district=hoi-an&district=atlantis")

    assert response.status_code == 422
    assert get_messages(page) == ["Quảng Nam has no district “atlantis”."]


@pytest.mark.parametrize("base", [VI, EN])
def test_products_page_refuses_oversized_query(get_products_page, market, base):
    response, page = get_products_page(q="quế " * 1250, base=base)

    with override("vi" if base == VI else "en"):
        expected = gettext("That is too long to search for: 200 characters at most.")
    assert response.status_code == 422
    assert get_messages(page) == [expected]
    assert len(get_card_slugs(page)) == 3
    assert {box["value"] for box in page.select("input[type=search]")} == {""}


def test_products_page_accepts_query_of_maximum_length(get_products_page, market):
    response, page = get_products_page(q="x" * MAX_TEXT_LENGTH)

    assert (response.status_code, get_card_slugs(page)) == (200, [])


@pytest.mark.parametrize("page", ["9999", "2", "0", "-1", "abc", "1.5", "1" * 30])
@pytest.mark.parametrize("base", [VI, EN])
def test_products_page_number_out_of_range_returns_404(
    get_products_page, market, page, base
):
    response, read = get_products_page(page=page, base=base)

    with override("vi" if base == VI else "en"):
        expected = gettext("This stall is not in the market")
    assert response.status_code == 404
    assert read.h1.get_text() == expected
    assert read.select(".tilemap a.tile")


def test_products_page_last_page_has_no_next_link(get_products_page, db):
    commune = make_commune()
    for number in range(PAGE_SIZE + 1):
        make_product(f"p{number}", commune=commune)
    _response, first = get_products_page()
    following = first.select_one("a[rel=next]")["href"]

    response, last = get_products_page(following.removeprefix("?"))
    assert response.status_code == 200
    assert len(get_card_slugs(last)) == 1
    assert not set(get_card_slugs(first)) & set(get_card_slugs(last))
    assert last.select_one("a[rel=next]") is None
    assert last.select_one("a[rel=prev]")["href"] == "?page=1"
    assert get_products_page(page=3)[0].status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "!!! ---",
        "🍯🏮",
        "'; DROP TABLE catalogue_product; --",
        "<script>alert(1)</script>",
        '" onfocus="alert(1)',
        "{{ 7|add:7 }} %(value)s %s",
    ],
)
def test_products_page_escapes_special_characters(get_products_page, market, text):
    response, page = get_products_page(q=text)

    assert response.status_code == 200
    assert {box["value"] for box in page.select("input[type=search]")} == {text}
    assert f"“{text}”" in html.unescape(response.content.decode())
    assert not page.select("script:not([src])")
    assert not page.select("[onfocus]")


@pytest.mark.parametrize("query", ["q=%00", "q=que%00thanh", "district=%00"])
def test_products_page_with_nul_byte_answers_in_page_language(
    get_products_page, market, query
):
    response, page = get_products_page(query, base=VI)

    assert response.status_code in (200, 422)
    assert "Null characters" not in page.get_text()


def test_products_page_with_invalid_utf8_returns_422(get_products_page, market):
    response, _page = get_products_page("q=%ff%fe&district=%ff")

    assert response.status_code == 422


def test_facet_link_applies_and_removes_filter(get_products_page, market):
    _response, everything = get_products_page(sort="price", q="o")
    tile = everything.select_one("a.tile[href*='district=hoi-an']")
    assert not tile.has_attr("aria-current")

    _response, narrowed = get_products_page(tile["href"].removeprefix("?"))
    assert get_card_slugs(narrowed) == ["den-long"]
    chosen = narrowed.select_one("a.tile[aria-current]")
    assert chosen.b.get_text() == "Hội An"
    assert chosen["href"] == narrowed.select_one("a.chip.chosen")["href"]

    _response, back = get_products_page(chosen["href"].removeprefix("?"))
    assert get_card_slugs(back) == get_card_slugs(everything)


def test_facet_and_sort_links_return_200(get_products_page, client, market, centre):
    for product in market:
        put_on_shelf(centre, product, 3)
    _response, page = get_products_page(q="o", stars=4)

    links = {
        link["href"]
        for link in page.select(".facet a, .sorting a, .chips a, .filter-head a")
    }
    assert len(links) > 10
    for link in links:
        assert client.get(EN + link).status_code == 200, link


def test_price_form_retains_other_filters_only(get_products_page, market):
    filters = "q=o&district=hoi-an&district=thang-binh&page=1"
    _response, page = get_products_page(
        f"{filters}&csrfmiddlewaretoken=a&x=b&price_min=9"
    )

    hidden = [
        (field["name"], field["value"])
        for field in page.select(".price-range input[type=hidden]")
    ]
    assert hidden == [
        ("q", "o"),
        ("district", "hoi-an"),
        ("district", "thang-binh"),
    ]


@pytest.mark.parametrize("base", [VI, EN])
def test_price_form_value_can_be_resubmitted(get_products_page, market, base):
    _response, page = get_products_page(price_min=85_000, base=base)
    assert set(get_card_slugs(page)) == {"nuoc-mam-cua-khe", "den-long"}

    value = page.select_one("[name=price_min]")["value"]
    response, again = get_products_page(price_min=value, base=base)
    assert (response.status_code, get_card_slugs(again)) == (200, get_card_slugs(page))


@pytest.mark.parametrize("base", [VI, EN])
@pytest.mark.parametrize("typed", ["100.000", "100,000", "100 000"])
def test_price_filter_accepts_thousands_separators(
    get_products_page, market, typed, base
):
    _response, page = get_products_page(price_max=typed, base=base)

    assert {"que-thanh", "nuoc-mam-cua-khe"} <= set(get_card_slugs(page))


def test_facet_values_without_products_are_not_links(get_products_page, market):
    _response, page = get_products_page(district="hoi-an")

    empty = [c.get_text(" ", strip=True) for c in page.select(".facet .none")]
    assert any(text.startswith("Drinks") for text in empty)
    assert not page.select(".facet-list a[href*='group=beverage']")


def test_products_page_ranks_goods_at_visitors_point_first(
    get_products_page, client, market, centre, booth, lantern, fish_sauce
):
    put_on_shelf(centre, lantern, 1)
    put_on_shelf(booth, fish_sauce, 1)
    assert get_card_slugs(get_products_page()[1])[0] == "den-long"

    client.cookies["place"] = "booth"
    assert get_card_slugs(get_products_page()[1])[0] == "nuoc-mam-cua-khe"


def test_unknown_place_cookie_is_ignored(get_products_page, client, market):
    client.cookies["place"] = "atlantis'--"

    assert get_products_page()[0].status_code == 200


def test_products_page_refuses_post(client, market):
    assert client.post(VI).status_code == 405
    assert client.head(VI).status_code == 200


def get_sort_label(page: BeautifulSoup) -> str:
    return page.select_one(".sorting summary").get_text(strip=True)


def test_products_page_names_default_sort_order(
    get_products_page, client, market, centre, booth
):
    _response, page = get_products_page()
    assert get_sort_label(page) == f"At {centre.short_name} first"
    assert get_sort_label(get_products_page(q="que")[1]) == "Best match first"

    client.cookies["place"] = booth.slug
    assert get_sort_label(get_products_page()[1]) == f"At {booth.short_name} first"


def test_products_page_without_searchable_word_lists_everything(
    get_products_page, market
):
    _response, page = get_products_page(q="!!!")

    lead = page.select_one("main .lead").get_text().strip()
    assert lead.startswith("There is no word in “!!!” to search for. 3 products are")
    assert page.h1.get_text() == "Products"


def test_district_tile_without_products_is_no_link_until_chosen(
    get_products_page, market
):
    _response, page = get_products_page(stars=5)
    assert not page.select("a.tile[href*='district=hoi-an']")
    assert "Hội An" in [tile.b.get_text() for tile in page.select("span.tile.empty")]

    _response, chosen = get_products_page(stars=5, district="hoi-an")
    assert chosen.select_one("a.tile.chosen").b.get_text() == "Hội An"


def test_products_page_spreads_pictures_only_without_query(
    get_products_page, cinnamon, monkeypatch
):
    make_product("dau-que", title="Dầu quế thanh", stars=4)
    make_product("banh", title="Bánh ngọt thơm", tags=["quế thanh"], stars=3)
    monkeypatch.setattr(
        "search.views.separate_same_pictures",
        lambda get_products_page: get_products_page[::-1],
    )

    assert get_card_slugs(get_products_page(q="que thanh", base=VI)[1]) == [
        "que-thanh",
        "dau-que",
        "banh",
    ]
    assert get_card_slugs(get_products_page(base=VI)[1]) == [
        "banh",
        "dau-que",
        "que-thanh",
    ]
