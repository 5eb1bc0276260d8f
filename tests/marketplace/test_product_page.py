"""The page of one product, sold or not."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Product
from tests.factories import (
    let_certificate_lapse,
    let_lot_expire,
    make_certificate,
    make_product,
)
from tests.marketplace.shopping import page_of, put_in, said, text_of

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
NOT_SOLD = "Not sold here for now"


@pytest.fixture
def look(client: Client):
    def page(product: Product, base: str = "/en"):
        response = client.get(f"{base}/products/{product.slug}/")
        assert response.status_code == 200
        return response

    return page


def may_be_bought(response) -> bool:
    return bool(page_of(response).select("form#buy, [data-buy-bar]"))


def shows_stars(response) -> bool:
    return bool(page_of(response).select(".certificate, .product-right .stars"))


@pytest.mark.parametrize(
    ("base", "stars", "day", "issuer"),
    [
        ("", "4 sao OCOP", "%d/%m/%Y", "UBND tỉnh Quảng Nam"),
        (
            "/en",
            "4 OCOP stars",
            "%-d %b %Y",
            "People's Committee of Quảng Nam province",
        ),
    ],
)
def test_a_certified_product_shows_why_it_may_be_sold(
    look, tea, tea_at_centre, base, stars, day, issuer
):
    certificate = tea.certificates.get()

    response = look(tea, base)

    words = text_of(response)
    for fact in (
        stars,
        certificate.decision_no,
        issuer,
        certificate.expires_on.strftime(day),
    ):
        assert fact in words
    assert may_be_bought(response)


def test_it_says_where_it_lies_and_how_much_of_it(look, tea, tea_at_centre):
    row = page_of(look(tea)).select_one(".where li")

    assert row.select_one("a")["href"] == "/en/sales-points/centre/"
    assert row.select_one("b").get_text() == "10 left"


@pytest.mark.parametrize("base", ["", "/en"])
def test_a_lapsed_product_keeps_its_page_and_says_so(look, tea, tea_at_centre, base):
    let_certificate_lapse(tea)

    response = look(tea, base)

    assert said(NOT_SOLD, "en" if base else "vi") in text_of(response)
    assert not may_be_bought(response)
    assert not shows_stars(response)
    assert not page_of(response).select(".where")


def test_a_withdrawn_product_says_when(look, tea, tea_at_centre):
    tea.certificates.update(withdrawn_on=TODAY, withdrawn_reason="Hàng giả")

    response = look(tea)

    assert "Its OCOP certificate was withdrawn on" in text_of(response)
    assert not may_be_bought(response)
    assert not shows_stars(response)


def test_a_product_without_a_certificate_says_so(look, client, db):
    product = make_product(certified=False)

    response = look(product)

    assert "It has no OCOP certificate" in text_of(response)
    assert not may_be_bought(response)


def test_a_decision_to_come_sells_nothing_yet(look, client, tea, tea_at_centre):
    tea.certificates.update(decided_on=TODAY + DAY)

    response = look(tea)

    assert not may_be_bought(response)
    assert not shows_stars(response)
    assert put_in(client, tea).status_code == 409


def test_the_certificate_in_force_is_shown_before_a_later_one_withdrawn(
    look, client, tea, tea_at_centre
):
    make_certificate(
        tea, stars=5, decided_on=TODAY - DAY, withdrawn_on=TODAY, decision_no="W"
    )

    response = look(tea)

    assert "4 OCOP stars" in text_of(response)
    assert may_be_bought(response)
    assert put_in(client, tea).status_code == 302


def test_it_may_be_bought_on_its_last_day(look, client, tea, tea_at_centre):
    tea.certificates.update(expires_on=TODAY + DAY)

    response = look(tea)

    assert "1 day left" in text_of(response)
    assert may_be_bought(response)


def test_certified_but_on_no_shelf_it_cannot_be_put_in_a_basket(look, tea):
    response = look(tea)

    assert "On no shelf today" in text_of(response)
    assert shows_stars(response)
    assert not may_be_bought(response)


def test_goods_past_their_date_are_on_no_shelf(look, tea, tea_at_centre):
    let_lot_expire(tea_at_centre)

    assert not may_be_bought(look(tea))


def test_a_visit_is_asked_for_by_telephone(look, tour):
    page = page_of(look(tour))

    assert page.select_one(".buy a.button")["href"].startswith("tel:")
    assert not page.select("form#buy")


def test_wine_says_that_it_is_for_adults(look, wine, wine_at_centre):
    assert "18" in text_of(look(wine))


@pytest.mark.parametrize("hidden", [True, False])
def test_what_is_hidden_or_never_was_is_not_found(client, tea, hidden):
    Product.objects.update(is_public=not hidden)
    slug = tea.slug if hidden else "nothing-of-ours"

    assert client.get(f"/products/{slug}/").status_code == 404
