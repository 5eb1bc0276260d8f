"""One basket, sent twice at the same moment."""

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.checkout.operations.place_order import place_order
from marketplace.order.models import Order
from tests.books import books_of
from tests.factories import make_basket, make_wish
from tests.marketplace.shopping import PICKUP, address_of, put_in, send_order

pytestmark = pytest.mark.postgres


def test_a_basket_placed_twice_at_once_is_one_order(
    race, honey, honey_at_centre, centre
):
    basket = make_basket({honey: 1}, point=centre)
    wish = make_wish(point=centre, email="")

    outcomes = race(
        *[lambda: place_order(basket_id=basket.pk, wish=wish, now=timezone.now())] * 4
    )

    assert outcomes == ["AlreadyOrdered"] * 3 + ["ok"]
    assert Order.objects.count() == 1
    assert books_of(honey_at_centre).promised == 1


def test_a_form_posted_twice_at_once_leads_to_one_order(
    race, honey, honey_at_centre, centre
):
    hannah = Client()
    put_in(hannah, honey, point=centre)
    answers = []

    def press():
        browser = Client()
        browser.cookies.load(
            {name: cookie.value for name, cookie in hannah.cookies.items()}
        )
        answers.append(send_order(browser, PICKUP))

    assert race(press, press) == ["ok", "ok"]
    order = Order.objects.get()
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (302, address_of(order))
    ] * 2
    assert books_of(honey_at_centre).promised == 1
