"""The payment of an order that is cancelled is closed in the same transaction."""

from django.utils import timezone

from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations import restore_basket
from marketplace.payments.models import Payment, PaymentEvent
from tests.factories import make_order
from tests.marketplace.shopping import get_order_url


def assert_closed(payment):
    payment.refresh_from_db()
    assert payment.state == Payment.State.LAPSED
    event = payment.events.get(kind=PaymentEvent.Kind.LAPSED)
    assert event.code == "order_ended"


def test_cancel_order_closes_its_payment_at_once(
    client, unpaid, pending, stripe, django_capture_on_commit_callbacks
):
    Payment.objects.update(url="https://checkout.stripe.com/c/pay/x")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{get_order_url(unpaid)}cancel/")

    assert_closed(pending)
    assert stripe.closed == [pending.reference]


def test_cancel_order_to_be_paid_on_receipt_closes_its_payment(
    client, centre, tea, tea_at_centre
):
    order = make_order({tea: 1}, point=centre)

    client.post(f"{get_order_url(order)}cancel/")

    assert_closed(order.payments.get())


def test_cancel_last_unit_closes_payment_and_an_earlier_one_does_not(
    client, centre, tea, tea_at_centre
):
    order = make_order({tea: 2}, point=centre)
    line = order.fulfilments.get().lines.get()
    path = f"{get_order_url(order)}lines/{line.pk}/cancel/"

    client.post(path, {"units": 1})
    assert order.payments.get().state == Payment.State.PENDING
    client.post(path, {"units": 1})

    assert_closed(order.payments.get())


def test_keeper_who_cancels_the_last_unit_closes_payment(
    signed_in, keeper, centre, tea, tea_at_centre
):
    order = make_order({tea: 1}, point=centre)
    fulfilment = order.fulfilments.get()

    signed_in(keeper).post(
        f"/en/desk/centre/jobs/{fulfilment.pk}/short/",
        {"line": fulfilment.lines.get().pk, "units": 1, "reason": "broken"},
    )

    assert_closed(order.payments.get())


def test_change_order_closes_its_payment(unpaid, pending):
    restore_basket(order=unpaid, basket=Basket(), at=timezone.now())

    assert_closed(pending)
