"""A promise taken back frees the goods."""

import pytest
from django.utils import timezone

from marketplace.orders.models import FulfilmentLine
from stores.operations.reserve import NotPromised, release, reserve
from tests.factories import make_order
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def tea_line(centre, tea, tea_at_centre) -> FulfilmentLine:
    """Two boxes of tea, promised."""
    return FulfilmentLine.objects.get(
        fulfilment__order=make_order({tea: 2}, point=centre)
    )


@pytest.fixture
def honey_line(centre, honey, honey_at_centre) -> FulfilmentLine:
    """All three jars of honey, promised."""
    order = make_order({honey: 3}, point=centre)
    return FulfilmentLine.objects.get(fulfilment__order=order)


def test_release_frees_units_for_next_buyer(honey_line, honey_at_centre):
    release(units={honey_line: 3})

    reserve(lines={honey_at_centre.pk: 3}, at=timezone.now())
    assert get_stock_snapshot(honey_at_centre).allocated == 3


def test_release_some_units_leaves_remaining_allocated(honey_line, honey_at_centre):
    release(units={honey_line: 1})

    honey_line.refresh_from_db()
    assert (honey_line.allocated, get_stock_snapshot(honey_at_centre).allocated) == (
        2,
        2,
    )


def test_release_leaves_on_hand_and_ledger_unchanged(honey_line, honey_at_centre):
    before = get_stock_snapshot(honey_at_centre)

    release(units={honey_line: 3})

    after = get_stock_snapshot(honey_at_centre)
    assert (after.on_hand, after.lots) == (before.on_hand, before.lots)
    assert after.ledger == before.ledger


def test_release_more_than_allocated_releases_nothing(
    tea_line, honey_line, tea_at_centre, honey_at_centre
):
    with pytest.raises(NotPromised) as refusal:
        release(units={tea_line: 2, honey_line: 4})

    assert refusal.value.part == honey_line
    allocated = [
        get_stock_snapshot(r).allocated for r in (tea_at_centre, honey_at_centre)
    ]
    assert allocated == [2, 3]
    tea_line.refresh_from_db()
    assert tea_line.allocated == 2


def test_release_refuses_units_allocated_to_others(
    centre, tea, tea_line, tea_at_centre
):
    make_order({tea: 5}, point=centre)

    with pytest.raises(NotPromised):
        release(units={tea_line: 3})

    assert get_stock_snapshot(tea_at_centre).allocated == 7
