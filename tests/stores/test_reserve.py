"""Goods are promised once."""

import pytest
from django.utils import timezone

from stores.operations.reserve import NotEnoughStock, reserve


def test_holds_the_units_that_are_free(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 4}, on=timezone.localdate())

    tea_at_centre.refresh_from_db()
    assert (tea_at_centre.num_in_stock, tea_at_centre.num_allocated) == (10, 4)


def test_one_short_line_holds_nothing(tea_at_centre, honey_at_centre):
    with pytest.raises(NotEnoughStock) as refusal:
        reserve(
            lines={tea_at_centre.pk: 1, honey_at_centre.pk: 4}, on=timezone.localdate()
        )

    assert (refusal.value.record, refusal.value.record.free) == (honey_at_centre, 3)
    for record in (tea_at_centre, honey_at_centre):
        record.refresh_from_db()
        assert record.num_allocated == 0
