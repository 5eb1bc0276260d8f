"""From the code that a buyer shows to goods in her hands."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.hand_over import hand_over
from tests.books import get_stock_snapshot
from tests.factories import expire_lot, make_order, put_on_shelf
from tests.reading import get_page_text


def find_code(desk, code, language="en"):
    prefix = "/en" if language == "en" else ""
    return desk.get(f"{prefix}/desk/centre/code/", {"code": code})


def post_action(desk, fulfilment, verb, **fields):
    return desk.post(f"/en/desk/centre/jobs/{fulfilment.pk}/{verb}/", fields)


def get_status(fulfilment):
    return Fulfilment.objects.get(pk=fulfilment.pk).status


def test_the_jobs_of_the_day_are_listed(desk, fulfilment, parcel):
    response = desk.get("/en/desk/centre/")

    page = get_page_text(response)
    assert fulfilment.order.number in page
    assert parcel.order.number in page
    assert "2 × Forest tea" in page


def test_an_idle_desk_says_so(desk, centre):
    response = desk.get("/en/desk/centre/")

    assert "Nothing to do at the moment." in get_page_text(response)


def test_the_code_is_not_in_the_list_of_jobs(desk, fulfilment):
    page = get_page_text(desk.get("/desk/centre/"))

    assert fulfilment.code not in page
    assert fulfilment.spaced_code not in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0:.3} {1}", "{0:.3}-{1}"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_code_leads_to_its_job_however_it_is_typed(desk, fulfilment, typed, case):
    code = case(
        typed.format(
            *(
                [fulfilment.code]
                if "1" not in typed
                else [fulfilment.code, fulfilment.code[3:]]
            )
        )
    )

    response = find_code(desk, code)

    assert response.status_code == 302
    assert response["Location"] == f"/en/desk/centre/jobs/{fulfilment.pk}/"


def get_prefilled_code(page):
    return BeautifulSoup(page.content, "html.parser").select_one("#code")["value"]


def test_the_code_that_found_a_job_need_not_be_typed_again(desk, fulfilment):
    found = find_code(desk, fulfilment.spaced_code)

    assert fulfilment.code not in found["Location"]
    assert get_prefilled_code(desk.get(found["Location"])) == fulfilment.code
    assert get_prefilled_code(desk.get(found["Location"])) == ""


def test_the_code_of_one_job_is_not_in_hand_for_another(desk, centre, tea, fulfilment):
    other = make_order({tea: 1}, point=centre).fulfilments.get()
    find_code(desk, fulfilment.code)

    page = desk.get(f"/en/desk/centre/jobs/{other.pk}/")

    assert get_prefilled_code(page) == ""


def test_a_job_opened_without_its_code_does_not_tell_it(desk, fulfilment):
    page = desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/")

    assert get_prefilled_code(page) == ""
    assert fulfilment.code not in page.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "K7M", "K7M4QX2", "K7M4Q0", "K7M4QÉ", "O" * 6, "K" * 500, "<b>"],
)
def test_what_is_no_code_is_told_apart_from_an_unknown_one(desk, fulfilment, typed):
    response = find_code(desk, typed)

    assert response.status_code == 422
    assert "six characters" in get_page_text(response)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "No order of this point has this code."), ("vi", "Không có đơn nào")],
)
def test_an_unknown_code_is_not_found(desk, fulfilment, language, sentence):
    unknown = "ZZZZZZ" if fulfilment.code != "ZZZZZZ" else "YYYYYY"

    response = find_code(desk, unknown, language)

    assert response.status_code == 404
    assert sentence in get_page_text(response)


def test_a_code_of_another_point_tells_nothing_of_that_point(
    desk, fulfilment, booth, honey, centre
):
    put_on_shelf(booth, honey, 3)
    other = make_order({honey: 1}, point=booth, name="Ông Bảy").fulfilments.get()

    response = find_code(desk, other.code)

    page = response.content.decode()
    assert response.status_code == 404
    for secret in (other.order.number, "Ông Bảy", "Forest honey", "booth", str(booth)):
        assert secret not in page


def test_a_used_code_says_when(desk, fulfilment, keeper):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    response = find_code(desk, fulfilment.code)

    assert response.status_code == 409
    assert "This code was used already" in get_page_text(response)
    assert f"{timezone.localtime():%H:}" in get_page_text(response)


def test_the_code_of_a_cancelled_order_says_so(desk, fulfilment):
    cancel_order(order=fulfilment.order, at=timezone.now())

    response = find_code(desk, fulfilment.code)

    assert response.status_code == 409
    assert "cancelled" in get_page_text(response)


def test_a_job_shows_who_what_from_which_lot_and_what_to_collect(desk, centre, tea):
    put_on_shelf(centre, tea, 1, lot="LATE", keeps_days=90)
    put_on_shelf(centre, tea, 1, lot="SOON", keeps_days=9)
    fulfilment = make_order(
        {tea: 2}, point=centre, name="Hannah Ölçer", note="Gọi trước"
    ).fulfilments.get()

    response = desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/")

    page = get_page_text(response)
    for expected in ("Hannah Ölçer", "+84 905 123 456", "Gọi trước", "190,000\xa0₫"):
        assert " ".join(expected.split()) in page
    assert page.index("SOON") < page.index("LATE")
    assert fulfilment.code not in page


def test_a_job_that_cannot_be_kept_says_why(desk, fulfilment, tea_at_centre):
    expire_lot(tea_at_centre)

    response = desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/")

    assert response.status_code == 200
    assert "Too few of Forest tea here are within their date." in get_page_text(
        response
    )


def test_a_packed_job_is_marked_ready(
    desk, fulfilment, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = post_action(desk, fulfilment, "ready")

    assert response.status_code == 302
    assert get_status(fulfilment) == "ready"
    assert [letter.to for letter in mailoutbox] == [["hannah@example.com"]]


def test_ready_pressed_twice_is_ready_once(
    desk, fulfilment, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post_action(desk, fulfilment, "ready")

        response = post_action(desk, fulfilment, "ready")

    assert response.status_code == 409
    assert "It is marked ready already." in get_page_text(response)
    assert len(mailoutbox) == 1


def test_goods_are_given_against_the_code(desk, fulfilment, keeper, tea_at_centre):
    response = post_action(
        desk, fulfilment, "give", code=fulfilment.spaced_code.lower()
    )

    assert response.status_code == 302
    fulfilment.refresh_from_db()
    assert (fulfilment.status, fulfilment.handed_over_by) == ("handed_over", keeper)
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("sell", "L1", -2, 8)


@pytest.mark.parametrize("code", ["", "ZZZZZZ", "no code", "O00000"])
def test_without_the_code_nothing_is_given(desk, fulfilment, tea_at_centre, code):
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=code)

    assert response.status_code == 422
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_money_that_came_in_no_known_way_is_not_taken(desk, fulfilment, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=fulfilment.code, paid_by="zz")

    assert response.status_code == 422
    assert "Choose how it was paid." in get_page_text(response)
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_a_refusal_is_told_in_the_language_of_the_screen(desk, fulfilment):
    response = desk.post(f"/desk/centre/jobs/{fulfilment.pk}/give/", {"code": "ZZZZZZ"})

    assert "Đây không phải mã của đơn này." in get_page_text(response)


def test_given_twice_leaves_the_shelf_once(desk, fulfilment, tea_at_centre):
    post_action(desk, fulfilment, "give", code=fulfilment.code)
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=fulfilment.code)

    assert response.status_code == 409
    assert "It was handed over already." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize("verb", ["ready", "give"])
def test_a_cancelled_job_goes_no_further(desk, fulfilment, tea_at_centre, verb):
    cancel_order(order=fulfilment.order, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, verb, code=fulfilment.code)

    assert response.status_code == 409
    assert "The order was cancelled." in get_page_text(response)
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "cancelled",
        before,
    )


def test_goods_past_their_date_are_not_given(desk, fulfilment, tea_at_centre):
    expire_lot(tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=fulfilment.code)

    assert response.status_code == 409
    assert "Too few of Forest tea" in get_page_text(response)
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_a_parcel_is_given_to_the_post_without_a_code(desk, parcel, tea_at_centre):
    response = post_action(desk, parcel, "give")

    assert response.status_code == 302
    assert (get_status(parcel), get_stock_snapshot(tea_at_centre).on_hand) == (
        "handed_over",
        7,
    )


def test_a_parcel_shows_where_it_goes(desk, parcel):
    page = get_page_text(desk.get(f"/en/desk/centre/jobs/{parcel.pk}/"))

    assert "5 Hàng Bạc, Hoàn Kiếm, Thành phố Hà Nội" in page


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**30])
@pytest.mark.parametrize("verb", ["", "ready/", "give/"])
def test_a_job_that_does_not_exist_is_not_found(desk, centre, pk, verb):
    path = f"/desk/centre/jobs/{pk}/{verb}"

    response = desk.post(path) if verb else desk.get(path)

    assert response.status_code == 404
