"""A buyer whose point lacks something learns when it is there."""

import datetime as dt
from types import MappingProxyType

import pytest
from django.utils import timezone

from catalogue.models import Product
from marketplace.checkout.basket.models import Line
from marketplace.orders.models import Order
from marketplace.orders.operations.cancel import cancel_order
from stores.models import WEEKDAYS, LeadTime, SalesPoint, Transfer
from stores.partner.models import StockRecord
from tests.factories import (
    expire_certificate,
    make_hours,
    make_point,
    put_on_shelf,
)
from tests.marketplace.shopping import (
    PICKUP,
    ROOM,
    add_to_basket,
    change_quantity,
    get_order_url,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
)

LANGUAGES = pytest.mark.parametrize("base", ["", "/en"])
AT_BOOTH = MappingProxyType(PICKUP | {"sales_point": "booth"})


@pytest.fixture
def monday(time_machine) -> dt.date:
    """It is four in the afternoon of a Monday."""
    day = timezone.localdate() + dt.timedelta(days=7)
    day -= dt.timedelta(days=day.weekday())
    here = timezone.get_current_timezone()
    time_machine.move_to(dt.datetime.combine(day, dt.time(16), here))
    return day


@pytest.fixture
def honey_at_booth(booth, honey) -> StockRecord:
    return put_on_shelf(booth, honey, 2)


@pytest.fixture(autouse=True)
def lead_time(centre: SalesPoint, booth: SalesPoint, monday) -> LeadTime:
    """From the centre to the booth it takes eight hours; both close at night."""
    centre.hours = make_hours(("08:00", "18:00"))
    centre.save()
    booth.hours = make_hours(("10:00", "12:00"), ("16:00", "21:00"))
    booth.save()
    return LeadTime.objects.create(source=centre, destination=booth, hours=8)


@pytest.fixture
def client_with_basket(visitor, tea, tea_at_centre, honey, honey_at_booth):
    """A browser of somebody who lives at the booth, its tea at the centre."""
    visitor.cookies["place"] = "booth"
    add_to_basket(visitor, tea, 3)
    add_to_basket(visitor, honey, 1)
    return visitor


def get_ready_time(monday: dt.date) -> dt.datetime:
    """Ten the next morning, when the booth opens after the night."""
    here = timezone.get_current_timezone()
    return dt.datetime.combine(monday + dt.timedelta(days=1), dt.time(10), here)


READY_TIME = MappingProxyType({"": "10:00 mai", "/en": "10:00 tomorrow"})


@LANGUAGES
def test_basket_and_checkout_show_ready_time_with_transfer(client_with_basket, base):
    assert READY_TIME[base] in get_page_text(client_with_basket.get(f"{base}/basket/"))

    page = parse_page(
        client_with_basket.get(f"{base}/checkout/?receive=pickup&sales_point=booth")
    )
    assert (
        READY_TIME[base]
        in page.select_one("#id_sales_point option[selected]").get_text()
    )
    promise = " ".join(page.select_one("#pickup-promise").get_text(" ").split())
    assert READY_TIME[base] in promise
    tea, centre = (
        ("Forest tea", "Hội An Centre")
        if base
        else (
            "Trà rừng Cù Lao Chàm",
            "Trung tâm Hội An",
        )
    )
    assert f"{tea} ({centre})" in promise


@LANGUAGES
def test_place_order_reserves_at_both_points_and_requests_transfer(
    client_with_basket, base, centre, booth, tea_at_centre, honey_at_booth, monday
):
    order = get_placed_order(submit_checkout(client_with_basket, AT_BOOTH, base=base))

    fulfilment = order.fulfilments.get()
    assert (fulfilment.point, fulfilment.promised_at) == (booth, get_ready_time(monday))
    for record, units in ((tea_at_centre, 3), (honey_at_booth, 1)):
        record.refresh_from_db()
        assert record.num_allocated == units
    transfer = Transfer.objects.get()
    assert (transfer.source, transfer.destination, transfer.due_at) == (
        centre,
        booth,
        get_ready_time(monday),
    )
    assert [line.units for line in transfer.lines.all()] == [3]


@LANGUAGES
def test_order_page_and_email_show_ready_time(
    client_with_basket, base, mailoutbox, monday
):
    order = get_placed_order(submit_checkout(client_with_basket, AT_BOOTH, base=base))

    headline = parse_page(
        client_with_basket.get(get_order_url(order, base))
    ).h1.get_text()
    assert READY_TIME[base] in headline
    (letter,) = mailoutbox
    day = get_ready_time(monday)
    assert "10:00" in letter.body
    assert f"{day.day}" in letter.body
    assert ("Chuyển về" if not base else "Fetched from") in get_page_text(
        client_with_basket.get(get_order_url(order, base))
    )


def test_order_page_hides_ready_time_after_cancellation(client_with_basket):
    order = get_placed_order(submit_checkout(client_with_basket, AT_BOOTH))
    cancel_order(order=order, at=timezone.now())

    page = get_page_text(client_with_basket.get(get_order_url(order)))
    assert "10:00 tomorrow" not in page
    assert Transfer.objects.get().status == "cancelled"


def test_place_order_twice_requests_one_transfer(client_with_basket):
    first = get_placed_order(submit_checkout(client_with_basket, AT_BOOTH))
    second = submit_checkout(client_with_basket, AT_BOOTH)

    assert first.number in second["Location"]
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    "obstacle", ["no way", "too few", "chilled", "no licence", "never open", "lapsed"]
)
def test_place_order_refuses_goods_that_cannot_be_transferred(
    client_with_basket,
    obstacle,
    lead_time,
    tea,
    centre,
    booth,
    tea_at_centre,
    honey_at_booth,
):
    if obstacle == "no way":
        lead_time.delete()
    elif obstacle == "too few":
        put_on_shelf(make_point("far"), tea, 99)
        change_quantity(client_with_basket, 11, Line.objects.get(product=tea))
    elif obstacle == "chilled":
        Product.objects.filter(pk=tea.pk).update(storage="chilled")
    elif obstacle == "no licence":
        Product.objects.filter(pk=tea.pk).update(abv="29.5")
        SalesPoint.objects.filter(pk=booth.pk).update(alcohol_licence=False)
    elif obstacle == "never open":
        SalesPoint.objects.filter(pk=centre.pk).update(
            hours={day: [] for day in WEEKDAYS}
        )
    else:
        expire_certificate(tea)

    response = submit_checkout(client_with_basket, AT_BOOTH, adult="on")

    assert response.status_code == 409
    assert "Forest tea" in get_page_text(response)
    assert not Transfer.objects.exists()
    assert not Order.objects.exists()
    for record in (tea_at_centre, honey_at_booth):
        record.refresh_from_db()
        assert record.num_allocated == 0


@LANGUAGES
def test_room_delivery_refuses_day_before_goods_arrive(
    client_with_basket, base, monday
):
    response = submit_checkout(client_with_basket, ROOM, base=base, handover_on=monday)

    sentence = {
        "": "Sớm nhất là ngày",
        "/en": "The earliest day is",
    }[base]
    assert response.status_code == 422
    assert sentence in get_page_text(response)
    assert not Order.objects.exists()
    assert not Transfer.objects.exists()


def test_room_delivery_suggests_first_feasible_day(
    client_with_basket, booth, centre, monday
):
    client_with_basket.cookies["place"] = "booth"
    page = parse_page(client_with_basket.get("/en/checkout/?receive=room"))
    tomorrow = monday + dt.timedelta(days=1)
    assert page.select_one("#id_handover_on")["value"] == tomorrow.isoformat()
    assert "The first day is" in page.select_one("#room-promise").get_text()

    fulfilment = get_placed_order(
        submit_checkout(client_with_basket, ROOM, handover_on=tomorrow)
    ).fulfilments.get()

    assert (fulfilment.point, fulfilment.hotel, fulfilment.handover_on) == (
        booth,
        booth,
        tomorrow,
    )
    assert Transfer.objects.get().due_at == get_ready_time(monday)


def test_room_delivery_skips_day_when_booth_is_closed(
    client_with_basket, booth, monday
):
    booth.hours["tue"] = []
    booth.save()

    page = parse_page(client_with_basket.get("/en/checkout/?receive=room"))

    after = monday + dt.timedelta(days=2)
    assert page.select_one("#id_handover_on")["value"] == after.isoformat()


def test_checkout_prefers_point_with_all_goods_over_transfer(
    visitor, tea, tea_at_centre
):
    visitor.cookies["place"] = "booth"
    add_to_basket(visitor, tea, 1)

    page = parse_page(visitor.get("/en/checkout/"))

    chosen = page.select_one("#id_sales_point option[selected]")
    assert chosen["value"] == "centre"


def test_checkout_query_count_is_bounded_with_transfers(
    client_with_basket, django_assert_max_num_queries
):
    for _number in range(6):
        put_on_shelf(make_point(), Product.objects.first(), 5)
    with django_assert_max_num_queries(12):
        client_with_basket.get("/en/checkout/")
    with django_assert_max_num_queries(12):
        client_with_basket.get("/en/basket/")
