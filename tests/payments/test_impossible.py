"""Paid, and the goods cannot be had: the buyer gets them elsewhere, or her money."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from marketplace.orders.models import RefundDue
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.hold import lapse_unpaid_orders
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.look_after import look_after
from marketplace.payments.operations.reconcile import end_attempts, reconcile
from marketplace.payments.operations.serve_elsewhere import (
    NotOffered,
    serve_elsewhere,
)
from marketplace.payments.port import News
from tests.books import books_of
from tests.factories import let_certificate_lapse, make_point, put_on_shelf
from tests.marketplace.shopping import address_of
from tests.payments.money import money_events, paid, status_of, sums_of, tell


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """Tells an event and lets the letters leave."""

    def post(said):
        with django_capture_on_commit_callbacks(execute=True):
            return tell(said)

    return post


def test_sold_meanwhile_goes_back_by_itself(
    stripe, sold_meanwhile, unpaid, told, now, tea_at_centre
):
    told(paid(sold_meanwhile))
    assert sums_of(sold_meanwhile) == ("refund_due", 190_000, 0)
    assert status_of(unpaid) == "lapsed"
    (letter,) = mail.outbox
    assert letter.to == ["hannah@example.com"]
    assert "190.000" in letter.body

    look_after(at=now)

    assert sums_of(sold_meanwhile) == ("refunded", 190_000, 190_000)
    assert money_events(sold_meanwhile) == 0
    assert RefundDue.objects.get().settled_at
    assert books_of(tea_at_centre).allocated == 10


def test_who_paid_at_the_last_moment_is_not_told_that_time_is_over(
    stripe, asked, unpaid, now, monkeypatch, django_capture_on_commit_callbacks
):
    late = unpaid.hold.until + dt.timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    stripe.news[asked.reference] = [
        News(
            PaymentEvent.Source.STRIPE,
            asked.reference,
            PaymentEvent.Kind.PAID,
            unpaid.hold.until,
            amount_vnd=asked.amount_vnd,
            exact=True,
        )
    ]

    with django_capture_on_commit_callbacks(execute=True):
        call_command("sweep")

    assert sums_of(asked) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"
    said = [letter.subject for letter in mail.outbox]
    assert said == [f"Đã nhận đơn {unpaid.number}"]


def test_while_stripe_is_silent_nobody_is_told_that_time_is_over(
    stripe, asked, unpaid, now, monkeypatch, django_capture_on_commit_callbacks
):
    late = unpaid.hold.until + dt.timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    stripe.silent = True

    with django_capture_on_commit_callbacks(execute=True):
        call_command("sweep")

    assert status_of(unpaid) == "awaiting_payment"
    assert mail.outbox == []


def test_a_late_payment_whose_goods_are_still_there_is_kept(
    stripe, asked, unpaid, now, tea_at_centre
):
    late = unpaid.hold.until + dt.timedelta(hours=1)
    lapse_unpaid_orders(at=late)
    assert status_of(unpaid) == "lapsed"

    tell(paid(asked))

    assert sums_of(asked) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"
    assert books_of(tea_at_centre).allocated == 2


def test_a_cancelled_order_gives_its_money_back(stripe, asked, unpaid, now):
    cancel_order(order=unpaid, at=now)

    tell(paid(asked))
    look_after(at=now)

    assert sums_of(asked) == ("refunded", 190_000, 190_000)
    assert status_of(unpaid) == "cancelled"


def test_a_certificate_that_ran_out_since_is_honoured(asked, unpaid, tea):
    let_certificate_lapse(tea)

    tell(paid(asked))

    assert status_of(unpaid) == "confirmed"


def test_a_certificate_that_was_withdrawn_is_not(
    stripe, asked, unpaid, tea, told, now, tea_at_centre
):
    tea.certificates.update(withdrawn_on=timezone.localdate())

    told(paid(asked))
    look_after(at=now)

    assert status_of(unpaid) == "cancelled"
    assert sums_of(asked) == ("refunded", 190_000, 190_000)
    assert books_of(tea_at_centre).allocated == 0
    assert len(mail.outbox) == 1


@pytest.fixture
def far(tea):
    """A point that still has four boxes."""
    point = make_point("far", short_name_en="Far away")
    put_on_shelf(point, tea, 4)
    return point


@pytest.fixture
def offered(stripe, far, sold_meanwhile, told):
    told(paid(sold_meanwhile))
    sold_meanwhile.refresh_from_db()
    return sold_meanwhile


def test_a_point_that_has_it_is_offered(offered, unpaid, far, now):
    assert offered.offer_until
    assert far.name in mail.outbox[0].body

    look_after(at=now)

    assert sums_of(offered) == ("refund_due", 190_000, 0)


def test_the_buyer_collects_it_there(offered, unpaid, far, client, tea):
    page = client.get(address_of(unpaid)).content.decode()
    assert "Collect at Far away" in page

    client.post(f"{address_of(unpaid)}elsewhere/", {"sales_point": "far"})

    fulfilment = unpaid.fulfilments.get()
    assert (fulfilment.point, fulfilment.status, fulfilment.to_collect_vnd) == (
        far,
        "confirmed",
        0,
    )
    assert sums_of(offered) == ("paid", 190_000, 0)
    assert not RefundDue.objects.exists()
    assert books_of(far.partner.stockrecords.get()).allocated == 2


def test_who_does_nothing_gets_her_money(offered, unpaid):
    after = offered.offer_until

    look_after(at=after)

    assert sums_of(offered) == ("refunded", 190_000, 190_000)
    with pytest.raises(NotOffered):
        serve_elsewhere(payment=offered, point=unpaid.fulfilments.get().point, at=after)
    assert status_of(unpaid) == "lapsed"


def test_another_point_cannot_be_made_up(offered, unpaid, client, booth):
    client.post(f"{address_of(unpaid)}elsewhere/", {"sales_point": "booth"})

    assert status_of(unpaid) == "lapsed"
    assert sums_of(offered) == ("refund_due", 190_000, 0)


def paid_news(payment, now):
    return News(
        "stripe", payment.reference, "paid", now, amount_vnd=190_000, exact=True
    )


def test_a_webhook_that_never_came_is_made_up_for(stripe, asked, unpaid, now):
    stripe.news[asked.reference] = [paid_news(asked, now)]

    done = reconcile(at=now + dt.timedelta(minutes=3))

    assert (done.asked, done.changed, done.silent) == (1, 1, False)
    assert status_of(unpaid) == "confirmed"
    tell(paid(asked))
    assert sums_of(asked) == ("paid", 190_000, 0)


def test_a_fresh_payment_is_not_asked_about(stripe, asked, now):
    assert reconcile(at=now).asked == 0


def test_the_command_says_what_it_did(stripe, asked, now, capsys):
    type(asked).objects.update(asked_at=now - dt.timedelta(hours=1))
    stripe.news[asked.reference] = [paid_news(asked, now)]

    call_command("reconcile_payments")

    assert capsys.readouterr().out == "1 payments asked about, 1 put right.\n"


def test_silence_is_said_and_changes_nothing(stripe, asked, unpaid, now):
    stripe.silent = True

    done = reconcile(at=now + dt.timedelta(minutes=3))

    assert done.silent
    assert sums_of(asked) == ("asked", 0, 0)


def test_an_order_that_ended_is_asked_for_no_more(stripe, asked, unpaid, now):
    cancel_order(order=unpaid, at=now)

    assert end_attempts(at=now) == 1

    assert sums_of(asked)[0] == "lapsed"
    assert asked.url == ""
    assert stripe.closed == [asked.reference]
    assert end_attempts(at=now) == 0


def test_the_sweep_does_all_of_it(stripe, sold_meanwhile, unpaid):
    tell(paid(sold_meanwhile))

    call_command("sweep", stdout=None)

    assert sums_of(sold_meanwhile) == ("refunded", 190_000, 190_000)
