"""Goods are promised once."""

import datetime as dt

import pytest
from django.utils import timezone

from stores.operations.reserve import NotEnoughStock, reserve
from stores.partner.models import StockRecord
from tests.factories import expire_lot, make_product, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot


def test_reserve_allocates_available_units(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 4}, at=timezone.now())

    tea_at_centre.refresh_from_db()
    assert (tea_at_centre.num_in_stock, tea_at_centre.num_allocated) == (10, 4)


def test_reserve_leaves_on_hand_and_ledger_unchanged(tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    reserve(lines={tea_at_centre.pk: 10}, at=timezone.now())

    after = get_stock_snapshot(tea_at_centre)
    assert (after.on_hand, after.lots, after.ledger) == (
        before.on_hand,
        before.lots,
        before.ledger,
    )


def test_reserve_refuses_all_lines_when_one_is_short(tea_at_centre, honey_at_centre):
    with pytest.raises(NotEnoughStock) as refusal:
        reserve(lines={tea_at_centre.pk: 1, honey_at_centre.pk: 4}, at=timezone.now())

    assert (refusal.value.record, refusal.value.record.free) == (honey_at_centre, 3)
    for record in (tea_at_centre, honey_at_centre):
        record.refresh_from_db()
        assert record.num_allocated == 0


def test_reserve_refuses_units_allocated_to_another(honey_at_centre):
    reserve(lines={honey_at_centre.pk: 2}, at=timezone.now())

    with pytest.raises(NotEnoughStock) as refusal:
        reserve(lines={honey_at_centre.pk: 2}, at=timezone.now())

    assert refusal.value.record.free == 1
    assert get_stock_snapshot(honey_at_centre).allocated == 2


def test_reserve_refuses_expired_lot(tea_at_centre, centre, tea):
    put_on_shelf(centre, tea, 2, lot="FRESH")
    expire_lot(tea_at_centre, "L1")

    with pytest.raises(NotEnoughStock) as refusal:
        reserve(lines={tea_at_centre.pk: 3}, at=timezone.now())

    assert refusal.value.record.free == 2
    assert get_stock_snapshot(tea_at_centre).allocated == 0


def test_reserve_accepts_lot_until_its_date(centre, tea):
    record = put_on_shelf(centre, tea, 5, keeps_days=3)
    now = timezone.now()

    with pytest.raises(NotEnoughStock):
        reserve(lines={record.pk: 5}, at=now + dt.timedelta(days=3))
    reserve(lines={record.pk: 5}, at=now + dt.timedelta(days=2))

    assert get_stock_snapshot(record).allocated == 5


def test_reserve_accepts_goods_without_date(centre, tea):
    record = put_on_shelf(centre, tea, 5, keeps_days=None)

    reserve(lines={record.pk: 5}, at=timezone.now() + dt.timedelta(days=9_999))

    assert get_stock_snapshot(record).allocated == 5


def test_reserve_unknown_record_raises_does_not_exist(tea_at_centre):
    unknown = tea_at_centre.pk + 1_000

    with pytest.raises(StockRecord.DoesNotExist):
        reserve(lines={tea_at_centre.pk: 1, unknown: 1}, at=timezone.now())

    assert get_stock_snapshot(tea_at_centre).allocated == 0


def test_reserve_five_lines_takes_few_queries(centre, django_assert_max_num_queries):
    records = [put_on_shelf(centre, make_product(), 3) for _line in range(5)]

    with django_assert_max_num_queries(8):
        reserve(lines={record.pk: 2 for record in records}, at=timezone.now())

    assert [get_stock_snapshot(record).allocated for record in records] == [2] * 5
