"""Every request that we make of Stripe, checked by Stripe's own mock."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import MappingProxyType

import pytest

from marketplace.payments.models import Refund
from marketplace.payments.operations.start_payment import start_payment
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.providers import stripe as gateway
from marketplace.payments.providers.base import Declined, NotAnswering
from tests.factories import make_order
from tests.payments.stripe_events import make_payment

STRIPE = PROVIDERS["stripe"]


@pytest.fixture
def use_stripe_mock(stripe_mock, settings):
    settings.STRIPE_API_BASE = stripe_mock


@pytest.fixture
def unpaid_post_order(centre, tea, tea_at_centre, honey, honey_at_centre, now):
    return make_order(
        {tea: 2, honey: 1},
        method="post",
        language="en",
        pay_until=now + get_stripe_hold(),
    )


def get_stripe_hold():
    return STRIPE.hold


@pytest.fixture
def refund(paid_payment, now):
    return Refund.objects.create(
        payment=paid_payment, amount_vnd=60_000, reason="broken", key="one", at=now
    )


def test_create_session_is_accepted_by_stripe_mock(use_stripe_mock, unpaid, now):
    payment = start_payment(order=unpaid, method="stripe", at=now)

    assert payment.reference.startswith("cs_test_")
    assert payment.url.startswith("https://checkout.stripe.com/")
    assert (payment.state, payment.amount_vnd) == ("pending", 190_000)


def test_create_session_with_postage_is_accepted_by_stripe_mock(
    use_stripe_mock, unpaid_post_order, now
):
    payment = start_payment(order=unpaid_post_order, method="stripe", at=now)

    assert payment.reference
    assert payment.amount_vnd == unpaid_post_order.total_incl_tax


def test_build_line_items_adds_up_to_order_total(unpaid_post_order):
    payment = make_payment(unpaid_post_order)

    items = gateway.build_line_items(payment)

    each = [(i["quantity"], i["price_data"]["unit_amount"]) for i in items]
    assert each == [
        (2, 95_000),
        (1, 95_000),
        (1, int(unpaid_post_order.shipping_incl_tax)),
    ]
    assert sum(units * price for units, price in each) == payment.amount_vnd
    assert {i["price_data"]["currency"] for i in items} == {"vnd"}


def test_build_line_items_of_differing_amount_is_one_item(unpaid_post_order):
    payment = make_payment(unpaid_post_order, amount_vnd=100_000)

    (item,) = gateway.build_line_items(payment)

    assert item["price_data"]["unit_amount"] == 100_000


def test_create_session_sends_expiry_locale_metadata_and_key(unpaid, monkeypatch, now):
    sent = {}

    class Sessions:
        def create(self, params, options):
            sent.update(params, options=options)
            return type("Session", (), {"id": "cs_1", "url": "https://x.example/"})

    class Client:
        v1 = type("V1", (), {"checkout": type("C", (), {"sessions": Sessions()})})

    monkeypatch.setattr(gateway, "build_client", Client)
    payment = make_payment(unpaid, reference="", expires_at=unpaid.hold.until)

    gateway.create_session(payment)

    assert sent["expires_at"] == int(unpaid.hold.until.timestamp())
    assert sent["locale"] == "vi"
    assert sent["metadata"] == {"order": unpaid.number, "payment": str(payment.key)}
    assert sent["payment_intent_data"] == {"metadata": sent["metadata"]}
    assert sent["success_url"] == sent["cancel_url"]
    assert f"/orders/{unpaid.number}/" in sent["success_url"]
    assert sent["options"] == {"idempotency_key": f"payment-{payment.key}"}


def test_create_refund_is_accepted_by_stripe_mock(use_stripe_mock, refund):
    result = STRIPE.refund(refund)

    assert result.reference.startswith("re_")
    assert result.done


def test_expire_session_is_accepted_by_stripe_mock(use_stripe_mock, pending):
    STRIPE.cancel(pending)


def test_fetch_facts_is_accepted_by_stripe_mock(use_stripe_mock, pending):
    found = STRIPE.fetch_facts(pending)

    assert all(fact.subject.startswith(("cs_", "re_")) for fact in found)


def test_stripe_mock_refuses_unknown_parameter(use_stripe_mock):
    with pytest.raises(Declined), gateway.connect() as client:
        client.v1.checkout.sessions.create({"mode": "payment", "colour": "red"})


class FailingHandler(BaseHTTPRequestHandler):
    status = 500

    def do_POST(self):
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"error": {"message": "busy"}}')

    do_GET = do_POST

    def log_message(self, *_args):
        """Nothing to say."""


@pytest.fixture
def failing_stripe(settings) -> Iterator[type[FailingHandler]]:
    server = HTTPServer(("127.0.0.1", 0), FailingHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.server_port}"
    yield FailingHandler
    server.shutdown()
    server.server_close()


@pytest.fixture
def unresponsive_stripe(settings, monkeypatch) -> Iterator[None]:
    """Accepts connections and never answers."""
    monkeypatch.setattr(gateway, "TIMEOUT_S", 0.2)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield


CALLS = MappingProxyType(
    {
        "open": lambda refund: gateway.create_session(refund.payment),
        "close": lambda refund: STRIPE.cancel(refund.payment),
        "give back": STRIPE.refund,
        "ask": lambda refund: STRIPE.fetch_facts(refund.payment),
    }
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_stripe_error_status_raises_not_answering(
    failing_stripe, monkeypatch, refund, call, status
):
    monkeypatch.setattr(failing_stripe, "status", status)

    with pytest.raises(NotAnswering):
        CALLS[call](refund)


@pytest.mark.parametrize("call", CALLS)
def test_stripe_timeout_raises_not_answering(unresponsive_stripe, refund, call):
    with pytest.raises(NotAnswering):
        CALLS[call](refund)


def test_stripe_calls_time_out_within_ten_seconds():
    assert gateway.TIMEOUT_S < 10
    assert gateway.build_client()._requestor._options.max_network_retries == 0
