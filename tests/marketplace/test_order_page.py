"""The page of an order: every status in words, fewer units, and holds that end."""

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.checkout.basket.operations import AlreadySubmitted
from marketplace.orders.models import Fulfilment, Hold, Order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.operations.lapse import lapse_unpaid_orders
from tests.factories import make_order
from tests.marketplace.shopping import (
    PICKUP,
    add_to_basket,
    get_basket_lines,
    get_order_url,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
)
from tests.stock_snapshot import get_stock_snapshot

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def order(centre, tea, honey, tea_at_centre, honey_at_centre):
    """Two boxes of tea and a jar of honey, to be paid when they are collected."""
    return make_order({tea: 2, honey: 1}, point=centre)


@pytest.fixture
def unpaid(centre, honey, honey_at_centre):
    """All three jars of honey, to be paid within half an hour."""
    until = timezone.now() + 30 * MINUTE
    return make_order({honey: 3}, point=centre, pay_until=until)


def get_order_text(visitor, order, base="/en"):
    return get_page_text(visitor.get(get_order_url(order, base)))


def post_to_order(visitor, order, verb, **data):
    return visitor.post(f"{get_order_url(order)}{verb}/", data)


@pytest.mark.parametrize(
    ("status", "english", "vietnamese"),
    [
        ("confirmed", "Held for you at", "Hàng đang giữ cho bạn"),
        ("preparing", "Being packed at", "Đang soạn hàng"),
        ("ready", "Ready for you at", "Hàng đã sẵn ở"),
        ("handed_over", "Enjoy it!", "Cảm ơn bạn"),
        ("delivered", "Enjoy it!", "Cảm ơn bạn"),
        ("cancelled", "This order was cancelled", "đã hủy"),
        ("lapsed", "Not paid in time", "Quá hạn thanh toán"),
        ("not_collected", "Not collected in time", "Quá hạn nhận hàng"),
        ("awaiting_payment", "Kept for you until", "chờ bạn thanh toán"),
    ],
)
def test_order_page_names_every_status_in_both_languages(
    visitor, order, status, english, vietnamese
):
    order.fulfilments.update(status=status)
    Order.objects.update(status=status)

    assert english in get_order_text(visitor, order)
    assert vietnamese in get_order_text(visitor, order, base="")


def test_order_page_confirms_before_cancelling(visitor, order):
    text = get_order_text(visitor, order)

    first, twice = (text.index(w) for w in ("Cancel the order", "does not come back"))
    assert first < twice < text.index("Yes, cancel the order")


@pytest.mark.parametrize("status", Fulfilment.Status.values)
def test_account_page_shows_order_in_every_status(buyer, signed_in, order, status):
    Order.objects.update(user=buyer, status=status)

    response = signed_in(buyer).get("/en/account/")

    assert response.status_code == 200
    assert f"{order.number} , 285,000 ₫ · " in get_page_text(response)


def test_order_page_shows_carrier_and_tracking_number(
    visitor, centre, tea, tea_at_centre
):
    order = make_order({tea: 1}, method="post")
    hand_over(
        fulfilment=order.fulfilments.get(),
        code="",
        actor=None,
        at=timezone.now(),
        carrier="Viettel Post",
        tracking_number="VTP12",
    )

    text = get_order_text(visitor, order)

    assert "Viettel Post, tracking number VTP12" in text
    assert "The postman collects" in text


def test_cancel_units_reduces_total_and_allocation(visitor, order, tea_at_centre):
    fulfilment_line = order.fulfilments.get().lines.get(units=2)

    response = post_to_order(
        visitor, order, f"lines/{fulfilment_line.pk}/cancel", units=1
    )

    assert response.status_code == 302
    text = get_order_text(visitor, order)
    assert "1 cancelled" in text
    assert "Total, tax included 190,000 ₫" in text
    assert get_stock_snapshot(tea_at_centre).allocated == 1


@pytest.mark.parametrize("units", ["", "0", "-1", "x", "3"])
def test_cancel_units_with_invalid_number_changes_nothing(
    visitor, order, tea_at_centre, units
):
    fulfilment_line = order.fulfilments.get().lines.get(units=2)
    before = get_stock_snapshot(tea_at_centre)

    post_to_order(visitor, order, f"lines/{fulfilment_line.pk}/cancel", units=units)

    assert get_stock_snapshot(tea_at_centre) == before


def test_cancel_units_of_packed_fulfilment_is_refused(visitor, order, tea_at_centre):
    fulfilment_line = order.fulfilments.get().lines.get(units=2)
    mark_ready(fulfilment=fulfilment_line.fulfilment, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    post_to_order(visitor, order, f"lines/{fulfilment_line.pk}/cancel", units=1)

    text = get_order_text(visitor, order)
    assert "It is packed already." in text
    assert "I need fewer" not in text
    assert get_stock_snapshot(tea_at_centre) == before


def test_cancel_units_of_another_orders_line_returns_404(visitor, order, centre, tea):
    other = make_order({tea: 1}, point=centre)
    fulfilment_line = other.fulfilments.get().lines.get()

    assert (
        post_to_order(
            visitor, order, f"lines/{fulfilment_line.pk}/cancel", units=1
        ).status_code
        == 404
    )


def test_order_page_shows_refund_due_after_cancelling(visitor, order):
    order.fulfilments.update(to_collect_vnd=0)

    post_to_order(visitor, order, "cancel")

    text = get_order_text(visitor, order)
    assert "you get your money back" in text
    assert "We owe you 285,000 ₫ back" in text


def test_order_page_shows_payment_deadline(visitor, unpaid, time_machine):
    until = timezone.localtime(Hold.objects.get().until)
    text = get_order_text(visitor, unpaid)
    assert f"Kept for you until {until:%H:%M}" in text
    assert "almost over" not in text
    assert unpaid.fulfilments.get().code not in text

    time_machine.move_to(until - 5 * MINUTE)
    assert "The time is almost over." in get_order_text(visitor, unpaid)

    time_machine.move_to(until)
    assert "The time to pay is over" in get_order_text(visitor, unpaid)


def make_poll(visitor, order, base="/en"):
    """What a page that was opened just now gets when it looks for news."""
    standing = parse_page(visitor.get(get_order_url(order, base))).select_one(
        "#standing"
    )
    return lambda: visitor.get(standing["hx-get"], headers={"HX-Request": "true"})


def test_order_page_poll_without_change_returns_204(visitor, unpaid):
    poll = make_poll(visitor, unpaid)

    assert [poll().status_code for _ in range(2)] == [204, 204]
    assert make_poll(visitor, unpaid, base="")().status_code == 204


def test_order_page_poll_after_payment_shows_code(visitor, unpaid):
    poll = make_poll(visitor, unpaid)

    confirm_order(order=unpaid, at=timezone.now())

    response = poll()
    assert response.status_code == 200
    get_order_text = parse_page(response)
    assert "Held for you at" in get_order_text.select_one("#headline").text
    assert (
        unpaid.fulfilments.get().spaced_code
        in get_order_text.select_one("#standing").text
    )


def test_order_page_poll_warns_when_hold_is_ending(visitor, unpaid, time_machine):
    poll = make_poll(visitor, unpaid)

    time_machine.move_to(Hold.objects.get().until - 5 * MINUTE)

    assert "The time is almost over." in get_page_text(poll())


def test_order_page_announces_headline_only(visitor, unpaid):
    get_order_text = parse_page(visitor.get(get_order_url(unpaid)))

    assert [tag.get("id") for tag in get_order_text.select("main [aria-live]")] == [
        "headline"
    ]
    assert (
        get_order_text.select_one("#standing")["hx-select-oob"] == "#headline:innerHTML"
    )


def test_order_page_of_finished_order_stops_polling(visitor, order):
    poll = make_poll(visitor, order)
    hand_over(
        fulfilment=order.fulfilments.get(),
        code=order.fulfilments.get().code,
        actor=None,
        at=timezone.now(),
    )

    assert not parse_page(poll()).select_one("#standing").has_attr("hx-get")


def test_extend_hold_is_allowed_once(visitor, unpaid):
    before = Hold.objects.get().until

    post_to_order(visitor, unpaid, "more-time")
    assert Hold.objects.get().until == before + 15 * MINUTE
    assert "More time" not in get_order_text(visitor, unpaid)

    post_to_order(visitor, unpaid, "more-time")
    assert "More time is given once" in get_order_text(visitor, unpaid)
    assert Hold.objects.get().until == before + 15 * MINUTE


def test_change_unpaid_order_returns_goods_to_basket(visitor, unpaid, honey_at_centre):
    response = post_to_order(visitor, unpaid, "change")

    assert response["Location"] == "/en/basket/"
    assert get_basket_lines(visitor) == [("mat-ong", 3)]
    unpaid.refresh_from_db()
    assert unpaid.status == "cancelled"
    assert get_stock_snapshot(honey_at_centre).allocated == 0


def test_change_lapsed_order_adds_only_available_units(
    visitor, unpaid, centre, honey, honey_at_centre, time_machine
):
    time_machine.move_to(timezone.now() + 31 * MINUTE)
    lapse_unpaid_orders(at=timezone.now())
    make_order({honey: 1}, point=centre)

    post_to_order(visitor, unpaid, "change")

    assert get_basket_lines(visitor) == [("mat-ong", 2)]


def test_change_order_refuses_basket_ordered_meanwhile(
    visitor, unpaid, tea, tea_at_centre, honey_at_centre, monkeypatch
):
    add_to_basket(visitor, tea)
    before = get_stock_snapshot(honey_at_centre)

    def ordered_by_another_tap(basket):
        raise AlreadySubmitted

    operations = "marketplace.checkout.basket.operations"
    monkeypatch.setattr(f"{operations}.lock_open", ordered_by_another_tap)
    response = post_to_order(visitor, unpaid, "change")

    assert response["Location"] == get_order_url(unpaid)
    assert "Your basket was ordered a moment ago." in get_order_text(visitor, unpaid)
    unpaid.refresh_from_db()
    assert unpaid.status == "awaiting_payment"
    assert get_stock_snapshot(honey_at_centre) == before
    assert get_basket_lines(visitor) == [("tra-rung", 1)]


def test_change_paid_order_is_refused(visitor, unpaid, honey_at_centre):
    confirm_order(order=unpaid, at=timezone.now())
    before = get_stock_snapshot(honey_at_centre)

    post_to_order(visitor, unpaid, "change")

    assert "no longer waiting for payment" in get_order_text(visitor, unpaid)
    assert get_basket_lines(visitor) == []
    assert get_stock_snapshot(honey_at_centre) == before


def test_add_to_basket_ignores_buyers_own_unpaid_order(
    visitor, honey, honey_at_centre, settings
):
    settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT = "970436", "0123456789"
    add_to_basket(visitor, honey, 3)
    unpaid = get_placed_order(submit_checkout(visitor, PICKUP, payment="vietqr"))
    assert add_to_basket(visitor, honey, 3).status_code == 302

    order = get_placed_order(submit_checkout(visitor, PICKUP))

    assert order.fulfilments.get().status == "confirmed"
    assert get_stock_snapshot(honey_at_centre).allocated == 3
    lapse_unpaid_orders(at=timezone.now())
    unpaid.refresh_from_db()
    assert unpaid.status == "lapsed"
    assert get_stock_snapshot(honey_at_centre).allocated == 3


def test_add_to_basket_respects_another_buyers_unpaid_order(
    visitor, unpaid, honey, honey_at_centre
):
    before = get_stock_snapshot(honey_at_centre)

    assert add_to_basket(visitor, honey, 1).status_code == 409
    assert get_stock_snapshot(honey_at_centre) == before


def test_add_to_basket_respects_paid_order(visitor, unpaid, honey):
    get_order_text(visitor, unpaid)
    confirm_order(order=unpaid, at=timezone.now())

    assert add_to_basket(visitor, honey, 1).status_code == 409


def test_order_page_takes_few_queries(visitor, order, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        get_order_text(visitor, order)
