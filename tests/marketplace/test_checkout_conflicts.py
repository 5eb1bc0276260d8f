"""A well-filled form for a basket that cannot be ordered like that; nothing moves."""

import pytest
from django.test import Client

from marketplace.checkout.basket.models import Basket
from marketplace.orders.models import Fulfilment, Order, ShippingAddress
from tests.factories import (
    let_certificate_lapse,
    let_lot_expire,
    make_point,
    put_on_shelf,
)
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    ROOM,
    page_of,
    put_in,
    said,
    send_order,
    text_of,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])


@pytest.fixture
def filled(visitor, tea, tea_at_centre, tea_at_booth) -> Client:
    """A browser with two boxes of tea in its basket."""
    put_in(visitor, tea, 2)
    return visitor


@pytest.fixture(autouse=True)
def nothing_moves(db):
    """A refusal writes no order, no address and no job, and holds nothing."""
    yield
    assert not ShippingAddress.objects.exists()
    assert not Fulfilment.objects.exists()
    assert not Order.objects.exists()
    assert Basket.objects.get().status == "Open"
    for line in Basket.objects.get().lines.all():
        assert line.stockrecord.num_allocated == 0


@BASES
def test_what_lapsed_since_it_was_put_in_is_named(filled, tea, base):
    let_certificate_lapse(tea)
    response = send_order(filled, PICKUP, base=base)

    name = tea.title_en if base else tea.title
    assert response.status_code == 409
    sentence = said(
        "No longer sold, because the certificate ended: %s. Remove it "
        "from the basket to order the rest.",
        "en" if base else "vi",
    )
    assert sentence % name in text_of(response)


@BASES
def test_a_point_that_lacks_it_is_named_with_what_it_lacks(
    filled, honey, honey_at_centre, base
):
    put_in(filled, honey)
    response = send_order(filled, PICKUP, base=base, sales_point="booth")

    name = honey.title_en if base else honey.title
    assert response.status_code == 409
    assert said(
        "This point does not have enough of: %s.", "en" if base else "vi"
    ) % name in text_of(response)


def test_a_point_without_a_counter_for_pick_up_is_refused(filled, centre):
    centre.offers_pickup = False
    centre.save()

    assert send_order(filled, PICKUP).status_code == 409


def test_goods_past_their_date_are_not_ordered(filled, tea_at_centre):
    let_lot_expire(tea_at_centre)

    assert send_order(filled, PICKUP).status_code == 409


@BASES
def test_chilled_goods_do_not_go_by_post(visitor, sausage, sausage_at_centre, base):
    put_in(visitor, sausage)
    response = send_order(visitor, POST, base=base)

    name = sausage.title_en if base else sausage.title
    assert response.status_code == 409
    assert said("Cannot go by post: %s.", "en" if base else "vi") % name in text_of(
        response
    )


def test_what_the_booth_lacks_and_nobody_drives_there_is_not_brought(
    visitor, booth, honey, today
):
    put_on_shelf(make_point("far"), honey, 3)
    put_in(visitor, honey)
    response = send_order(visitor, ROOM, handover_on=today)

    assert response.status_code == 409
    assert "Cannot be brought to that hotel now: Forest honey." in text_of(response)


@BASES
def test_more_than_thirty_kilograms_do_not_go_in_one_parcel(filled, tea, base):
    tea.weight_g = 15_001
    tea.save()
    response = send_order(filled, POST, base=base)

    assert response.status_code == 409
    assert said(
        "One parcel carries 30 kg at most. Please order in two parts.",
        "en" if base else "vi",
    ) in text_of(response)


def complaints(response) -> list[str]:
    return [item.get_text() for item in page_of(response).select("#errors li")]


def test_what_stands_against_the_order_is_said_with_the_slips(
    filled, tea, sausage, sausage_at_centre
):
    put_in(filled, sausage)
    let_certificate_lapse(tea)
    response = send_order(filled, POST, name=None)

    assert response.status_code == 422
    assert complaints(response) == [
        "No longer sold, because the certificate ended: Forest tea. Remove it from the"
        " basket to order the rest.",
        f"Cannot go by post: {sausage.title_en}.",
        "Write the name of who receives it.",
    ]


def test_a_point_that_lacks_it_is_said_with_the_slips(filled, honey, honey_at_centre):
    put_in(filled, honey)
    response = send_order(filled, PICKUP, sales_point="booth", name=None, email=None)

    first = page_of(response).select_one("#errors li a")
    assert first["href"] == "#id_sales_point"
    assert complaints(response) == [
        "This point does not have enough of: Forest honey.",
        "Write the name of who receives it.",
        "Leave an email or a telephone, so that we can reach you.",
    ]


def test_a_parcel_that_is_too_heavy_is_said_with_the_slips(filled, tea):
    tea.weight_g = 15_001
    tea.save()

    assert complaints(send_order(filled, POST, name=None)) == [
        "One parcel carries 30 kg at most. Please order in two parts.",
        "Write the name of who receives it.",
    ]
