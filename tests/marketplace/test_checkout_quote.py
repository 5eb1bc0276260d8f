"""What changes while the checkout page is open is named before it is ordered."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from catalogue.models import Product
from catalogue.money import format_dong
from marketplace.checkout.basket.models import Basket, Line
from marketplace.checkout.quote import MAX_AGE, SALT
from marketplace.orders.models import Fulfilment, Order, ShippingAddress
from marketplace.orders.postage import postage
from stores.models import LeadTime, Reservation
from tests.factories import (
    expire_certificate,
    make_order,
    put_on_shelf,
)
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    ROOM,
    add_to_basket,
    change_quantity,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])


@pytest.fixture
def hannah(visitor, tea, tea_at_centre) -> Client:
    """A browser with two boxes of tea in its basket."""
    add_to_basket(visitor, tea, 2)
    return visitor


def get_quotes(page: BeautifulSoup) -> str:
    """What the page's sum panel carries."""
    return page.select_one("#sum [name=quotes]")["value"]


def open_checkout(client: Client, base: str = "/en") -> str:
    return get_quotes(parse_page(client.get(f"{base}/checkout/")))


def get_differences(response: HttpResponse) -> list[str]:
    items = parse_page(response).select("#differences li")
    return [item.get_text(strip=True).replace("\u00a0", " ") for item in items]


def say(msgid: str, base: str, **values: object) -> str:
    text = translate(msgid, "en" if base else "vi") % values
    return text.replace("\u00a0", " ")


def get_total(response: HttpResponse) -> str:
    return parse_page(response).select_one("#sum .total dd").get_text()


def assert_nothing_ordered(response: HttpResponse) -> None:
    assert response.status_code == 409
    assert not Order.objects.exists()
    assert not ShippingAddress.objects.exists()
    assert not Fulfilment.objects.exists()
    assert not Reservation.objects.exists()
    assert Basket.objects.get().status == "Open"
    for line in Line.objects.select_related("stockrecord"):
        assert line.stockrecord.num_allocated == 0


def accept(response: HttpResponse, client: Client, form, base="/en", **fields) -> Order:
    """Press "Accept and order": the same form with the quotes of the new page."""
    page = parse_page(response)
    button = page.select_one("#differences button")
    label = translate("Accept and order", "en" if base else "vi")
    assert button.get_text(strip=True) == label
    form = {**form, **fields, "quotes": get_quotes(page)}
    return get_placed_order(submit_checkout(client, form, base=base))


def get_ordered_units(order: Order) -> dict[str, int]:
    return dict(order.lines.values_list("product__slug", "quantity"))


@BASES
@pytest.mark.parametrize("price_vnd", [120_000, 80_000])
def test_place_order_refuses_changed_price_until_accepted(hannah, tea, base, price_vnd):
    quotes = open_checkout(hannah, base)
    Product.objects.filter(pk=tea.pk).update(price_vnd=price_vnd)

    response = submit_checkout(hannah, PICKUP, base=base, quotes=quotes)

    assert_nothing_ordered(response)
    (difference,) = get_differences(response)
    assert tea.title_en in difference if base else tea.title in difference
    assert f"{price_vnd // 1000}" in difference
    assert "95" in difference
    text = get_page_text(response)
    assert translate("Something has changed", "en" if base else "vi") in text
    assert f"{price_vnd * 2 // 1000}" in get_total(response)
    order = accept(response, hannah, PICKUP, base)
    assert order.total_incl_tax == 2 * price_vnd
    assert order.fulfilments.get().to_collect_vnd == 2 * price_vnd


@BASES
def test_place_order_refuses_basket_changed_in_second_tab(
    hannah, tea, honey, honey_at_centre, base
):
    quotes = open_checkout(hannah, base)
    change_quantity(hannah, 3)
    add_to_basket(hannah, honey)

    response = submit_checkout(hannah, PICKUP, base=base, quotes=quotes)

    assert_nothing_ordered(response)
    sentence = "%(name)s: %(now)d now, %(before)d when the page was opened."
    names = (tea.title_en, honey.title_en) if base else (tea.title, honey.title)
    assert get_differences(response) == [
        say(sentence, base, name=names[0], now=3, before=2),
        say(sentence, base, name=names[1], now=1, before=0),
    ]
    order = accept(response, hannah, PICKUP, base)
    assert get_ordered_units(order) == {"tra-rung": 3, "mat-ong": 1}


def test_place_order_refuses_line_removed_in_second_tab(hannah, honey, honey_at_centre):
    add_to_basket(hannah, honey)
    quotes = open_checkout(hannah)
    change_quantity(hannah, 0, Line.objects.get(product=honey))

    response = submit_checkout(hannah, PICKUP, quotes=quotes)

    assert_nothing_ordered(response)
    assert get_differences(response) == ["Forest honey is no longer part of the order."]
    order = accept(response, hannah, PICKUP)
    assert get_ordered_units(order) == {"tra-rung": 2}


def test_place_order_names_price_beside_changed_quantity(hannah, tea):
    quotes = open_checkout(hannah)
    change_quantity(hannah, 3)
    Product.objects.filter(pk=tea.pk).update(price_vnd=120_000)

    response = submit_checkout(hannah, PICKUP, quotes=quotes)

    assert_nothing_ordered(response)
    assert get_differences(response) == [
        "Forest tea: 3 now, 2 when the page was opened.",
        "Forest tea costs 120,000 ₫ now, no longer 95,000 ₫.",
    ]


@BASES
def test_place_order_refuses_changed_postage_until_accepted(hannah, tea, base):
    quotes = open_checkout(hannah, base)
    Product.objects.filter(pk=tea.pk).update(weight_g=4_000)

    response = submit_checkout(hannah, POST, base=base, quotes=quotes)

    assert_nothing_ordered(response)
    (difference,) = get_differences(response)
    order = accept(response, hannah, POST, base)
    with override("en" if base else "vi"):
        now = format_dong(int(order.shipping_incl_tax))
        before = format_dong(postage(province="ha-noi", weight_g=400).price_vnd)
    sentence = "The postage is %(now)s now, no longer %(before)s."
    assert difference == say(sentence, base, now=now, before=before)
    assert order.total_incl_tax == 190_000 + order.shipping_incl_tax


@BASES
def test_place_order_offers_what_is_left_after_last_units_are_taken(
    hannah, tea, centre, tea_at_centre, base
):
    quotes = open_checkout(hannah, base)
    other = make_order({tea: 9}, point=centre)

    response = submit_checkout(hannah, PICKUP, base=base, quotes=quotes)

    assert response.status_code == 409
    assert Order.objects.get() == other
    assert Fulfilment.objects.get().order == other
    assert Reservation.objects.get().units == 9
    name = tea.title_en if base else tea.title
    counts = {"name": name, "now": 1, "before": 2}
    assert get_differences(response) == [
        translate("This point does not have enough of: %s.", "en" if base else "vi")
        % name,
        say(
            "%(name)s: %(now)d now, %(before)d when the page was opened.",
            base,
            **counts,
        ),
    ]
    assert "95" in get_total(response)
    order = accept(response, hannah, PICKUP, base)
    assert order.total_incl_tax == 95_000
    assert get_ordered_units(order) == {"tra-rung": 1}
    tea_at_centre.refresh_from_db()
    assert tea_at_centre.num_allocated == 10


@pytest.mark.parametrize("form", [PICKUP, ROOM, POST], ids=["pickup", "room", "post"])
def test_place_order_offers_rest_without_sold_out_line(
    hannah, tea, honey, centre, booth, honey_at_centre, today, form
):
    put_on_shelf(booth, tea, 2)
    LeadTime.objects.create(source=centre, destination=booth, hours=1)
    form = form | (
        {"handover_on": today + dt.timedelta(days=2)} if form is ROOM else {}
    )
    add_to_basket(hannah, honey, 3)
    quotes = open_checkout(hannah)
    make_order({honey: 3}, point=centre)

    response = submit_checkout(hannah, form, quotes=quotes)

    assert response.status_code == 409
    assert Order.objects.count() == 1
    first, second, *others = get_differences(response)
    assert "Forest honey" in first
    assert second == "Forest honey is no longer part of the order."
    assert len(others) == (form["receive"] == "post")  # a lighter parcel costs less
    assert get_ordered_units(accept(response, hannah, form)) == {"tra-rung": 2}


@BASES
def test_place_order_offers_rest_without_lapsed_product(
    hannah, tea, honey, honey_at_centre, base
):
    add_to_basket(hannah, honey)
    quotes = open_checkout(hannah, base)
    expire_certificate(honey)

    response = submit_checkout(hannah, PICKUP, base=base, quotes=quotes)

    assert_nothing_ordered(response)
    name = honey.title_en if base else honey.title
    assert get_differences(response)[-1] == say(
        "%(name)s is no longer part of the order.", base, name=name
    )
    order = accept(response, hannah, PICKUP, base)
    assert get_ordered_units(order) == {"tra-rung": 2}


def test_place_order_offers_nothing_where_all_is_taken(hannah, tea, centre):
    quotes = open_checkout(hannah)
    make_order({tea: 10}, point=centre)

    response = submit_checkout(hannah, PICKUP, quotes=quotes)

    assert response.status_code == 409
    assert Order.objects.count() == 1
    assert get_differences(response) == []
    assert not parse_page(response).select("#differences button")
    assert "This point does not have enough of: Forest tea." in get_page_text(response)


def test_place_order_refuses_again_when_rest_is_taken_too(hannah, tea, centre):
    quotes = open_checkout(hannah)
    make_order({tea: 8}, point=centre)
    put_on_shelf(centre, tea, 1, lot="L2")
    make_order({tea: 2}, point=centre)
    first = submit_checkout(hannah, PICKUP, quotes=quotes)
    assert "Forest tea: 1 now, 2 when the page was opened." in get_differences(first)
    make_order({tea: 1}, point=centre)

    again = submit_checkout(hannah, PICKUP, quotes=get_quotes(parse_page(first)))

    assert again.status_code == 409
    assert Order.objects.count() == 3


@BASES
def test_place_order_refuses_later_ready_time_until_accepted(
    visitor, tea, centre, booth, base, time_machine
):
    now = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    time_machine.move_to(now + dt.timedelta(days=1), tick=False)
    put_on_shelf(centre, tea, 5)
    lead_time = LeadTime.objects.create(source=centre, destination=booth, hours=4)
    add_to_basket(visitor, tea, 2)
    form = PICKUP | {"sales_point": "booth"}
    quotes = open_checkout(visitor, base)
    lead_time.hours = 6
    lead_time.save()

    response = submit_checkout(visitor, form, base=base, quotes=quotes)

    assert_nothing_ordered(response)
    (difference,) = get_differences(response)
    assert "15:00" in difference
    order = accept(response, visitor, form, base)
    ready = timezone.localtime(order.fulfilments.get().promised_at)
    assert (ready.hour, ready.minute) == (15, 0)


def test_place_order_accepts_earlier_ready_time(visitor, tea, centre, booth):
    put_on_shelf(centre, tea, 5)
    lead_time = LeadTime.objects.create(source=centre, destination=booth, hours=9)
    add_to_basket(visitor, tea, 2)
    quotes = open_checkout(visitor)
    lead_time.hours = 4
    lead_time.save()

    form = PICKUP | {"sales_point": "booth"}
    get_placed_order(submit_checkout(visitor, form, quotes=quotes))


def test_place_order_with_unchanged_quote_orders_at_once(hannah):
    quotes = open_checkout(hannah)

    order = get_placed_order(submit_checkout(hannah, PICKUP, quotes=quotes))

    assert order.total_incl_tax == 190_000


def test_place_order_without_quotes_orders_at_price_of_the_moment(hannah, tea):
    open_checkout(hannah)
    Product.objects.filter(pk=tea.pk).update(price_vnd=120_000)

    order = get_placed_order(submit_checkout(hannah, PICKUP))

    assert order.total_incl_tax == 240_000


@pytest.mark.parametrize("kind", ["forged", "unsigned", "foreign", "old", "no place"])
def test_place_order_refuses_quote_that_it_cannot_trust(
    hannah, tea, centre, kind, time_machine
):
    quotes = open_checkout(hannah)
    if kind == "forged":
        quotes = signing.dumps([1, [], [], []], salt="another salt", compress=True)
    elif kind == "unsigned":
        quotes = "tea at 1 dong"
    elif kind == "foreign":
        stranger = Client()
        add_to_basket(stranger, tea, 2)
        quotes = open_checkout(stranger)
        Basket.objects.latest("pk").delete()
    elif kind == "old":
        time_machine.move_to(timezone.now() + MAX_AGE + dt.timedelta(minutes=1))
    else:
        quotes = signing.dumps(
            [Basket.objects.get().pk, [], [], []], salt=SALT, compress=True
        )

    response = submit_checkout(hannah, PICKUP, quotes=quotes)

    assert_nothing_ordered(response)
    assert get_differences(response) == [
        "Something has changed while this page was open. Nothing was ordered yet."
    ]
    assert accept(response, hannah, PICKUP).total_incl_tax == 190_000


def test_invalid_form_keeps_accepted_quote_for_next_attempt(hannah, tea):
    quotes = open_checkout(hannah)
    Product.objects.filter(pk=tea.pk).update(price_vnd=120_000)

    invalid = submit_checkout(hannah, PICKUP, quotes=quotes, name=None)
    assert invalid.status_code == 422
    response = submit_checkout(hannah, PICKUP, quotes=get_quotes(parse_page(invalid)))

    assert_nothing_ordered(response)
    assert get_differences(response) == [
        "Forest tea costs 120,000 ₫ now, no longer 95,000 ₫."
    ]


def test_invalid_form_keeps_offer_of_what_is_left(hannah, tea, centre):
    quotes = open_checkout(hannah)
    make_order({tea: 9}, point=centre)
    left = submit_checkout(hannah, PICKUP, quotes=quotes)

    invalid = submit_checkout(
        hannah, PICKUP, quotes=get_quotes(parse_page(left)), name=None
    )

    assert invalid.status_code == 422
    assert "95" in get_total(invalid)
    assert "does not have enough" not in get_page_text(invalid)
    quotes = get_quotes(parse_page(invalid))
    order = get_placed_order(submit_checkout(hannah, PICKUP, quotes=quotes))
    assert get_ordered_units(order) == {"tra-rung": 1}


def test_checkout_names_alcohol_added_in_second_tab(hannah, wine, wine_at_centre):
    quotes = open_checkout(hannah)
    add_to_basket(hannah, wine)

    response = submit_checkout(hannah, PICKUP, quotes=quotes)

    assert_nothing_ordered(response)
    assert get_differences(response) == [
        "Jar rice wine: 1 now, 0 when the page was opened."
    ]
    assert parse_page(response).select_one("#id_adult")
    accept(response, hannah, PICKUP, adult="on")
