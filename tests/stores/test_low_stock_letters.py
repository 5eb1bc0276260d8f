"""Once a day, the keepers of a point are told what runs low there."""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from wagtail.users.models import UserProfile

from stores.models import SalesPoint
from stores.operations.set_threshold import set_threshold
from stores.operations.warn_keepers import notify_low_stock
from tests.factories import make_user, put_on_shelf


@pytest.fixture
def low_tea(booth, tea, other_keeper):
    """Two boxes of tea at the booth, low from three."""
    record = put_on_shelf(booth, tea, 2)
    set_threshold(record=record, units=3)
    return record


def test_a_keeper_is_told_in_vietnamese(low_tea, other_keeper, mailoutbox, settings):
    assert notify_low_stock(at=timezone.now()) == 1

    (letter,) = mailoutbox
    assert letter.to == [other_keeper.email]
    assert letter.subject == "1 mặt hàng sắp hết tại booth"
    assert "Trà rừng Cù Lao Chàm: còn bán được 2, mức báo 3" in letter.body
    assert f"{settings.BASE_URL}/desk/booth/low/" in letter.body


def test_a_keeper_who_works_in_english_is_told_in_english(
    low_tea, other_keeper, mailoutbox
):
    UserProfile.objects.create(user=other_keeper, preferred_language="en")

    notify_low_stock(at=timezone.now())

    (letter,) = mailoutbox
    assert letter.subject == "1 product runs low at booth"
    assert "Forest tea: 2 free, low from 3" in letter.body
    assert "/en/desk/booth/low/" in letter.body


def test_a_letter_names_a_point_as_it_is_written(low_tea, other_keeper, mailoutbox):
    SalesPoint.objects.filter(slug="booth").update(short_name_vi="Hoa & Mật")

    notify_low_stock(at=timezone.now())

    (letter,) = mailoutbox
    assert letter.subject == "1 mặt hàng sắp hết tại Hoa & Mật"


def test_a_day_has_one_letter(low_tea, mailoutbox):
    now = timezone.now()

    assert [notify_low_stock(at=now), notify_low_stock(at=now)] == [1, 0]
    assert len(mailoutbox) == 1
    assert notify_low_stock(at=now + dt.timedelta(days=1)) == 1
    assert len(mailoutbox) == 2


def test_nothing_low_is_no_letter(booth, tea, other_keeper, mailoutbox):
    put_on_shelf(booth, tea, 9)

    assert notify_low_stock(at=timezone.now()) == 0
    assert mailoutbox == []


def test_what_runs_low_later_in_the_day_is_still_told(
    booth, tea, other_keeper, mailoutbox
):
    record = put_on_shelf(booth, tea, 9)
    notify_low_stock(at=timezone.now())
    set_threshold(record=record, units=9)

    assert notify_low_stock(at=timezone.now()) == 1


def test_each_point_tells_its_own_keepers(
    low_tea, centre, keeper, tea_at_centre, other_keeper, manager, mailoutbox
):
    second, inactive = make_user("second"), make_user("gone")
    centre.keepers.add(second, inactive)
    type(inactive).objects.filter(pk=inactive.pk).update(is_active=False)
    set_threshold(record=tea_at_centre, units=20)

    assert notify_low_stock(at=timezone.now()) == 2

    to = [letter.to[0] for letter in mailoutbox]
    assert sorted(to) == sorted([keeper.email, second.email, other_keeper.email])


def test_a_closed_point_is_left_in_peace(low_tea, mailoutbox):
    SalesPoint.objects.update(is_open=False)

    assert notify_low_stock(at=timezone.now()) == 0


def test_a_letter_that_could_not_be_sent_is_tried_again(
    low_tea, mailoutbox, monkeypatch, caplog
):
    def raise_os_error(*_args, **_kwargs):
        raise OSError("no mail today")

    with monkeypatch.context() as patch:
        patch.setattr("stores.mail.send_mail", raise_os_error)
        assert notify_low_stock(at=timezone.now()) == 0
    assert "was not sent" in caplog.text

    assert notify_low_stock(at=timezone.now()) == 1
    assert len(mailoutbox) == 1


def test_the_command_says_how_many_points_were_told(low_tea):
    outputs = [StringIO(), StringIO()]
    for out in outputs:
        call_command("mail_low_stock", stdout=out)

    assert [out.getvalue().strip() for out in outputs] == [
        "Points whose keepers were told: 1.",
        "Points whose keepers were told: 0.",
    ]
    assert len(mail.outbox) == 1
