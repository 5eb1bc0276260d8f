"""Goods change hands once, against the code, what expires first going first."""

import pytest
from django.utils import timezone

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.check_code import WrongCode
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import TooFewWithinDate, pick_lots
from stores.operations.correct import correct
from tests.factories import expire_lot, make_order, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot


def hand_over_fulfilment(fulfilment, *, code=None, actor=None):
    code = fulfilment.code if code is None else code
    hand_over(fulfilment=fulfilment, code=code, actor=actor, at=timezone.now())


def test_hand_over_reduces_on_hand_and_allocated(fulfilment, tea_at_centre, keeper):
    assert get_stock_snapshot(tea_at_centre).allocated == 2

    hand_over_fulfilment(fulfilment, actor=keeper)

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.allocated, snapshot.lots) == (8, 0, {"L1": 8})
    assert snapshot.ledger[-1] == ("sell", "L1", -2, 8)


def test_hand_over_ledger_entry_names_order_and_keeper(
    fulfilment, tea_at_centre, keeper
):
    hand_over_fulfilment(fulfilment, actor=keeper)

    movement = tea_at_centre.movements.latest("pk")
    assert (movement.document, movement.actor) == (fulfilment.order.number, keeper)


def test_hand_over_sets_fulfilment_and_order_status(fulfilment, keeper):
    hand_over_fulfilment(fulfilment, actor=keeper)

    fulfilment.refresh_from_db()
    assert (fulfilment.status, fulfilment.handed_over_by) == ("handed_over", keeper)
    assert fulfilment.handed_over_at
    fulfilment.order.refresh_from_db()
    assert fulfilment.order.status == "handed_over"
    assert set(fulfilment.order.lines.values_list("status", flat=True)) == {
        "handed_over"
    }


def test_hand_over_accepts_ready_fulfilment(fulfilment, tea_at_centre):
    mark_ready(fulfilment=fulfilment, at=timezone.now())

    hand_over_fulfilment(fulfilment)

    assert get_stock_snapshot(tea_at_centre).on_hand == 8


def test_hand_over_takes_lots_expiring_first(centre, tea):
    record = put_on_shelf(centre, tea, 2, lot="NEVER", keeps_days=None)
    put_on_shelf(centre, tea, 2, lot="LATE", keeps_days=200)
    put_on_shelf(centre, tea, 2, lot="SOON", keeps_days=20)
    fulfilment = make_order({tea: 5}, point=centre).fulfilments.get()

    hand_over_fulfilment(fulfilment)

    snapshot = get_stock_snapshot(record)
    assert snapshot.lots == {"SOON": 0, "LATE": 0, "NEVER": 1}
    assert snapshot.ledger[3:] == [
        ("sell", "SOON", -2, 4),
        ("sell", "LATE", -2, 2),
        ("sell", "NEVER", -1, 1),
    ]


def test_hand_over_takes_each_line_from_its_record(
    centre, tea, honey, tea_at_centre, honey_at_centre
):
    fulfilment = make_order({honey: 1, tea: 4}, point=centre).fulfilments.get()

    hand_over_fulfilment(fulfilment)

    shelves = [
        get_stock_snapshot(record) for record in (tea_at_centre, honey_at_centre)
    ]
    assert [(snapshot.on_hand, snapshot.allocated) for snapshot in shelves] == [
        (6, 0),
        (2, 0),
    ]


def test_hand_over_skips_expired_lot(centre, tea):
    record = put_on_shelf(centre, tea, 5, lot="OLD")
    put_on_shelf(centre, tea, 5, lot="FRESH")
    fulfilment = make_order({tea: 4}, point=centre).fulfilments.get()
    expire_lot(record, "OLD")

    hand_over_fulfilment(fulfilment)

    assert get_stock_snapshot(record).lots == {"OLD": 5, "FRESH": 1}


def test_hand_over_refuses_without_enough_unexpired_units(fulfilment, tea_at_centre):
    expire_lot(tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(TooFewWithinDate) as refusal:
        hand_over_fulfilment(fulfilment)

    assert refusal.value.line.line.product == tea_at_centre.product
    assert get_stock_snapshot(tea_at_centre) == before
    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "confirmed"


def test_hand_over_with_one_short_line_moves_nothing(
    centre, tea, honey, tea_at_centre, honey_at_centre
):
    fulfilment = make_order({tea: 2, honey: 3}, point=centre).fulfilments.get()
    expire_lot(honey_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(TooFewWithinDate):
        hand_over_fulfilment(fulfilment)

    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize("wrong", ["", "ZZZZZZ"])
def test_hand_over_refuses_wrong_code(fulfilment, tea_at_centre, wrong):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongCode):
        hand_over_fulfilment(fulfilment, code=wrong)

    assert get_stock_snapshot(tea_at_centre) == before
    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "confirmed"


def test_hand_over_refuses_code_of_another_fulfilment(
    fulfilment, centre, tea, tea_at_centre
):
    another = make_order({tea: 1}, point=centre).fulfilments.get()
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongCode):
        hand_over_fulfilment(fulfilment, code=another.code)

    assert get_stock_snapshot(tea_at_centre) == before


def test_hand_over_twice_is_refused(fulfilment, tea_at_centre, keeper):
    hand_over_fulfilment(fulfilment, actor=keeper)
    before = get_stock_snapshot(tea_at_centre)
    first = Fulfilment.objects.get(pk=fulfilment.pk)

    with pytest.raises(WrongFulfilmentStatus) as refusal:
        hand_over_fulfilment(fulfilment)

    assert refusal.value.fulfilment.status == "handed_over"
    assert get_stock_snapshot(tea_at_centre) == before
    again = Fulfilment.objects.get(pk=fulfilment.pk)
    assert (again.handed_over_at, again.handed_over_by) == (
        first.handed_over_at,
        keeper,
    )


def test_hand_over_refuses_cancelled_order(fulfilment, tea_at_centre):
    cancel_order(order=fulfilment.order, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongFulfilmentStatus):
        hand_over_fulfilment(fulfilment)

    assert get_stock_snapshot(tea_at_centre) == before


def test_hand_over_parcel_needs_no_code(parcel, tea_at_centre):
    hand_over_fulfilment(parcel, code="")

    assert get_stock_snapshot(tea_at_centre).on_hand == 7


def test_pick_lots_returns_lots_that_hand_over_takes(centre, tea, keeper):
    record = put_on_shelf(centre, tea, 3, lot="A", keeps_days=90)
    put_on_shelf(centre, tea, 3, lot="B", keeps_days=30)
    fulfilment = make_order({tea: 4}, point=centre).fulfilments.get()

    picks = pick_lots(fulfilment, on=timezone.localdate())
    hand_over_fulfilment(fulfilment)

    assert [(pick.batch.lot, pick.units) for pick in picks] == [("B", 3), ("A", 1)]
    assert get_stock_snapshot(record).lots == {"A": 2, "B": 0}


def test_hand_over_skips_empty_lot(centre, tea, keeper):
    record = put_on_shelf(centre, tea, 3, lot="A", keeps_days=30)
    put_on_shelf(centre, tea, 3, lot="B", keeps_days=90)
    fulfilment = make_order({tea: 2}, point=centre).fulfilments.get()
    correct(
        record=record,
        batch=record.lots.get(batch__lot="A").batch,
        counted=0,
        reason="Vỡ",
        actor=keeper,
        at=timezone.now(),
    )

    hand_over_fulfilment(fulfilment)

    assert get_stock_snapshot(record).lots == {"A": 0, "B": 1}
