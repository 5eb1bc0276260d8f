"""Orders that are paid online, and a provider that answers as it is set."""

import datetime as dt
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalogue.models import Product
from marketplace.orders.models import Order
from marketplace.orders.operations.hold import order_reservations
from marketplace.payments.bank.matching import transfer_purpose
from marketplace.payments.models import Payment, Refund
from marketplace.payments.providers import stripe as gateway
from marketplace.payments.providers.base import (
    Declined,
    NotAnswering,
    PaymentFact,
    PaymentRequest,
    RefundResult,
)
from marketplace.payments.providers.stripe import DOWN, StripeCheckout
from stores.models import SalesPoint
from stores.partner.models import StockRecord
from tests.factories import make_order
from tests.machine import VAR, exclusive_lock
from tests.payments.stripe_events import (
    SECRET,
    make_paid_event,
    make_payment,
    post_event,
)

HALF_AN_HOUR = dt.timedelta(minutes=30)
STRIPE_MOCK = "v0.203.0"


@pytest.fixture(autouse=True)
def _stripe_is_set_up(settings: object) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nobody answers there
    cache.delete(DOWN)  # and another test may have found that out


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def unpaid(
    centre: SalesPoint, tea: Product, tea_at_centre: StockRecord, now: dt.datetime
) -> Order:
    """Two boxes of tea, 190.000 ₫, kept for half an hour."""
    return make_order({tea: 2}, point=centre, pay_until=now + HALF_AN_HOUR)


@pytest.fixture
def pending(unpaid: Order) -> Payment:
    """Stripe's page stands open for the two boxes of tea."""
    return make_payment(unpaid)


@pytest.fixture
def pending_transfer(settings: object, unpaid: Order) -> Payment:
    """A buyer who chose to transfer 190.000 ₫ for her tea."""
    settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT = "970436", "0123456789"
    return make_payment(
        unpaid, method="vietqr", reference=transfer_purpose(unpaid.number)
    )


class FakeStripe:
    """Answers as it is set; stores requests by key, as Stripe does."""

    def __init__(self) -> None:
        self.pages: dict[str, PaymentRequest] = {}
        self.refunds: dict[str, RefundResult] = {}
        self.closed: list[str] = []
        self.facts: dict[str, list[PaymentFact]] = {}
        self.silent = False
        self.refuses = ""
        self.slow_refunds = False

    def answer(self) -> None:
        if self.silent:
            raise NotAnswering("no answer")
        if self.refuses:
            raise Declined(self.refuses)

    def create_session(self, payment: Payment) -> PaymentRequest:
        self.answer()
        name = f"cs_{payment.key.hex[:12]}"
        return self.pages.setdefault(
            str(payment.key),
            PaymentRequest(name, f"https://checkout.stripe.com/c/pay/{name}"),
        )

    def refund(self, refund: Refund) -> RefundResult:
        self.answer()
        name = f"re_{len(self.refunds)}_{refund.pk}"
        return self.refunds.setdefault(
            refund.key, RefundResult(name, done=not self.slow_refunds)
        )

    def cancel(self, payment: Payment) -> None:
        self.answer()
        self.closed.append(payment.reference)

    def fetch_facts(self, payment: Payment) -> list[PaymentFact]:
        self.answer()
        return self.facts.get(payment.reference, [])


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    fake = FakeStripe()
    monkeypatch.setattr(gateway, "create_session", fake.create_session)
    for name in ("cancel", "refund", "fetch_facts"):
        monkeypatch.setattr(StripeCheckout, name, getattr(fake, name))
    return fake


@pytest.fixture
def paid_payment(pending: Payment) -> Payment:
    """The money for the two boxes of tea is here, and the order is certain."""
    post_event(make_paid_event(pending))
    pending.refresh_from_db()
    return pending


@pytest.fixture
def payment_for_sold_goods(
    unpaid: Order, pending: Payment, tea: Product, centre: SalesPoint, now: dt.datetime
) -> Payment:
    """The time is over, and somebody else has taken all ten boxes."""
    set_hold_until(unpaid, now - dt.timedelta(minutes=1))
    make_order({tea: 10}, point=centre, email="")
    return pending


def set_hold_until(order: Order, until: dt.datetime) -> None:
    """Move the end of an order's hold, and with it that of its reservations."""
    order.hold.until = until
    order.hold.save()
    order_reservations(order).update(expires_at=until)


def build(program: Path) -> None:
    go = shutil.which("go")
    if not go:
        pytest.skip("needs Go for stripe-mock: apt-get install golang-go")
    subprocess.run(
        [go, "install", f"github.com/stripe/stripe-mock@{STRIPE_MOCK}"],
        env=os.environ | {"GOFLAGS": "-mod=mod", "GOBIN": str(program.parent)},
        check=True,
    )


@pytest.fixture(scope="session")
def stripe_mock() -> Iterator[str]:
    """The address of Stripe's own stripe-mock, which knows Stripe's published API."""
    program = VAR / "bin" / "stripe-mock"
    with exclusive_lock("stripe-mock"):
        if not program.exists():
            build(program)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [program, "-http-addr", f"127.0.0.1:{port}", "-https-addr", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        line = next((line for line in server.stdout if "for HTTP at" in line), "")
        assert line, "stripe-mock does not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
