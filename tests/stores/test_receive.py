"""Goods come in by lot."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from catalogue.models import Batch
from stores.models import StockMovement
from stores.operations.receive import (
    InvalidLot,
    NotSoldHere,
    receive,
)
from stores.partner.models import StockRecord
from tests.factories import make_point, make_product
from tests.stock_snapshot import get_stock_snapshot


def receive_goods(point, product, **fields):
    """Five units of lot L7, with a year to go, unless told otherwise."""
    now = timezone.now()
    values = {
        "lot": "L7",
        "best_before": timezone.localdate(now) + dt.timedelta(days=365),
        "quantity": 5,
        "at": now,
        "actor": None,
    }
    return receive(point=point, product=product, **(values | fields))


def assert_nothing_received(point, product):
    assert not StockRecord.objects.filter(partner=point.partner).exists()
    assert not Batch.objects.filter(product=product).exists()
    assert not StockMovement.objects.exists()


def test_receive_new_product_creates_record_lot_and_movement(centre, tea, keeper):
    movement = receive_goods(centre, tea, actor=keeper, document="PN-12")

    snapshot = get_stock_snapshot(movement.record)
    assert (snapshot.on_hand, snapshot.allocated, snapshot.lots) == (5, 0, {"L7": 5})
    assert snapshot.ledger == [("receive", "L7", 5, 5)]
    assert (movement.actor, movement.document) == (keeper, "PN-12")


def test_receive_product_without_code_uses_slug_as_sku(centre):
    unnumbered = [make_product(code=None), make_product(code=None)]

    movements = [receive_goods(centre, product) for product in unnumbered]

    shelves = [movement.record.partner_sku for movement in movements]
    assert shelves == [product.slug for product in unnumbered]


def test_receive_known_lot_adds_units(centre, tea):
    receive_goods(centre, tea)

    movement = receive_goods(centre, tea, quantity=2)

    snapshot = get_stock_snapshot(movement.record)
    assert (snapshot.on_hand, snapshot.lots) == (7, {"L7": 7})
    assert snapshot.ledger == [("receive", "L7", 5, 5), ("receive", "L7", 2, 7)]


def test_receive_second_lot_is_stored_separately(centre, tea):
    receive_goods(centre, tea)

    movement = receive_goods(centre, tea, lot="L8", quantity=1)

    assert get_stock_snapshot(movement.record).lots == {"L7": 5, "L8": 1}


def test_receive_same_lot_at_two_points_shares_batch(centre, booth, tea):
    here = receive_goods(centre, tea)
    there = receive_goods(booth, tea, quantity=1)

    assert here.batch == there.batch
    assert here.record != there.record
    assert [get_stock_snapshot(m.record).on_hand for m in (here, there)] == [5, 1]


@pytest.mark.parametrize("quantity", [0, -1])
def test_receive_refuses_quantity_below_one(centre, tea, quantity):
    with pytest.raises(ValueError):
        receive_goods(centre, tea, quantity=quantity)

    assert_nothing_received(centre, tea)


def test_receive_perishable_requires_best_before(centre, tea):
    tea.shelf_life_days = 730

    with pytest.raises(InvalidLot, match="ghi ngày in trên nhãn"):
        receive_goods(centre, tea, best_before=None)

    assert_nothing_received(centre, tea)


@pytest.mark.parametrize("days_ago", [0, 1, 400])
def test_receive_refuses_expired_lot(centre, tea, days_ago):
    date = timezone.localdate() - dt.timedelta(days=days_ago)

    with pytest.raises(InvalidLot, match="đã quá hạn") as refusal:
        receive_goods(centre, tea, best_before=date)

    assert refusal.value.field == "best_before"
    assert_nothing_received(centre, tea)


@pytest.mark.parametrize("other", [None, dt.date(2199, 1, 1)])
def test_receive_refuses_known_lot_with_other_date(centre, tea, other):
    known = receive_goods(centre, tea)
    known_date = date_format(known.batch.best_before, "SHORT_DATE_FORMAT")
    before = get_stock_snapshot(known.record)

    with pytest.raises(InvalidLot, match=f"hạn {known_date}"):
        receive_goods(centre, tea, best_before=other)

    assert get_stock_snapshot(known.record) == before


def test_receive_refuses_alcohol_without_licence(db):
    spirit = make_product("ruou-can", abv="29.0")
    unlicensed = make_point(alcohol_licence=False)
    licensed = make_point(alcohol_licence=True)

    with pytest.raises(NotSoldHere):
        receive_goods(unlicensed, spirit)
    assert_nothing_received(unlicensed, spirit)
    movement = receive_goods(licensed, spirit)

    assert get_stock_snapshot(movement.record).on_hand == 5


def test_receive_refuses_service(centre):
    stay = make_product("lang-bich-hoa", group="tourism", subgroup="community")

    with pytest.raises(NotSoldHere):
        receive_goods(centre, stay)

    assert_nothing_received(centre, stay)


def test_receive_accepts_product_without_certificate(centre):
    lapsed = make_product(certified=False)

    movement = receive_goods(centre, lapsed)

    assert get_stock_snapshot(movement.record).on_hand == 5
