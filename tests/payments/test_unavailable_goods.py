"""Orders paid after their goods were sold: another point, or a refund."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.refusals import WrongStatus
from marketplace.orders.models import RefundDue
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.lapse import lapse_unpaid_orders
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.maintenance import (
    lapse_payments_of_ended_orders,
    reconcile_payments,
)
from marketplace.payments.operations.switch_pickup_point import (
    NOT_OFFERED,
    switch_pickup_point,
)
from marketplace.payments.providers.base import PaymentFact
from stores.models import Letter
from tests.factories import expire_certificate, make_point, put_on_shelf
from tests.marketplace.shopping import get_order_url
from tests.payments.stripe_events import (
    get_status,
    get_sums,
    make_paid_event,
    post_event,
    sum_applied_events,
)
from tests.stock_snapshot import get_stock_snapshot
from tests.tasks import run_maintenance


def test_late_payment_for_sold_goods_is_refunded(
    stripe, payment_for_sold_goods, unpaid, now, tea_at_centre, mailoutbox
):
    post_event(make_paid_event(payment_for_sold_goods))
    assert get_sums(payment_for_sold_goods) == ("refund_due", 190_000, 0)
    assert get_status(unpaid) == "lapsed"
    (letter,) = mailoutbox
    assert letter.to == ["hannah@example.com"]
    assert "190.000" in letter.body

    run_maintenance(at=now)

    assert get_sums(payment_for_sold_goods) == ("refunded", 190_000, 190_000)
    assert sum_applied_events(payment_for_sold_goods) == 0
    assert RefundDue.objects.get().settled_at
    assert get_stock_snapshot(tea_at_centre).allocated == 10


def test_maintenance_confirms_payment_made_at_last_moment(
    stripe, pending, unpaid, now, monkeypatch, mailoutbox
):
    late = unpaid.hold.until + dt.timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    stripe.facts[pending.reference] = [
        PaymentFact(
            PaymentEvent.Source.STRIPE,
            pending.reference,
            PaymentEvent.Kind.PAID,
            unpaid.hold.until,
            amount_vnd=pending.amount_vnd,
            exact=True,
        )
    ]

    run_maintenance(at=late)

    assert get_sums(pending) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"
    subjects = [letter.subject for letter in mailoutbox]
    assert subjects == [f"Đã nhận đơn {unpaid.number}"]


def test_maintenance_with_stripe_down_leaves_order_awaiting_payment(
    stripe, pending, unpaid, now, monkeypatch, mailoutbox
):
    late = unpaid.hold.until + dt.timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    stripe.silent = True

    run_maintenance(at=late)

    assert get_status(unpaid) == "awaiting_payment"
    assert mailoutbox == []


def test_late_payment_with_goods_available_confirms_order(
    stripe, pending, unpaid, now, tea_at_centre
):
    late = unpaid.hold.until + dt.timedelta(hours=1)
    lapse_unpaid_orders(at=late)
    assert get_status(unpaid) == "lapsed"

    post_event(make_paid_event(pending))

    assert get_sums(pending) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"
    assert get_stock_snapshot(tea_at_centre).allocated == 2


def test_payment_for_cancelled_order_is_refunded(stripe, pending, unpaid, now):
    cancel_order(order=unpaid, at=now)

    post_event(make_paid_event(pending))
    run_maintenance(at=now)

    assert get_sums(pending) == ("refunded", 190_000, 190_000)
    assert get_status(unpaid) == "cancelled"


def test_payment_after_certificate_lapsed_confirms_order(pending, unpaid, tea):
    expire_certificate(tea)

    post_event(make_paid_event(pending))

    assert get_status(unpaid) == "confirmed"


def test_payment_after_certificate_withdrawn_cancels_and_refunds(
    stripe, pending, unpaid, tea, now, tea_at_centre
):
    tea.certificates.update(withdrawn_on=timezone.localdate())

    post_event(make_paid_event(pending))
    run_maintenance(at=now)

    assert get_status(unpaid) == "cancelled"
    assert get_sums(pending) == ("refunded", 190_000, 190_000)
    assert get_stock_snapshot(tea_at_centre).allocated == 0
    letters = Letter.objects.values_list("params__about", flat=True)
    assert list(letters) == ["withdrawn", "refunded"]


@pytest.fixture
def far(tea):
    """A point that still has four boxes."""
    point = make_point("far", short_name_en="Far away")
    put_on_shelf(point, tea, 4)
    return point


@pytest.fixture
def payment_with_offer(stripe, far, payment_for_sold_goods):
    post_event(make_paid_event(payment_for_sold_goods))
    payment_for_sold_goods.refresh_from_db()
    return payment_for_sold_goods


def test_late_payment_for_sold_goods_offers_another_point(
    payment_with_offer, unpaid, far, now, mailoutbox
):
    assert payment_with_offer.offer_until
    assert far.name in mailoutbox[0].body

    run_maintenance(at=now)

    assert get_sums(payment_with_offer) == ("refund_due", 190_000, 0)


def test_switch_pickup_point_confirms_order_there(
    payment_with_offer, unpaid, far, client, tea
):
    page = client.get(get_order_url(unpaid)).content.decode()
    assert "Collect at Far away" in page

    client.post(f"{get_order_url(unpaid)}elsewhere/", {"sales_point": "far"})

    fulfilment = unpaid.fulfilments.get()
    assert (fulfilment.point, fulfilment.status, fulfilment.to_collect_vnd) == (
        far,
        "confirmed",
        0,
    )
    assert get_sums(payment_with_offer) == ("paid", 190_000, 0)
    assert not RefundDue.objects.exists()
    assert get_stock_snapshot(far.partner.stockrecords.get()).allocated == 2


def test_offer_of_another_point_expires_and_refunds(payment_with_offer, unpaid):
    after = payment_with_offer.offer_until

    run_maintenance(at=after)

    assert get_sums(payment_with_offer) == ("refunded", 190_000, 190_000)
    with pytest.raises(WrongStatus, match=str(NOT_OFFERED)):
        switch_pickup_point(
            payment=payment_with_offer, point=unpaid.fulfilments.get().point, at=after
        )
    assert get_status(unpaid) == "lapsed"


def test_switch_pickup_point_refuses_point_without_goods(
    payment_with_offer, unpaid, client, booth
):
    client.post(f"{get_order_url(unpaid)}elsewhere/", {"sales_point": "booth"})

    assert get_status(unpaid) == "lapsed"
    assert get_sums(payment_with_offer) == ("refund_due", 190_000, 0)


def paid_fact(payment, now):
    return PaymentFact(
        "stripe", payment.reference, "paid", now, amount_vnd=190_000, exact=True
    )


def test_reconcile_payments_applies_missed_webhook(stripe, pending, unpaid, now):
    stripe.facts[pending.reference] = [paid_fact(pending, now)]

    done = reconcile_payments(at=now + dt.timedelta(minutes=3))

    assert (done.checked, done.corrected, done.is_complete) == (1, 1, True)
    assert get_status(unpaid) == "confirmed"
    post_event(make_paid_event(pending))
    assert get_sums(pending) == ("paid", 190_000, 0)


def test_reconcile_payments_skips_fresh_payment(stripe, pending, now):
    assert reconcile_payments(at=now).checked == 0


def test_reconcile_payments_counts_checked_and_corrected(stripe, pending, now):
    type(pending).objects.update(requested_at=now - dt.timedelta(hours=1))
    stripe.facts[pending.reference] = [paid_fact(pending, now)]

    done = reconcile_payments(at=now)

    assert (done.checked, done.corrected, done.is_complete) == (1, 1, True)


def test_reconcile_payments_with_stripe_down_changes_nothing(
    stripe, pending, unpaid, now
):
    stripe.silent = True

    done = reconcile_payments(at=now + dt.timedelta(minutes=3))

    assert not done.is_complete
    assert get_sums(pending) == ("pending", 0, 0)


def test_lapse_payments_of_ended_orders_expires_session(stripe, pending, unpaid, now):
    cancel_order(order=unpaid, at=now)

    assert lapse_payments_of_ended_orders(at=now) == 1

    assert get_sums(pending)[0] == "lapsed"
    assert pending.url == ""
    assert stripe.closed == [pending.reference]
    assert lapse_payments_of_ended_orders(at=now) == 0


def test_maintenance_refunds_late_payment(stripe, payment_for_sold_goods, unpaid):
    post_event(make_paid_event(payment_for_sold_goods))

    run_maintenance(at=timezone.now())

    assert get_sums(payment_for_sold_goods) == ("refunded", 190_000, 190_000)
