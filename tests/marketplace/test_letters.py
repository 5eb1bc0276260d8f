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
def send_emails(django_capture_on_commit_callbacks, mailoutbox):
    """Runs what waits for the commit; brings the letters that were sent."""

    def run_and_collect(deed):
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            deed()
        return list(mailoutbox)

    return run_and_collect


@pytest.fixture
def client_with_basket(visitor, tea, tea_at_centre, tea_at_booth):
    add_to_basket(visitor, tea, 2)
    return visitor


def test_an_english_order_is_confirmed_in_english(client_with_basket, send_emails):
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


def test_a_vietnamese_order_is_confirmed_in_vietnamese(client_with_basket, send_emails):
    (letter,) = send_emails(
        lambda: get_placed_order(submit_checkout(client_with_basket, PICKUP, base=""))
    )

    order = Order.objects.get()
    assert letter.subject == f"Đã nhận đơn {order.number}"
    assert "2 × Trà rừng Cù Lao Chàm" in letter.body
    assert "190.000\u00a0₫" in letter.body
    assert f"http://testserver{get_order_url(order, base='')}" in letter.body
    assert "Your code" not in letter.body


def test_a_letter_is_plain_text_and_not_escaped(client_with_basket, send_emails):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(client_with_basket, PICKUP, name="Tom & Jerry <tj@x.org>")
        )
    )

    assert letter.content_subtype == "plain"
    assert "Hello Tom & Jerry <tj@x.org>," in letter.body


def test_a_parcels_letter_names_the_postage_and_no_code(
    client_with_basket, send_emails
):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(client_with_basket, POST, email="hoa@example.com")
        )
    )

    assert "Postage: 32,000\u00a0₫" in letter.body
    assert Fulfilment.objects.get().spaced_code not in letter.body


def test_a_rooms_letter_names_hotel_room_and_day(
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


def test_who_left_no_address_is_not_written_to(client_with_basket, send_emails):
    assert (
        send_emails(lambda: get_placed_order(submit_checkout(client_with_basket, POST)))
        == []
    )


def test_a_refused_order_writes_no_letter(client_with_basket, send_emails, tea):
    def refused():
        assert submit_checkout(client_with_basket, PICKUP, name=None).status_code == 422
        tea.certificates.all().delete()
        assert submit_checkout(client_with_basket, PICKUP).status_code == 409

    assert send_emails(refused) == []


def test_an_order_that_is_undone_writes_no_letter(client_with_basket, send_emails):
    def undone():
        with transaction.atomic():
            get_placed_order(submit_checkout(client_with_basket, PICKUP))
            transaction.set_rollback(True)

    assert send_emails(undone) == []
    assert not Order.objects.exists()


def test_a_cancelled_order_is_told_in_its_own_language(client_with_basket, send_emails):
    order = get_placed_order(submit_checkout(client_with_basket, PICKUP, base=""))

    (letter,) = send_emails(
        lambda: client_with_basket.post(get_order_url(order) + "cancel/")
    )
    assert letter.subject == f"Đơn {order.number} đã hủy"


def test_a_letter_that_cannot_leave_does_not_undo_the_order(
    client_with_basket, settings, caplog, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with django_capture_on_commit_callbacks(execute=True):
        order = get_placed_order(submit_checkout(client_with_basket, PICKUP))
    assert Order.objects.get() == order
    assert f"letter confirmed of order {order.number} was not sent" in caplog.text
