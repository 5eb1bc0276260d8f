"""A valid form for a basket that cannot be ordered like that; nothing changes."""

import pytest
from django.test import Client

from marketplace.checkout.basket.models import Basket
from marketplace.orders.models import Fulfilment, Order, ShippingAddress
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_point,
    put_on_shelf,
)
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


@BASES
def test_place_order_names_products_with_lapsed_certificate(
    client_with_basket, tea, base
):
    expire_certificate(tea)
    response = submit_checkout(client_with_basket, PICKUP, base=base)

    name = tea.title_en if base else tea.title
    assert response.status_code == 409
    sentence = translate(
        "No longer sold, because the certificate ended: %s. Remove it "
        "from the basket to order the rest.",
        "en" if base else "vi",
    )
    assert sentence % name in get_page_text(response)


@BASES
def test_place_order_names_products_missing_at_point(
    client_with_basket, honey, honey_at_centre, base
):
    add_to_basket(client_with_basket, honey)
    response = submit_checkout(
        client_with_basket, PICKUP, base=base, sales_point="booth"
    )

    name = honey.title_en if base else honey.title
    assert response.status_code == 409
    assert translate(
        "This point does not have enough of: %s.", "en" if base else "vi"
    ) % name in get_page_text(response)


def test_place_order_refuses_point_without_pickup(client_with_basket, centre):
    centre.offers_pickup = False
    centre.save()

    assert submit_checkout(client_with_basket, PICKUP).status_code == 409


def test_place_order_refuses_expired_goods(client_with_basket, tea_at_centre):
    expire_lot(tea_at_centre)

    assert submit_checkout(client_with_basket, PICKUP).status_code == 409


@BASES
def test_place_post_order_refuses_chilled_goods(
    visitor, sausage, sausage_at_centre, base
):
    add_to_basket(visitor, sausage)
    response = submit_checkout(visitor, POST, base=base)

    name = sausage.title_en if base else sausage.title
    assert response.status_code == 409
    assert translate(
        "Cannot go by post: %s.", "en" if base else "vi"
    ) % name in get_page_text(response)


def test_place_room_order_refuses_goods_without_route_to_booth(
    visitor, booth, honey, today
):
    put_on_shelf(make_point("far"), honey, 3)
    add_to_basket(visitor, honey)
    response = submit_checkout(visitor, ROOM, handover_on=today)

    assert response.status_code == 409
    assert "Cannot be brought to that hotel now: Forest honey." in get_page_text(
        response
    )


@BASES
def test_place_post_order_refuses_parcel_over_thirty_kilograms(
    client_with_basket, tea, base
):
    tea.weight_g = 15_001
    tea.save()
    response = submit_checkout(client_with_basket, POST, base=base)

    assert response.status_code == 409
    assert translate(
        "One parcel carries 30 kg at most. Please order in two parts.",
        "en" if base else "vi",
    ) in get_page_text(response)


def get_errors(response) -> list[str]:
    return [
        item.get_text(strip=True) for item in parse_page(response).select("#errors li")
    ]


def test_place_order_lists_basket_conflicts_with_form_errors(
    client_with_basket, tea, sausage, sausage_at_centre
):
    add_to_basket(client_with_basket, sausage)
    expire_certificate(tea)
    response = submit_checkout(client_with_basket, POST, name=None)

    assert response.status_code == 422
    assert get_errors(response) == [
        "No longer sold, because the certificate ended: Forest tea. Remove it from the"
        " basket to order the rest.",
        f"Cannot go by post: {sausage.title_en}.",
        "Write the name of who receives it.",
    ]


def test_place_order_lists_shortage_at_point_with_form_errors(
    client_with_basket, honey, honey_at_centre
):
    add_to_basket(client_with_basket, honey)
    response = submit_checkout(
        client_with_basket, PICKUP, sales_point="booth", name=None, email=None
    )

    first = parse_page(response).select_one("#errors li a")
    assert first["href"] == "#id_sales_point"
    assert get_errors(response) == [
        "This point does not have enough of: Forest honey.",
        "Write the name of who receives it.",
        "Leave an email or a telephone, so that we can reach you.",
    ]


def test_place_order_lists_overweight_parcel_with_form_errors(client_with_basket, tea):
    tea.weight_g = 15_001
    tea.save()

    assert get_errors(submit_checkout(client_with_basket, POST, name=None)) == [
        "One parcel carries 30 kg at most. Please order in two parts.",
        "Write the name of who receives it.",
    ]
