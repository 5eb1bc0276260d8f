"""From basket to order, in each of the three ways."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.checkout.basket.models import Basket
from marketplace.checkout.place_order import place_order
from marketplace.orders.models import CODE_LETTERS, Fulfilment, Order
from stores.models import LeadTime, StockMovement, Transfer
from tests.factories import (
    make_basket,
    make_order,
    make_order_request,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    ROOM,
    add_to_basket,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
)


def allocated(*records):
    """Units promised to orders, record by record, as the database has it."""
    for record in records:
        record.refresh_from_db()
    return [record.num_allocated for record in records]


def to_whole_dong(amount: Decimal) -> int:
    assert amount == amount.to_integral_value()
    return int(amount)


def test_place_pickup_order_creates_fulfilment_and_reserves_stock(
    visitor, centre, tea, tea_at_centre, honey, honey_at_centre
):
    add_to_basket(visitor, tea, 2)
    add_to_basket(visitor, honey, 1)

    order = get_placed_order(submit_checkout(visitor, PICKUP, note="By noon, please"))
    fulfilment = order.fulfilments.get()
    assert (order.status, fulfilment.status, fulfilment.delivery_method) == (
        "confirmed",
        "confirmed",
        "pickup",
    )
    assert (
        fulfilment.point,
        fulfilment.name,
        fulfilment.note,
        fulfilment.language,
    ) == (
        centre,
        "Hannah Weber",
        "By noon, please",
        "en",
    )
    assert len(fulfilment.code) == 6
    assert set(fulfilment.code) <= set(CODE_LETTERS)
    assert allocated(tea_at_centre, honey_at_centre) == [2, 1]
    assert (tea_at_centre.num_in_stock, honey_at_centre.num_in_stock) == (10, 3)
    assert StockMovement.objects.count() == 2  # both from receiving
    assert {line.status for line in order.lines.all()} == {"confirmed"}


def test_place_order_totals_are_whole_dong_and_add_up(
    visitor, tea, tea_at_centre, honey, honey_at_centre
):
    add_to_basket(visitor, tea, 3)
    add_to_basket(visitor, honey, 2)

    order = get_placed_order(submit_checkout(visitor, POST))
    lines = [to_whole_dong(line.line_price_incl_tax) for line in order.lines.all()]
    assert lines == [3 * 95_000, 2 * 95_000]
    assert to_whole_dong(order.shipping_incl_tax) == 40_000  # 1,000 g to a far zone
    assert to_whole_dong(order.total_incl_tax) == 5 * 95_000 + 40_000
    assert to_whole_dong(order.total_excl_tax) == sum(
        to_whole_dong(line.line_price_excl_tax) for line in order.lines.all()
    ) + to_whole_dong(order.shipping_excl_tax)
    assert (order.currency, order.lines.first().unit_price_incl_tax) == ("VND", 95_000)
    assert (
        sum(fulfilment.to_collect_vnd for fulfilment in order.fulfilments.all())
        == 515_000
    )
    assert order.sources.get().amount_allocated == 515_000


def test_place_order_uses_price_of_the_day(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea, 2)
    tea.price_vnd = 99_000
    tea.save()

    order = get_placed_order(submit_checkout(visitor, PICKUP))
    assert to_whole_dong(order.total_incl_tax) == 198_000
    assert order.fulfilments.get().to_collect_vnd == 198_000


def test_place_room_order_is_fulfilled_by_hotel_booth(
    visitor, booth, tea, tea_at_booth, tea_at_centre, today
):
    add_to_basket(visitor, tea, 2)

    order = get_placed_order(submit_checkout(visitor, ROOM, handover_on=today))
    fulfilment = order.fulfilments.get()
    assert (
        fulfilment.point,
        fulfilment.hotel,
        fulfilment.room,
        fulfilment.handover_on,
    ) == (
        booth,
        booth,
        "214",
        today,
    )
    assert allocated(tea_at_booth, tea_at_centre) == [2, 0]
    assert order.shipping_incl_tax == 0


def test_place_room_order_transfers_goods_missing_at_booth(
    visitor, centre, booth, tea, tea_at_booth, tea_at_centre, today
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    add_to_basket(visitor, tea, 3)
    day = today + dt.timedelta(days=1)

    fulfilment = get_placed_order(
        submit_checkout(visitor, ROOM, handover_on=day)
    ).fulfilments.get()
    assert (fulfilment.point, fulfilment.hotel) == (booth, booth)
    assert allocated(tea_at_booth, tea_at_centre) == [0, 3]
    assert Transfer.objects.get().destination == booth


def test_place_room_order_accepts_day_fourteen_days_ahead(
    visitor, booth, tea, tea_at_booth, today
):
    add_to_basket(visitor, tea)
    day = today + dt.timedelta(days=14)

    order = get_placed_order(
        submit_checkout(visitor, ROOM, handover_on=day.strftime("%d/%m/%Y"))
    )
    assert order.fulfilments.get().handover_on == day


def test_place_post_order_stores_address_and_postage(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)

    order = get_placed_order(submit_checkout(visitor, POST, base="", province="hue"))
    address = order.shipping_address
    assert (address.first_name, address.line1, address.line3, address.line4) == (
        "Lê Thị Hoa",
        "12 Hàng Gai",
        "Hoàn Kiếm",
        "Thành phố Huế",
    )
    fulfilment = order.fulfilments.get()
    assert (fulfilment.delivery_method, fulfilment.language, fulfilment.phone) == (
        "post",
        "vi",
        "+84 905 123 456",
    )
    assert (order.shipping_incl_tax, fulfilment.to_collect_vnd) == (28_000, 123_000)
    assert order.shipping_code == "post"


def test_place_post_order_from_two_points_splits_into_paid_parcels(
    visitor, centre, tea, tea_at_centre, honey
):
    far = make_point("far", short_name_en="Far away")
    honey_far_away = put_on_shelf(far, honey, 5)
    add_to_basket(visitor, tea, 2)
    add_to_basket(visitor, honey, 1)
    assert "It goes in 2 parcels" in get_page_text(
        visitor.get("/en/checkout/?receive=post")
    )

    order = get_placed_order(submit_checkout(visitor, POST))
    fulfilments = {
        fulfilment.point.slug: fulfilment for fulfilment in order.fulfilments.all()
    }
    assert set(fulfilments) == {"centre", "far"}
    assert fulfilments["centre"].code != fulfilments["far"].code
    assert [line.line.product.slug for line in fulfilments["far"].lines.all()] == [
        "mat-ong"
    ]
    assert allocated(tea_at_centre, honey_far_away) == [2, 1]
    assert order.shipping_incl_tax == 64_000  # two parcels of up to 500 g
    assert fulfilments["centre"].to_collect_vnd == 2 * 95_000 + 64_000
    assert fulfilments["far"].to_collect_vnd == 95_000


def test_checkout_shows_postage_before_order(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea, 2)

    page = parse_page(visitor.get("/en/checkout/?receive=post&province=ha-noi"))
    summary = page.select_one("#sum").get_text(" ").replace("\u00a0", " ")
    assert "32,000 ₫" in summary
    assert "Order, pay 222,000 ₫ on receipt" in summary
    choice = page.select_one("#id_province option[value=da-nang]")
    assert " ".join(choice.get_text().split()) == (
        "Thành phố Đà Nẵng: 20,000 ₫, 1 to 2 days"
    )
    assert not Order.objects.exists()


def test_place_order_sells_alcohol_to_confirmed_adult(visitor, wine, wine_at_centre):
    add_to_basket(visitor, wine, 2)
    assert parse_page(visitor.get("/en/checkout/")).select_one("[name=adult]")

    order = get_placed_order(submit_checkout(visitor, PICKUP, adult="on"))
    assert order.lines.get().product == wine
    assert allocated(wine_at_centre) == [2]


def test_checkout_without_alcohol_has_no_age_field(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)

    assert not parse_page(visitor.get("/en/checkout/")).select("[name=adult]")


def test_place_pickup_order_accepts_chilled_goods(visitor, sausage, sausage_at_centre):
    add_to_basket(visitor, sausage)

    assert (
        get_placed_order(submit_checkout(visitor, PICKUP)).lines.get().product
        == sausage
    )
    assert allocated(sausage_at_centre) == [1]


def test_checkout_prefills_account_details_and_links_order(
    signed_in, buyer, tea, tea_at_centre
):
    browser = signed_in(buyer)
    add_to_basket(browser, tea)
    page = parse_page(browser.get("/en/checkout/"))
    assert page.select_one("[name=email]")["value"] == "buyer@example.com"
    assert page.select_one("[name=name]")["value"] == "Hoa Lê"

    order = get_placed_order(submit_checkout(browser, PICKUP))
    assert order.user == buyer
    assert order.number in get_page_text(browser.get("/en/account/"))


def test_checkout_preselects_visitors_point(
    visitor, booth, tea, tea_at_booth, tea_at_centre
):
    visitor.cookies["place"] = "booth"
    add_to_basket(visitor, tea)

    page = parse_page(visitor.get("/en/checkout/"))
    assert page.select_one("#id_sales_point option[selected]")["value"] == "booth"
    assert page.select_one("#id_hotel option[selected]")["value"] == "booth"


@pytest.mark.parametrize(
    ("delivery_method", "most"), [("pickup", 7), ("room", 9), ("post", 9)]
)
def test_checkout_field_count_stays_small_per_delivery_method(
    visitor, booth, wine, wine_at_centre, delivery_method, most
):
    add_to_basket(visitor, wine)

    form = parse_page(
        visitor.get(f"/en/checkout/?receive={delivery_method}")
    ).select_one("form.checkout")
    for other in {"pickup", "room", "post"} - {delivery_method}:
        for block in form.select(f".for-{other}"):
            block.extract()
    field_names = {
        field["name"]
        for field in form.select("input, select, textarea")
        if field.get("type") != "hidden"
    }
    assert {"receive", "name", "adult"} <= field_names
    assert len(field_names) <= most


def test_checkout_without_basket_redirects_to_basket(visitor, db):
    for response in (visitor.get("/en/checkout/"), submit_checkout(visitor, PICKUP)):
        assert (response.status_code, response["Location"]) == (302, "/en/basket/")


def test_place_order_empties_basket(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)
    get_placed_order(submit_checkout(visitor, PICKUP))

    assert "Your basket is empty" in get_page_text(visitor.get("/en/basket/"))
    assert Basket.objects.get(status="Submitted").lines.count() == 1


def test_order_numbers_and_codes_are_not_sequential(tea, tea_at_centre):
    orders = []
    for _buyer in range(4):
        browser = Client()
        add_to_basket(browser, tea)
        orders.append(get_placed_order(submit_checkout(browser, PICKUP)))

    numbers = [int(order.number.removeprefix("QN-")) for order in orders]
    steps = {
        later - sooner for sooner, later in zip(numbers, numbers[1:], strict=False)
    }
    assert len(set(numbers)) == 4
    assert steps != {1}
    assert Fulfilment.objects.values("code").distinct().count() == 4


def test_place_order_with_five_lines_takes_few_queries(
    centre, django_assert_num_queries
):
    goods = [make_product() for _line in range(5)]
    for product in goods:
        put_on_shelf(centre, product, 3)
    basket = make_basket(dict.fromkeys(goods, 1), point=centre)
    make_order({goods[0]: 1}, point=centre)  # what is read once is read now

    with django_assert_num_queries(30):  # stock Oscar takes 68
        place_order(
            basket_id=basket.pk,
            request=make_order_request(point=centre, email=""),
            now=timezone.now(),
        )
