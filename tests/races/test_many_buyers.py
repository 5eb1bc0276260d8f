"""Hundreds of buyers at once, at few shelves with few goods, some of whom never pay."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db.models import F
from django.utils import timezone

from marketplace.checkout.basket.models import Basket
from marketplace.checkout.place_order import place_order
from marketplace.orders.models import Fulfilment, FulfilmentLine, Order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.lapse import lapse_unpaid_orders
from marketplace.orders.reconciliation import reconcile
from stores.operations import reserve as reserving
from stores.partner.models import StockRecord
from tests.factories import make_order_request, make_point, make_product, put_on_shelf
from tests.races.conftest import get_outcome

pytestmark = pytest.mark.postgres

THREADS, CHECKOUTS = 8, 300
PRODUCTS, UNITS = 6, 60
NOT_LOST = frozenset({"ok", "NotEnoughStock", "NotDeliverable", "CertificateEnded"})


@dataclass
class Crowd:
    """Baskets of one to four kinds of goods, in any order, and who got an order."""

    baskets: list[int]
    outcomes: Counter[str] = field(default_factory=Counter)
    sweeps: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    chance = random.Random(20261124)  # noqa: S311  (the same crowd every time)
    point = make_point()
    goods = [make_product() for _number in range(PRODUCTS)]
    shelves = {product: put_on_shelf(point, product, UNITS) for product in goods}
    baskets = []
    for _number in range(CHECKOUTS):
        basket = Basket.objects.create()
        for product in chance.sample(goods, chance.randint(1, 4)):
            basket.lines.create(
                product=product,
                stockrecord=shelves[product],
                quantity=chance.randint(1, 2),
                line_reference=str(product.pk),
                price_currency="VND",
            )
        baskets.append(basket.pk)
    return Crowd(baskets)


def make_buyer(crowd: Crowd, number: int) -> Callable[[], None]:
    """One thread's share of the baskets, one after the other.

    Every third order waits for its money; of these some are paid, too late as well.
    """
    order_request = make_order_request(
        point=StockRecord.objects.first().partner.sales_point, email=""
    )
    chance = random.Random(number)  # noqa: S311  (and the same buyers)

    def check_out(basket: int) -> None:
        now = timezone.now()
        hold = chance.choice([None, None, dt.timedelta(milliseconds=50)])
        order = place_order(
            basket_id=basket,
            request=order_request,
            now=now,
            pay_until=hold and now + hold,
        )
        crowd.seen.append(order.number)
        if hold and chance.random() < 0.3:
            confirm_order(order=order, at=timezone.now())

    def all_of_them() -> None:
        for place, basket in enumerate(crowd.baskets[number::THREADS]):
            crowd.outcomes[get_outcome(lambda basket=basket: check_out(basket))] += 1
            if place % 10 == 9:
                crowd.sweeps.add(
                    get_outcome(lambda: lapse_unpaid_orders(at=timezone.now()))
                )

    return all_of_them


def count_oversold() -> int:
    """Units that certain orders reserve beyond what is on the shelves."""
    certain = FulfilmentLine.objects.filter(fulfilment__status__in=Fulfilment.OPEN)

    def units(record: StockRecord) -> int:
        lines = certain.filter(reservation__record=record)
        return sum(lines.values_list("units", flat=True))

    return sum(
        max(
            0,
            sum(
                certain.filter(reservation__record=record).values_list(
                    "units", flat=True
                )
            )
            - record.num_in_stock,
        )
        for record in StockRecord.objects.all()
    )


def test_many_checkouts_oversell_nothing_and_lose_no_order(race, crowd):
    ends = race(*(make_buyer(crowd, number) for number in range(THREADS)))

    assert ends == ["ok"] * THREADS
    assert set(crowd.outcomes) <= NOT_LOST, crowd.outcomes
    assert crowd.outcomes.total() == CHECKOUTS
    assert crowd.sweeps == {"ok"}
    assert sorted(crowd.seen) == sorted(Order.objects.values_list("number", flat=True))
    assert count_oversold() == 0
    assert reconcile(at=timezone.now()).faults == []
    sold_out = StockRecord.objects.filter(num_allocated=F("num_in_stock")).count()
    assert sold_out, "there were enough goods for all, so nothing was tried"


def test_control_many_checkouts_without_guard_oversell(race, crowd, monkeypatch):
    """The control: without the guard, the test above would fail."""

    def look_then_act(record_id: int, units: int, at: dt.datetime) -> bool:
        record = StockRecord.objects.get(pk=record_id)
        free = record.num_in_stock - (record.num_allocated or 0)
        if free >= units:
            record.num_allocated = (record.num_allocated or 0) + units
            record.save(update_fields=["num_allocated"])
        return free >= units

    monkeypatch.setattr(reserving, "allocate", look_then_act)
    monkeypatch.setattr(reserving, "allocate_all", lambda lines, at: False)

    race(*(make_buyer(crowd, number) for number in range(THREADS)))

    assert count_oversold() > 0
    assert reconcile(at=timezone.now()).faults
