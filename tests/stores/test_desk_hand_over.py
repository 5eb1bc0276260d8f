"""From the code that a buyer shows to the hand-over."""

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.hand_over import hand_over
from tests.factories import expire_lot, make_order, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot


def find_code(desk, code, language="en"):
    prefix = "/en" if language == "en" else ""
    return desk.get(f"{prefix}/desk/centre/code/", {"code": code})


def post_action(desk, fulfilment, verb, **fields):
    return desk.post(f"/en/desk/centre/jobs/{fulfilment.pk}/{verb}/", fields)


def get_status(fulfilment):
    return Fulfilment.objects.get(pk=fulfilment.pk).status


def test_desk_lists_open_fulfilments(desk, fulfilment, parcel):
    response = desk.get("/en/desk/centre/")

    page = get_page_text(response)
    assert fulfilment.order.number in page
    assert parcel.order.number in page
    assert "2 × Forest tea" in page


def test_desk_without_fulfilments_displays_message(desk, centre):
    response = desk.get("/en/desk/centre/")

    assert "Nothing to do at the moment." in get_page_text(response)


def test_desk_list_hides_pickup_codes(desk, fulfilment):
    page = get_page_text(desk.get("/desk/centre/"))

    assert fulfilment.code not in page
    assert fulfilment.spaced_code not in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0:.3} {1}", "{0:.3}-{1}"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_find_code_accepts_any_case_and_spacing(desk, fulfilment, typed, case):
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


def test_find_code_prefills_code_once(desk, fulfilment):
    found = find_code(desk, fulfilment.spaced_code)

    assert fulfilment.code not in found["Location"]
    assert get_prefilled_code(desk.get(found["Location"])) == fulfilment.code
    assert get_prefilled_code(desk.get(found["Location"])) == ""


def test_find_code_is_not_prefilled_for_another_fulfilment(
    desk, centre, tea, fulfilment
):
    other = make_order({tea: 1}, point=centre).fulfilments.get()
    find_code(desk, fulfilment.code)

    page = desk.get(f"/en/desk/centre/jobs/{other.pk}/")

    assert get_prefilled_code(page) == ""


def test_fulfilment_page_opened_without_code_hides_it(desk, fulfilment):
    page = desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/")

    assert get_prefilled_code(page) == ""
    assert fulfilment.code not in page.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "K7M", "K7M4QX2", "K7M4Q0", "K7M4QÉ", "O" * 6, "K" * 500, "<b>"],
)
def test_find_code_refuses_malformed_code(desk, fulfilment, typed):
    response = find_code(desk, typed)

    assert response.status_code == 422
    assert "six characters" in get_page_text(response)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "No order has this code."), ("vi", "Không có đơn nào")],
)
def test_find_unknown_code_returns_404(desk, fulfilment, language, sentence):
    unknown = "ZZZZZZ" if fulfilment.code != "ZZZZZZ" else "YYYYYY"

    response = find_code(desk, unknown, language)

    assert response.status_code == 404
    assert sentence in get_page_text(response)


def test_find_code_of_another_point_names_that_point_only(
    desk, fulfilment, booth, honey, centre
):
    put_on_shelf(booth, honey, 3)
    other = make_order({honey: 1}, point=booth, name="Ông Bảy").fulfilments.get()

    waiting = find_code(desk, other.code)
    hand_over(fulfilment=other, code=other.code, actor=None, at=timezone.now())
    collected = find_code(desk, other.code)

    assert waiting.status_code == collected.status_code == 409
    assert f"it waits at {booth.name_en}." in get_page_text(waiting)
    assert f", at {booth.name_en}." in get_page_text(collected)
    for response in (waiting, collected):
        page = response.content.decode()
        for secret in (other.order.number, "Ông Bảy", "Forest honey"):
            assert secret not in page


def test_find_used_code_displays_time_of_hand_over(desk, fulfilment, keeper):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    response = find_code(desk, fulfilment.code)

    assert response.status_code == 409
    page = get_page_text(response)
    assert f"handed over at {timezone.localtime():%H:}" in page
    assert f", by {keeper}." in page


def test_find_code_of_cancelled_order_explains_status(desk, fulfilment):
    cancel_order(order=fulfilment.order, at=timezone.now())

    response = find_code(desk, fulfilment.code)

    assert response.status_code == 409
    assert "cancelled" in get_page_text(response)


def test_find_code_makes_keeper_wait_longer_after_each_wrong_one(
    desk, fulfilment, signed_in, manager
):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _try in range(5):
            assert find_code(desk, "ZZZZZZ").status_code == 404

        for wait in (10, 20, 40):
            refused = find_code(desk, fulfilment.code)
            assert refused.status_code == 429
            assert refused["Retry-After"] == str(wait)
            assert f"Wait {wait} seconds" in get_page_text(refused)
            clock.shift(wait)
            assert find_code(desk, "ZZZZZZ").status_code == 404

        assert find_code(signed_in(manager), fulfilment.code).status_code == 302
        clock.shift(80)
        assert find_code(desk, fulfilment.code).status_code == 302
        clock.shift(16 * 60)
        assert find_code(desk, "ZZZZZZ").status_code == 404
        assert find_code(desk, fulfilment.code).status_code == 302


def test_hand_over_button_makes_keeper_wait_after_wrong_codes(
    desk, fulfilment, tea_at_centre
):
    before = get_stock_snapshot(tea_at_centre)
    with time_machine.travel(timezone.now(), tick=False):
        for _try in range(5):
            post_action(desk, fulfilment, "give", code="ZZZZZZ")

        refused = post_action(desk, fulfilment, "give", code=fulfilment.code)

    assert (refused.status_code, refused["Retry-After"]) == (429, "10")
    assert get_stock_snapshot(tea_at_centre) == before


def test_fulfilment_page_shows_buyer_lots_and_amount_due(desk, centre, tea):
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


def test_fulfilment_page_warns_of_expired_lots(desk, fulfilment, tea_at_centre):
    expire_lot(tea_at_centre)

    response = desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/")

    assert response.status_code == 200
    assert "Too few of Forest tea here are within their date." in get_page_text(
        response
    )


def test_mark_ready_button_emails_buyer(desk, fulfilment, mailoutbox):
    response = post_action(desk, fulfilment, "ready")

    assert response.status_code == 302
    assert get_status(fulfilment) == "ready"
    assert [letter.to for letter in mailoutbox] == [["hannah@example.com"]]


def test_mark_ready_button_pressed_twice_emails_once(desk, fulfilment, mailoutbox):
    post_action(desk, fulfilment, "ready")

    response = post_action(desk, fulfilment, "ready")

    assert response.status_code == 409
    assert "It is marked ready already." in get_page_text(response)
    assert len(mailoutbox) == 1


def test_hand_over_button_with_code_moves_stock(
    desk, fulfilment, keeper, tea_at_centre
):
    response = post_action(
        desk, fulfilment, "give", code=fulfilment.spaced_code.lower()
    )

    assert response.status_code == 302
    fulfilment.refresh_from_db()
    assert (fulfilment.status, fulfilment.handed_over_by) == ("handed_over", keeper)
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("sell", "L1", -2, 8)


@pytest.mark.parametrize("code", ["", "ZZZZZZ", "no code", "O00000"])
def test_hand_over_button_without_code_is_refused(
    desk, fulfilment, tea_at_centre, code
):
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=code)

    assert response.status_code == 422
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_hand_over_button_refuses_unknown_payment_kind(desk, fulfilment, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=fulfilment.code, paid_by="zz")

    assert response.status_code == 422
    assert "Choose how it was paid." in get_page_text(response)
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_hand_over_refusal_is_in_page_language(desk, fulfilment):
    response = desk.post(f"/desk/centre/jobs/{fulfilment.pk}/give/", {"code": "ZZZZZZ"})

    assert "Đây không phải mã của đơn này." in get_page_text(response)


def test_hand_over_button_pressed_twice_moves_stock_once(
    desk, fulfilment, tea_at_centre
):
    post_action(desk, fulfilment, "give", code=fulfilment.code)
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=fulfilment.code)

    assert response.status_code == 409
    assert "It was handed over already." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize("verb", ["ready", "give"])
def test_cancelled_fulfilment_refuses_ready_and_hand_over(
    desk, fulfilment, tea_at_centre, verb
):
    cancel_order(order=fulfilment.order, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, verb, code=fulfilment.code)

    assert response.status_code == 409
    assert "The order was cancelled." in get_page_text(response)
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "cancelled",
        before,
    )


def test_hand_over_button_refuses_expired_goods(desk, fulfilment, tea_at_centre):
    expire_lot(tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "give", code=fulfilment.code)

    assert response.status_code == 409
    assert "Too few of Forest tea" in get_page_text(response)
    assert (get_status(fulfilment), get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_hand_over_button_of_parcel_needs_no_code(desk, parcel, tea_at_centre):
    response = post_action(desk, parcel, "give")

    assert response.status_code == 302
    assert (get_status(parcel), get_stock_snapshot(tea_at_centre).on_hand) == (
        "handed_over",
        7,
    )


def test_fulfilment_page_of_parcel_shows_address(desk, parcel):
    page = get_page_text(desk.get(f"/en/desk/centre/jobs/{parcel.pk}/"))

    assert "5 Hàng Bạc, Hoàn Kiếm, Thành phố Hà Nội" in page


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**30])
@pytest.mark.parametrize("verb", ["", "ready/", "give/"])
def test_unknown_fulfilment_returns_404(desk, centre, pk, verb):
    path = f"/desk/centre/jobs/{pk}/{verb}"

    response = desk.post(path) if verb else desk.get(path)

    assert response.status_code == 404
