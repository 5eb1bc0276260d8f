"""Packing, rooms, parcels and what cannot be given, as a keeper does it."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from marketplace.orders.models import Fulfilment, RefundDue
from marketplace.orders.operations.fulfil import mark_ready
from tests.factories import expire_lot, make_order, make_user, put_on_shelf
from tests.marketplace.shopping import (
    PICKUP,
    add_to_basket,
    get_placed_order,
    submit_checkout,
)
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def room(booth, tea, keeper):
    """Two boxes of tea for room 214, brought by the hotel's own booth."""
    booth.keepers.add(keeper)
    put_on_shelf(booth, tea, 5)
    return make_order(
        {tea: 2}, method="room", hotel=booth, language="en"
    ).fulfilments.get()


def post_action(desk, fulfilment, verb, **fields):
    return desk.post(
        f"/en/desk/{fulfilment.point.slug}/jobs/{fulfilment.pk}/{verb}/", fields
    )


def reload(fulfilment):
    return Fulfilment.objects.get(pk=fulfilment.pk)


def test_prepare_by_second_keeper_is_refused_and_names_first(
    desk, fulfilment, signed_in, centre, tea_at_centre
):
    other = make_user("second", first_name="Tâm")
    centre.keepers.add(other)
    post_action(signed_in(other), fulfilment, "start")
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "start")

    assert response.status_code == 409
    assert "Somebody is packing it already." in get_page_text(response)
    assert reload(fulfilment).packed_by == other
    assert "Tâm is packing it" in get_page_text(desk.get("/en/desk/centre/"))
    assert get_stock_snapshot(tea_at_centre) == before


def test_mark_ready_after_prepare_sets_status(desk, fulfilment):
    post_action(desk, fulfilment, "start")

    post_action(desk, fulfilment, "ready")

    assert reload(fulfilment).status == "ready"


def test_hand_over_records_name_of_collector(desk, fulfilment):
    post_action(
        desk, fulfilment, "give", code=fulfilment.code, taken_by="Chồng chị Hoa"
    )

    assert reload(fulfilment).taken_by == "Chồng chị Hoa"


def test_hand_over_to_room_requires_guests_code(desk, room):
    response = post_action(desk, room, "give", code="ZZZZZZ")
    assert (response.status_code, reload(room).status) == (422, "confirmed")

    post_action(desk, room, "give", code=room.code)

    fulfilment = reload(room)
    assert (fulfilment.status, fulfilment.delivered_at, fulfilment.taken_by) == (
        "delivered",
        fulfilment.handed_over_at,
        "",
    )


def test_hand_over_at_front_desk_requires_name_and_emails_buyer(desk, room, mailoutbox):
    response = post_action(desk, room, "give", at_front_desk="on", taken_by=" ")
    assert (response.status_code, reload(room).status) == (422, "confirmed")
    assert "Write who took it" in get_page_text(response)

    post_action(desk, room, "give", at_front_desk="on", taken_by="Ms Hạnh")

    assert (reload(room).status, reload(room).taken_by) == ("delivered", "Ms Hạnh")
    letter = mailoutbox[-1]
    assert letter.subject == f"Order {room.order.number} waits at the front desk"
    assert "Ms Hạnh" in letter.body


def test_hand_over_pickup_at_front_desk_without_code_is_refused(desk, fulfilment):
    response = post_action(
        desk, fulfilment, "give", at_front_desk="on", taken_by="Ms Hạnh"
    )

    assert (response.status_code, reload(fulfilment).status) == (422, "confirmed")


def test_hand_over_parcel_records_tracking_number_and_emails_buyer(
    desk, parcel, mailoutbox
):
    post_action(
        desk, parcel, "give", carrier="Viettel Post", tracking_number="VTP 12-3"
    )

    fulfilment = reload(parcel)
    assert (fulfilment.status, fulfilment.tracking_number) == (
        "handed_over",
        "VTP 12-3",
    )
    letter = mailoutbox[-1]
    assert letter.subject == f"Đơn {parcel.order.number} đang trên đường"
    assert "Viettel Post" in letter.body
    assert "VTP 12-3" in letter.body


def test_hand_over_parcel_refuses_invalid_tracking_number(desk, parcel, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, parcel, "give", tracking_number="<b>")

    assert response.status_code == 422
    assert "A tracking number has letters" in get_page_text(response)
    assert (reload(parcel).status, get_stock_snapshot(tea_at_centre)) == (
        "confirmed",
        before,
    )


def test_tracking_number_can_be_added_after_dispatch(desk, parcel, mailoutbox):
    assert (
        post_action(desk, parcel, "tracking", tracking_number="VTP 1").status_code
        == 409
    )
    post_action(desk, parcel, "give")

    response = post_action(
        desk, parcel, "tracking", carrier="Viettel Post", tracking_number="VTP 1"
    )

    assert response.status_code == 302
    fulfilment = reload(parcel)
    assert (fulfilment.carrier, fulfilment.tracking_number) == ("Viettel Post", "VTP 1")
    assert "VTP 1" in mailoutbox[-1].body
    assert (
        post_action(desk, parcel, "tracking", tracking_number="<b>").status_code == 422
    )
    assert reload(parcel).tracking_number == "VTP 1"


def test_tracking_number_is_refused_after_delivery_or_for_pickup(
    desk, parcel, fulfilment
):
    post_action(desk, fulfilment, "give", code=fulfilment.code)
    post_action(desk, parcel, "give")
    post_action(desk, parcel, "delivered")

    for ended in (fulfilment, parcel):
        assert (
            post_action(desk, ended, "tracking", tracking_number="X").status_code == 409
        )
        assert reload(ended).tracking_number == ""


def test_parcels_page_lists_parcel_until_delivered(desk, parcel):
    post_action(desk, parcel, "give", carrier="EMS", tracking_number="EE1VN")
    page = get_page_text(desk.get("/en/desk/centre/parcels/"))
    assert f"{parcel.order.number} Hannah · since" in page
    assert "EE1VN" in page

    response = post_action(desk, parcel, "delivered")

    assert response.status_code == 302
    assert reload(parcel).status == "delivered"
    assert parcel.order.number not in get_page_text(
        desk.get("/en/desk/centre/parcels/")
    )
    assert post_action(desk, parcel, "delivered").status_code == 409


@pytest.mark.parametrize(("size", "sheets"), [("", 1), ("a6", 2)])
def test_parcel_labels_show_address_weight_and_amount_due(
    desk, parcel, centre, tea, size, sheets, django_assert_max_num_queries
):
    make_order({tea: 1}, method="post")

    with django_assert_max_num_queries(12):
        response = desk.get(f"/en/desk/centre/parcels/labels/?size={size}")

    page = get_page_text(response)
    for expected in (
        "Điểm bán centre",
        "Hannah",
        "+84 905 123 456",
        "5 Hàng Bạc",
        "Hoàn Kiếm",
        parcel.order.number,
        "600 g",
        f"{parcel.to_collect_vnd:,}\xa0₫".replace("\xa0", " "),
    ):
        assert expected in page.replace("\xa0", " ")
    drawn = BeautifulSoup(response.content, "html.parser")
    assert len(drawn.select(".sheet")) == sheets
    assert len(drawn.select(".label .qr svg")) == 2


def test_parcel_label_of_one_parcel_is_printed_alone(desk, parcel, tea):
    other = make_order({tea: 1}, method="post")

    page = get_page_text(
        desk.get(f"/desk/centre/parcels/labels/?fulfilment={parcel.pk}")
    )

    assert parcel.order.number in page
    assert other.number not in page
    strange = get_page_text(desk.get("/desk/centre/parcels/labels/?fulfilment=x"))
    assert parcel.order.number not in strange


def test_shortage_form_cancels_units(desk, fulfilment, tea_at_centre):
    fulfilment_line = fulfilment.lines.get()
    mark_ready(fulfilment=fulfilment, at=timezone.now())

    response = post_action(
        desk, fulfilment, "short", line=fulfilment_line.pk, units=1, reason="Vỡ"
    )

    assert response.status_code == 302
    assert (
        reload(fulfilment).to_collect_vnd,
        get_stock_snapshot(tea_at_centre).allocated,
    ) == (
        95_000,
        1,
    )


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"units": 3}, 409),
        ({"units": 0}, 422),
        ({"units": "x"}, 422),
        ({"reason": ""}, 422),
        ({"line": 0}, 422),
        ({"line": 999_999}, 404),
    ],
)
def test_shortage_form_with_invalid_input_changes_nothing(
    desk, fulfilment, tea_at_centre, fields, status
):
    fields = {"line": fulfilment.lines.get().pk, "units": 1, "reason": "Vỡ"} | fields
    before = get_stock_snapshot(tea_at_centre)

    response = post_action(desk, fulfilment, "short", **fields)

    assert response.status_code == status
    assert (reload(fulfilment).to_collect_vnd, get_stock_snapshot(tea_at_centre)) == (
        190_000,
        before,
    )


def test_shortage_form_with_line_of_another_fulfilment_returns_404(
    desk, fulfilment, parcel
):
    response = post_action(
        desk, fulfilment, "short", line=parcel.lines.get().pk, units=1, reason="x"
    )

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("awaiting_payment", "is not paid yet"),
        ("lapsed", "was not paid in time"),
        ("not_collected", "was not collected in time"),
    ],
)
def test_find_code_of_ended_order_explains_status(desk, fulfilment, status, message):
    Fulfilment.objects.update(status=status)

    response = desk.get("/en/desk/centre/code/", {"code": fulfilment.code})

    assert response.status_code == 409
    assert message in get_page_text(response)


def test_expired_lots_page_writes_off_lot_once(
    desk, centre, fulfilment, tea, tea_at_centre
):
    put_on_shelf(centre, tea, 3, lot="OLD")
    lot = expire_lot(tea_at_centre, "OLD")
    page = get_page_text(desk.get("/en/desk/centre/stale/"))
    assert "Write off 3" in page
    assert fulfilment.order.number in page

    response = desk.post(f"/en/desk/centre/lots/{lot.pk}/expire/")

    assert response.status_code == 302
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("expire", "OLD", -3, 10)
    assert desk.post(f"/en/desk/centre/lots/{lot.pk}/expire/").status_code == 409


def test_write_off_refuses_unexpired_or_allocated_lot(desk, fulfilment, tea_at_centre):
    lot = tea_at_centre.lots.get()
    before = get_stock_snapshot(tea_at_centre)
    unexpired = desk.post(f"/en/desk/centre/lots/{lot.pk}/expire/")
    expire_lot(tea_at_centre)

    allocated = desk.post(f"/en/desk/centre/lots/{lot.pk}/expire/")

    assert (unexpired.status_code, allocated.status_code) == (409, 409)
    assert "This lot still keeps" in get_page_text(unexpired)
    assert "Buyers have ordered Forest tea" in get_page_text(allocated)
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"units": 11}, 409),
        ({"units": 9}, 409),
        ({"units": 0}, 422),
        ({"reason": ""}, 422),
    ],
)
def test_damage_form_with_invalid_input_changes_nothing(
    desk, fulfilment, tea_at_centre, fields, status
):
    lot = tea_at_centre.lots.get()
    fields = {"lot": lot.pk, "units": 1, "reason": "Ướt"} | fields
    before = get_stock_snapshot(tea_at_centre)

    response = desk.post(f"/en/desk/centre/shelf/{tea_at_centre.pk}/damage/", fields)

    assert response.status_code == status
    assert get_stock_snapshot(tea_at_centre) == before


def test_damage_form_sent_twice_writes_off_once(desk, tea_at_centre):
    path = f"/en/desk/centre/shelf/{tea_at_centre.pk}/"
    page = BeautifulSoup(desk.get(path).content, "html.parser")
    name = page.select_one('form[action$="damage/"] [name=client_id]')["value"]
    data = {"lot": tea_at_centre.lots.get().pk, "units": 10, "reason": "Ướt"}
    data["client_id"] = name
    desk.post(f"{path}damage/", data)

    again = desk.post(f"{path}damage/", data)

    assert again.status_code == 302
    assert get_stock_snapshot(tea_at_centre).on_hand == 0


def test_damage_form_reused_for_other_lot_returns_409_and_new_id(
    desk, tea_at_centre, centre
):
    put_on_shelf(centre, tea_at_centre.product, 4, lot="L2")
    path = f"/en/desk/centre/shelf/{tea_at_centre.pk}/damage/"
    first, second = tea_at_centre.lots.order_by("pk")
    data = {"lot": first.pk, "units": 1, "reason": "Ướt", "client_id": "phone-0001"}
    desk.post(path, data)

    refused = desk.post(path, data | {"lot": second.pk})

    page = BeautifulSoup(refused.content, "html.parser")
    form = page.select_one('form[action$="damage/"]')
    assert refused.status_code == 409
    assert "something else already (damaged: 1 of lot L1)" in form.text
    assert form.select_one("[selected]")["value"] == str(second.pk)
    name = form.select_one("[name=client_id]")["value"]
    desk.post(path, data | {"lot": second.pk, "client_id": name})
    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 9, "L2": 3}


def test_returns_page_takes_back_goods_at_another_point(
    signed_in, other_keeper, booth, fulfilment, desk, django_assert_max_num_queries
):
    post_action(desk, fulfilment, "give", code=fulfilment.code)
    browser = signed_in(other_keeper)
    path = f"/en/desk/booth/returns/?q={fulfilment.code.lower()}"

    with django_assert_max_num_queries(12):
        page = browser.get(path).content.decode()

    assert fulfilment.order.number in page
    assert "Forest tea" in page
    for secret in ("Hannah", "905", "hannah@example.com", fulfilment.code):
        assert secret not in page
    fulfilment_line = fulfilment.lines.get()
    data = {
        "line": fulfilment_line.pk,
        "batch": fulfilment_line.reservation.record.lots.get().batch_id,
        "units": 1,
        "decision": "restock",
        "reason": "Đổi ý",
    }
    assert browser.post(path, data).status_code == 302
    assert RefundDue.objects.get().amount_vnd == 95_000
    refused = browser.post(path, data | {"units": 2})
    assert refused.status_code == 409
    assert "Only 1 of this lot can still come back." in get_page_text(refused)
    assert browser.post(path, data | {"reason": ""}).status_code == 422
    assert RefundDue.objects.count() == 1


def test_returns_page_hides_order_not_handed_over(
    signed_in, other_keeper, booth, fulfilment
):
    response = signed_in(other_keeper).get(
        f"/en/desk/booth/returns/?q={fulfilment.order.number}"
    )

    assert response.status_code == 404
    assert "Forest tea" not in response.content.decode()


def test_desk_query_count_is_independent_of_fulfilments(
    desk, centre, tea, tea_at_centre, keeper, django_assert_max_num_queries
):
    for _number in range(5):
        fulfilment = make_order({tea: 1}, point=centre).fulfilments.get()
        post_action(desk, fulfilment, "start")

    for path in (
        "",
        f"jobs/{fulfilment.pk}/",
        f"jobs/{fulfilment.pk}/short/",
        "parcels/",
        "stale/",
    ):
        with django_assert_max_num_queries(13):
            assert desk.get(f"/en/desk/centre/{path}").status_code == 200


# --- New orders ----------------------------------------------------------------------


def test_every_desk_tab_shows_number_of_jobs(desk, fulfilment):
    for path in ("", "sell/", "receive/", "shelf/"):
        page = BeautifulSoup(desk.get(f"/en/desk/centre/{path}").content, "html.parser")
        assert page.select_one("#job-count .sr-only").get_text(strip=True) == (
            "1 job to do"
        )


def test_job_badge_is_sent_again_only_when_jobs_changed(desk, centre, tea, fulfilment):
    page = BeautifulSoup(desk.get("/en/desk/centre/").content, "html.parser")
    address = page.select_one("#job-count")["hx-get"]
    assert desk.get(address).status_code == 204

    make_order({tea: 1}, point=centre)

    response = desk.get(address)
    assert "2 jobs to do" in response.content.decode()
    assert "jobs-changed" in response["HX-Trigger"]


def test_job_badge_of_another_point_is_not_found(desk, booth):
    assert desk.get("/en/desk/booth/count/").status_code == 404


def test_confirmed_order_emails_keepers_of_its_point_in_their_language(
    booth, tea, tea_at_centre, centre, keeper, other_keeper, mailoutbox
):
    UserProfile.objects.create(user=keeper, preferred_language="en")
    buyer = Client()
    add_to_basket(buyer, tea, 2)
    order = get_placed_order(submit_checkout(buyer, PICKUP))

    (letter,) = [one for one in mailoutbox if one.to == [keeper.email]]

    assert letter.subject == f"New order {order.number} at Hội An Centre"
    assert "2 × Forest tea" in letter.body
    assert "To collect: 190,000\u00a0₫" in letter.body
    path = f"/en/desk/centre/jobs/{order.fulfilments.get().pk}/"
    assert path in letter.body
    assert [one for one in mailoutbox if one.to == [other_keeper.email]] == []


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("hannah@example.com", "Marked ready. A letter goes to the buyer."),
        ("", "Marked ready. The buyer left no e-mail: call +84 905 123 456."),
    ],
)
def test_mark_ready_says_whether_buyer_gets_a_letter(
    desk, centre, tea, tea_at_centre, email, sentence
):
    fulfilment = make_order({tea: 1}, point=centre, email=email).fulfilments.get()

    post_action(desk, fulfilment, "ready")

    page = get_page_text(desk.get(f"/en/desk/centre/jobs/{fulfilment.pk}/"))
    assert sentence in page
