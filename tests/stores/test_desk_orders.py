"""A buyer stands at the desk without the code."""

import pytest

from marketplace.orders.models import Fulfilment
from marketplace.orders.order_links import order_token
from tests.factories import make_order, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot

ORDERS = "/en/desk/centre/orders/"


@pytest.fixture
def fulfilment(centre, tea, tea_at_centre) -> Fulfilment:
    """Two boxes of tea for Nguyễn Thị Đào, who left a telephone."""
    order = make_order({tea: 2}, point=centre, name="Nguyễn Thị Đào")
    return order.fulfilments.get()


def search(desk, text):
    return desk.get(ORDERS, {"q": text})


def give_without_code(desk, fulfilment, **fields):
    data = {
        "without_code": "on",
        "phone_digits": "3456",
        "no_code_reason": "Máy hết pin",
    }
    path = f"/en/desk/centre/jobs/{fulfilment.pk}/give/"
    return desk.post(path, data | fields)


@pytest.mark.parametrize(
    "text",
    ["dao", "NGUYEN thi", "Đào", "456", "3456", "0905 123 456", "+84 905 123 456"],
)
def test_search_finds_order_by_name_without_accents_and_phone(desk, fulfilment, text):
    assert fulfilment.order.number in get_page_text(search(desk, text))


def test_search_finds_order_by_number(desk, fulfilment):
    number = fulfilment.order.number

    for text in (number, number.lower(), number.removeprefix("QN-")):
        assert number in get_page_text(search(desk, text))


@pytest.mark.parametrize("text", ["guyen", "123", "Hannah", "QN-0000000", "%", "__"])
def test_search_without_match_returns_nothing(desk, fulfilment, text):
    response = search(desk, text)

    assert response.status_code in (404, 422)
    assert fulfilment.order.number not in get_page_text(response)


def test_search_leaves_out_orders_of_another_point(desk, centre, booth, honey):
    put_on_shelf(booth, honey, 3)
    other = make_order({honey: 1}, point=booth, name="Ông Bảy").fulfilments.get()

    response = search(desk, "ong bay")

    assert response.status_code == 404
    assert other.order.number not in get_page_text(response)


def test_buyer_link_page_shows_address_in_language_of_buyer(desk, fulfilment):
    page = get_page_text(desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/link/"))

    number = fulfilment.order.number
    assert f"/orders/{number}/{order_token(number)}/" in page
    assert f"/en/orders/{number}" not in page


def test_hand_over_without_code_records_reason(desk, fulfilment, keeper, tea_at_centre):
    response = give_without_code(desk, fulfilment)

    assert response.status_code == 302
    fulfilment.refresh_from_db()
    assert (fulfilment.status, fulfilment.handed_over_by) == ("handed_over", keeper)
    assert fulfilment.no_code_reason == "Máy hết pin"
    assert tea_at_centre.movements.last().reason == "Máy hết pin"
    page = get_page_text(desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/"))
    assert "Without the code: “Máy hết pin”" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone_digits": "0000"}, "not the last four digits"),
        ({"phone_digits": ""}, "not the last four digits"),
        ({"no_code_reason": "  "}, "Say why"),
        ({"phone_digits": "", "no_code_reason": ""}, "not the code of this order"),
    ],
)
def test_hand_over_without_code_refuses_wrong_phone_and_missing_reason(
    desk, fulfilment, tea_at_centre, fields, sentence
):
    before = get_stock_snapshot(tea_at_centre)

    response = give_without_code(desk, fulfilment, **fields)

    assert response.status_code == 422
    assert sentence in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before
    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "confirmed"


def test_hand_over_without_code_slows_down_guessing_of_phones(desk, fulfilment):
    for _try in range(5):
        give_without_code(desk, fulfilment, phone_digits="0000")

    assert give_without_code(desk, fulfilment).status_code == 429


def test_hand_over_without_code_refuses_order_without_phone(desk, centre, tea):
    put_on_shelf(centre, tea, 1)
    found = make_order({tea: 1}, point=centre, phone="").fulfilments.get()

    response = give_without_code(desk, found, phone_digits="")

    assert response.status_code == 409
    assert "no telephone to check" in get_page_text(response)
