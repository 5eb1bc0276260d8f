"""A number that does not match the shelf is put right, with the reason."""

import pytest
from django.utils import timezone

from catalogue.refusals import NotEnough, NothingToDo, ReasonRequired
from stores.operations.correct import correct
from stores.operations.reserve import reserve
from tests.factories import expire_lot, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot


def correct_to(record, counted, *, lot="L1", reason="Đếm lại", actor=None):
    batch = record.lots.get(batch__lot=lot).batch
    return correct(
        record=record,
        batch=batch,
        counted=counted,
        reason=reason,
        actor=actor,
        at=timezone.now(),
    )


def test_correct_downwards_writes_ledger_with_reason(tea_at_centre, keeper):
    movement = correct_to(tea_at_centre, 8, reason="  Hai hộp vỡ ", actor=keeper)

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.lots) == (8, {"L1": 8})
    assert snapshot.ledger[-1] == ("correct", "L1", -2, 8)
    assert (movement.reason, movement.actor) == ("Hai hộp vỡ", keeper)


def test_correct_upwards_writes_ledger(tea_at_centre):
    correct_to(tea_at_centre, 13)

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.lots) == (13, {"L1": 13})
    assert snapshot.ledger[-1] == ("correct", "L1", 3, 13)


def test_correct_changes_named_lot_only(tea_at_centre, centre, tea):
    put_on_shelf(centre, tea, 4, lot="L2")

    correct_to(tea_at_centre, 1, lot="L2")

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.lots) == (11, {"L1": 10, "L2": 1})
    assert snapshot.ledger[-1] == ("correct", "L2", -3, 11)


def test_correct_accepts_zero(tea_at_centre):
    correct_to(tea_at_centre, 0)

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.lots) == (0, {"L1": 0})


def test_correct_accepts_expired_lot(tea_at_centre):
    expire_lot(tea_at_centre)

    correct_to(tea_at_centre, 0, reason="Quá hạn")

    assert get_stock_snapshot(tea_at_centre).on_hand == 0


@pytest.mark.parametrize("reason", ["", "   "])
def test_correct_requires_reason(tea_at_centre, reason):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(ReasonRequired):
        correct_to(tea_at_centre, 8, reason=reason)

    assert get_stock_snapshot(tea_at_centre) == before


def test_correct_refuses_unchanged_number(tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NothingToDo, match="đang đúng số ấy"):
        correct_to(tea_at_centre, 10)

    assert get_stock_snapshot(tea_at_centre) == before


def test_correct_refuses_number_below_allocated(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 6}, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnough, match="đã đặt 6 nên"):
        correct_to(tea_at_centre, 5)
    assert get_stock_snapshot(tea_at_centre) == before
    correct_to(tea_at_centre, 6)

    assert get_stock_snapshot(tea_at_centre).on_hand == 6


def test_correct_refuses_negative_number(tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnough, match="đã đặt 0 nên"):
        correct_to(tea_at_centre, -1)

    assert get_stock_snapshot(tea_at_centre) == before
