"""The VAT of the day of sale stays on the line."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from catalogue.models import Product
from stores.models import SalesEntry, SalesPoint
from stores.operations.sell import sell_at_desk
from tests.factories import make_order, make_product, put_on_shelf

YEAR_END = dt.datetime(2026, 12, 31, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))


@pytest.fixture
def clock():
    """The last day on which the standard rate is 8 %."""
    with time_machine.travel(YEAR_END, tick=False) as traveller:
        yield traveller


@pytest.fixture
def shelf(clock, centre):
    """Tea, rice wine and pomelos at the centre."""
    tea = make_product("tra", price_vnd=95_000)
    wine = make_product("ruou", price_vnd=120_000, abv="29.5", vat="excise")
    fruit = make_product("buoi", price_vnd=30_000, vat="farm")
    records = {one: put_on_shelf(centre, one, 20) for one in (tea, wine, fruit)}
    return tea, wine, fruit, records


def get_vat_by_slug(order):
    return {
        line.product.slug: (
            line.tax_code,
            int(line.line_price_incl_tax),
            int(line.line_price_incl_tax - line.line_price_excl_tax),
        )
        for line in order.lines.select_related("product")
    }


def test_order_line_stores_vat_rate_and_amount(shelf, centre):
    tea, wine, fruit, _records = shelf

    order = make_order({tea: 2, wine: 1, fruit: 3}, point=centre)

    assert get_vat_by_slug(order) == {
        "tra": ("8", 190_000, 14_074),
        "ruou": ("10", 120_000, 10_909),
        "buoi": ("5", 90_000, 4_286),
    }
    assert order.total_incl_tax - order.total_excl_tax == 14_074 + 10_909 + 4_286


def test_order_postage_stores_vat_rate(shelf):
    tea, _wine, _fruit, _records = shelf

    order = make_order({tea: 1}, method="post")

    postage = int(order.shipping_incl_tax)
    assert order.shipping_tax_code == "8"
    assert order.shipping_incl_tax - order.shipping_excl_tax == round(postage * 8 / 108)
    lines = sum(line.line_price_excl_tax for line in order.lines.all())
    assert order.total_excl_tax == lines + order.shipping_excl_tax


def test_sales_before_new_year_retain_reduced_rate(shelf, centre, keeper, clock):
    tea, _wine, _fruit, records = shelf
    order = make_order({tea: 2}, point=centre)
    sale = sell_units(centre, keeper, {records[tea].pk: 2}, "before")
    before = get_vat_by_slug(order)

    clock.move_to(YEAR_END + dt.timedelta(days=1))
    Product.objects.filter(pk=tea.pk).update(vat="farm", price_vnd=1)

    assert get_vat_by_slug(order) == before
    assert [(one.rate, one.vat_vnd) for one in sale.vat_sums] == [("8", 14_074)]


def test_sales_after_new_year_use_standard_rate(shelf, centre, keeper, clock):
    tea, _wine, _fruit, records = shelf
    clock.move_to(YEAR_END + dt.timedelta(days=1))

    order = make_order({tea: 2}, point=centre)
    sale = sell_units(centre, keeper, {records[tea].pk: 2}, "after")

    assert get_vat_by_slug(order)["tra"][0] == "10"
    assert [one.rate for one in sale.vat_sums] == ["10"]


def test_unprocessed_goods_sold_by_grower_are_exempt(shelf, centre, booth, keeper):
    _tea, _wine, fruit, records = shelf
    SalesPoint.objects.filter(pk=centre.pk).update(operator=fruit.producer)
    centre.refresh_from_db()

    order = make_order({fruit: 2}, point=centre)
    sale = sell_units(centre, keeper, {records[fruit].pk: 1}, "own")

    assert get_vat_by_slug(order)["buoi"] == ("none", 60_000, 0)
    assert [(one.rate, one.vat_vnd) for one in sale.vat_sums] == [("none", 0)]


def test_desk_sale_line_constraint_refuses_unknown_rate(shelf, centre, keeper):
    tea, _wine, _fruit, records = shelf
    sell_units(centre, keeper, {records[tea].pk: 1}, "one")

    entry = SalesEntry.objects.get()
    entry.pk, entry.reference, entry.vat_rate = None, "other", "7"
    with pytest.raises(IntegrityError, match="salesentry_has_a_vat_rate"):
        entry.save(force_insert=True)


def test_desk_sale_page_shows_vat(shelf, centre, keeper, signed_in):
    tea, wine, _fruit, records = shelf
    sale = sell_units(
        centre, keeper, {records[tea].pk: 2, records[wine].pk: 1}, "form-1"
    )

    page = signed_in(keeper).get(f"/en/desk/centre/sales/{sale.pk}/")

    text = " ".join(page.content.decode().replace("\u00a0", " ").split())
    assert "VAT 10%" in text
    assert "10,909 ₫" in text
    assert "14,074 ₫" in text


def sell_units(point, actor, units, client_id):
    return sell_at_desk(
        point=point,
        units=units,
        paid_by="cash",
        client_id=client_id,
        actor=actor,
        at=timezone.now(),
    )
