"""Selling over the counter."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.queries import NoLongerSold
from catalogue.refusals import NothingToDo
from stores.idempotency import FormReused
from stores.models import DeskSale
from stores.operations.receive import NotSoldHere
from stores.operations.reserve import NotEnoughStock
from stores.operations.sell import (
    sell_at_desk,
)
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_order,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def sell(centre, keeper):
    """The keeper sells at the centre."""

    def sell_units(units, **fields):
        fields = {
            "point": centre,
            "paid_by": "cash",
            "client_id": "phone-0001",
            "actor": keeper,
            "at": timezone.now(),
        } | fields
        numbers = {record.pk: number for record, number in units.items()}
        return sell_at_desk(units=numbers, **fields)

    return sell_units


def test_sell_at_desk_moves_stock_and_stores_sale(
    sell, tea_at_centre, honey_at_centre, keeper
):
    sale = sell({tea_at_centre: 2, honey_at_centre: 1})

    assert (sale.total_vnd, sale.actor, sale.paid_by) == (285_000, keeper, "cash")
    assert sale.number == f"BQ-{sale.pk:05}"
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("sell_at_desk", "L1", -2, 8)
    assert tea_at_centre.movements.last().document == sale.number
    assert sorted(sale.lines.values_list("units", "price_vnd")) == [
        (1, 95_000),
        (2, 95_000),
    ]


def test_sell_at_desk_takes_lots_expiring_first(sell, centre, tea, tea_at_centre):
    put_on_shelf(centre, tea, 1, lot="SOON", keeps_days=3)
    put_on_shelf(centre, tea, 2, lot="OLD")
    expire_lot(tea_at_centre, "OLD")

    sell({tea_at_centre: 3})

    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 8, "SOON": 0, "OLD": 2}


def test_sell_at_desk_with_same_client_id_returns_same_sale(sell, tea_at_centre):
    first = sell({tea_at_centre: 1})

    again = sell({tea_at_centre: 1})

    assert again == first
    assert get_stock_snapshot(tea_at_centre).on_hand == 9


def test_sell_at_desk_refuses_reused_client_id_with_other_content(
    sell, tea_at_centre, honey_at_centre
):
    first = sell({tea_at_centre: 1})
    before = get_stock_snapshot(tea_at_centre), get_stock_snapshot(honey_at_centre)

    for units in (
        {tea_at_centre: 2},
        {honey_at_centre: 1},
        {tea_at_centre: 1, honey_at_centre: 1},
    ):
        with pytest.raises(FormReused, match="Phiếu này đã bán rồi") as refusal:
            sell(units)
        assert refusal.value.result == first
    with pytest.raises(FormReused, match="Phiếu này đã bán rồi"):
        sell({tea_at_centre: 1}, paid_by="card")

    assert (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
    ) == before
    assert DeskSale.objects.count() == 1


def test_sell_at_desk_client_id_is_separate_per_point(sell, booth, tea, tea_at_centre):
    there = put_on_shelf(booth, tea, 2)
    sell({tea_at_centre: 1})

    sell({there: 1}, point=booth)

    assert DeskSale.objects.count() == 2


def test_sell_at_desk_refuses_allocated_units(
    sell, centre, honey, honey_at_centre, tea_at_centre
):
    make_order({honey: 2}, point=centre)
    before = get_stock_snapshot(honey_at_centre), get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnoughStock, match="hiện chỉ bán được") as refusal:
        sell({tea_at_centre: 1, honey_at_centre: 2})

    assert refusal.value.record.free == 1
    assert (
        get_stock_snapshot(honey_at_centre),
        get_stock_snapshot(tea_at_centre),
    ) == before
    assert not DeskSale.objects.exists()


def test_sell_at_desk_takes_units_of_expired_hold(sell, centre, honey, honey_at_centre):
    now = timezone.now()
    make_order({honey: 3}, point=centre, pay_until=now)

    sell({honey_at_centre: 2}, at=now + dt.timedelta(seconds=1))

    snapshot = get_stock_snapshot(honey_at_centre)
    assert (snapshot.on_hand, snapshot.allocated) == (1, 0)


def test_sell_at_desk_refuses_expired_lot(sell, tea_at_centre):
    expire_lot(tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnoughStock, match="hiện chỉ bán được"):
        sell({tea_at_centre: 1})

    assert get_stock_snapshot(tea_at_centre) == before


def test_sell_at_desk_refuses_product_without_certificate(sell, tea, tea_at_centre):
    expire_certificate(tea)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NoLongerSold) as refusal:
        sell({tea_at_centre: 1})

    assert refusal.value.products == [tea]
    assert get_stock_snapshot(tea_at_centre) == before


def test_sell_at_desk_refuses_alcohol_without_licence(sell, keeper):
    dry = make_point("dry")
    record = put_on_shelf(dry, make_product(abv="29.5"), 2)
    sell({record: 1}, point=dry)
    dry.alcohol_licence = False
    dry.save()

    with pytest.raises(NotSoldHere):
        sell({record: 1}, point=dry, client_id="phone-0002")

    assert get_stock_snapshot(record).on_hand == 1


def test_sell_at_desk_refuses_goods_of_another_point(sell, booth, tea):
    there = put_on_shelf(booth, tea, 2)
    before = get_stock_snapshot(there)

    with pytest.raises(NotSoldHere):
        sell({there: 1})

    assert get_stock_snapshot(there) == before


@pytest.mark.parametrize("units", [{}, 0, -2])
def test_sell_at_desk_refuses_empty_sale(sell, tea_at_centre, units):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NothingToDo, match="Hãy chọn món"):
        sell(units and {tea_at_centre: units} if units != 0 else {tea_at_centre: 0})

    assert get_stock_snapshot(tea_at_centre) == before
    assert not DeskSale.objects.exists()
