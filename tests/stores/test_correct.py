"""A number that does not match the shelf is put right, with the reason."""

import pytest
from django.utils import timezone

from stores.operations.correct import AllocatedToOrders, AlreadyCorrect, correct
from stores.operations.move import ReasonRequired
from stores.operations.reserve import reserve
from tests.books import books_of
from tests.factories import let_lot_expire, put_on_shelf


def count(record, counted, *, lot="L1", reason="Đếm lại", actor=None):
    batch = record.lots.get(batch__lot=lot).batch
    return correct(
        record=record,
        batch=batch,
        counted=counted,
        reason=reason,
        actor=actor,
        at=timezone.now(),
    )


def test_fewer_lie_there_than_thought(tea_at_centre, keeper):
    movement = count(tea_at_centre, 8, reason="  Hai hộp vỡ ", actor=keeper)

    books = books_of(tea_at_centre)
    assert (books.on_hand, books.lots) == (8, {"L1": 8})
    assert books.ledger[-1] == ("correct", "L1", -2, 8)
    assert (movement.reason, movement.actor) == ("Hai hộp vỡ", keeper)


def test_more_lie_there_than_thought(tea_at_centre):
    count(tea_at_centre, 13)

    books = books_of(tea_at_centre)
    assert (books.on_hand, books.lots) == (13, {"L1": 13})
    assert books.ledger[-1] == ("correct", "L1", 3, 13)


def test_only_the_counted_lot_changes(tea_at_centre, centre, tea):
    put_on_shelf(centre, tea, 4, lot="L2")

    count(tea_at_centre, 1, lot="L2")

    books = books_of(tea_at_centre)
    assert (books.on_hand, books.lots) == (11, {"L1": 10, "L2": 1})
    assert books.ledger[-1] == ("correct", "L2", -3, 11)


def test_a_shelf_can_be_empty(tea_at_centre):
    count(tea_at_centre, 0)

    books = books_of(tea_at_centre)
    assert (books.on_hand, books.lots) == (0, {"L1": 0})


def test_a_lot_past_its_date_is_written_off(tea_at_centre):
    let_lot_expire(tea_at_centre)

    count(tea_at_centre, 0, reason="Quá hạn")

    assert books_of(tea_at_centre).on_hand == 0


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_says_why(tea_at_centre, reason):
    before = books_of(tea_at_centre)

    with pytest.raises(ReasonRequired):
        count(tea_at_centre, 8, reason=reason)

    assert books_of(tea_at_centre) == before


def test_the_same_number_is_no_correction(tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(AlreadyCorrect):
        count(tea_at_centre, 10)

    assert books_of(tea_at_centre) == before


def test_never_below_what_is_promised(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 6}, at=timezone.now())
    before = books_of(tea_at_centre)

    with pytest.raises(AllocatedToOrders) as refusal:
        count(tea_at_centre, 5)
    assert books_of(tea_at_centre) == before
    count(tea_at_centre, 6)

    assert refusal.value.record == tea_at_centre
    assert books_of(tea_at_centre).on_hand == 6


def test_a_count_below_nothing_moves_nothing(tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(AllocatedToOrders):
        count(tea_at_centre, -1)

    assert books_of(tea_at_centre) == before
