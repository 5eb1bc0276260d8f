"""Alcohol: licences by name, 18+ at every step, and no spirit in front."""

import pytest
from django.test import Client

from marketplace.accounting.pdf import receipt_as_pdf
from marketplace.accounting.queries.receipt import get_receipt
from marketplace.orders.models import Order
from stores.models import SalesPoint
from tests.factories import make_order, make_point, make_product, put_on_shelf
from tests.marketplace.shopping import (
    PICKUP,
    add_to_basket,
    get_order_url,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])
DOCUMENT = (
    "Bring your identity card or passport: alcohol is handed over to adults only."
)


def say_document(base: str) -> str:
    return translate(DOCUMENT, "en" if base else "vi")


@pytest.fixture
def dry(tea, wine) -> SalesPoint:
    """A point without a licence for alcohol, with tea."""
    point = make_point("dry", short_name_en="Dry", alcohol_licence=False)
    put_on_shelf(point, tea, 5)
    return point


@pytest.fixture
def party(visitor, tea, tea_at_centre, wine, wine_at_centre, dry):
    """A browser with tea and a jar of wine in its basket."""
    add_to_basket(visitor, tea, 2)
    add_to_basket(visitor, wine)
    return visitor


def get_option(page, slug):
    return page.select_one(f"#id_sales_point option[value={slug}]")


@BASES
def test_checkout_names_the_licence_that_a_point_lacks(party, base):
    option = get_option(parse_page(party.get(f"{base}/checkout/")), "dry")

    wine = "Jar rice wine" if base else "Rượu cần"
    words = translate(
        "no licence to sell alcohol: without %(goods)s", "en" if base else "vi"
    )
    assert words % {"goods": wine} in " ".join(option.get_text().split())
    assert not option.has_attr("disabled")


def test_checkout_with_wine_alone_names_the_licence(visitor, wine, wine_at_centre, dry):
    add_to_basket(visitor, wine)

    option = get_option(parse_page(visitor.get("/en/checkout/")), "dry")

    assert "(no licence to sell alcohol)" in option.get_text()
    assert option.has_attr("disabled")


@BASES
def test_checkout_lets_the_rest_go_to_a_point_without_licence(party, tea, base):
    page = parse_page(party.get(f"{base}/checkout/?receive=pickup&sales_point=dry"))
    assert page.select_one("[name=total]")["value"] == "190000"
    assert len(page.select("#sum .small-goods")) == 1
    hidden = {
        name: page.select_one(f"[name={name}]")["value"] for name in ("quotes", "total")
    }

    form = {**PICKUP, **hidden, "sales_point": "dry"}
    order = get_placed_order(submit_checkout(party, form, base=base))

    assert order.lines.get().product == tea
    assert order.total_incl_tax == 190_000
    assert order.fulfilments.get().point.slug == "dry"


def test_checkout_still_sells_all_of_it_at_a_point_with_licence(party):
    page = parse_page(party.get("/en/checkout/"))
    assert page.select_one("[name=total]")["value"] == "310000"
    hidden = {
        name: page.select_one(f"[name={name}]")["value"] for name in ("quotes", "total")
    }

    order = get_placed_order(submit_checkout(party, {**PICKUP, **hidden}, adult="on"))

    assert order.lines.count() == 2


def test_switch_to_point_without_licence_names_the_other_sum(party):
    page = parse_page(party.get("/en/checkout/"))
    hidden = {
        name: page.select_one(f"[name={name}]")["value"] for name in ("quotes", "total")
    }

    response = submit_checkout(party, {**PICKUP, **hidden, "sales_point": "dry"})

    assert response.status_code == 409
    assert "It is 190,000 ₫." in get_page_text(response)
    assert not Order.objects.exists()


def test_place_order_without_quote_refuses_by_the_licence(party):
    response = submit_checkout(party, {**PICKUP, "sales_point": "dry"}, adult="on")

    assert response.status_code == 409
    text = get_page_text(response)
    assert "No licence to sell alcohol there: Jar rice wine." in text
    assert not Order.objects.exists()


@BASES
def test_basket_order_letter_and_receipt_say_18_and_name_a_document(
    visitor, wine, wine_at_centre, base, mailoutbox
):
    add_to_basket(visitor, wine)
    basket = parse_page(visitor.get(f"{base}/basket/"))
    assert basket.select(".basket-line .over18")
    assert say_document(base) in " ".join(basket.get_text().split())

    order = get_placed_order(submit_checkout(visitor, PICKUP, base=base, adult="on"))

    page = visitor.get(get_order_url(order, base))
    assert parse_page(page).select(".small-goods .over18")
    assert say_document(base) in get_page_text(page)
    assert f"18+: {say_document(base)}" in mailoutbox[-1].body
    receipt = visitor.get(f"{get_order_url(order, base)}receipt/")
    assert say_document(base) in get_page_text(receipt)


def test_receipt_pdf_names_a_document(centre, tea, tea_at_centre, wine_at_centre):
    order = make_order({wine_at_centre.product: 1}, point=centre)
    receipt = get_receipt(order)
    assert receipt.has_alcohol
    assert len(receipt_as_pdf(receipt)) > 1_000
    assert not get_receipt(make_order({tea: 1}, point=centre)).has_alcohol


def test_parcel_label_says_adults_only(signed_in, keeper, wine, wine_at_centre):
    make_order({wine: 1}, method="post")

    text = get_page_text(signed_in(keeper).get("/en/desk/centre/parcels/labels/"))

    assert "Alcohol: hand over to adults only, ask for a document." in text


def test_order_without_alcohol_asks_for_no_document(visitor, centre, tea_at_centre):
    order = make_order({tea_at_centre.product: 1}, point=centre)

    assert "18+" not in get_page_text(visitor.get(get_order_url(order)))


def test_spirit_is_not_among_the_neighbours_of_a_product(centre, tea, wine):
    neighbour = make_product("banh", commune=tea.commune, title_en="Cake")
    type(wine).objects.filter(pk=wine.pk).update(commune=tea.commune)
    page = parse_page(Client().get(f"/en/products/{tea.slug}/"))

    row = page.select_one("section[aria-labelledby=neighbours]").get_text()
    assert neighbour.title_en in row
    assert wine.title_en not in row


def test_spirit_does_not_lead_the_goods_of_its_maker_or_district(centre, tea, wine):
    type(wine).objects.filter(pk=wine.pk).update(
        commune=tea.commune, producer=tea.producer
    )
    wine.certificates.update(stars=5)

    for path in (
        f"/en/producers/{tea.producer.slug}/",
        f"/en/districts/{tea.commune.parent.slug}/",
    ):
        text = get_page_text(Client().get(path))
        assert text.index(tea.title_en) < text.index(wine.title_en)
