"""Orders that were handed over, paid and returned, and sales at the desk."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from marketplace.accounting.operations import issue_invoices
from marketplace.orders.models import Fulfilment, FulfilmentLine, Order
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import returnable_lots
from marketplace.payments.operations.collect import collect_payment
from stores.operations.sell import sell_at_desk
from tests.factories import make_order, make_product, put_on_shelf

HCM = dt.timezone(dt.timedelta(hours=7))
NOON = dt.datetime(2026, 11, 30, 12, tzinfo=HCM)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def wine(db):
    """Rice wine, with excise duty."""
    return make_product(
        "ruou-can",
        title="Rượu cần",
        title_en="Jar rice wine",
        abv="29.5",
        vat="excise",
        price_vnd=120_000,
    )


@pytest.fixture
def pomelo(db):
    """A fruit as it fell from the tree."""
    return make_product(
        "buoi-tru",
        title="Bưởi trụ lông Đại Bình",
        title_en="Đại Bình pomelo",
        vat="farm",
        price_vnd=30_000,
    )


@pytest.fixture
def full_shelf(centre, tea, wine, pomelo):
    """Plenty of tea, wine and pomelos at the centre."""
    return {one: put_on_shelf(centre, one, 200) for one in (tea, wine, pomelo)}


@pytest.fixture
def noon():
    """The last of November, at noon in Việt Nam."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.INVOICE_URL = f"file://{tmp_path}/invoices"
    return tmp_path / "invoices"


@pytest.fixture
def make_collected_order(full_shelf, centre, keeper, tea, wine, folder):
    """An order that was paid and handed over."""

    def make(**units):
        units = units or {"tea": 2, "wine": 1}
        goods = {"tea": tea, "wine": wine}
        order_request = {goods[name]: number for name, number in units.items()}
        return hand_over_order(make_order(order_request, point=centre), keeper)

    return make


@pytest.fixture
def sell(centre, full_shelf, keeper):
    """A sale at the desk."""

    def made(units, paid_by="cash", point=None, records=None):
        records = records or full_shelf
        return sell_at_desk(
            point=point or centre,
            units={records[one].pk: count for one, count in units.items()},
            paid_by=paid_by,
            client_id=uuid4().hex,
            actor=keeper,
            at=timezone.now(),
        )

    return made


@pytest.fixture
def invoice_provider(monkeypatch):
    """Records its requests; raises `refuses` while that is set."""

    class Provider:
        def __init__(self):
            self.requests, self.refuses = [], None

        def __call__(self, content):
            self.requests.append(content)
            if self.refuses:
                raise self.refuses
            return f"ref-{content['number']}"

    one = Provider()
    monkeypatch.setattr(issue_invoices, "get_provider", lambda: one)
    return one


def hand_over_order(order: Order, actor, paid_by: str = "cash", at=None) -> Order:
    """Hand over every fulfilment of an order and collect its money."""
    at = at or timezone.now()
    for fulfilment in order.fulfilments.order_by("pk"):
        hand_over(fulfilment=fulfilment, code=fulfilment.code, actor=actor, at=at)
        if fulfilment.delivery_method != Fulfilment.DeliveryMethod.POST:
            collect_payment(fulfilment=fulfilment, actor=actor, paid_by=paid_by, at=at)
    order.refresh_from_db()
    return order


def take_back_units(order: Order, product, units: int, actor, point=None, **fields):
    """Units of a product of an order come back."""
    rows = FulfilmentLine.objects.select_related(
        "line__product", "fulfilment__order", "reservation__record"
    )
    fulfilment_line = rows.get(fulfilment__order=order, line__product=product)
    (batch,) = returnable_lots([fulfilment_line])[fulfilment_line.pk]
    return accept_return(
        line=fulfilment_line,
        units=units,
        point=point or fulfilment_line.fulfilment.point,
        batch=batch,
        decision="restock",
        reason="wrong size",
        actor=actor,
        at=fields.pop("at", timezone.now()),
        **fields,
    )
