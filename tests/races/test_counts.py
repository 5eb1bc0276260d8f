"""Counting and booking at the same moment as others."""

import pytest
from django.utils import timezone

from marketplace.orders.operations.hand_over import hand_over
from stores.models import LeadTime, StockCount, Transfer
from stores.operations.count import book_count, count_lot, start_count
from stores.operations.transfer import restock
from tests.factories import make_order, make_user, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


@pytest.fixture
def count(race, centre, keeper):
    """A count of the centre that is open."""
    return start_count(point=centre, actor=keeper, at=timezone.now())


def make_count_lot(count, record, counted, *, person=None, seen=0):
    """A keeper who has yet to press the button."""
    batch = record.lots.get().batch
    return lambda: count_lot(
        count=count,
        batch=batch,
        counted=counted,
        seen=seen,
        actor=person or count.started_by,
        at=timezone.now(),
    )


def make_book_count(count):
    return lambda: book_count(
        count=StockCount.objects.get(pk=count.pk),
        reason="Đếm tháng",
        actor=count.started_by,
        at=timezone.now(),
    )


def test_start_count_by_two_keepers_creates_one_count(race, centre, keeper):
    def begin():
        start_count(point=centre, actor=keeper, at=timezone.now())

    assert race(begin, begin) == ["WrongStatus", "ok"]
    assert StockCount.objects.count() == 1


def test_count_lot_by_two_keepers_retains_first_number(race, count, tea_at_centre):
    other = make_user("second")
    actions = [
        make_count_lot(count, tea_at_centre, 9),
        make_count_lot(count, tea_at_centre, 8, person=other),
    ]

    assert race(*actions) == ["ChangedMeanwhile", "ok"]
    assert count.lines.get().times == 1


def test_book_count_by_two_keepers_books_once(race, count, tea_at_centre):
    make_count_lot(count, tea_at_centre, 8)()

    assert race(make_book_count(count), make_book_count(count)) == ["CountEnded", "ok"]
    assert get_stock_snapshot(tea_at_centre).ledger[1:] == [("count", "L1", -2, 8)]


def test_count_lot_during_booking_is_booked_or_refused(
    race, count, tea_at_centre, honey_at_centre
):
    make_count_lot(count, tea_at_centre, 9)()

    outcomes = race(make_book_count(count), make_count_lot(count, honey_at_centre, 2))

    booked = get_stock_snapshot(honey_at_centre).on_hand
    assert (outcomes, booked) in [
        (["CountEnded", "ok"], 3),
        (["ok", "ok"], 2),
    ]


@pytest.mark.parametrize("_time", range(4))
def test_book_count_during_hand_over_books_both(
    race, count, centre, tea, honey, keeper, tea_at_centre, honey_at_centre, _time
):
    fulfilment = make_order(
        {tea: 3, honey: 1}, point=centre, email=""
    ).fulfilments.get()
    make_count_lot(count, tea_at_centre, 8)()
    make_count_lot(count, honey_at_centre, 2)()

    def complete_hand_over():
        hand_over(
            fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
        )

    assert race(make_book_count(count), complete_hand_over) == ["ok", "ok"]

    tea_books, honey_books = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
    )
    assert (tea_books.lots, honey_books.lots) == ({"L1": 5}, {"L1": 1})
    assert (tea_books.allocated, honey_books.allocated) == (0, 0)


@pytest.mark.parametrize("_time", range(4))
def test_count_lot_during_hand_over_compares_consistent_stock(
    race, count, centre, tea, keeper, tea_at_centre, _time
):
    fulfilment = make_order({tea: 3}, point=centre, email="").fulfilments.get()

    def complete_hand_over():
        hand_over(
            fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
        )

    assert race(make_count_lot(count, tea_at_centre, 8), complete_hand_over) == [
        "ok",
        "ok",
    ]

    line = count.lines.get()
    assert line.expected in (10, 7)
    make_book_count(count)()
    assert get_stock_snapshot(tea_at_centre).on_hand == 7 + (8 - line.expected)


def test_restock_twice_at_once_creates_one_transfer(
    race, centre, booth, tea, keeper, tea_at_centre
):
    LeadTime.objects.create(source=centre, destination=booth, hours=4)
    record = put_on_shelf(booth, tea, 1)

    def tap():
        restock(record=record, source=centre, units=2, actor=keeper, at=timezone.now())

    assert race(tap, tap) == ["WrongStatus", "ok"]
    assert Transfer.objects.count() == 1
