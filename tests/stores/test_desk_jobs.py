"""From the code that a buyer shows to goods in her hands."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from stores.models import Fulfilment
from stores.operations.cancel import cancel
from stores.operations.hand_over import hand_over
from tests.books import books_of
from tests.factories import let_lot_expire, make_order, put_on_shelf
from tests.reading import text_of


def look_for(desk, code, language="en"):
    prefix = "/en" if language == "en" else ""
    return desk.get(f"{prefix}/desk/centre/code/", {"code": code})


def press(desk, job, verb, **said):
    return desk.post(f"/en/desk/centre/jobs/{job.pk}/{verb}/", said)


def status_of(job):
    return Fulfilment.objects.get(pk=job.pk).status


def test_the_jobs_of_the_day_are_listed(desk, job, parcel):
    response = desk.get("/en/desk/centre/")

    page = text_of(response)
    assert job.order.number in page
    assert parcel.order.number in page
    assert "2 × Forest tea" in page


def test_an_idle_desk_says_so(desk, centre):
    response = desk.get("/en/desk/centre/")

    assert "Nothing to do at the moment." in text_of(response)


def test_the_code_is_not_in_the_list_of_jobs(desk, job):
    page = text_of(desk.get("/desk/centre/"))

    assert job.code not in page
    assert job.spaced_code not in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0:.3} {1}", "{0:.3}-{1}"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_code_leads_to_its_job_however_it_is_typed(desk, job, typed, case):
    code = case(
        typed.format(*([job.code] if "1" not in typed else [job.code, job.code[3:]]))
    )

    response = look_for(desk, code)

    assert response.status_code == 302
    assert response["Location"] == f"/en/desk/centre/jobs/{job.pk}/"


def code_in_hand(page):
    return BeautifulSoup(page.content, "html.parser").select_one("#code")["value"]


def test_the_code_that_found_a_job_need_not_be_typed_again(desk, job):
    found = look_for(desk, job.spaced_code)

    assert job.code not in found["Location"]
    assert code_in_hand(desk.get(found["Location"])) == job.code
    assert code_in_hand(desk.get(found["Location"])) == ""


def test_the_code_of_one_job_is_not_in_hand_for_another(desk, centre, tea, job):
    other = make_order({tea: 1}, point=centre).fulfilments.get()
    look_for(desk, job.code)

    page = desk.get(f"/en/desk/centre/jobs/{other.pk}/")

    assert code_in_hand(page) == ""


def test_a_job_opened_without_its_code_does_not_tell_it(desk, job):
    page = desk.get(f"/en/desk/centre/jobs/{job.pk}/")

    assert code_in_hand(page) == ""
    assert job.code not in page.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "K7M", "K7M4QX2", "K7M4Q0", "K7M4QÉ", "O" * 6, "K" * 500, "<b>"],
)
def test_what_is_no_code_is_told_apart_from_an_unknown_one(desk, job, typed):
    response = look_for(desk, typed)

    assert response.status_code == 422
    assert "six characters" in text_of(response)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "No order of this point has this code."), ("vi", "Không có đơn nào")],
)
def test_an_unknown_code_is_not_found(desk, job, language, sentence):
    unknown = "ZZZZZZ" if job.code != "ZZZZZZ" else "YYYYYY"

    response = look_for(desk, unknown, language)

    assert response.status_code == 404
    assert sentence in text_of(response)


def test_a_code_of_another_point_tells_nothing_of_that_point(
    desk, job, booth, honey, centre
):
    put_on_shelf(booth, honey, 3)
    other = make_order({honey: 1}, point=booth, name="Ông Bảy").fulfilments.get()

    response = look_for(desk, other.code)

    page = response.content.decode()
    assert response.status_code == 404
    for told in (other.order.number, "Ông Bảy", "Forest honey", "booth", str(booth)):
        assert told not in page


def test_a_used_code_says_when(desk, job, keeper):
    hand_over(fulfilment=job, code=job.code, actor=keeper, at=timezone.now())

    response = look_for(desk, job.code)

    assert response.status_code == 409
    assert "This code was used already" in text_of(response)
    assert f"{timezone.localtime():%H:}" in text_of(response)


def test_the_code_of_a_cancelled_order_says_so(desk, job):
    cancel(order=job.order, at=timezone.now())

    response = look_for(desk, job.code)

    assert response.status_code == 409
    assert "cancelled" in text_of(response)


def test_a_job_shows_who_what_from_which_lot_and_what_to_collect(desk, centre, tea):
    put_on_shelf(centre, tea, 1, lot="LATE", keeps_days=90)
    put_on_shelf(centre, tea, 1, lot="SOON", keeps_days=9)
    job = make_order(
        {tea: 2}, point=centre, name="Hannah Ölçer", note="Gọi trước"
    ).fulfilments.get()

    response = desk.get(f"/en/desk/centre/jobs/{job.pk}/")

    page = text_of(response)
    for shown in ("Hannah Ölçer", "+84 905 123 456", "Gọi trước", "190,000\xa0₫"):
        assert " ".join(shown.split()) in page
    assert page.index("SOON") < page.index("LATE")
    assert job.code not in page


def test_a_job_that_cannot_be_kept_says_why(desk, job, tea_at_centre):
    let_lot_expire(tea_at_centre)

    response = desk.get(f"/en/desk/centre/jobs/{job.pk}/")

    assert response.status_code == 200
    assert "Too few of Forest tea here are within their date." in text_of(response)


def test_a_packed_job_is_marked_ready(
    desk, job, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = press(desk, job, "ready")

    assert response.status_code == 302
    assert status_of(job) == "ready"
    assert [letter.to for letter in mailoutbox] == [["hannah@example.com"]]


def test_ready_pressed_twice_is_ready_once(
    desk, job, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        press(desk, job, "ready")

        response = press(desk, job, "ready")

    assert response.status_code == 409
    assert "It is marked ready already." in text_of(response)
    assert len(mailoutbox) == 1


def test_goods_are_given_against_the_code(desk, job, keeper, tea_at_centre):
    response = press(desk, job, "give", code=job.spaced_code.lower())

    assert response.status_code == 302
    job.refresh_from_db()
    assert (job.status, job.handed_over_by) == ("handed_over", keeper)
    assert books_of(tea_at_centre).ledger[-1] == ("sell", "L1", -2, 8)


@pytest.mark.parametrize("code", ["", "ZZZZZZ", "no code", "O00000"])
def test_without_the_code_nothing_is_given(desk, job, tea_at_centre, code):
    before = books_of(tea_at_centre)

    response = press(desk, job, "give", code=code)

    assert response.status_code == 422
    assert (status_of(job), books_of(tea_at_centre)) == ("confirmed", before)


def test_money_that_came_in_no_known_way_is_not_taken(desk, job, tea_at_centre):
    before = books_of(tea_at_centre)

    response = press(desk, job, "give", code=job.code, paid_by="zz")

    assert response.status_code == 422
    assert "Choose how it was paid." in text_of(response)
    assert (status_of(job), books_of(tea_at_centre)) == ("confirmed", before)


def test_a_refusal_is_told_in_the_language_of_the_screen(desk, job):
    response = desk.post(f"/desk/centre/jobs/{job.pk}/give/", {"code": "ZZZZZZ"})

    assert "Đây không phải mã của đơn này." in text_of(response)


def test_given_twice_leaves_the_shelf_once(desk, job, tea_at_centre):
    press(desk, job, "give", code=job.code)
    before = books_of(tea_at_centre)

    response = press(desk, job, "give", code=job.code)

    assert response.status_code == 409
    assert "It was handed over already." in text_of(response)
    assert books_of(tea_at_centre) == before


@pytest.mark.parametrize("verb", ["ready", "give"])
def test_a_cancelled_job_goes_no_further(desk, job, tea_at_centre, verb):
    cancel(order=job.order, at=timezone.now())
    before = books_of(tea_at_centre)

    response = press(desk, job, verb, code=job.code)

    assert response.status_code == 409
    assert "The order was cancelled." in text_of(response)
    assert (status_of(job), books_of(tea_at_centre)) == ("cancelled", before)


def test_goods_past_their_date_are_not_given(desk, job, tea_at_centre):
    let_lot_expire(tea_at_centre)
    before = books_of(tea_at_centre)

    response = press(desk, job, "give", code=job.code)

    assert response.status_code == 409
    assert "Too few of Forest tea" in text_of(response)
    assert (status_of(job), books_of(tea_at_centre)) == ("confirmed", before)


def test_a_parcel_is_given_to_the_post_without_a_code(desk, parcel, tea_at_centre):
    response = press(desk, parcel, "give")

    assert response.status_code == 302
    assert (status_of(parcel), books_of(tea_at_centre).on_hand) == ("handed_over", 7)


def test_a_parcel_shows_where_it_goes(desk, parcel):
    page = text_of(desk.get(f"/en/desk/centre/jobs/{parcel.pk}/"))

    assert "5 Hàng Bạc, Hoàn Kiếm, Thành phố Hà Nội" in page


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**30])
@pytest.mark.parametrize("verb", ["", "ready/", "give/"])
def test_a_job_that_does_not_exist_is_not_found(desk, centre, pk, verb):
    path = f"/desk/centre/jobs/{pk}/{verb}"

    response = desk.post(path) if verb else desk.get(path)

    assert response.status_code == 404
