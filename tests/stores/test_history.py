"""What lay on a shelf at any minute, and what became of a product everywhere."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.models import Batch
from stores.models import StockMovement
from stores.operations.correct import correct
from stores.operations.move import move
from stores.operations.receive import receive
from stores.queries.history import balance_at, sums_by_kind
from tests.factories import put_on_shelf
from tests.page_text import get_page_text

NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.timezone(dt.timedelta(hours=7)))
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def tea_with_history(centre, tea, keeper):
    """Ten boxes came at noon; a minute later two of another lot, and one was lost."""
    for lot, units, at in (("L1", 10, NOON), ("L2", 2, NOON + MINUTE)):
        record = receive(
            point=centre,
            product=tea,
            lot=lot,
            best_before=None,
            quantity=units,
            at=at,
            actor=keeper,
            document="PN-7",
        ).record
    correct(
        record=record,
        batch=Batch.objects.get(lot="L1"),
        counted=9,
        reason="Rách hộp",
        actor=keeper,
        at=NOON + MINUTE + dt.timedelta(seconds=30),
    )
    return record


@pytest.mark.parametrize(
    ("at", "lots"),
    [
        (NOON - MINUTE, {}),
        (NOON, {"L1": 10}),
        (NOON + MINUTE, {"L1": 10, "L2": 2}),
        (NOON + 2 * MINUTE, {"L1": 9, "L2": 2}),
    ],
    ids=str,
)
def test_balance_at_returns_lots_at_that_moment(tea_with_history, at, lots):
    then = balance_at(tea_with_history, at)

    assert then.units == sum(lots.values())
    assert {batch.lot: units for batch, units in then.lots.items()} == lots


def test_sums_by_kind_explain_units_on_hand(tea_with_history):
    assert sums_by_kind(tea_with_history) == [("receive", 12), ("correct", -1)]


def test_stock_record_page_explains_history(desk, tea_with_history):
    page = get_page_text(desk.get(f"/en/desk/centre/shelf/{tea_with_history.pk}/"))

    assert "11 = 12 received − 1 put right" in page
    assert "Received: 10 of lot L1 PN-7" in page
    assert "Put right: 1 fewer of lot L1 than was written “Rách hộp”" in page


def test_stock_record_page_at_a_minute_includes_that_minute(desk, tea_with_history):
    address = f"/en/desk/centre/shelf/{tea_with_history.pk}/"

    first = get_page_text(desk.get(address, {"at": "2026-03-04T12:00"}))
    second = get_page_text(desk.get(address, {"at": "2026-03-04T12:01"}))

    assert "At 12:00, 4 Mar 2026, 10 were here lot L1 : 10" in first
    assert "L2" not in first[first.index("When What") :]
    assert "At 12:01, 4 Mar 2026, 11 were here lot L1 : 9 lot L2 : 2" in second


@pytest.mark.parametrize(
    "at", ["", "x", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "\x00"]
)
def test_stock_record_page_refuses_invalid_moment(desk, tea_with_history, at):
    response = desk.get(f"/en/desk/centre/shelf/{tea_with_history.pk}/", {"at": at})

    assert response.status_code == 422
    assert "Choose a day and a time." in get_page_text(response)


@pytest.mark.parametrize("kind", StockMovement.Kind.values)
@pytest.mark.parametrize("quantity", [3, -3])
def test_movement_sentence_names_kind_units_and_lot(tea_at_centre, kind, quantity):
    movement = move(
        record=tea_at_centre,
        batch=Batch.objects.get(),
        kind=kind,
        quantity=quantity,
        at=timezone.now(),
        actor=None,
        reason="Lý do",
    )

    kind, text = movement.sentence.split(": ")
    assert kind == movement.get_kind_display()
    assert "3" in text
    assert "L1" in text


def test_history_everywhere_lists_all_points_for_manager(
    signed_in, manager, booth, tea, tea_with_history
):
    put_on_shelf(booth, tea, 5, lot="B1")

    page = signed_in(manager).get(
        f"/en/desk/centre/shelf/{tea_with_history.pk}/everywhere/"
    )

    assert "Hội An Centre · received: 10 of lot L1" in get_page_text(page)
    assert "Booth · received: 5 of lot B1" in get_page_text(page)


def test_history_everywhere_lists_own_points_for_keeper(
    desk, booth, tea, tea_with_history
):
    put_on_shelf(booth, tea, 5, lot="B1")

    page = get_page_text(
        desk.get(f"/en/desk/centre/shelf/{tea_with_history.pk}/everywhere/")
    )

    assert "Hội An Centre · received: 10 of lot L1" in page
    assert "booth" not in page
    assert "B1" not in page


@pytest.mark.parametrize("path", ["", "everywhere/"])
def test_history_query_count_is_independent_of_length(
    desk, centre, tea, tea_with_history, path, django_assert_max_num_queries
):
    for number in range(60):
        put_on_shelf(centre, tea, 1, lot=f"N{number}")

    with django_assert_max_num_queries(15):
        response = desk.get(
            f"/en/desk/centre/shelf/{tea_with_history.pk}/{path}",
            {"at": "2026-03-04T12:01", "page": "2"} if not path else {"page": "2"},
        )

    assert response.status_code == 200
