"""A form sent twice, and two buyers of one product."""

import pytest
from django.test import Client

from marketplace.checkout.basket.models import Basket
from marketplace.orders.models import Order
from tests.factories import put_on_shelf
from tests.marketplace.shopping import (
    PICKUP,
    add_to_basket,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
)


def get_checkout_form(browser: Client) -> dict[str, str]:
    """The pick-up form as the page shows it, with its hidden fields."""
    page = parse_page(browser.get("/en/checkout/"))
    return PICKUP | {"basket": page.select_one("[name=basket]")["value"]}


@pytest.fixture
def hannah(visitor, tea, tea_at_centre) -> Client:
    add_to_basket(visitor, tea, 2)
    return visitor


def test_place_order_twice_returns_same_order(hannah, tea_at_centre):
    form = get_checkout_form(hannah)

    first = get_placed_order(submit_checkout(hannah, form))
    again = get_placed_order(submit_checkout(hannah, form))
    assert first == again
    assert Order.objects.count() == 1
    tea_at_centre.refresh_from_db()
    assert tea_at_centre.num_allocated == 2


def test_place_order_twice_without_cookies_returns_same_order(hannah):
    form = get_checkout_form(hannah)
    order = get_placed_order(submit_checkout(hannah, form))

    assert get_placed_order(submit_checkout(Client(), form)) == order
    assert Order.objects.count() == 1


def test_place_order_twice_with_old_cookie_returns_same_order(hannah):
    cookie = hannah.cookies["oscar_open_basket"].value
    order = get_placed_order(submit_checkout(hannah, PICKUP))

    hannah.cookies["oscar_open_basket"] = cookie
    assert get_placed_order(submit_checkout(hannah, PICKUP)) == order


def test_place_order_twice_signed_in_returns_same_order(
    signed_in, buyer, tea, tea_at_centre
):
    browser = signed_in(buyer)
    add_to_basket(browser, tea)
    form = get_checkout_form(browser)

    order = get_placed_order(submit_checkout(browser, form))
    assert get_placed_order(submit_checkout(browser, form)) == order
    assert Order.objects.count() == 1


def test_place_order_with_old_form_ignores_new_basket(hannah, honey, honey_at_centre):
    form = get_checkout_form(hannah)
    order = get_placed_order(submit_checkout(hannah, form))
    add_to_basket(hannah, honey)

    assert get_placed_order(submit_checkout(hannah, form)) == order
    honey_at_centre.refresh_from_db()
    assert honey_at_centre.num_allocated == 0


@pytest.mark.parametrize("forged", ["", "1", "1:forged", "x:y", "\x00"])
def test_place_order_with_forged_basket_field_redirects_to_basket(hannah, forged):
    get_placed_order(submit_checkout(hannah, get_checkout_form(hannah)))

    response = submit_checkout(Client(), PICKUP, basket=forged)
    assert (response.status_code, response["Location"]) == (302, "/en/basket/")


def test_place_order_again_with_new_basket_creates_second_order(
    hannah, honey, honey_at_centre
):
    first = get_placed_order(submit_checkout(hannah, get_checkout_form(hannah)))
    add_to_basket(hannah, honey)

    second = get_placed_order(submit_checkout(hannah, get_checkout_form(hannah)))
    assert first != second
    assert [line.product for line in second.lines.all()] == [honey]


def test_place_order_of_last_unit_refuses_second_buyer(centre, tea):
    last = put_on_shelf(centre, tea, 1)
    hannah, hoa = Client(), Client()
    add_to_basket(hannah, tea)
    add_to_basket(hoa, tea)
    late_form = get_checkout_form(hoa)

    get_placed_order(submit_checkout(hannah, get_checkout_form(hannah)))
    response = submit_checkout(hoa, late_form)
    assert response.status_code == 409
    assert "This point does not have enough of: Forest tea." in get_page_text(response)
    assert Order.objects.count() == 1
    last.refresh_from_db()
    assert (last.num_in_stock, last.num_allocated) == (1, 1)
    assert Basket.objects.filter(status="Open").get().lines.count() == 1


def test_place_order_after_shortage_succeeds_with_remaining_lines(
    centre, tea, honey, honey_at_centre
):
    put_on_shelf(centre, tea, 1)
    hannah, hoa = Client(), Client()
    for browser in (hannah, hoa):
        add_to_basket(browser, tea)
        add_to_basket(browser, honey)
    get_placed_order(submit_checkout(hannah, get_checkout_form(hannah)))
    assert submit_checkout(hoa, get_checkout_form(hoa)).status_code == 409

    basket = Basket.objects.get(status="Open")
    line = basket.lines.get(product=tea)
    hoa.post(f"/en/basket/{line.pk}/", {"quantity": 0})
    order = get_placed_order(submit_checkout(hoa, get_checkout_form(hoa)))
    assert [line.product for line in order.lines.all()] == [honey]
