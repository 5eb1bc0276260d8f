"""What a traveller sees beside the dong: about how much, at which day's rate."""

import datetime as dt
from decimal import Decimal
from http.cookies import SimpleCookie

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from marketplace.rates.models import Rate
from marketplace.rates.queries import (
    FRESH,
    LatestRate,
    clear_cached_rates,
    get_latest_rates,
)
from tests.factories import make_order
from tests.marketplace.shopping import (
    add_to_basket,
    get_order_url,
    get_page_text,
    parse_page,
)
from tests.rates.conftest import TODAY

TEA = "/en/products/tra-rung/"
MAX_QUERIES = 12


@pytest.fixture
def traveller(client, rates, tea_at_centre):
    """Somebody who has chosen euros."""
    client.cookies = SimpleCookie({"currency": "EUR"})
    return client


# --- Amounts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "costs", "vnd", "written"),
    [
        ("EUR", "30500", 95_000, "€3.11"),
        ("EUR", "30000", 150, "€0.01"),  # half a cent up
        ("EUR", "30000", 149, "<€0.01"),
        ("EUR", "30000", 450, "€0.02"),  # up also where a banker rounds to even
        ("EUR", "30500", 305_000_000, "€10,000.00"),
        ("USD", "26300", 95_000, "US$3.61"),
        ("KRW", "18.4", 95_000, "₩5,163"),
        ("KRW", "20", 95_010, "₩4,751"),  # half a won up
        ("JPY", "172", 95_000, "JP¥552"),
        ("JPY", "100", 150, "JP¥2"),
        ("JPY", "172", 20, "<JP¥1"),
    ],
)
def test_estimate_is_rounded_to_smallest_coin(currency, costs, vnd, written):
    rate = LatestRate(currency, Decimal(costs), TODAY, illustrative=False)

    with translation.override("en"):
        assert rate.format_amount(vnd) == written


def test_known_rates_exclude_stale_rates(rates, clock):
    assert set(get_latest_rates()) == {"EUR", "USD", "KRW", "JPY"}

    clock.shift(FRESH)
    assert set(get_latest_rates()) == {"EUR", "USD", "KRW", "JPY"}
    clock.shift(dt.timedelta(days=1))

    assert get_latest_rates() == {}


# --- Pages ---------------------------------------------------------------------------


def test_product_page_shows_estimate_beside_dong(traveller):
    page = get_page_text(traveller.get(TEA))

    assert "95,000 ₫" in page
    assert "About €3.11 at the rate of 30 Nov 2026; you pay in dong (₫)." in page
    assert "made-up" not in page


def test_basket_and_order_pages_show_estimate(traveller, tea, centre, tea_at_centre):
    add_to_basket(traveller, tea, quantity=2)
    order = make_order({tea: 2}, point=centre)

    for address in ("/en/basket/", get_order_url(order)):
        page = get_page_text(traveller.get(address))
        assert "190,000 ₫" in page
        assert "About €6.23 at the rate of 30 Nov 2026; you pay in dong (₫)." in page


def test_product_page_without_chosen_currency_has_no_estimate(
    client, rates, tea_at_centre
):
    page = parse_page(client.get(TEA))

    assert "About €" not in page.get_text()
    offered = [one["value"] for one in page.select(".estimate button")]
    assert offered == ["EUR", "USD", "KRW", "JPY"]


def test_vietnamese_page_has_no_estimate(traveller):
    page = parse_page(traveller.get("/products/tra-rung/"))

    assert not page.select(".estimate")


def test_product_page_marks_illustrative_rate(traveller):
    Rate.objects.update(illustrative=True)
    clear_cached_rates()

    assert "A made-up rate, for this demonstration" in get_page_text(traveller.get(TEA))


@pytest.mark.parametrize("chosen", ["GBP", "", "<b>", "EUR'--"])
def test_unknown_currency_cookie_is_ignored(traveller, chosen):
    traveller.cookies = SimpleCookie({"currency": chosen})

    response = traveller.get(TEA)

    assert response.status_code == 200
    assert "About €" not in get_page_text(response)


def test_product_page_without_rates_offers_no_currency(traveller):
    Rate.objects.all().delete()
    clear_cached_rates()

    assert not parse_page(traveller.get(TEA)).select(".estimate")


@pytest.mark.parametrize("address", [TEA, "/en/basket/"])
def test_estimate_takes_no_query(traveller, tea, address):
    add_to_basket(traveller, tea)
    traveller.get(address)

    with CaptureQueriesContext(connection) as queries:
        assert "About €" in get_page_text(traveller.get(address))

    assert len(queries) <= MAX_QUERIES
    assert not [one for one in queries if "rates_rate" in one["sql"]]


def test_page_with_estimate_varies_on_cookie(traveller):
    assert "Cookie" in traveller.get(TEA)["Vary"]


# --- Choosing ------------------------------------------------------------------------


def test_choose_currency_works_without_javascript(client, rates, tea_at_centre):
    form = parse_page(client.get(TEA)).select_one(".estimate form")
    assert (form["method"], form["action"]) == ("post", "/en/currency/")

    data = {"currency": "KRW", "next": form.select_one("[name=next]")["value"]}
    page = client.post(form["action"], data, follow=True)

    assert page.request["PATH_INFO"] == TEA
    assert "About ₩5,163" in get_page_text(page)
    client.post(form["action"], {"currency": "", "next": TEA})
    assert "About ₩" not in get_page_text(client.get(TEA))


def test_currency_cookie_is_httponly_and_lax(client, db):
    cookie = client.post("/en/currency/", {"currency": "USD"}).cookies["currency"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_choose_unknown_currency_returns_404(client, db):
    response = client.post("/en/currency/", {"currency": "GBP"})

    assert response.status_code == 404
    assert "currency" not in response.cookies


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "", "x"]
)
def test_choose_currency_ignores_external_next_url(client, db, back):
    response = client.post("/en/currency/", {"currency": "EUR", "next": back})

    assert response["Location"] == "/en/"
