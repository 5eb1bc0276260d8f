"""The till: goods as tiles, one form, and a page that says what change to give."""

import pytest
from bs4 import BeautifulSoup

from stores.models import DeskSale
from tests.factories import expire_certificate, make_order, make_product, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot

SELL = "/en/desk/centre/sell/"


def submit_sale(desk, units, **data):
    fields = {f"units-{record.pk}": number for record, number in units.items()}
    return desk.post(SELL, {"client_id": "phone-0001", **fields, **data})


def get_field_value(response, name):
    page = BeautifulSoup(response.content, "html.parser")
    return page.select_one(f"[name='{name}']")["value"]


def test_sell_page_shows_goods_for_sale_only(
    desk, centre, tea, tea_at_centre, honey, honey_at_centre
):
    make_order({tea: 3}, point=centre)
    expire_certificate(honey)

    page = get_page_text(desk.get(SELL))

    assert "Forest tea 95,000 ₫ 7 left" in page.replace("\xa0", " ")
    assert "Forest honey" not in page


def test_sell_page_tap_adds_unit_and_updates_total(desk, tea_at_centre):
    first = submit_sale(desk, {}, add=tea_at_centre.pk)
    assert get_field_value(first, f"units-{tea_at_centre.pk}") == "1"

    second = submit_sale(desk, {tea_at_centre: 1}, add=tea_at_centre.pk)

    assert "2 units, tax included 190,000 ₫" in get_page_text(second).replace(
        "\xa0", " "
    )
    assert get_field_value(second, "client_id") == "phone-0001"
    assert not DeskSale.objects.exists()


def test_sell_page_ignores_unknown_record(desk, tea_at_centre):
    response = submit_sale(desk, {}, add="9" * 30)

    assert response.status_code in (200, 422)
    assert not DeskSale.objects.exists()


def test_sell_page_bar_code_adds_unit(desk, tea, tea_at_centre):
    tea.upc = "8938505974194"
    tea.save()

    response = submit_sale(desk, {}, q=tea.upc)

    assert get_field_value(response, f"units-{tea_at_centre.pk}") == "1"


def test_sell_page_search_puts_exact_name_first(desk, centre):
    for slug, title in [("chuoi", "Chuối rừng trà"), ("tra", "Trà rừng")]:
        put_on_shelf(centre, make_product(slug, title=title, title_en=title), 5)

    tiles = BeautifulSoup(submit_sale(desk, {}, q="tra rung").content, "html.parser")

    names = [tile.text for tile in tiles.select(".tile b")]
    assert names == ["Trà rừng", "Chuối rừng trà"]


def test_sell_page_search_retains_chosen_units(desk, tea_at_centre, honey_at_centre):
    response = submit_sale(desk, {tea_at_centre: 2}, q="mat ong")

    tiles = BeautifulSoup(response.content, "html.parser").select(".tile b")
    assert [tile.text for tile in tiles] == ["Forest honey"]
    assert get_field_value(response, f"units-{tea_at_centre.pk}") == "2"


def test_sell_page_cash_sale_shows_change(desk, tea_at_centre):
    response = submit_sale(
        desk, {tea_at_centre: 2}, paid_by="cash", cash_received="200.000"
    )

    sale = DeskSale.objects.get()
    there = f"/en/desk/centre/sales/{sale.pk}/?cash=200000"
    assert response.status_code == 302
    assert response["Location"] == f"{there}#phone-0001"  # by which the tab knows it
    assert "Change to give: 10,000 ₫" in get_page_text(desk.get(there)).replace(
        "\xa0", " "
    )
    assert get_stock_snapshot(tea_at_centre).on_hand == 8


def test_sale_page_shows_change_for_common_notes(desk, tea_at_centre):
    submit_sale(desk, {tea_at_centre: 2}, paid_by="cash")

    page = get_page_text(
        desk.get(f"/en/desk/centre/sales/{DeskSale.objects.get().pk}/")
    )

    assert "from 200,000 ₫ 10,000 ₫" in page.replace("\xa0", " ")


def test_sell_page_sent_twice_sells_once(desk, tea_at_centre):
    first = submit_sale(desk, {tea_at_centre: 2}, paid_by="cash")

    again = submit_sale(desk, {tea_at_centre: 2}, paid_by="cash")

    assert again["Location"] == first["Location"]
    assert get_stock_snapshot(tea_at_centre).on_hand == 8


def test_sell_page_reused_with_other_goods_returns_409_and_new_id(desk, tea_at_centre):
    submit_sale(desk, {tea_at_centre: 2}, paid_by="cash")

    refused = submit_sale(desk, {tea_at_centre: 3}, paid_by="cash")

    message = f"sold already as {DeskSale.objects.get().number}, with other goods"
    assert refused.status_code == 409
    assert message in get_page_text(refused)
    assert get_field_value(refused, f"units-{tea_at_centre.pk}") == "3"
    assert get_stock_snapshot(tea_at_centre).on_hand == 8
    fresh = get_field_value(refused, "client_id")
    submit_sale(desk, {tea_at_centre: 3}, paid_by="cash", client_id=fresh)
    assert get_stock_snapshot(tea_at_centre).on_hand == 5


def test_sell_page_shows_all_goods_by_group_best_sellers_first(desk, centre):
    for number in range(70):
        put_on_shelf(centre, make_product(f"food-{number}"), 2)
    craft = make_product("basket", title_en="Basket", group="craft", subgroup="decor")
    put_on_shelf(centre, craft, 2)
    best = put_on_shelf(centre, make_product("zest", title_en="Zest"), 9)
    submit_sale(desk, {best: 4}, paid_by="cash")

    page = BeautifulSoup(desk.get(SELL).content, "html.parser")

    groups = page.select(".tile-group")
    assert [group.h2.text for group in groups] == ["Food", "Crafts"]
    assert [len(group.select(".tile")) for group in groups] == [71, 1]
    assert page.select_one(".tile b").text == "Zest"
    assert [chip["href"] for chip in page.select(".chip")] == ["#food", "#craft"]


def test_sell_page_names_orders_and_points_that_have_the_units(
    desk, centre, booth, tea, tea_at_centre
):
    order = make_order({tea: 10}, point=centre)
    put_on_shelf(booth, tea, 4)
    before = get_stock_snapshot(tea_at_centre)

    refused = submit_sale(desk, {tea_at_centre: 1}, paid_by="cash")

    page = get_page_text(refused)
    assert refused.status_code == 409
    assert "Forest tea: only 0 may be sold here now." in page
    assert f"Kept for {order.number} (10)." in page
    assert f"Free elsewhere: {booth.short_name_en} (4)." in page
    assert get_stock_snapshot(tea_at_centre) == before
    tile = BeautifulSoup(refused.content, "html.parser").select_one(".tiles li")
    assert tile.button.has_attr("disabled")
    record = get_page_text(desk.get(tile.a["href"]))
    assert f"{order.number} × 10" in record
    assert f"{booth.short_name_en}: 4" in record.lower()


@pytest.mark.parametrize(
    ("units", "data", "status", "sentence"),
    [
        (2, {"cash_received": "100.000"}, 422, "That is less than the sum."),
        (2, {"cash_received": "x"}, 422, "Write an amount in dong"),
        (0, {}, 409, "Choose what is sold first."),
        (11, {}, 409, "Forest tea: only 10 may be sold here now."),
        (-1, {}, 422, "Write a whole number"),
        ("1.5", {}, 422, "Write a whole number"),
        (1, {"paid_by": "shells"}, 422, "shells"),
        (1, {"client_id": "<b>"}, 422, "valid value"),
    ],
)
def test_sell_page_refuses_invalid_sale(
    desk, tea_at_centre, units, data, status, sentence
):
    before = get_stock_snapshot(tea_at_centre)

    response = submit_sale(desk, {tea_at_centre: units}, **({"paid_by": "cash"} | data))

    assert response.status_code == status
    assert sentence in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before
    assert not DeskSale.objects.exists()


def test_sell_page_query_count_is_independent_of_goods(
    desk, centre, django_assert_max_num_queries
):
    for _number in range(12):
        put_on_shelf(centre, make_product(), 2)

    with django_assert_max_num_queries(12):
        desk.get(SELL)
