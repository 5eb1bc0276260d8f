"""Buyers who pay online, and a Stripe that tells what the test says."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.models import Product
from marketplace.order.models import Order
from marketplace.payments.models import Payment
from stores.models import SalesPoint
from stores.partner.models import StockRecord
from tests.factories import make_order
from tests.payments.money import SECRET, make_payment

HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _stripe_is_set_up(settings: object) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nobody answers there


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
def asked(unpaid: Order) -> Payment:
    """Stripe's page stands open for the two boxes of tea."""
    return make_payment(unpaid)
