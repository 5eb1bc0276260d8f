"""What a page promises is computed by the rule that judges it later."""

import datetime as dt
import re

import pytest
from django.test import Client

from marketplace.orders.operations.fulfil import COLLECT_WITHIN
from marketplace.orders.postage import HEAVIEST_G
from marketplace.payments.providers import PROVIDERS
from stores.models import LeadTime, SalesPoint
from tests.factories import make_point, make_product, put_on_shelf
from tests.marketplace.shopping import (
    add_to_basket,
    parse_page,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])


def get_delivery_options(client: Client, slug: str, base: str = "/en") -> str:
    page = parse_page(client.get(f"{base}/products/{slug}/"))
    text = page.select_one(".delivery-options").get_text(" ")
    return " ".join(text.replace("\u00a0", " ").split())


@BASES
def test_product_page_names_no_postage_for_what_needs_cooling(
    visitor, sausage, sausage_at_centre, base
):
    text = get_delivery_options(visitor, sausage.slug, base)

    assert translate("Cannot go by post", "en" if base else "vi") in text
    assert not re.search("20[.,]000", text)


def test_product_page_names_no_postage_for_what_is_too_heavy(visitor, centre):
    anvil = make_product("de-sat", weight_g=HEAVIEST_G + 1)
    put_on_shelf(centre, anvil, 1)

    assert "Cannot go by post" in get_delivery_options(visitor, anvil.slug)


def test_product_page_names_cheapest_postage(visitor, tea, tea_at_centre):
    text = get_delivery_options(visitor, tea.slug)

    assert "By post within Việt Nam, from 20,000 ₫" in text


def test_product_page_promises_room_only_where_a_hotel_can_have_it(
    visitor, centre, booth, tea, sausage, tea_at_centre, sausage_at_centre
):
    room = "Brought to your hotel room"
    assert room not in get_delivery_options(visitor, tea.slug)

    LeadTime.objects.create(source=centre, destination=booth, hours=3)

    assert room in get_delivery_options(visitor, tea.slug)
    assert room not in get_delivery_options(visitor, sausage.slug)  # stays cold


def test_product_page_names_pickup_where_it_is_offered(visitor, centre, tea):
    SalesPoint.objects.filter(pk=centre.pk).update(offers_pickup=False)
    put_on_shelf(centre, tea, 3)
    assert "Collect at" not in get_delivery_options(visitor, tea.slug)

    put_on_shelf(make_point("far", short_name_en="Far away"), tea, 1)

    assert "Collect at Far away" in get_delivery_options(visitor, tea.slug)


@BASES
def test_checkout_says_how_long_a_packed_order_waits(visitor, tea, tea_at_centre, base):
    add_to_basket(visitor, tea)

    promise = parse_page(visitor.get(f"{base}/checkout/")).select_one("#pickup-promise")

    assert re.search(rf"\b{COLLECT_WITHIN.days} (days|ngày)", promise.get_text())


@BASES
def test_checkout_says_for_how_long_an_unpaid_order_is_held(
    settings, visitor, tea, tea_at_centre, base
):
    settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT = "970436", "0123456789"
    add_to_basket(visitor, tea)
    path = f"{base}/checkout/?receive=pickup&payment="

    words = parse_page(visitor.get(f"{path}vietqr")).select_one("#sum").get_text()
    assert re.search(r"30\s+(minutes|phút)", words)
    words = parse_page(visitor.get(f"{path}point")).select_one("#sum").get_text()
    assert not re.search(r"30\s+(minutes|phút)", words)


def test_hold_of_vietqr_is_the_time_the_checkout_names():
    assert PROVIDERS["vietqr"].hold == dt.timedelta(minutes=30)
