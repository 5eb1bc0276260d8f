"""One basket, sent twice at the same moment."""

import threading

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations import put_in as putting_in
from marketplace.checkout.place_order import place_order
from marketplace.orders.models import Order
from tests.books import books_of
from tests.factories import make_basket, make_order_request
from tests.marketplace.shopping import PICKUP, address_of, put_in, send_order

pytestmark = pytest.mark.postgres


def test_a_basket_placed_twice_at_once_is_one_order(
    race, honey, honey_at_centre, centre
):
    basket = make_basket({honey: 1}, point=centre)
    order_request = make_order_request(point=centre, email="")

    outcomes = race(
        *[
            lambda: place_order(
                basket_id=basket.pk, request=order_request, now=timezone.now()
            )
        ]
        * 4
    )

    assert outcomes == ["AlreadyOrdered"] * 3 + ["ok"]
    assert Order.objects.count() == 1
    assert books_of(honey_at_centre).allocated == 1


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
    assert books_of(honey_at_centre).allocated == 1


@pytest.fixture
def add(honey, honey_at_centre):
    """Puts a jar of honey into one and the same basket."""
    basket = Basket.objects.create()

    def press():
        putting_in.put_in(
            basket=Basket.objects.get(pk=basket.pk),
            product=honey,
            quantity=1,
            at=timezone.now(),
        )

    press.basket = basket
    return press


def test_two_taps_put_two_units_in(race, add):
    assert race(add, add) == ["ok", "ok"]
    assert add.basket.lines.get().quantity == 2


def test_without_the_lock_one_of_two_taps_is_refused_or_lost(race, add, monkeypatch):
    both_have_looked = threading.Barrier(2, timeout=30)
    look = putting_in.shelf_with

    def look_together(*given):
        both_have_looked.wait()
        return look(*given)

    monkeypatch.setattr(putting_in, "lock_open", lambda basket: None)
    monkeypatch.setattr(putting_in, "shelf_with", look_together)

    assert race(add, add) == ["IntegrityError", "ok"]
    assert add.basket.lines.get().quantity == 1


def test_what_is_put_in_while_the_basket_is_ordered_is_ordered_or_refused(
    race, add, centre
):
    add()
    order_request = make_order_request(point=centre, email="")

    outcomes = race(
        lambda: place_order(
            basket_id=add.basket.pk, request=order_request, now=timezone.now()
        ),
        add,
    )

    units = {("ok", "ok"): 2, ("NoLongerOpen", "ok"): 1}[tuple(outcomes)]
    assert Order.objects.get().lines.get().quantity == units
    assert add.basket.lines.get().quantity == units
