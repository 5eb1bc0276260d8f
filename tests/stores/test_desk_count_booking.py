"""Booking a count: what is asked before, what is refused, and what is reported."""

import pytest
from django.utils import timezone

from stores.models import StockCount
from stores.operations.correct import correct
from stores.operations.reserve import reserve
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot
from tests.stores.count_pages import get_count_lot_url, get_count_url, submit_count


def test_book_count_page_names_uncounted_lots(
    desk, count, tea_at_centre, honey_at_centre
):
    submit_count(desk, count, tea_at_centre, "9")

    page = get_page_text(desk.get(get_count_url(count, "book/")))

    assert "1 lot is not counted; it stays as it is" in page
    assert "Forest honey" in page
    assert "Counted 1 of 2" in page


def test_book_count_page_books_and_reports_differences(
    desk, count, tea, tea_at_centre, keeper
):
    submit_count(desk, count, tea_at_centre, "8")

    response = desk.post(get_count_url(count, "book/"), {"reason": "Vỡ"}, follow=True)

    page = get_page_text(response)
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("count", "L1", -2, 8)
    for expected in ("Missing 2 190,000\xa0₫", "“Vỡ”", "-2", f"by {keeper}", "L1"):
        assert " ".join(expected.split()) in page
    listed = get_page_text(desk.get("/en/desk/centre/counts/"))
    assert "2 missing, 190,000 ₫" in listed


def test_count_report_retains_price_of_the_day(desk, count, tea, tea_at_centre):
    submit_count(desk, count, tea_at_centre, "8")
    desk.post(get_count_url(count, "book/"), {"reason": "Vỡ"})
    type(tea).objects.update(price_vnd=1)

    assert "190,000 ₫" in get_page_text(desk.get(get_count_url(count)))


def test_book_count_page_requires_reason(desk, count, tea_at_centre):
    submit_count(desk, count, tea_at_centre, "9")
    before = get_stock_snapshot(tea_at_centre)

    response = desk.post(get_count_url(count, "book/"), {"reason": " "})

    assert response.status_code == 422
    assert "Say why the numbers differ." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Buyers have ordered more than was found of: Forest tea."),
        ("vi", "Khách đã đặt nhiều hơn số đếm được: Trà rừng"),
    ],
)
def test_book_count_page_refuses_below_allocated(
    desk, count, tea_at_centre, honey_at_centre, language, sentence
):
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())
    submit_count(desk, count, tea_at_centre, "8")
    submit_count(desk, count, honey_at_centre, "2")
    before = get_stock_snapshot(tea_at_centre), get_stock_snapshot(honey_at_centre)

    response = desk.post(get_count_url(count, "book/", language), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert sentence in get_page_text(response)
    assert (
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
    ) == before
    assert StockCount.objects.get().status == "open"


def test_book_count_page_refuses_before_recount(desk, count, tea_at_centre):
    submit_count(desk, count, tea_at_centre, "4")
    before = get_stock_snapshot(tea_at_centre)

    response = desk.post(get_count_url(count, "book/"), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert "Please count these once more first: Forest tea." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


def test_book_count_page_refuses_empty_count(desk, count, tea_at_centre):
    response = desk.post(get_count_url(count, "book/"), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert "No lot is counted yet." in get_page_text(response)


def test_book_count_page_refuses_lot_corrected_since_counted(
    desk, count, tea_at_centre
):
    submit_count(desk, count, tea_at_centre, "9")
    correct(
        record=tea_at_centre,
        batch=tea_at_centre.lots.get().batch,
        counted=9,
        reason="Vỡ",
        actor=None,
        at=timezone.now(),
    )
    before = get_stock_snapshot(tea_at_centre)

    response = desk.post(get_count_url(count, "book/"), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert "Forest tea, lot L1, was put right by hand" in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize("rest", ["book/", "abandon/", "lot"])
def test_count_pages_refuse_changes_after_booking(desk, count, tea_at_centre, rest):
    submit_count(desk, count, tea_at_centre, "9")
    desk.post(get_count_url(count, "book/"), {"reason": "Vỡ"})
    before = get_stock_snapshot(tea_at_centre)
    path = (
        get_count_lot_url(count, tea_at_centre)
        if rest == "lot"
        else get_count_url(count, rest)
    )

    response = desk.post(path, {"reason": "Vỡ", "counted": "8", "seen": "1"})

    assert response.status_code == 409
    assert "This count is booked already. Nothing changed." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before
