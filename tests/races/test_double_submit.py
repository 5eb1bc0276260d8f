"""One basket, sent twice at the same moment."""

import threading

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.checkout.basket import operations
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.place_order import place_order
from marketplace.orders.models import Order
from tests.factories import make_basket, make_order_request
from tests.marketplace.shopping import (
    PICKUP,
    add_to_basket,
    get_order_url,
    submit_checkout,
)
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


def test_place_order_of_same_basket_at_once_creates_one_order(
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
    assert get_stock_snapshot(honey_at_centre).allocated == 1


def test_checkout_form_posted_twice_at_once_creates_one_order(
    race, honey, honey_at_centre, centre
):
    hannah = Client()
    add_to_basket(hannah, honey, point=centre)
    answers = []

    def press():
        browser = Client()
        browser.cookies.load(
            {name: cookie.value for name, cookie in hannah.cookies.items()}
        )
        answers.append(submit_checkout(browser, PICKUP))

    assert race(press, press) == ["ok", "ok"]
    order = Order.objects.get()
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (302, get_order_url(order))
    ] * 2
    assert get_stock_snapshot(honey_at_centre).allocated == 1


@pytest.fixture
def add_honey(honey, honey_at_centre):
    """Puts a jar of honey into one and the same basket."""
    basket = Basket.objects.create()

    def press():
        operations.add_to_basket(
            basket=Basket.objects.get(pk=basket.pk),
            product=honey,
            quantity=1,
            at=timezone.now(),
        )

    press.basket = basket
    return press


def test_add_to_basket_twice_at_once_adds_two_units(race, add_honey):
    assert race(add_honey, add_honey) == ["ok", "ok"]
    assert add_honey.basket.lines.get().quantity == 2


def test_control_add_to_basket_without_lock_loses_one(race, add_honey, monkeypatch):
    both_have_looked = threading.Barrier(2, timeout=30)
    look = operations.shelf_with

    def look_together(*args):
        both_have_looked.wait()
        return look(*args)

    monkeypatch.setattr(operations, "lock_open", lambda basket: None)
    monkeypatch.setattr(operations, "shelf_with", look_together)

    assert race(add_honey, add_honey) == ["IntegrityError", "ok"]
    assert add_honey.basket.lines.get().quantity == 1


def test_add_to_basket_during_place_order_is_ordered_or_refused(
    race, add_honey, centre
):
    add_honey()
    order_request = make_order_request(point=centre, email="")

    outcomes = race(
        lambda: place_order(
            basket_id=add_honey.basket.pk, request=order_request, now=timezone.now()
        ),
        add_honey,
    )

    units = {("ok", "ok"): 2, ("AlreadySubmitted", "ok"): 1}[tuple(outcomes)]
    assert Order.objects.get().lines.get().quantity == units
    assert add_honey.basket.lines.get().quantity == units
