"""Asking, packing and unpacking at the desk, on a phone."""

from types import MappingProxyType

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from stores.models import LeadTime, SalesPoint, Transfer
from stores.operations.transfer import PackedLot, send_transfer
from tests.factories import (
    expire_lot,
    make_order,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot
from tests.stores.test_transfers import (
    get_booth_record,
    get_status,
    receive_units,
    request_units,
    send_units,
)

BASE = "/en/desk/{}/transfers/"
REQUEST_FORM = MappingProxyType(
    {"source": "centre", "units": 3, "client_id": "phone-0001"}
)


@pytest.fixture
def sender(signed_in, keeper):
    """The browser of the centre's keeper."""
    return signed_in(keeper)


@pytest.fixture
def receiver(signed_in, other_keeper):
    """The browser of the booth's keeper."""
    return signed_in(other_keeper)


@pytest.fixture
def requested_transfer(centre, booth, tea, tea_at_centre) -> Transfer:
    return request_units(centre, booth, tea, 4)


@pytest.fixture
def sent_transfer(requested_transfer) -> Transfer:
    send_units(requested_transfer)
    return requested_transfer


def get_transfer_url(
    point: str, transfer: Transfer | None = None, verb: str = ""
) -> str:
    path = BASE.format(point)
    return path + (f"{transfer.pk}/" + (f"{verb}/" if verb else "") if transfer else "")


def make_units_fields(transfer: Transfer, units: object) -> dict[str, object]:
    """The fields of a transfer with one line of one lot, packing or unpacking."""
    line = transfer.lines.get()
    lot = line.lots.first()
    if lot:
        return {f"lot-{lot.pk}": units}
    return {f"lot-{line.pk}-{line.product.batches.get().pk}": units}


def test_request_transfer_page_lists_sources_and_creates_transfer(
    receiver, booth, tea, tea_at_centre
):
    path = get_transfer_url("booth") + "ask/"
    page = get_page_text(receiver.get(path, {"product": f"{tea.code} Forest tea"}))
    assert "Point centre" in page

    response = receiver.post(
        path,
        REQUEST_FORM | {"product": tea.slug, "note": "for the fair"},
    )

    assert (response.status_code, response["Location"]) == (
        302,
        get_transfer_url("booth"),
    )
    made = Transfer.objects.get()
    assert (made.source.slug, made.destination, made.note) == (
        "centre",
        booth,
        "for the fair",
    )
    assert [(line.product, line.units) for line in made.lines.all()] == [(tea, 3)]
    assert "Asked, not sent" not in get_page_text(
        receiver.get(get_transfer_url("booth"))
    )
    assert made.number in get_page_text(receiver.get(get_transfer_url("booth")))


@pytest.mark.parametrize(
    "changed",
    [
        {"units": 0},
        {"units": -3},
        {"units": "2.5"},
        {"units": ""},
        {"units": 10**9},
        {"source": "booth"},
        {"source": "nowhere"},
        {"source": ""},
        {"product": "no such thing"},
        {"product": ""},
        {"note": "x" * 101},
        {"client_id": ""},
        {"client_id": "<b>"},
    ],
)
@pytest.mark.parametrize("language", ["", "/en"])
def test_request_transfer_page_refuses_invalid_input(
    receiver, tea, tea_at_centre, changed, language
):
    form = REQUEST_FORM | {"product": tea.slug} | changed

    response = receiver.post(f"{language}/desk/booth/transfers/ask/", form)

    assert response.status_code == 422
    assert not Transfer.objects.exists()


def test_request_transfer_page_sent_twice_creates_one_transfer(
    receiver, tea, tea_at_centre
):
    path, form = (
        get_transfer_url("booth") + "ask/",
        REQUEST_FORM | {"product": tea.slug},
    )
    receiver.post(path, form)

    page = get_page_text(receiver.post(path, form, follow=True))

    made = Transfer.objects.get()
    assert f"Asked Hội An Centre for 3 × Forest tea: {made.number}." in page
    assert made.lines.get().units == 3


def test_request_transfer_page_reused_returns_409_and_new_id(
    receiver, tea, tea_at_centre
):
    path, form = (
        get_transfer_url("booth") + "ask/",
        REQUEST_FORM | {"product": tea.slug},
    )
    receiver.post(path, form)

    refused = receiver.post(path, form | {"units": 5})

    line = Transfer.objects.get().lines.get()
    assert refused.status_code == 409
    assert f"something else already: {line.transfer.number}." in get_page_text(refused)
    assert line.units == 3
    fresh = BeautifulSoup(refused.content, "html.parser").select_one("[name=client_id]")
    receiver.post(path, form | {"units": 5, "client_id": fresh["value"]})
    line.refresh_from_db()
    assert line.units == 8


def test_request_transfer_page_refuses_more_than_available(
    receiver, requested_transfer, tea
):
    path, form = (
        get_transfer_url("booth") + "ask/",
        REQUEST_FORM | {"product": tea.slug},
    )

    refused = receiver.post(path, form | {"units": 7})

    assert refused.status_code == 409
    message = "Only 6 more of Forest tea can be asked for there now."
    assert message in get_page_text(refused)
    assert requested_transfer.lines.get().units == 4
    receiver.post(path, form | {"units": 6})
    assert requested_transfer.lines.get().units == 10


def test_request_transfer_page_refuses_alcohol_without_licence(receiver, centre, booth):
    wine = make_product("ruou", abv="29.5")
    put_on_shelf(centre, wine, 3)
    SalesPoint.objects.update(alcohol_licence=False)

    response = receiver.post(
        get_transfer_url("booth") + "ask/", REQUEST_FORM | {"product": wine.slug}
    )

    assert response.status_code == 409
    assert "no licence" in get_page_text(response)
    assert not Transfer.objects.exists()


def test_request_transfer_page_without_source_displays_message(receiver, booth, honey):
    page = receiver.get(get_transfer_url("booth") + "ask/", {"product": honey.slug})

    assert "No other point has any of it free" in get_page_text(page)


def test_transfer_is_listed_for_sender_then_receiver(
    sender, receiver, requested_transfer
):
    fulfilments = ("/en/desk/centre/", "/en/desk/booth/")
    assert f"{requested_transfer.number} to booth" in get_page_text(
        sender.get(fulfilments[0])
    )
    assert requested_transfer.number not in get_page_text(receiver.get(fulfilments[1]))

    send_units(requested_transfer)

    assert requested_transfer.number not in get_page_text(sender.get(fulfilments[0]))
    page = get_page_text(receiver.get(fulfilments[1]))
    assert f"{requested_transfer.number} from Hội An Centre" in page
    assert "1 coming" in get_page_text(receiver.get("/en/desk/booth/receive/"))


def test_transfer_page_for_order_shows_due_time(
    sender, centre, booth, tea, tea_at_centre
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    order = make_order({tea: 1}, point=booth)
    made = Transfer.objects.get()

    page = get_page_text(sender.get(get_transfer_url("centre", made)))

    hour = timezone.localtime(made.due_at)
    assert f"A buyer waits: there at {hour:%H:%M}" in page
    assert f"for order {order.number}" in page


def test_transfer_page_suggests_lots_expiring_first(
    sender, requested_transfer, tea, centre
):
    put_on_shelf(centre, tea, 3, lot="SOON", keeps_days=9)
    expire_lot(put_on_shelf(centre, tea, 1, lot="GONE"), "GONE")

    response = sender.get(get_transfer_url("centre", requested_transfer))

    page = get_page_text(response)
    assert page.index("SOON") < page.index("L1") < page.index("GONE")
    assert "Past its date: it stays." in page
    assert 'value="3"' in response.content.decode()


def test_send_transfer_page_moves_stock(sender, requested_transfer, tea_at_centre):
    response = sender.post(
        get_transfer_url("centre", requested_transfer, "send"),
        make_units_fields(requested_transfer, 4),
    )

    assert (response.status_code, get_status(requested_transfer)) == (302, "sent")
    assert get_stock_snapshot(tea_at_centre).on_hand == 6


@pytest.mark.parametrize(
    ("units", "status", "sentence"),
    [
        ("", 422, "Not counted yet."),
        ("2.5", 422, "Write a whole number, 0 for none."),
        ("-1", 422, "Write a whole number, 0 for none."),
        ("99", 422, "There are only 10."),
        ("5", 409, "4 are asked for; no more can be sent."),
        ("0", 409, "Nothing would be sent."),
    ],
)
def test_send_transfer_page_refuses_invalid_units(
    sender, requested_transfer, tea_at_centre, units, status, sentence
):
    before = get_stock_snapshot(tea_at_centre)

    response = sender.post(
        get_transfer_url("centre", requested_transfer, "send"),
        make_units_fields(requested_transfer, units),
    )

    assert response.status_code == status
    assert sentence in get_page_text(response)
    assert (get_status(requested_transfer), get_stock_snapshot(tea_at_centre)) == (
        "requested",
        before,
    )


def test_send_transfer_page_refuses_allocated_units(
    sender, requested_transfer, centre, tea, tea_at_centre
):
    make_order({tea: 8}, point=centre)

    response = sender.post(
        get_transfer_url("centre", requested_transfer, "send"),
        make_units_fields(requested_transfer, 4),
    )

    assert response.status_code == 409
    text = get_page_text(response)
    assert "Forest tea: only 2 are free; buyers have ordered the others." in text
    assert get_status(requested_transfer) == "requested"


def test_send_transfer_page_for_order_requires_whole_line(
    sender, centre, booth, tea, tea_at_centre
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    make_order({tea: 3}, point=booth)
    made = Transfer.objects.get()

    response = sender.post(
        get_transfer_url("centre", made, "send"), make_units_fields(made, 2)
    )

    assert response.status_code == 409
    assert "a buyer waits for all 3; send exactly those." in get_page_text(response)
    assert get_status(made) == "requested"


def test_receive_transfer_page_adds_stock(receiver, sent_transfer, booth, tea):
    page = receiver.get(get_transfer_url("booth", sent_transfer)).content.decode()
    assert 'placeholder="?"' in page
    assert 'value="4"' not in page

    response = receiver.post(
        get_transfer_url("booth", sent_transfer, "receive"),
        make_units_fields(sent_transfer, 4),
    )

    assert (response.status_code, get_status(sent_transfer)) == (302, "received")
    assert get_stock_snapshot(get_booth_record(booth, tea)).on_hand == 4


@pytest.mark.parametrize(
    ("units", "fields", "sentence"),
    [
        ("", {}, "Not counted yet."),
        ("?", {}, "Write a whole number, 0 for none."),
        ("5", {}, "4 were sent. If more came, receive the others as a delivery."),
        ("3", {}, "Fewer came than were sent: say why."),
        ("3", {"more": "wet"}, "Fewer came than were sent: say why."),
        ("3", {"why": "magic"}, "Choose why something is missing."),
    ],
)
def test_receive_transfer_page_refuses_invalid_units(
    receiver, sent_transfer, booth, tea, units, fields, sentence
):
    form = make_units_fields(sent_transfer, units) | fields

    response = receiver.post(get_transfer_url("booth", sent_transfer, "receive"), form)

    assert response.status_code == 422
    assert sentence in get_page_text(response)
    assert (get_status(sent_transfer), get_booth_record(booth, tea)) == ("sent", None)


def test_transfer_pages_show_shortage_with_reason(sender, receiver, sent_transfer):
    form = make_units_fields(sent_transfer, 3) | {
        "why": "broken",
        "more": "one box was wet",
    }
    receiver.post(get_transfer_url("booth", sent_transfer, "receive"), form)

    for browser, point in ((sender, "centre"), (receiver, "booth")):
        for page in (get_transfer_url(point), get_transfer_url(point, sent_transfer)):
            assert "Broken: one box was wet" in get_page_text(browser.get(page))


@pytest.mark.parametrize(
    ("verb", "point", "sentence"),
    [
        ("send", "booth", "That is done at Point centre."),
        ("receive", "centre", "That is done at Point booth."),
        ("receive", "booth", "It has not left yet."),
    ],
)
def test_transfer_step_at_wrong_point_or_time_is_refused(
    sender, receiver, requested_transfer, tea_at_centre, verb, point, sentence
):
    before = get_stock_snapshot(tea_at_centre)
    browser = sender if point == "centre" else receiver

    response = browser.post(
        get_transfer_url(point, requested_transfer, verb),
        make_units_fields(requested_transfer, 4),
    )

    assert response.status_code == 409
    assert sentence in get_page_text(response)
    assert (get_status(requested_transfer), get_stock_snapshot(tea_at_centre)) == (
        "requested",
        before,
    )


def test_send_transfer_page_in_transit_refuses_destination(
    receiver, sent_transfer, booth, tea
):
    response = receiver.post(
        get_transfer_url("booth", sent_transfer, "send"),
        make_units_fields(sent_transfer, 4),
    )

    assert response.status_code == 409
    assert "That is done at Point centre." in get_page_text(response)
    assert get_status(sent_transfer) == "sent"
    assert not get_booth_record(booth, tea)


def test_transfer_step_taken_twice_is_refused(
    sender, receiver, sent_transfer, booth, tea
):
    again = sender.post(
        get_transfer_url("centre", sent_transfer, "send"),
        make_units_fields(sent_transfer, 4),
    )
    assert again.status_code == 409
    assert "It is on the way already." in get_page_text(again)

    receive_units(sent_transfer)
    again = receiver.post(
        get_transfer_url("booth", sent_transfer, "receive"),
        make_units_fields(sent_transfer, 4),
    )

    assert again.status_code == 409
    assert "It was received already." in get_page_text(again)
    assert get_stock_snapshot(get_booth_record(booth, tea)).on_hand == 4


def test_cancel_transfer_page_before_sending_succeeds(
    sender, receiver, requested_transfer
):
    why = {"reason": "No room for it"}

    response = receiver.post(
        get_transfer_url("booth", requested_transfer, "cancel"), why
    )
    assert (response.status_code, get_status(requested_transfer)) == (302, "cancelled")

    again = sender.post(get_transfer_url("centre", requested_transfer, "cancel"), why)

    assert again.status_code == 409
    assert "It was called off." in get_page_text(again)
    page = get_page_text(sender.get(get_transfer_url("centre", requested_transfer)))
    assert "other-keeper@example.com: “No room for it”" in page


def test_cancel_transfer_page_requires_reason(receiver, requested_transfer):
    response = receiver.post(
        get_transfer_url("booth", requested_transfer, "cancel"), {"reason": " "}
    )

    assert (response.status_code, get_status(requested_transfer)) == (422, "requested")
    assert "Say why it is called off." in get_page_text(response)


def test_cancel_transfer_page_for_order_is_refused(
    sender, centre, booth, tea, tea_at_centre
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    make_order({tea: 1}, point=booth)
    made = Transfer.objects.get()

    response = sender.post(
        get_transfer_url("centre", made, "cancel"), {"reason": "Gone"}
    )

    assert response.status_code == 409
    assert "A buyer waits for it." in get_page_text(response)
    assert get_status(made) == "requested"


def test_transfer_slip_shows_contents_and_signatures(
    sender, sent_transfer, centre, booth
):
    response = sender.get(get_transfer_url("centre", sent_transfer, "slip"))

    page = get_page_text(response)
    for expected in (
        sent_transfer.number,
        centre.name_en,
        booth.name_en,
        centre.address,
        "L1",
    ):
        assert expected in page
    for signed in ("Sent by", "Carried by", "Received by"):
        assert signed in page
    assert "<svg" in response.content.decode()
    assert " style=" not in response.content.decode()


def test_find_transfer_by_number_redirects_to_it(receiver, sent_transfer):
    for typed in (
        sent_transfer.number,
        f" {sent_transfer.number.lower()} ",
        str(sent_transfer.pk),
    ):
        response = receiver.get(get_transfer_url("booth"), {"number": typed})
        assert response["Location"] == get_transfer_url("booth", sent_transfer)


@pytest.mark.parametrize("typed", ["DC-99999", "QN-1", "9" * 18, "<b>", "\x00"])
def test_find_transfer_by_unknown_number_returns_404(receiver, sent_transfer, typed):
    response = receiver.get(get_transfer_url("booth"), {"number": typed})

    assert response.status_code == 404
    assert "No transfer of this point has the number" in get_page_text(response)


@pytest.mark.parametrize("verb", ["", "slip", "send", "receive", "cancel"])
def test_transfer_between_other_points_returns_404(
    signed_in, stranger, sent_transfer, verb
):
    elsewhere = make_point("elsewhere")
    elsewhere.keepers.add(stranger)
    method = "post" if verb in ("send", "receive", "cancel") else "get"

    path = get_transfer_url("elsewhere", sent_transfer, verb)
    response = getattr(signed_in(stranger), method)(path)

    assert response.status_code == 404
    assert get_status(sent_transfer) == "sent"


@pytest.mark.parametrize("screen", ["list", "ask", "pack", "unpack", "look", "slip"])
def test_transfer_pages_query_count_is_bounded(
    sender, receiver, centre, booth, django_assert_max_num_queries, screen
):
    goods = [make_product() for _number in range(12)]
    for product in goods:
        put_on_shelf(centre, product, 5)
    transfer = [request_units(centre, booth, product, 2) for product in goods][0]
    if screen in ("unpack", "look", "slip"):
        send_transfer(
            transfer=transfer,
            point=centre,
            lots=[
                PackedLot(line, line.product.batches.get(), 2)
                for line in transfer.lines.all()
            ],
            actor=None,
            at=timezone.now(),
        )
    browser, path = {
        "list": (sender, get_transfer_url("centre")),
        "ask": (receiver, get_transfer_url("booth") + f"ask/?product={goods[0].slug}"),
        "pack": (sender, get_transfer_url("centre", transfer)),
        "unpack": (receiver, get_transfer_url("booth", transfer)),
        "look": (sender, get_transfer_url("centre", transfer)),
        "slip": (sender, get_transfer_url("centre", transfer, "slip")),
    }[screen]

    with django_assert_max_num_queries(12):
        assert browser.get(path).status_code == 200


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("step", ["asked", "sent"])
def test_transfer_pages_are_in_one_language(
    sender, receiver, requested_transfer, language, step
):
    if step == "sent":
        send_units(requested_transfer)
    words = {"": "Phiếu", "/en": "Slip"}

    for browser, point in ((sender, "centre"), (receiver, "booth")):
        page = get_page_text(
            browser.get(f"{language}/desk/{point}/transfers/{requested_transfer.pk}/")
        )
        assert words[language] in page
        assert words["/en" if not language else ""] not in page
