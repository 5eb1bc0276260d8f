"""Once a day, the keepers of a point are told what runs low there."""

import datetime as dt

import pytest
from django.utils import timezone
from wagtail.users.models import UserProfile

from stores.models import SalesPoint
from stores.operations.low_stock import notify_low_stock, set_threshold
from tests.factories import make_user, put_on_shelf


@pytest.fixture
def low_tea(booth, tea, other_keeper):
    """Two boxes of tea at the booth, low from three."""
    record = put_on_shelf(booth, tea, 2)
    set_threshold(record=record, units=3)
    return record


def test_notify_low_stock_sends_vietnamese_email(
    low_tea, other_keeper, mailoutbox, settings
):
    assert notify_low_stock(at=timezone.now()) == 1

    (letter,) = mailoutbox
    assert letter.to == [other_keeper.email]
    assert letter.subject == "1 mặt hàng sắp hết tại booth"
    assert "Trà rừng Cù Lao Chàm: còn bán được 2, mức báo 3" in letter.body
    assert f"{settings.BASE_URL}/desk/booth/low/" in letter.body


def test_notify_low_stock_sends_email_in_preferred_language(
    low_tea, other_keeper, mailoutbox
):
    UserProfile.objects.create(user=other_keeper, preferred_language="en")

    notify_low_stock(at=timezone.now())

    (letter,) = mailoutbox
    assert letter.subject == "1 product runs low at booth"
    assert "Forest tea: 2 free, low from 3" in letter.body
    assert "/en/desk/booth/low/" in letter.body


def test_notify_low_stock_email_is_unescaped(low_tea, other_keeper, mailoutbox):
    SalesPoint.objects.filter(slug="booth").update(short_name_vi="Hoa & Mật")

    notify_low_stock(at=timezone.now())

    (letter,) = mailoutbox
    assert letter.subject == "1 mặt hàng sắp hết tại Hoa & Mật"


def test_notify_low_stock_sends_one_email_a_day(low_tea, mailoutbox):
    now = timezone.now()

    assert [notify_low_stock(at=now), notify_low_stock(at=now)] == [1, 0]
    assert len(mailoutbox) == 1
    assert notify_low_stock(at=now + dt.timedelta(days=1)) == 1
    assert len(mailoutbox) == 2


def test_notify_low_stock_without_low_goods_sends_nothing(
    booth, tea, other_keeper, mailoutbox
):
    put_on_shelf(booth, tea, 9)

    assert notify_low_stock(at=timezone.now()) == 0
    assert mailoutbox == []


def test_notify_low_stock_sends_email_for_goods_low_later_that_day(
    booth, tea, other_keeper, mailoutbox
):
    record = put_on_shelf(booth, tea, 9)
    notify_low_stock(at=timezone.now())
    set_threshold(record=record, units=9)

    assert notify_low_stock(at=timezone.now()) == 1


def test_notify_low_stock_emails_active_keepers_of_each_point(
    low_tea, centre, keeper, tea_at_centre, other_keeper, manager, mailoutbox
):
    second, inactive = make_user("second"), make_user("gone")
    centre.keepers.add(second, inactive)
    type(inactive).objects.filter(pk=inactive.pk).update(is_active=False)
    set_threshold(record=tea_at_centre, units=20)

    assert notify_low_stock(at=timezone.now()) == 2

    to = [letter.to[0] for letter in mailoutbox]
    assert sorted(to) == sorted([keeper.email, second.email, other_keeper.email])


def test_notify_low_stock_skips_closed_point(low_tea, mailoutbox):
    SalesPoint.objects.update(is_open=False)

    assert notify_low_stock(at=timezone.now()) == 0


def test_notify_low_stock_without_address_is_due_again(
    low_tea, other_keeper, mailoutbox
):
    type(other_keeper).objects.update(email="")
    assert notify_low_stock(at=timezone.now()) == 0
    type(other_keeper).objects.update(email="keeper@example.com")

    assert notify_low_stock(at=timezone.now()) == 1
    assert len(mailoutbox) == 1
