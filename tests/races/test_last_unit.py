"""Two buyers, one unit: one order. And the same race without the guard oversells."""

from collections import Counter

import pytest
from oscar.apps.order.utils import OrderCreator as OscarsOrderCreator

from marketplace.checkout import place_order as placing
from marketplace.checkout.create_order import OrderCreator
from marketplace.orders.models import Order
from stores.operations.reserve import reserve
from tests.factories import put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


def use_oscar_allocation(monkeypatch, at_barrier) -> None:
    """Take our guard away and let Oscar promise in its own way, both at once."""
    oscars = OscarsOrderCreator.update_stock_records
    monkeypatch.setattr(placing, "reserve", lambda **_lines: None)
    monkeypatch.setattr(OrderCreator, "update_stock_records", at_barrier(oscars, 2))


def test_place_order_of_last_unit_by_two_buyers_creates_one_order(
    race, make_checkout, at_barrier, last_jar, honey, centre, monkeypatch
):
    monkeypatch.setattr(placing, "reserve", at_barrier(reserve, 2))

    outcomes = race(
        make_checkout({honey: 1}, centre), make_checkout({honey: 1}, centre)
    )

    assert outcomes == ["NotEnoughStock", "ok"]
    assert Order.objects.get().lines.get().quantity == 1
    assert (
        get_stock_snapshot(last_jar).on_hand,
        get_stock_snapshot(last_jar).allocated,
    ) == (1, 1)


def test_control_place_order_without_guard_oversells(
    race, make_checkout, at_barrier, last_jar, honey, centre, monkeypatch, no_constraint
):
    """The control: if this set-up could not see an oversell, this test would fail."""
    use_oscar_allocation(monkeypatch, at_barrier)

    outcomes = race(
        *(make_checkout({honey: 1}, centre) for _buyer in range(2)),
    )

    assert outcomes == ["ok", "ok"]
    assert Order.objects.count() == 2
    assert (
        get_stock_snapshot(last_jar).on_hand,
        get_stock_snapshot(last_jar).allocated,
    ) == (1, 2)


def test_place_order_without_guard_violates_constraint(
    race, make_checkout, at_barrier, last_jar, honey, centre, monkeypatch
):
    use_oscar_allocation(monkeypatch, at_barrier)

    outcomes = race(
        make_checkout({honey: 1}, centre), make_checkout({honey: 1}, centre)
    )

    assert outcomes == ["IntegrityError", "ok"]
    assert Order.objects.count() == 1
    assert get_stock_snapshot(last_jar).allocated == 1


def test_place_order_of_last_unit_by_twenty_buyers_creates_one_order(
    race, make_checkout, at_barrier, last_jar, honey, centre, monkeypatch
):
    monkeypatch.setattr(placing, "reserve", at_barrier(reserve, 20))

    outcomes = race(*(make_checkout({honey: 1}, centre) for _buyer in range(20)))

    assert Counter(outcomes) == {"ok": 1, "NotEnoughStock": 19}
    assert Order.objects.count() == 1
    assert get_stock_snapshot(last_jar).allocated == 1


def test_place_order_by_twenty_buyers_sells_exactly_the_stock(
    race, make_checkout, honey, centre
):
    shelf = put_on_shelf(centre, honey, 7)

    outcomes = Counter(
        race(*(make_checkout({honey: 1}, centre) for _buyer in range(20)))
    )

    late = outcomes["NotDeliverable"] + outcomes["NotEnoughStock"]
    assert (outcomes["ok"], late) == (7, 13)
    assert Order.objects.count() == get_stock_snapshot(shelf).allocated == 7


def test_place_order_with_one_short_line_allocates_nothing(
    race,
    make_checkout,
    at_barrier,
    last_jar,
    honey,
    tea_at_centre,
    tea,
    centre,
    monkeypatch,
):
    monkeypatch.setattr(placing, "reserve", at_barrier(reserve, 2))

    outcomes = race(
        make_checkout({tea: 2, honey: 1}, centre),
        make_checkout({honey: 1, tea: 3}, centre),
    )

    assert outcomes == ["NotEnoughStock", "ok"]
    held = {line.product: line.quantity for line in Order.objects.get().lines.all()}
    assert get_stock_snapshot(last_jar).allocated == held[honey] == 1
    assert get_stock_snapshot(tea_at_centre).allocated == held[tea]
