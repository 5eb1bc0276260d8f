"""Letters to buyers, in the language of their order."""

import io

import pytest
import segno
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar
from PIL import Image

from marketplace.office.permissions import grant_manager_permissions
from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.operations.fulfil import mark_ready
from stores.models import Letter
from tests.factories import make_user
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


def is_qr(png: bytes, text: str) -> bool:
    """Whether a picture is the QR code of a text, at six pixels a module."""
    picture = Image.open(io.BytesIO(png)).convert("L").reduce(6)
    drawn = segno.make(text, error="m", micro=False).matrix_iter(border=4)
    pixels = [int(value < 128) for value in picture.get_flattened_data()]
    return pixels == [module for row in drawn for module in row]


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


def test_pickup_email_has_code_as_picture_hours_map_and_cancelling(
    client_with_basket, send_emails, centre
):
    (letter,) = send_emails(
        lambda: get_placed_order(submit_checkout(client_with_basket, PICKUP))
    )

    html, content_type = letter.alternatives[0]
    fulfilment = Fulfilment.objects.get()
    assert content_type == "text/html"
    for body in (html, letter.body):
        assert fulfilment.spaced_code in body
        assert "Open today: " in body
        assert "You can still cancel it on its page." in body
        assert f"destination={centre.lat:f}%2C{centre.lng:f}" in body
    (picture,) = letter.attachments
    assert picture["Content-ID"] == "<code.png>"
    assert 'src="cid:code.png"' in html
    assert is_qr(picture.get_payload(decode=True), fulfilment.code)


def test_ready_email_has_calendar_entry_until_collection_ends(
    client_with_basket, send_emails, mailoutbox
):
    order = get_placed_order(submit_checkout(client_with_basket, PICKUP))
    (letter,) = send_emails(
        lambda: mark_ready(fulfilment=order.fulfilments.get(), at=timezone.now())
    )[-1:]

    fulfilment = Fulfilment.objects.get()
    content = letter.attachments[-1].get_payload(decode=True)
    (event,) = Calendar.from_ical(content).events
    assert event.decoded("dtstart") == fulfilment.ready_at.replace(microsecond=0)
    assert event.decoded("dtend") == fulfilment.collect_until.replace(microsecond=0)
    assert order.number in event["summary"]


def test_post_email_has_no_code_or_calendar(client_with_basket, send_emails):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(client_with_basket, POST | {"email": "hoa@example.com"})
        )
    )

    assert letter.attachments == []
    assert "cid:" not in letter.alternatives[0][0]


def test_email_escapes_names_in_html(client_with_basket, send_emails):
    (letter,) = send_emails(
        lambda: get_placed_order(
            submit_checkout(client_with_basket, PICKUP | {"name": "<b>Ngô</b> & Con"})
        )
    )

    assert "&lt;b&gt;Ngô&lt;/b&gt; &amp; Con" in letter.alternatives[0][0]


def test_office_shows_letter_as_its_reader_gets_it(
    client, db, client_with_basket, send_emails
):
    send_emails(lambda: get_placed_order(submit_checkout(client_with_basket, PICKUP)))
    manager = make_user("manager")
    manager.groups.add(grant_manager_permissions())
    client.force_login(manager)
    letter = Letter.objects.get()

    rows = client.get("/en/office/letters/").content.decode()
    page = client.get(f"/en/office/letters/{letter.pk}/").content.decode()
    frame = client.get(f"/en/office/letters/{letter.pk}/html/")

    assert letter.subject in rows
    assert f"/en/office/letters/{letter.pk}/html/" in page
    assert "data:image/png;base64," in frame.content.decode()
    assert "'unsafe-inline'" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "'unsafe-inline'" not in client.get("/en/")["Content-Security-Policy"]
