"""Booking a count: what is asked before, what is refused, and what is reported."""

import pytest
from django.utils import timezone

from stores.models import StockCount
from stores.operations.correct import correct
from stores.operations.reserve import reserve
from tests.books import books_of
from tests.reading import text_of
from tests.stores.counting import enter, lot_path, path_of


def test_the_summary_names_what_was_not_counted(
    desk, count, tea_at_centre, honey_at_centre
):
    enter(desk, count, tea_at_centre, "9")

    page = text_of(desk.get(path_of(count, "book/")))

    assert "1 lot is not counted; it stays as it is" in page
    assert "Forest honey" in page
    assert "Counted 1 of 2" in page


def test_a_count_is_booked_and_reported(desk, count, tea, tea_at_centre, keeper):
    enter(desk, count, tea_at_centre, "8")

    response = desk.post(path_of(count, "book/"), {"reason": "Vỡ"}, follow=True)

    page = text_of(response)
    assert books_of(tea_at_centre).ledger[-1] == ("count", "L1", -2, 8)
    for shown in ("Missing 2 190,000\xa0₫", "“Vỡ”", "-2", f"by {keeper}", "L1"):
        assert " ".join(shown.split()) in page
    listed = text_of(desk.get("/en/desk/centre/counts/"))
    assert "2 missing, 190,000 ₫" in listed


def test_a_report_keeps_the_price_of_its_day(desk, count, tea, tea_at_centre):
    enter(desk, count, tea_at_centre, "8")
    desk.post(path_of(count, "book/"), {"reason": "Vỡ"})
    type(tea).objects.update(price_vnd=1)

    assert "190,000 ₫" in text_of(desk.get(path_of(count)))


def test_a_missing_reason_is_asked_for(desk, count, tea_at_centre):
    enter(desk, count, tea_at_centre, "9")
    before = books_of(tea_at_centre)

    response = desk.post(path_of(count, "book/"), {"reason": " "})

    assert response.status_code == 422
    assert "Say why the numbers differ." in text_of(response)
    assert books_of(tea_at_centre) == before


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Buyers have ordered more than was found of: Forest tea."),
        ("vi", "Khách đã đặt nhiều hơn số đếm được: Trà rừng"),
    ],
)
def test_what_buyers_were_promised_is_not_booked_away(
    desk, count, tea_at_centre, honey_at_centre, language, sentence
):
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())
    enter(desk, count, tea_at_centre, "8")
    enter(desk, count, honey_at_centre, "2")
    before = books_of(tea_at_centre), books_of(honey_at_centre)

    response = desk.post(path_of(count, "book/", language), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert sentence in text_of(response)
    assert (books_of(tea_at_centre), books_of(honey_at_centre)) == before
    assert StockCount.objects.get().status == "open"


def test_nothing_is_booked_before_the_second_count(desk, count, tea_at_centre):
    enter(desk, count, tea_at_centre, "4")
    before = books_of(tea_at_centre)

    response = desk.post(path_of(count, "book/"), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert "Please count these once more first: Forest tea." in text_of(response)
    assert books_of(tea_at_centre) == before


def test_an_empty_count_is_not_booked(desk, count, tea_at_centre):
    response = desk.post(path_of(count, "book/"), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert "No lot is counted yet." in text_of(response)


def test_what_was_put_right_since_is_counted_again(desk, count, tea_at_centre):
    enter(desk, count, tea_at_centre, "9")
    correct(
        record=tea_at_centre,
        batch=tea_at_centre.lots.get().batch,
        counted=9,
        reason="Vỡ",
        actor=None,
        at=timezone.now(),
    )
    before = books_of(tea_at_centre)

    response = desk.post(path_of(count, "book/"), {"reason": "Vỡ"})

    assert response.status_code == 409
    assert "Forest tea, lot L1, was put right by hand" in text_of(response)
    assert books_of(tea_at_centre) == before


@pytest.mark.parametrize("rest", ["book/", "abandon/", "lot"])
def test_a_count_that_is_booked_goes_no_further(desk, count, tea_at_centre, rest):
    enter(desk, count, tea_at_centre, "9")
    desk.post(path_of(count, "book/"), {"reason": "Vỡ"})
    before = books_of(tea_at_centre)
    path = lot_path(count, tea_at_centre) if rest == "lot" else path_of(count, rest)

    response = desk.post(path, {"reason": "Vỡ", "counted": "8", "seen": "1"})

    assert response.status_code == 409
    assert "This count is booked already. Nothing changed." in text_of(response)
    assert books_of(tea_at_centre) == before
