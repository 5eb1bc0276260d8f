"""Two baskets with the same goods the other way round do not wait for each other."""

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.checkout.operations import place_order as placing
from marketplace.orders.models import Order
from stores.operations.reserve import reserve
from tests.books import books_of
from tests.races.conftest import PATIENCE_S

pytestmark = pytest.mark.postgres


def test_crossed_baskets_both_become_orders(
    race,
    buying,
    meeting,
    tea,
    honey,
    tea_at_centre,
    honey_at_centre,
    centre,
    monkeypatch,
):
    monkeypatch.setattr(placing, "reserve", meeting(reserve, 2))

    outcomes = race(
        buying({tea: 1, honey: 1}, centre), buying({honey: 1, tea: 1}, centre)
    )

    assert outcomes == ["ok", "ok"]
    assert Order.objects.count() == 2
    assert books_of(tea_at_centre).allocated == 2
    assert books_of(honey_at_centre).allocated == 2


def test_many_crossed_baskets_become_orders(
    race, buying, tea, honey, tea_at_centre, honey_at_centre, centre
):
    there, back = {tea: 1, honey: 1}, {honey: 1, tea: 1}

    outcomes = race(*(buying(way, centre) for way in [there, back] * 3))

    assert outcomes.count("ok") == books_of(honey_at_centre).allocated == 3
    assert set(outcomes) <= {"ok", "CannotBe", "NotEnoughStock"}
    assert books_of(tea_at_centre).allocated == 3


def test_crossed_reservations_hold_both(race, tea_at_centre, honey_at_centre):
    now = timezone.now()
    first, second = tea_at_centre.pk, honey_at_centre.pk

    outcomes = race(
        *(
            lambda lines=lines: reserve(lines=lines, at=now)
            for lines in [{first: 1, second: 1}, {second: 1, first: 1}]
        )
    )

    assert outcomes == ["ok", "ok"]
    assert books_of(tea_at_centre).allocated == 2
    assert books_of(honey_at_centre).allocated == 2


def test_without_an_order_of_shelves_crossed_buyers_wait_for_each_other(
    race, tea_at_centre, honey_at_centre
):
    """The control: each holds one shelf and asks for the other's; one is thrown out."""
    now = timezone.now()
    both_hold_one = threading.Barrier(2, timeout=PATIENCE_S)

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
