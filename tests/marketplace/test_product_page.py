"""The page of one product, sold or not."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Product
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_certificate,
    make_product,
)
from tests.marketplace.shopping import (
    add_to_basket,
    get_page_text,
    parse_page,
    translate,
)

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
NOT_SOLD = "Not sold here for now"


@pytest.fixture
def get_product_page(client: Client):
    def page(product: Product, base: str = "/en"):
        response = client.get(f"{base}/products/{product.slug}/")
        assert response.status_code == 200
        return response

    return page


def is_for_sale(response) -> bool:
    return bool(parse_page(response).select("form#buy, [data-buy-bar]"))


def has_stars(response) -> bool:
    return bool(parse_page(response).select(".certificate, .product-right .stars"))


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
def test_product_page_shows_certificate_facts(
    get_product_page, tea, tea_at_centre, base, stars, day, issuer
):
    certificate = tea.certificates.get()

    response = get_product_page(tea, base)

    words = get_page_text(response)
    for fact in (
        stars,
        certificate.decision_no,
        issuer,
        certificate.expires_on.strftime(day),
    ):
        assert fact in words
    assert is_for_sale(response)


def test_product_page_shows_points_and_units_left(get_product_page, tea, tea_at_centre):
    row = parse_page(get_product_page(tea)).select_one(".where li")

    assert row.select_one("a")["href"] == "/en/sales-points/centre/"
    assert row.select_one("b").get_text(strip=True) == "10 left"


@pytest.mark.parametrize("base", ["", "/en"])
def test_product_page_with_lapsed_certificate_is_not_for_sale(
    get_product_page, tea, tea_at_centre, base
):
    expire_certificate(tea)

    response = get_product_page(tea, base)

    assert translate(NOT_SOLD, "en" if base else "vi") in get_page_text(response)
    assert not is_for_sale(response)
    assert not has_stars(response)
    assert not parse_page(response).select(".where")


def test_product_page_shows_withdrawal_of_certificate(
    get_product_page, tea, tea_at_centre
):
    tea.certificates.update(withdrawn_on=TODAY, withdrawn_reason="Hàng giả")

    response = get_product_page(tea)

    assert "Its OCOP certificate was withdrawn on" in get_page_text(response)
    assert not is_for_sale(response)
    assert not has_stars(response)


def test_product_page_without_certificate_is_not_for_sale(get_product_page, client, db):
    product = make_product(certified=False)

    response = get_product_page(product)

    assert "It has no OCOP certificate" in get_page_text(response)
    assert not is_for_sale(response)


def test_product_page_with_future_decision_is_not_for_sale(
    get_product_page, client, tea, tea_at_centre
):
    tea.certificates.update(decided_on=TODAY + DAY)

    response = get_product_page(tea)

    assert not is_for_sale(response)
    assert not has_stars(response)
    assert add_to_basket(client, tea).status_code == 409


def test_product_page_prefers_certificate_in_force_to_withdrawn_one(
    get_product_page, client, tea, tea_at_centre
):
    make_certificate(
        tea, stars=5, decided_on=TODAY - DAY, withdrawn_on=TODAY, decision_no="W"
    )

    response = get_product_page(tea)

    assert "4 OCOP stars" in get_page_text(response)
    assert is_for_sale(response)
    assert add_to_basket(client, tea).status_code == 302


def test_product_page_on_last_valid_day_is_for_sale(
    get_product_page, client, tea, tea_at_centre
):
    tea.certificates.update(expires_on=TODAY + DAY)

    response = get_product_page(tea)

    assert "1 day left" in get_page_text(response)
    assert is_for_sale(response)


def test_product_page_without_stock_is_not_for_sale(get_product_page, tea):
    response = get_product_page(tea)

    assert "On no shelf today" in get_page_text(response)
    assert has_stars(response)
    assert not is_for_sale(response)


def test_product_page_with_expired_lot_is_not_for_sale(
    get_product_page, tea, tea_at_centre
):
    expire_lot(tea_at_centre)

    assert not is_for_sale(get_product_page(tea))


def test_product_page_of_service_offers_telephone(get_product_page, tour):
    page = parse_page(get_product_page(tour))

    assert page.select_one(".buy a.button")["href"].startswith("tel:")
    assert not page.select("form#buy")


def test_product_page_of_alcohol_names_age_limit(
    get_product_page, wine, wine_at_centre
):
    assert "18" in get_page_text(get_product_page(wine))


@pytest.mark.parametrize("hidden", [True, False])
def test_product_page_of_hidden_or_unknown_product_returns_404(client, tea, hidden):
    Product.objects.update(is_public=not hidden)
    slug = tea.slug if hidden else "nothing-of-ours"

    assert client.get(f"/products/{slug}/").status_code == 404
