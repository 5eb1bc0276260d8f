"""Letters to buyers, in the language of their order."""

import pytest
from django.db import transaction

from marketplace.orders.models import Fulfilment, Order
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    ROOM,
    add_to_basket,
    get_order_url,
    get_placed_order,
    submit_checkout,
)


@pytest.fixture
def send_emails(mailoutbox):
    """Returns the letters that a call sends."""

    def run_and_collect(deed):
        mailoutbox.clear()
        deed()
        return list(mailoutbox)

    return run_and_collect


@pytest.fixture
def client_with_basket(visitor, tea, tea_at_centre, tea_at_booth):
    add_to_basket(visitor, tea, 2)
    return visitor


def test_order_confirmation_email_is_in_english_for_english_order(
    client_with_basket, send_emails
):
    (letter,) = send_emails(
        lambda: get_placed_order(submit_checkout(client_with_basket, PICKUP))
    )

    fulfilment = Fulfilment.objects.get()
    assert letter.to == ["hannah@example.com"]
    assert letter.subject == f"We have your order {fulfilment.order.number}"
    assert letter.body.startswith("Hello Hannah Weber,")
    assert fulfilment.spaced_code in letter.body
    assert "2 × Forest tea" in letter.body
    assert "190,000\u00a0₫" in letter.body
    assert f"http://testserver{get_order_url(fulfilment.order)}" in letter.body


def test_order_confirmation_email_is_in_vietnamese_for_vietnamese_order(
    client_with_basket, send_emails
):
    (letter,) = send_emails(
        lambda: get_placed_order(submit_checkout(client_with_basket, PICKUP, base=""))
    )

    order = Order.objects.get()
    assert letter.subject == f"Đã nhận đơn {order.number}"
    assert "2 × Trà rừng Cù Lao Chàm" in letter.body
    assert "190.000\u00a0₫" in letter.body
    assert f"http://testserver{get_order_url(order, base='')}" in letter.body
    assert "Your code" not in letter.body


def test_order_email_is_unescaped_plain_text(client_with_basket, send_emails):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(client_with_basket, PICKUP, name="Tom & Jerry <tj@x.org>")
        )
    )

    assert letter.content_subtype == "plain"
    assert "Hello Tom & Jerry <tj@x.org>," in letter.body


def test_post_order_email_names_postage_and_omits_code(client_with_basket, send_emails):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(client_with_basket, POST, email="hoa@example.com")
        )
    )

    assert "Postage: 32,000\u00a0₫" in letter.body
    assert Fulfilment.objects.get().spaced_code not in letter.body


def test_room_order_email_names_hotel_room_and_day(
    client_with_basket, send_emails, today
):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(
                client_with_basket, ROOM, email="h@example.com", handover_on=today
            )
        )
    )

    assert "Hotel booth, 214, on " in letter.body


def test_order_without_email_sends_no_email(client_with_basket, send_emails):
    assert (
        send_emails(lambda: get_placed_order(submit_checkout(client_with_basket, POST)))
        == []
    )


def test_refused_order_sends_no_email(client_with_basket, send_emails, tea):
    def refused():
        assert submit_checkout(client_with_basket, PICKUP, name=None).status_code == 422
        tea.certificates.all().delete()
        assert submit_checkout(client_with_basket, PICKUP).status_code == 409

    assert send_emails(refused) == []


def test_rolled_back_order_sends_no_email(client_with_basket, send_emails):
    def undone():
        with transaction.atomic():
            get_placed_order(submit_checkout(client_with_basket, PICKUP))
            transaction.set_rollback(True)

    assert send_emails(undone) == []
    assert not Order.objects.exists()


def test_cancellation_email_is_in_order_language(client_with_basket, send_emails):
    order = get_placed_order(submit_checkout(client_with_basket, PICKUP, base=""))

    (letter,) = send_emails(
        lambda: client_with_basket.post(get_order_url(order) + "cancel/")
    )
    assert letter.subject == f"Đơn {order.number} đã hủy"
