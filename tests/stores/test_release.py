"""A released reservation frees the goods."""

import pytest
from django.utils import timezone

from stores.models import Reservation
from stores.operations.reserve import release, reserve
from tests.factories import make_order
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def tea_reservation(centre, tea, tea_at_centre) -> Reservation:
    """Two boxes of tea, allocated."""
    order = make_order({tea: 2}, point=centre)
    return Reservation.objects.get(reference=order.number)


@pytest.fixture
def honey_reservation(centre, honey, honey_at_centre) -> Reservation:
    """All three jars of honey, allocated."""
    order = make_order({honey: 3}, point=centre)
    return Reservation.objects.get(reference=order.number)


def test_release_frees_units_for_next_buyer(honey_reservation, honey_at_centre):
    release(units={honey_reservation: 3})

    reserve(lines={honey_at_centre.pk: 3}, at=timezone.now())
    assert get_stock_snapshot(honey_at_centre).allocated == 3


def test_release_some_units_leaves_remaining_allocated(
    honey_reservation, honey_at_centre
):
    release(units={honey_reservation: 1})

    honey_reservation.refresh_from_db()
    assert (
        honey_reservation.allocated,
        get_stock_snapshot(honey_at_centre).allocated,
    ) == (
        2,
        2,
    )


def test_release_leaves_on_hand_and_ledger_unchanged(
    honey_reservation, honey_at_centre
):
    before = get_stock_snapshot(honey_at_centre)

    release(units={honey_reservation: 3})

    after = get_stock_snapshot(honey_at_centre)
    assert (after.on_hand, after.lots) == (before.on_hand, before.lots)
    assert after.ledger == before.ledger


def test_release_more_than_allocated_releases_nothing(
    tea_reservation, honey_reservation, tea_at_centre, honey_at_centre
):
    with pytest.raises(ValueError, match=f"reservation {honey_reservation.pk} "):
        release(units={tea_reservation: 2, honey_reservation: 4})

    allocated = [
        get_stock_snapshot(r).allocated for r in (tea_at_centre, honey_at_centre)
    ]
    assert allocated == [2, 3]
    tea_reservation.refresh_from_db()
    assert tea_reservation.allocated == 2


def test_release_refuses_units_allocated_to_others(
    centre, tea, tea_reservation, tea_at_centre
):
    make_order({tea: 5}, point=centre)

    with pytest.raises(ValueError, match=f"reservation {tea_reservation.pk} "):
        release(units={tea_reservation: 3})

    assert get_stock_snapshot(tea_at_centre).allocated == 7
