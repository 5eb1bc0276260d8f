"""How much one buyer may have on order without having paid."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.orders.models import LimitExemption, Order
from tests.factories import make_order, make_product, put_on_shelf
from tests.marketplace.shopping import (
    PICKUP,
    add_to_basket,
    get_page_text,
    get_placed_order,
    submit_checkout,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])
MORE = "more cannot be open at a time"


@pytest.fixture(autouse=True)
def _usual_limits(settings):
    settings.UNPAID_ORDERS_PER_BUYER, settings.UNPAID_UNITS_PER_PRODUCT = 5, 20


@pytest.fixture
def full_shelf(centre, tea):
    """Enough tea that a limit, not the shelf, is what is met."""
    return put_on_shelf(centre, tea, 200)


def submit_order(tea, client=None, units=1, base="/en", **fields):
    client = client or Client()
    add_to_basket(client, tea, units)
    return submit_checkout(client, PICKUP | {"email": ""} | fields, base=base)


@pytest.mark.parametrize(
    "same",
    [
        {"phone": "0905 123 456"},
        {"email": "hannah@example.com"},
    ],
)
def test_sixth_unpaid_order_of_one_contact_is_refused(full_shelf, tea, same):
    for _number in range(5):
        get_placed_order(submit_order(tea, **same))
    spelt_otherwise = {
        "phone": "+84905123456",
        "email": "HANNAH@example.com",
    }

    response = submit_order(tea, **{name: spelt_otherwise[name] for name in same})

    assert response.status_code == 422
    assert MORE in get_page_text(response)
    assert Order.objects.count() == 5
    get_placed_order(submit_order(tea, phone="0905 123 457"))


def test_sixth_unpaid_order_of_one_browser_is_refused(full_shelf, tea):
    browser = Client()
    for number in range(5):
        get_placed_order(submit_order(tea, browser, email=f"{number}@example.com"))

    response = submit_order(tea, browser, email="6@example.com")

    assert response.status_code == 422
    assert Order.objects.count() == 5


@BASES
def test_units_of_one_product_in_unpaid_orders_are_limited(full_shelf, tea, base):
    get_placed_order(submit_order(tea, units=15, phone="0905 123 456"))

    response = submit_order(tea, units=6, base=base, phone="0905 123 456")

    assert response.status_code == 422
    name = tea.title_en if base else tea.title
    text = get_page_text(response)
    words = (
        "%(name)s: at most %(most)d in orders that are not paid yet, and %(ordered)d"
        " are in yours already. Order fewer, or call us: we can allow more."
    )
    values = {"name": name, "most": 20, "ordered": 15}
    assert translate(words, "en" if base else "vi") % values in text
    get_placed_order(submit_order(tea, units=5, phone="0905 123 456"))


def test_one_order_of_more_units_than_the_limit_is_refused(full_shelf, tea):
    response = submit_order(tea, units=21, phone="0905 123 456")

    assert response.status_code == 422
    assert not Order.objects.exists()


def test_orders_that_are_paid_or_ended_do_not_count(full_shelf, tea, centre):
    same = {"phone": "0905 123 456"}
    for _number in range(5):
        get_placed_order(submit_order(tea, **same))
    paid, cancelled, *_others = Order.objects.order_by("pk")
    paid.fulfilments.update(to_collect_vnd=0)
    cancelled.fulfilments.update(status="cancelled")

    get_placed_order(submit_order(tea, **same))
    get_placed_order(submit_order(tea, **same))

    assert submit_order(tea, **same).status_code == 422


def test_unpaid_order_counts_only_as_long_as_it_is_held(settings, centre, full_shelf):
    settings.UNPAID_ORDERS_PER_BUYER = 1
    coffee = make_product("ca-phe")
    put_on_shelf(centre, coffee, 5)
    now = timezone.now()
    order = make_order(
        {coffee: 1}, point=centre, pay_until=now + dt.timedelta(minutes=5)
    )
    same = {"phone": "0905 123 456"}
    assert submit_order(coffee, **same).status_code == 422

    order.hold.until = now - dt.timedelta(minutes=1)
    order.hold.save()

    get_placed_order(submit_order(coffee, **same))


@BASES
def test_manager_exempts_a_buyer_and_ends_it(
    signed_in, manager, full_shelf, tea, base, settings
):
    settings.UNPAID_ORDERS_PER_BUYER = 1
    same = {"phone": "0905 123 456"}
    get_placed_order(submit_order(tea, **same))
    assert submit_order(tea, **same).status_code == 422
    office = signed_in(manager)

    form = {"contact": "0905.123.456", "reason": "a guesthouse that orders daily"}
    response = office.post(f"{base}/office/buyers/", form, follow=True)

    exemption = LimitExemption.objects.get()
    assert exemption.contact in get_page_text(response)
    assert "a guesthouse that orders daily" in get_page_text(response)
    assert (exemption.actor, exemption.ended_at) == (manager, None)
    assert office.post(f"{base}/office/buyers/", form).status_code == 409
    get_placed_order(submit_order(tea, **same))

    office.post(f"{base}/office/buyers/{exemption.pk}/end/")

    exemption.refresh_from_db()
    assert exemption.ended_by == manager
    assert submit_order(tea, **same).status_code == 422


@pytest.mark.parametrize("contact", ["", "somebody", "a@b@c", "12"])
def test_exemption_of_no_contact_is_refused(signed_in, manager, contact):
    form = {"contact": contact, "reason": "daily"}

    response = signed_in(manager).post("/en/office/buyers/", form)

    assert response.status_code == 422
    assert not LimitExemption.objects.exists()


def test_exemptions_are_for_managers(signed_in, keeper, stranger):
    form = {"contact": "0905 123 456", "reason": "me"}
    for person in (keeper, stranger):
        browser = signed_in(person)
        assert browser.get("/en/office/buyers/").status_code == 403
        assert browser.post("/en/office/buyers/", form).status_code == 403
    assert Client().post("/en/office/buyers/", form).status_code == 302
    assert not LimitExemption.objects.exists()
