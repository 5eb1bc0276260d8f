"""What is refused at the checkout, with which sentence; nothing changes."""

import datetime as dt

import pytest
from django.test import Client

from marketplace.checkout.basket.models import Basket
from marketplace.orders.models import Fulfilment, Order, ShippingAddress
from tests.factories import make_hours
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    ROOM,
    add_to_basket,
    get_page_text,
    parse_page,
    submit_checkout,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])


@pytest.fixture
def client_with_basket(visitor, tea, tea_at_centre, tea_at_booth) -> Client:
    """A browser with two boxes of tea in its basket."""
    add_to_basket(visitor, tea, 2)
    return visitor


@pytest.fixture(autouse=True)
def nothing_is_ordered(db):
    """A refusal writes no order, no address and no fulfilment, and reserves nothing."""
    yield
    assert not ShippingAddress.objects.exists()
    assert not Fulfilment.objects.exists()
    assert not Order.objects.exists()
    assert Basket.objects.get().status == "Open"
    for line in Basket.objects.get().lines.all():
        assert line.stockrecord.num_allocated == 0


def get_errors(response) -> list[str]:
    return [
        item.get_text(strip=True) for item in parse_page(response).select("#errors li")
    ]


@BASES
@pytest.mark.parametrize(
    ("form", "changed", "sentence"),
    [
        (PICKUP, {"receive": None}, "Choose how you would like to get it."),
        (PICKUP, {"receive": "drone"}, "Choose how you would like to get it."),
        (PICKUP, {"sales_point": None}, "Choose the point where you collect."),
        (PICKUP, {"sales_point": "nowhere"}, "There is no such sales point."),
        (PICKUP, {"name": None}, "Write the name of who receives it."),
        (PICKUP, {"name": "   "}, "Write the name of who receives it."),
        (
            PICKUP,
            {"email": "hannah@"},
            "The email address is incomplete. Example: hannah@example.com.",
        ),
        (
            PICKUP,
            {"email": None},
            "Leave an email or a telephone, so that we can reach you.",
        ),
        (
            PICKUP,
            {"phone": "call me"},
            "That is no telephone number. Examples: 0905 123 456, +1 202 555 0143.",
        ),
        (
            PICKUP,
            {"phone": "12"},
            "That is no telephone number. Examples: 0905 123 456, +1 202 555 0143.",
        ),
        (
            PICKUP,
            {"payment": "stripe"},
            "You cannot pay that way for this order. Please choose another.",
        ),
        (
            PICKUP,
            {"payment": "cod"},
            "You cannot pay that way for this order. Please choose another.",
        ),
        (ROOM, {"hotel": None}, "Choose your hotel."),
        (ROOM, {"hotel": "grand-budapest"}, "We do not deliver to that hotel."),
        (ROOM, {"hotel": "centre"}, "We do not deliver to that hotel."),
        (ROOM, {"room": None}, "Say which room, or “front desk”."),
        (ROOM, {"handover_on": None}, "Say on which day we bring it."),
        (ROOM, {"handover_on": "soon"}, "That is not a date. Example: 2026-12-24."),
        (
            ROOM,
            {"handover_on": "2026-02-30"},
            "That is not a date. Example: 2026-12-24.",
        ),
        (
            ROOM,
            {"phone": None},
            "Leave an email or a telephone, so that we can reach you.",
        ),
        (
            POST,
            {"phone": None},
            "The postman needs a telephone number. Example: 0905 123 456.",
        ),
        (POST, {"line1": None}, "Write the house number and the street."),
        (POST, {"ward": None}, "Write the ward or commune."),
        (POST, {"province": None}, "Choose the province or city."),
        (POST, {"province": "atlantis"}, "Choose the province or city."),
        (
            POST,
            {"payment": "point"},
            "You cannot pay that way for this order. Please choose another.",
        ),
    ],
)
def test_checkout_form_refuses_each_invalid_field(
    client_with_basket, today, base, form, changed, sentence
):
    whole = form | ({"handover_on": today} if form is ROOM else {})
    response = submit_checkout(client_with_basket, whole, base=base, **changed)

    assert response.status_code == 422
    assert get_errors(response) == [translate(sentence, "en" if base else "vi")]


@pytest.mark.parametrize(
    ("form", "changed", "field"),
    [
        (PICKUP, {"receive": None}, "receive"),
        (PICKUP, {"sales_point": None}, "sales_point"),
        (PICKUP, {"name": None}, "name"),
        (ROOM, {"hotel": None}, "hotel"),
        (POST, {"province": None}, "province"),
    ],
)
def test_checkout_form_links_error_to_invalid_field(
    client_with_basket, today, form, changed, field
):
    whole = form | ({"handover_on": today} if form is ROOM else {})

    page = parse_page(submit_checkout(client_with_basket, whole, **changed))

    (link,) = page.select("#errors li a")
    assert link["href"] == f"#id_{field}"
    (control,) = page.select("[aria-invalid=true]")
    assert control["id"] == f"id_{field}"
    (wrong,) = page.select(f"#{control['aria-describedby'].split()[-1]}")
    assert wrong.get_text(strip=True) == link.get_text(strip=True)


@BASES
@pytest.mark.parametrize("days", [-1, 15, 400])
def test_checkout_form_refuses_handover_day_out_of_range(
    client_with_basket, booth, today, base, days
):
    day = today + dt.timedelta(days=days)
    response = submit_checkout(client_with_basket, ROOM, base=base, handover_on=day)

    sentence = translate(
        "On that day the booth of %s is shut, or has closed already.",
        "en" if base else "vi",
    )
    assert response.status_code == 422
    hotel = booth.hotel_en if base else booth.hotel_vi
    assert get_errors(response) == [sentence % hotel]


def test_checkout_form_refuses_day_when_booth_is_closed(
    client_with_basket, booth, today
):
    booth.hours = make_hours()
    booth.save()
    response = submit_checkout(client_with_basket, ROOM, handover_on=today)

    assert response.status_code == 422
    assert "Hotel booth is shut" in get_page_text(response)


def test_checkout_form_refuses_today_after_closing_time(
    client_with_basket, booth, today, time_machine
):
    booth.hours = make_hours(("08:00", "12:00"), ("14:00", "20:00"))
    booth.save()
    time_machine.move_to(dt.datetime.fromisoformat(f"{today}T20:00:00+07:00"))
    response = submit_checkout(client_with_basket, ROOM, handover_on=today)

    assert response.status_code == 422
    assert "or has closed already" in get_page_text(response)


@BASES
@pytest.mark.parametrize(
    "changed",
    [
        {"name": "x" * 121},
        {"note": "x" * 301},
        {"sales_point": "two words"},
        {"hotel": "<script>"},
        {"name": "Han\x00nah"},
        {"line1": "x" * 201},
        {"email": f"{'x' * 250}@example.com"},
    ],
)
def test_checkout_form_refuses_oversized_values_in_page_language(
    client_with_basket, base, changed
):
    response = submit_checkout(client_with_basket, PICKUP, base=base, **changed)

    assert response.status_code == 422
    assert len(get_errors(response)) == 1
    if not base:
        english = ("Ensure", "Enter", "Null characters")
        assert not get_errors(response)[0].startswith(english)


def test_checkout_form_lists_all_errors_and_keeps_input(client_with_basket):
    response = submit_checkout(
        client_with_basket,
        POST,
        name=None,
        province=None,
        ward="Bến Nghé",
        note="<b>2nd</b>",
    )

    assert response.status_code == 422
    assert "2 things to put right" in get_page_text(response)
    page = parse_page(response)
    assert page.select_one("[name=ward]")["value"] == "Bến Nghé"
    assert page.select_one("[name=note]")["value"] == "<b>2nd</b>"
    assert page.select_one("[name=receive][checked]")["value"] == "post"


@BASES
def test_checkout_form_refuses_alcohol_without_age_confirmation(
    visitor, wine, wine_at_centre, base
):
    add_to_basket(visitor, wine)
    response = submit_checkout(visitor, PICKUP, base=base)

    assert response.status_code == 422
    assert get_errors(response) == [
        translate(
            "Alcohol is sold from 18 years. Tick the box if you are.",
            "en" if base else "vi",
        )
    ]


@BASES
def test_checkout_refuses_broken_csrf_token(client_with_basket, base):
    client_with_basket.handler.enforce_csrf_checks = True
    response = submit_checkout(
        client_with_basket, PICKUP, base=base, csrfmiddlewaretoken="x" * 64
    )

    assert response.status_code == 403
    assert translate("This door stays shut", "en" if base else "vi") in get_page_text(
        response
    )
    assert not parse_page(response).select("form.checkout")


def test_checkout_refuses_other_http_methods(client_with_basket):
    assert client_with_basket.put("/en/checkout/").status_code == 405
    assert client_with_basket.delete("/en/checkout/").status_code == 405
