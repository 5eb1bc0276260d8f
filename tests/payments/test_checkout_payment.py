"""Paying at the checkout, on the page of an order, and at the desk."""

import pytest
from django.test import Client

from marketplace.orders.models import Hold
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.payments.models import Payment, PaymentEvent
from tests.factories import make_order
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    add_to_basket,
    get_order_url,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
)
from tests.payments.stripe_events import (
    get_status,
    get_sums,
    make_paid_event,
    post_event,
)


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def no_online_payment(settings):
    settings.STRIPE_SECRET_KEY = settings.STRIPE_WEBHOOK_SECRET = None
    settings.VIETQR_BANK_BIN = settings.VIETQR_ACCOUNT = None


def list_offered_methods(visitor, receive):
    page = parse_page(visitor.get(f"/en/checkout/?receive={receive}"))
    return [
        field["value"] for field in page.select("#pay [name=payment]:not([disabled])")
    ]


def test_checkout_without_payment_providers_has_no_choice(
    no_online_payment, visitor, tea, tea_at_centre
):
    add_to_basket(visitor, tea)

    assert list_offered_methods(visitor, "pickup") == []
    order = get_placed_order(submit_checkout(visitor, PICKUP))
    assert (order.payments.get().method, order.status) == ("point", "confirmed")


def test_checkout_offers_configured_payment_methods(
    visitor, tea, tea_at_centre, settings
):
    settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT = "970436", "0123456789"
    add_to_basket(visitor, tea)

    assert list_offered_methods(visitor, "pickup") == [
        "point",
        "cod",
        "vietqr",
        "stripe",
    ]


def test_place_order_by_card_redirects_to_stripe(stripe, visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea, 2)

    response = submit_checkout(visitor, PICKUP, payment="stripe")

    payment = Payment.objects.get()
    assert (response.status_code, response["Location"]) == (302, payment.url)
    assert (payment.state, payment.amount_vnd) == ("pending", 190_000)
    assert get_status(payment.order) == "awaiting_payment"
    hold = payment.order.hold.until
    assert payment.expires_at == hold


def test_place_post_order_by_card_redirects_to_stripe(
    stripe, visitor, tea, tea_at_centre
):
    add_to_basket(visitor, tea)

    response = submit_checkout(visitor, POST, payment="stripe")

    assert response["Location"].startswith("https://checkout.stripe.com/")


def test_unpaid_post_order_page_shows_address(stripe, visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)
    submit_checkout(visitor, POST, payment="stripe")

    text = get_page_text(visitor.get(get_order_url(Payment.objects.get().order)))

    assert "Lê Thị Hoa" in text
    assert "12 Hàng Gai" in text
    assert "postman" not in text.partition("Goes to")[2].partition("What you")[0]


def test_place_order_with_stripe_down_offers_other_methods(
    stripe, visitor, tea, tea_at_centre, monkeypatch
):
    from marketplace.payments.providers.stripe import StripeCheckout

    stripe.silent = True
    add_to_basket(visitor, tea)
    order = get_placed_order(submit_checkout(visitor, PICKUP, payment="stripe"))

    page = get_page_text(visitor.get(get_order_url(order)))
    assert page.count("Not available just now") == 1
    assert not StripeCheckout().is_up()
    add_to_basket(visitor, tea)
    assert "stripe" not in list_offered_methods(visitor, "pickup")
    refused = submit_checkout(visitor, PICKUP, payment="stripe")
    assert refused.status_code == 422
    visitor.post(f"{get_order_url(order)}pay/", {"payment": "point"})
    assert get_status(order) == "confirmed"


@pytest.mark.parametrize("method", ["cod", "gold", "", "vietqr"])
def test_pay_order_refuses_unavailable_payment_method(stripe, visitor, unpaid, method):
    response = visitor.post(f"{get_order_url(unpaid)}pay/", {"payment": method})

    assert response.status_code == 302
    assert not Payment.objects.exists()
    assert get_status(unpaid) == "awaiting_payment"


def test_unpaid_order_page_shows_methods_and_hides_code(visitor, unpaid, pending):
    page = parse_page(visitor.get(get_order_url(unpaid)))

    assert page.select_one("#standing")["hx-trigger"] == "every 5s"
    buttons = page.select(".pay [name=payment]")
    assert [button["value"] for button in buttons] == ["stripe", "point"]
    assert unpaid.fulfilments.get().spaced_code not in page.get_text()


def test_place_another_order_leaves_unpaid_orders_hold(
    stripe, visitor, unpaid, tea, now
):
    until = Hold.objects.get(order=unpaid).until
    visitor.get(get_order_url(unpaid))
    add_to_basket(visitor, tea)

    assert submit_checkout(visitor, PICKUP, payment="stripe").status_code == 302

    assert Hold.objects.get(order=unpaid).until == until
    assert get_status(unpaid) == "awaiting_payment"


def test_pay_order_twice_redirects_to_same_session(stripe, visitor, unpaid, now):
    first = visitor.post(f"{get_order_url(unpaid)}pay/", {"payment": "stripe"})
    again = visitor.post(f"{get_order_url(unpaid)}pay/", {"payment": "stripe"})

    assert first["Location"] == again["Location"] == Payment.objects.get().url


def test_paid_order_page_shows_amount_and_code(visitor, unpaid, pending):
    post_event(make_paid_event(pending))

    page = parse_page(visitor.get(get_order_url(unpaid)))
    assert not page.select(".pay")
    assert "190,000 ₫ paid." in page.get_text().replace("\u00a0", " ")
    assert unpaid.fulfilments.get().spaced_code in page.get_text()


def test_return_from_stripe_does_not_mark_order_paid(visitor, unpaid, pending):
    visitor.get(f"{get_order_url(unpaid)}?paid=1")

    assert get_sums(pending) == ("pending", 0, 0)
    assert get_status(unpaid) == "awaiting_payment"


def test_pay_order_with_wrong_token_returns_404(stripe, visitor, unpaid):
    assert (
        visitor.post(
            f"/en/orders/{unpaid.number}/wrong/pay/", {"payment": "stripe"}
        ).status_code
        == 404
    )
    assert not Payment.objects.exists()


def test_desk_hand_over_records_payment_once(
    signed_in, keeper, centre, tea, tea_at_centre, now
):
    order = make_order({tea: 2}, point=centre)
    fulfilment = order.fulfilments.get()
    mark_ready(fulfilment=fulfilment, at=now)
    address = f"/desk/centre/jobs/{fulfilment.pk}/give/"
    form = {"code": fulfilment.code, "paid_by": "card"}
    payment = order.payments.get()
    assert get_sums(payment) == ("pending", 0, 0)

    assert signed_in(keeper).post(address, form).status_code == 302
    assert signed_in(keeper).post(address, form).status_code == 409

    assert get_sums(payment) == ("paid", 190_000, 0)
    event = PaymentEvent.objects.get(kind="paid")
    assert (event.actor, event.point, event.paid_by) == (keeper, centre, "card")


def test_desk_hand_over_with_wrong_code_records_no_payment(
    signed_in, keeper, centre, tea, tea_at_centre
):
    order = make_order({tea: 2}, point=centre)
    fulfilment = order.fulfilments.get()

    signed_in(keeper).post(
        f"/desk/centre/jobs/{fulfilment.pk}/give/",
        {"code": "ZZZZZZ", "paid_by": "cash"},
    )

    assert get_sums(order.payments.get()) == ("pending", 0, 0)
    assert not PaymentEvent.objects.exists()


def test_desk_hand_over_of_prepaid_order_records_no_payment(
    signed_in, keeper, paid_payment, unpaid
):
    fulfilment = unpaid.fulfilments.get()

    signed_in(keeper).post(
        f"/desk/centre/jobs/{fulfilment.pk}/give/",
        {"code": fulfilment.code, "paid_by": "cash"},
    )

    fulfilment.refresh_from_db()
    assert fulfilment.handed_over_at
    assert PaymentEvent.objects.filter(kind="paid").count() == 1
    assert get_sums(paid_payment) == ("paid", 190_000, 0)
