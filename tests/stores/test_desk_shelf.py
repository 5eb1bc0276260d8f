"""The keeper's shelf: what lies there, why, and putting a number right."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stores.operations.reserve import reserve
from tests.factories import expire_lot, make_product, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot


def submit_correction(desk, record, **fields):
    lot = record.lots.first()
    data = {"lot": lot.pk, "counted": "8", "reason": "Hai hộp vỡ"} | fields
    return desk.post(f"/en/desk/centre/shelf/{record.pk}/correct/", data)


def test_shelf_page_shows_on_hand_and_allocated(desk, tea_at_centre):
    reserve(lines={tea_at_centre.pk: 4}, at=timezone.now())

    page = get_page_text(desk.get("/en/desk/centre/shelf/"))

    row = page[page.index("Forest tea") :]
    assert row.index(" 10 ") < row.index(" 4 ")


def test_shelf_page_excludes_goods_of_another_point(desk, booth, honey, tea_at_centre):
    put_on_shelf(booth, honey, 3)

    page = get_page_text(desk.get("/en/desk/centre/shelf/"))

    assert "Forest tea" in page
    assert "Forest honey" not in page


def test_shelf_page_search_ignores_accents(desk, tea_at_centre, honey_at_centre):
    page = get_page_text(desk.get("/desk/centre/shelf/", {"q": "tra rung"}))

    assert "Trà rừng" in page
    assert "Mật ong" not in page


def test_shelf_page_without_match_displays_message(desk, tea_at_centre):
    page = get_page_text(desk.get("/en/desk/centre/shelf/", {"q": "xe máy"}))

    assert "Nothing here fits that." in page


@pytest.mark.parametrize(
    "query",
    [
        {"page": "9999"},
        {"page": "-1"},
        {"page": "abc"},
        {"show": "nonsense"},
        {"q": "x" * 5_000},
        {"q": "%_'\"\\"},
        {"q": "\x00"},
        {"q": "\ud7ff\U0010ffff"},
    ],
    ids=str,
)
def test_shelf_page_answers_odd_query(desk, tea_at_centre, query):
    response = desk.get("/desk/centre/shelf/", query)

    assert response.status_code == 200


def test_shelf_page_query_count_is_independent_of_size(
    desk, centre, django_assert_max_num_queries
):
    for _number in range(15):
        put_on_shelf(centre, make_product(), 5)

    with django_assert_max_num_queries(12):
        response = desk.get("/desk/centre/shelf/")

    assert response.status_code == 200


def test_stock_record_page_shows_lots_and_ledger(
    desk, keeper, tea_at_centre, centre, tea
):
    put_on_shelf(centre, tea, 4, lot="L2")
    submit_correction(desk, tea_at_centre)

    page = get_page_text(desk.get(f"/en/desk/centre/shelf/{tea_at_centre.pk}/"))

    for expected in ("L1", "L2", "“Hai hộp vỡ”", "-2", "+4", str(keeper)):
        assert expected in page


def test_stock_record_page_marks_expired_lot(desk, tea_at_centre):
    expire_lot(tea_at_centre)

    page = get_page_text(desk.get(f"/en/desk/centre/shelf/{tea_at_centre.pk}/"))

    assert "past: write it off" in page


def test_correct_form_writes_ledger_with_reason(desk, tea_at_centre, keeper):
    response = submit_correction(desk, tea_at_centre)

    assert response.status_code == 302
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("correct", "L1", -2, 8)
    movement = tea_at_centre.movements.latest("pk")
    assert (movement.actor, movement.reason) == (keeper, "Hai hộp vỡ")


@pytest.mark.parametrize("digits", [30, 5_000])
def test_correct_form_with_huge_lot_id_returns_404(desk, tea_at_centre, digits):
    before = get_stock_snapshot(tea_at_centre)

    response = submit_correction(desk, tea_at_centre, lot="9" * digits)

    assert (response.status_code, get_stock_snapshot(tea_at_centre)) == (404, before)


def test_correct_form_sent_twice_counts_once(desk, tea_at_centre):
    submit_correction(desk, tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    response = submit_correction(desk, tea_at_centre)

    assert response.status_code == 409
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 201},
        {"counted": ""},
        {"counted": "-1"},
        {"counted": "1.5"},
        {"counted": "eight"},
        {"counted": str(10**9)},
    ],
    ids=str,
)
def test_correct_form_with_invalid_input_changes_nothing(desk, tea_at_centre, fields):
    before = get_stock_snapshot(tea_at_centre)

    response = submit_correction(desk, tea_at_centre, **fields)

    assert response.status_code == 422
    assert get_stock_snapshot(tea_at_centre) == before


def test_correct_form_requires_reason(desk, tea_at_centre):
    response = submit_correction(desk, tea_at_centre, reason="")

    assert "Say why the number was wrong." in get_page_text(response)


def test_correct_form_refuses_number_below_allocated(desk, tea_at_centre):
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    response = submit_correction(desk, tea_at_centre, counted="8")

    assert response.status_code == 409
    assert "Buyers have ordered 9" in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


def test_stock_record_page_of_another_point_returns_404(desk, booth, honey, centre):
    record = put_on_shelf(booth, honey, 3)
    before = get_stock_snapshot(record)

    looked = desk.get(reverse("desk-record", args=["centre", record.pk]))
    response = submit_correction(desk, record, counted="1")

    assert (looked.status_code, response.status_code) == (404, 404)
    assert get_stock_snapshot(record) == before


def test_correct_form_with_lot_of_another_record_returns_404(
    desk, tea_at_centre, honey_at_centre
):
    lot = honey_at_centre.lots.get()
    before = [get_stock_snapshot(record) for record in (tea_at_centre, honey_at_centre)]

    response = submit_correction(desk, tea_at_centre, lot=lot.pk)

    assert response.status_code == 404
    after = [get_stock_snapshot(record) for record in (tea_at_centre, honey_at_centre)]
    assert after == before


@pytest.mark.parametrize("lot", ["", "x", "0", "-1", "1.5", "²", str(10**30), "\x00"])
def test_correct_form_with_invalid_lot_returns_404(desk, tea_at_centre, lot):
    before = get_stock_snapshot(tea_at_centre)

    response = submit_correction(desk, tea_at_centre, lot=lot)

    assert response.status_code == 404
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**30])
def test_stock_record_page_of_unknown_record_returns_404(desk, centre, pk):
    assert desk.get(f"/desk/centre/shelf/{pk}/").status_code == 404
    assert desk.post(f"/desk/centre/shelf/{pk}/correct/").status_code == 404
