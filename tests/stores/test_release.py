"""A promise taken back frees the goods."""

import pytest
from django.utils import timezone

from stores.operations.release import NotPromised, release
from stores.operations.reserve import reserve
from tests.books import books_of


def test_the_goods_are_free_for_the_next_buyer(honey_at_centre):
    reserve(lines={honey_at_centre.pk: 3}, on=timezone.localdate())

    release(lines={honey_at_centre.pk: 3})

    reserve(lines={honey_at_centre.pk: 3}, on=timezone.localdate())
    assert books_of(honey_at_centre).promised == 3


def test_the_shelf_and_the_ledger_stay_as_they_are(honey_at_centre):
    before = books_of(honey_at_centre)
    reserve(lines={honey_at_centre.pk: 2}, on=timezone.localdate())

    release(lines={honey_at_centre.pk: 2})

    assert books_of(honey_at_centre) == before


def test_more_than_was_promised_is_refused(tea_at_centre, honey_at_centre):
    reserve(lines={tea_at_centre.pk: 2, honey_at_centre.pk: 1}, on=timezone.localdate())

    with pytest.raises(NotPromised):
        release(lines={tea_at_centre.pk: 2, honey_at_centre.pk: 2})

    promised = [books_of(r).promised for r in (tea_at_centre, honey_at_centre)]
    assert promised == [2, 1]


def test_an_unknown_shelf_has_promised_nothing(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 2}, on=timezone.localdate())

    with pytest.raises(NotPromised):
        release(lines={tea_at_centre.pk: 2, tea_at_centre.pk + 1_000: 1})

    assert books_of(tea_at_centre).promised == 2
