"""A shelf is counted while its goods are being sold."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.models import Batch
from catalogue.refusals import (
    ChangedMeanwhile,
    NotEnough,
    NothingToDo,
    ReasonRequired,
    Refusal,
    WrongStatus,
)
from stores.models import CountLine, StockCount
from stores.operations.correct import correct
from stores.operations.count import (
    CountEnded,
    abandon_count,
    book_count,
    count_lot,
    start_count,
)
from stores.operations.move import move
from stores.operations.reserve import reserve
from tests.factories import make_order, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot


def get_batch(record, lot="L1"):
    return Batch.objects.get(product=record.product, lot=lot)


def enter_count(count, record, counted, *, lot="L1", seen=None):
    batch = get_batch(record, lot)
    if seen is None:
        seen = (
            CountLine.objects.filter(count=count, batch=batch)
            .values_list("times", flat=True)
            .first()
            or 0
        )
    return count_lot(
        count=count,
        batch=batch,
        counted=counted,
        seen=seen,
        actor=count.started_by,
        at=timezone.now(),
    )


def book_open_count(count, reason="Đếm tháng"):
    return book_count(
        count=count, reason=reason, actor=count.started_by, at=timezone.now()
    )


def sell_units(record, units, lot="L1"):
    move(
        record=record,
        batch=get_batch(record, lot),
        kind="sell_at_desk",
        quantity=-units,
        at=timezone.now(),
        actor=None,
    )


def get_count_state(count):
    """What a count may change, to compare before and after."""
    row = StockCount.objects.get(pk=count.pk)
    return row.status, list(row.lines.values_list("batch", "counted", "times"))


def test_start_count_refuses_second_open_count_at_point(centre, booth, keeper, count):
    with pytest.raises(WrongStatus, match="đang có đợt kiểm kho dở"):
        start_count(point=centre, actor=keeper, at=timezone.now())
    elsewhere = start_count(point=booth, actor=keeper, at=timezone.now())

    assert centre.counts.get(status="open") == count
    assert list(StockCount.objects.order_by("pk")) == [count, elsewhere]


@pytest.mark.parametrize("ending", ["booked", "abandoned"])
def test_start_count_after_previous_ended_succeeds(
    centre, keeper, count, tea_at_centre, ending
):
    enter_count(count, tea_at_centre, 10)
    if ending == "booked":
        book_open_count(count)
    else:
        abandon_count(count=count, actor=keeper, at=timezone.now())

    assert start_count(point=centre, actor=keeper, at=timezone.now()) != count


def test_count_lot_stores_counted_and_expected_units(count, tea, tea_at_centre, keeper):
    line = enter_count(count, tea_at_centre, 9)

    assert (line.counted, line.expected, line.difference) == (9, 10, -1)
    assert (line.counted_by, line.price_vnd) == (keeper, tea.price_vnd)
    assert line.difference_vnd == -95_000
    assert get_stock_snapshot(tea_at_centre).on_hand == 10


def test_count_lot_expects_allocated_units_on_hand(count, tea_at_centre):
    reserve(lines={tea_at_centre.pk: 4}, at=timezone.now())

    assert enter_count(count, tea_at_centre, 10).difference == 0


@pytest.mark.parametrize(
    ("expected", "counted", "again"),
    [
        (10, 8, False),  # two units are never too many
        (10, 7, True),
        (10, 13, True),
        (30, 27, False),  # three of thirty are ten per cent, not more
        (29, 26, True),
        (100, 90, False),
        (100, 89, True),
        (100, 111, True),
        (0, 2, False),
        (0, 3, True),
    ],
)
def test_count_lot_requests_recount_beyond_tolerance(
    centre, tea, count, expected, counted, again
):
    record = put_on_shelf(centre, tea, expected or 1)
    if not expected:
        sell_units(record, 1)

    line = enter_count(count, record, counted)

    assert line.asks_recount is again
    assert CountLine.objects.to_recount().exists() is again


def test_count_lot_second_count_replaces_first(count, tea_at_centre):
    enter_count(count, tea_at_centre, 4)
    line = enter_count(count, tea_at_centre, 5)

    assert (line.counted, line.times, line.asks_recount) == (5, 2, False)
    book_open_count(count)
    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 5}


def test_count_lot_second_count_uses_current_stock(count, tea_at_centre):
    enter_count(count, tea_at_centre, 4)
    sell_units(tea_at_centre, 2)
    line = enter_count(count, tea_at_centre, 8)

    assert (line.expected, line.difference) == (8, 0)


def test_count_lot_sent_twice_is_refused(count, tea_at_centre):
    enter_count(count, tea_at_centre, 4, seen=0)

    with pytest.raises(ChangedMeanwhile, match="vừa đếm lô này"):
        enter_count(count, tea_at_centre, 4, seen=0)

    line = count.lines.get()
    assert (line.times, line.asks_recount) == (1, True)


def test_count_lot_refuses_negative_number(count, tea_at_centre):
    with pytest.raises(ValueError):
        enter_count(count, tea_at_centre, -1)

    assert not count.lines.exists()


def test_count_lot_refuses_product_never_at_point(count, booth, honey):
    record = put_on_shelf(booth, honey, 3)

    with pytest.raises(Refusal, match=f"{honey.name} chưa từng có"):
        enter_count(count, record, 3)

    assert not count.lines.exists()


def test_count_lot_refuses_lot_never_received(count, booth, tea, tea_at_centre):
    put_on_shelf(booth, tea, 3, lot="ELSEWHERE")

    with pytest.raises(Refusal, match="Lô ELSEWHERE của"):
        enter_count(count, tea_at_centre, 3, lot="ELSEWHERE")

    assert not count.lines.exists()


def test_count_lot_accepts_sold_out_lot(count, tea_at_centre):
    sell_units(tea_at_centre, 10)

    enter_count(count, tea_at_centre, 2)
    book_open_count(count)

    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("count", "L1", 2, 2)


def test_book_count_writes_differences_with_reason(
    count, keeper, tea_at_centre, honey_at_centre
):
    enter_count(count, tea_at_centre, 8)
    enter_count(count, honey_at_centre, 3)

    (movement,) = book_open_count(count, reason="  Hai hộp ẩm ")

    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("count", "L1", -2, 8)
    assert (movement.reason, movement.document) == ("Hai hộp ẩm", count.number)
    assert movement.actor == keeper
    assert len(get_stock_snapshot(honey_at_centre).ledger) == 1
    count.refresh_from_db()
    assert (count.status, count.ended_by, count.reason) == (
        "booked",
        keeper,
        "Hai hộp ẩm",
    )


def test_book_count_leaves_uncounted_lots_unchanged(count, centre, tea, tea_at_centre):
    put_on_shelf(centre, tea, 6, lot="L2")
    enter_count(count, tea_at_centre, 9)

    book_open_count(count)

    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 9, "L2": 6}


def test_book_count_preserves_later_sales_and_receipts(
    count, centre, tea, tea_at_centre
):
    enter_count(count, tea_at_centre, 9)
    sell_units(tea_at_centre, 3)
    put_on_shelf(centre, tea, 5)

    book_open_count(count)

    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 11}


def test_book_count_moves_allocated_units_between_lots(
    count, centre, tea, tea_at_centre
):
    put_on_shelf(centre, tea, 2, lot="L2")
    reserve(lines={tea_at_centre.pk: 12}, at=timezone.now())
    enter_count(count, tea_at_centre, 8)
    enter_count(count, tea_at_centre, 4, lot="L2")

    book_open_count(count)

    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 8, "L2": 4}


def test_book_count_without_difference_needs_no_reason(count, tea_at_centre):
    enter_count(count, tea_at_centre, 10)

    assert book_open_count(count, reason="") == []
    assert get_count_state(count)[0] == "booked"


@pytest.mark.parametrize("reason", ["", "   "])
def test_book_count_with_difference_requires_reason(count, tea_at_centre, reason):
    enter_count(count, tea_at_centre, 9)
    before = get_stock_snapshot(tea_at_centre), get_count_state(count)

    with pytest.raises(ReasonRequired):
        book_open_count(count, reason=reason)

    assert (get_stock_snapshot(tea_at_centre), get_count_state(count)) == before


def test_book_count_refuses_empty_count(count, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre), get_count_state(count)

    with pytest.raises(NothingToDo, match="Chưa đếm lô nào"):
        book_open_count(count)

    assert (get_stock_snapshot(tea_at_centre), get_count_state(count)) == before


def test_book_count_refuses_before_recount(count, tea_at_centre, honey_at_centre):
    enter_count(count, honey_at_centre, 2)
    name = enter_count(count, tea_at_centre, 4).record.product.name
    before = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
        get_count_state(count),
    )

    with pytest.raises(WrongStatus, match=f"đếm lại: {name}\\."):
        book_open_count(count)

    after = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
        get_count_state(count),
    )
    assert after == before


def test_book_count_refuses_below_allocated(count, tea_at_centre, honey_at_centre):
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())
    enter_count(count, honey_at_centre, 2)
    name = enter_count(count, tea_at_centre, 8).record.product.name
    before = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
        get_count_state(count),
    )

    with pytest.raises(NotEnough, match=f"đếm được: {name}\\."):
        book_open_count(count)

    after = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
        get_count_state(count),
    )
    assert after == before


def test_book_count_ignores_allocation_of_expired_hold(
    count, centre, tea, tea_at_centre
):
    a_minute_ago = timezone.now() - dt.timedelta(minutes=1)
    make_order({tea: 10}, point=centre, pay_until=a_minute_ago)
    enter_count(count, tea_at_centre, 9)

    book_open_count(count)

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.allocated) == (9, 0)


def test_book_count_refuses_lot_oversold_since_counted(
    count, centre, tea, tea_at_centre, honey_at_centre
):
    put_on_shelf(centre, tea, 5, lot="L2")
    enter_count(count, honey_at_centre, 2)
    enter_count(count, tea_at_centre, 8)
    sell_units(tea_at_centre, 9)
    before = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
        get_count_state(count),
    )

    with pytest.raises(ChangedMeanwhile, match=f"{tea.name}, lô L1, đã"):
        book_open_count(count)

    after = (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
        get_count_state(count),
    )
    assert after == before


def test_book_count_refuses_lot_corrected_since_counted(count, tea_at_centre):
    enter_count(count, tea_at_centre, 9)
    correct(
        record=tea_at_centre,
        batch=get_batch(tea_at_centre),
        counted=9,
        reason="Vỡ",
        actor=None,
        at=timezone.now(),
    )
    before = get_stock_snapshot(tea_at_centre), get_count_state(count)

    with pytest.raises(ChangedMeanwhile, match="lô L1, đã được sửa tay"):
        book_open_count(count)
    assert (get_stock_snapshot(tea_at_centre), get_count_state(count)) == before
    enter_count(count, tea_at_centre, 9)
    book_open_count(count)

    assert get_stock_snapshot(tea_at_centre).on_hand == 9


@pytest.mark.parametrize("ending", ["booked", "abandoned"])
@pytest.mark.parametrize("action", ["enter", "book", "abandon"])
def test_ended_count_refuses_further_changes(
    count, keeper, tea_at_centre, ending, action
):
    enter_count(count, tea_at_centre, 9)
    if ending == "booked":
        book_open_count(count)
    else:
        abandon_count(count=count, actor=keeper, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre), get_count_state(count)
    actions = {
        "enter": lambda: enter_count(count, tea_at_centre, 8),
        "book": lambda: book_open_count(count),
        "abandon": lambda: abandon_count(count=count, actor=keeper, at=timezone.now()),
    }

    with pytest.raises(CountEnded) as refusal:
        actions[action]()

    assert refusal.value.count.status == ending
    assert (get_stock_snapshot(tea_at_centre), get_count_state(count)) == before


def test_abandon_count_changes_no_stock(count, keeper, tea_at_centre):
    enter_count(count, tea_at_centre, 9)
    before = get_stock_snapshot(tea_at_centre)

    abandon_count(count=count, actor=keeper, at=timezone.now())

    assert get_stock_snapshot(tea_at_centre) == before
    assert get_count_state(count)[0] == "abandoned"
