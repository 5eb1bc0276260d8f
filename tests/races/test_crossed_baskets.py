"""Two baskets with the same goods the other way round do not wait for each other."""

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.checkout import place_order as placing
from marketplace.orders.models import Order
from stores.operations.reserve import reserve
from tests.races.conftest import TIMEOUT_S
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


def test_place_order_with_crossed_baskets_succeeds_for_both(
    race,
    make_checkout,
    at_barrier,
    tea,
    honey,
    tea_at_centre,
    honey_at_centre,
    centre,
    monkeypatch,
):
    monkeypatch.setattr(placing, "reserve", at_barrier(reserve, 2))

    outcomes = race(
        make_checkout({tea: 1, honey: 1}, centre),
        make_checkout({honey: 1, tea: 1}, centre),
    )

    assert outcomes == ["ok", "ok"]
    assert Order.objects.count() == 2
    assert get_stock_snapshot(tea_at_centre).allocated == 2
    assert get_stock_snapshot(honey_at_centre).allocated == 2


def test_place_order_with_many_crossed_baskets_never_deadlocks(
    race, make_checkout, tea, honey, tea_at_centre, honey_at_centre, centre
):
    there, back = {tea: 1, honey: 1}, {honey: 1, tea: 1}

    outcomes = race(*(make_checkout(goods, centre) for goods in [there, back] * 3))

    assert outcomes.count("ok") == get_stock_snapshot(honey_at_centre).allocated == 3
    assert set(outcomes) <= {"ok", "NotDeliverable", "NotEnoughStock"}
    assert get_stock_snapshot(tea_at_centre).allocated == 3


def test_reserve_with_crossed_lines_allocates_both(
    race, tea_at_centre, honey_at_centre
):
    now = timezone.now()
    first, second = tea_at_centre.pk, honey_at_centre.pk

    outcomes = race(
        *(
            lambda lines=lines: reserve(lines=lines, at=now)
            for lines in [{first: 1, second: 1}, {second: 1, first: 1}]
        )
    )

    assert outcomes == ["ok", "ok"]
    assert get_stock_snapshot(tea_at_centre).allocated == 2
    assert get_stock_snapshot(honey_at_centre).allocated == 2


def test_control_reserve_without_id_order_deadlocks(
    race, tea_at_centre, honey_at_centre
):
    """The control: each holds one shelf and asks for the other's; one is thrown out."""
    now = timezone.now()
    both_hold_one = threading.Barrier(2, timeout=TIMEOUT_S)

    @transaction.atomic
    def take(first, second):
        reserve(lines={first.pk: 1}, at=now)
        both_hold_one.wait()
        reserve(lines={second.pk: 1}, at=now)

    outcomes = race(
        lambda: take(tea_at_centre, honey_at_centre),
        lambda: take(honey_at_centre, tea_at_centre),
    )

    assert outcomes == ["OperationalError", "ok"]
