"""A form sent twice, and two buyers of one thing."""

import pytest
from django.test import Client

from marketplace.checkout.basket.models import Basket
from marketplace.orders.models import Order
from tests.factories import put_on_shelf
from tests.marketplace.shopping import (
    PICKUP,
    page_of,
    placed,
    put_in,
    send_order,
    text_of,
)


def form_on(browser: Client) -> dict[str, str]:
    """The pick-up form as the page shows it, with its hidden fields."""
    page = page_of(browser.get("/en/checkout/"))
    return PICKUP | {"basket": page.select_one("[name=basket]")["value"]}


@pytest.fixture
def hannah(visitor, tea, tea_at_centre) -> Client:
    put_in(visitor, tea, 2)
    return visitor


def test_a_form_sent_again_leads_to_the_same_order(hannah, tea_at_centre):
    form = form_on(hannah)

    first = placed(send_order(hannah, form))
    again = placed(send_order(hannah, form))
    assert first == again
    assert Order.objects.count() == 1
    tea_at_centre.refresh_from_db()
    assert tea_at_centre.num_allocated == 2


def test_an_old_form_of_a_browser_without_cookies_finds_its_order(hannah):
    form = form_on(hannah)
    order = placed(send_order(hannah, form))

    assert placed(send_order(Client(), form)) == order
    assert Order.objects.count() == 1


def test_an_old_cookie_is_enough_to_find_the_order(hannah):
    kept = hannah.cookies["oscar_open_basket"].value
    order = placed(send_order(hannah, PICKUP))

    hannah.cookies["oscar_open_basket"] = kept
    assert placed(send_order(hannah, PICKUP)) == order


def test_a_buyer_with_an_account_finds_her_order_again(
    signed_in, buyer, tea, tea_at_centre
):
    browser = signed_in(buyer)
    put_in(browser, tea)
    form = form_on(browser)

    order = placed(send_order(browser, form))
    assert placed(send_order(browser, form)) == order
    assert Order.objects.count() == 1


def test_an_old_form_does_not_order_a_new_basket(hannah, honey, honey_at_centre):
    form = form_on(hannah)
    order = placed(send_order(hannah, form))
    put_in(hannah, honey)

    assert placed(send_order(hannah, form)) == order
    honey_at_centre.refresh_from_db()
    assert honey_at_centre.num_allocated == 0


@pytest.mark.parametrize("forged", ["", "1", "1:forged", "x:y", "\x00"])
def test_a_forged_form_finds_no_order(hannah, forged):
    placed(send_order(hannah, form_on(hannah)))

    response = send_order(Client(), PICKUP, basket=forged)
    assert (response.status_code, response["Location"]) == (302, "/en/basket/")


def test_a_second_order_is_a_second_order(hannah, honey, honey_at_centre):
    first = placed(send_order(hannah, form_on(hannah)))
    put_in(hannah, honey)

    second = placed(send_order(hannah, form_on(hannah)))
    assert first != second
    assert [line.product for line in second.lines.all()] == [honey]


def test_the_last_unit_goes_to_who_orders_first(centre, tea):
    last = put_on_shelf(centre, tea, 1)
    hannah, hoa = Client(), Client()
    put_in(hannah, tea)
    put_in(hoa, tea)
    late_form = form_on(hoa)

    placed(send_order(hannah, form_on(hannah)))
    response = send_order(hoa, late_form)
    assert response.status_code == 409
    assert "This point does not have enough of: Forest tea." in text_of(response)
    assert Order.objects.count() == 1
    last.refresh_from_db()
    assert (last.num_in_stock, last.num_allocated) == (1, 1)
    assert Basket.objects.filter(status="Open").get().lines.count() == 1


def test_who_was_too_late_may_order_the_rest(centre, tea, honey, honey_at_centre):
    put_on_shelf(centre, tea, 1)
    hannah, hoa = Client(), Client()
    for browser in (hannah, hoa):
        put_in(browser, tea)
        put_in(browser, honey)
    placed(send_order(hannah, form_on(hannah)))
    assert send_order(hoa, form_on(hoa)).status_code == 409

    basket = Basket.objects.get(status="Open")
    line = basket.lines.get(product=tea)
    hoa.post(f"/en/basket/{line.pk}/", {"quantity": 0})
    order = placed(send_order(hoa, form_on(hoa)))
    assert [line.product for line in order.lines.all()] == [honey]
