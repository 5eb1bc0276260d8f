"""What goes into a basket, and what does not."""

from django.test import Client

from marketplace.checkout.basket.models import Line
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_product,
    put_on_shelf,
)
from tests.marketplace.shopping import (
    add_to_basket,
    change_quantity,
    get_basket_lines,
    get_page_text,
    parse_page,
)


def test_add_to_basket_appears_on_basket_page(visitor, tea_at_centre, tea):
    response = add_to_basket(visitor, tea, 2)

    assert (response.status_code, response["Location"]) == (302, "/en/basket/")
    assert get_basket_lines(visitor) == [("tra-rung", 2)]
    assert "190,000 ₫" in get_page_text(visitor.get("/en/basket/"))


def test_basket_quantity_fields_are_labelled_with_product(
    visitor, tea_at_centre, honey_at_centre, tea, honey
):
    add_to_basket(visitor, tea)
    add_to_basket(visitor, honey)

    page = parse_page(visitor.get("/en/basket/"))
    numbers = page.select("article.basket-line [type=number]")
    assert [number["aria-label"] for number in numbers] == [
        "Quantity: Forest tea",
        f"Quantity: {honey.title_en}",
    ]
    (here,) = page.select(".header [aria-current]")
    assert here.text == "Products"


def test_basket_page_explains_when_payment_is_due(
    visitor, tea_at_centre, tea, settings
):
    add_to_basket(visitor, tea)

    settings.VIETQR_BANK_BIN = settings.VIETQR_ACCOUNT = None
    settings.STRIPE_SECRET_KEY = settings.STRIPE_WEBHOOK_SECRET = None
    assert "You pay when you receive them." in get_page_text(visitor.get("/en/basket/"))

    settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT = "970436", "0123456789"
    text = get_page_text(visitor.get("/en/basket/"))
    assert "You pay online or when you receive them." in text


def test_add_to_basket_again_increases_line_quantity(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)
    add_to_basket(visitor, tea, 3)

    assert get_basket_lines(visitor) == [("tra-rung", 5)]


def test_add_to_basket_reserves_nothing(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)

    tea_at_centre.refresh_from_db()
    assert (tea_at_centre.num_in_stock, tea_at_centre.num_allocated) == (10, 0)


def test_add_to_basket_uses_named_points_stock(
    visitor, tea_at_centre, tea_at_booth, tea, booth
):
    add_to_basket(visitor, tea, 2, booth)

    assert Line.objects.get().stockrecord == tea_at_booth


def test_add_to_basket_beyond_named_points_stock_uses_fullest_point(
    visitor, tea_at_centre, tea_at_booth, tea, booth
):
    add_to_basket(visitor, tea, 3, booth)

    assert Line.objects.get().stockrecord == tea_at_centre


def test_basket_is_separate_per_browser(tea_at_centre, tea):
    hannah, hoa = Client(), Client()
    add_to_basket(hannah, tea, 1)
    add_to_basket(hoa, tea, 2)

    assert (get_basket_lines(hannah), get_basket_lines(hoa)) == (
        [("tra-rung", 1)],
        [("tra-rung", 2)],
    )


def test_sign_in_keeps_guest_basket(tea_at_centre, tea, buyer):
    browser = Client()
    add_to_basket(browser, tea, 2)
    browser.post(
        "/en/account/sign-in/",
        {"username": "buyer@example.com", "password": "a long password"},
    )

    assert get_basket_lines(browser) == [("tra-rung", 2)]


def test_add_to_basket_with_htmx_returns_fragment(visitor, tea_at_centre, tea):
    response = visitor.post(
        "/en/basket/add/",
        {"product": "tra-rung", "quantity": 2, "sales_point": "centre"},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 200
    assert "2 × Forest tea are in your basket." in get_page_text(response)
    assert not parse_page(response).select("html")
    assert (
        parse_page(response).select_one("#basket-link .count").get_text(strip=True)
        == "2"
    )


def test_change_line_sets_quantity_or_removes_line(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)

    assert change_quantity(visitor, 5).status_code == 302
    assert get_basket_lines(visitor) == [("tra-rung", 5)]
    assert change_quantity(visitor, 0).status_code == 302
    assert get_basket_lines(visitor) == []
    assert "Your basket is empty" in get_page_text(visitor.get("/en/basket/"))


def test_basket_page_marks_line_with_lapsed_certificate(
    visitor, tea_at_centre, tea, honey_at_centre, honey
):
    add_to_basket(visitor, tea)
    add_to_basket(visitor, honey)
    expire_certificate(tea)

    response = visitor.get("/en/basket/")
    assert "Its certificate has ended: it is no longer sold." in get_page_text(response)
    assert not parse_page(response).select("a[href='/en/checkout/']")
    assert (
        parse_page(response).select_one(".sum .total dd").get_text(strip=True)
        == "95,000\u00a0₫"
    )


def test_remove_line_with_lapsed_certificate_succeeds(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    expire_certificate(tea)

    assert change_quantity(visitor, 0).status_code == 302
    assert get_basket_lines(visitor) == []


def test_basket_page_marks_line_without_stock(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    expire_lot(tea_at_centre)

    assert "On no shelf at the moment." in get_page_text(visitor.get("/en/basket/"))


def test_basket_page_groups_lines_by_point(
    visitor, tea_at_centre, honey_at_centre, tea, honey, booth
):
    sesame = make_product("me-den", title_en="Black sesame")
    put_on_shelf(booth, sesame, 4)
    for product in (tea, sesame, honey):
        add_to_basket(visitor, product)

    groups = parse_page(visitor.get("/en/basket/")).select("section.basket-group")
    assert [
        (group.h2.get_text(strip=True), len(group.select("article")))
        for group in groups
    ] == [("At Hội An Centre", 2), ("At booth", 1)]


def test_basket_page_shows_current_price(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    tea.price_vnd = 99_000
    tea.save()

    assert "99,000 ₫" in get_page_text(visitor.get("/en/basket/"))
