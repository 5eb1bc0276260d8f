"""Something changes while the checkout page is open; the second press orders."""

import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect

CENTRE = "trung-tam-ocop-hoi-an"
CINNAMON = "que-vo-tra-my"


def add_to_basket(page: Page, slug: str, units: int, base: str = "/en") -> None:
    page.goto(f"{base}/products/{slug}/")
    buy = page.locator("#buy")
    buy.locator("[name=quantity]").fill(str(units))
    buy.locator("button:not([data-step])").click()
    expect(page.locator("#added a")).to_be_visible()


def fill_checkout(page: Page, base: str = "/en") -> None:
    page.goto(f"{base}/checkout/?receive=pickup&sales_point={CENTRE}")
    page.select_option("[name=sales_point]", CENTRE)
    page.fill("[name=name]", "Hannah Weber")
    page.fill("[name=email]", "hannah@example.com")


def press_order(page: Page) -> None:
    page.locator("#sum button").click()


def accept(page: Page) -> str:
    """Press the button of what has changed; returns the sum that it stands beside."""
    differences = page.locator("#differences")
    total = differences.locator(".total b").inner_text()
    expect(page.locator("#sum .total dd")).to_have_text(total)
    differences.get_by_role("button").click()
    page.wait_for_url("**/orders/**")
    return total


def test_order_names_basket_changed_in_second_tab(phone):
    add_to_basket(phone, CINNAMON, 1)
    fill_checkout(phone)
    second = phone.context.new_page()
    second.goto("/en/basket/")
    second.get_by_role("button", name="Remove").first.wait_for()
    second.locator(".basket-line [name=quantity]").fill("2")
    with second.expect_response(re.compile("/en/basket/")):
        second.locator(".basket-line [name=quantity]").press("Enter")

    press_order(phone)

    expect(phone.locator("#differences li")).to_have_text(
        re.compile("2 now, 1 when the page was opened")
    )
    expect(phone).to_have_url(re.compile("/en/checkout/"))
    total = accept(phone)
    expect(phone.locator("main")).to_contain_text(total)


def test_order_offers_what_is_left_when_last_units_are_taken(visitor):
    hannah, other = visitor(), visitor()
    stock = hannah.request.get(f"/api/v1/sales-points/{CENTRE}/stock").json()["items"]
    rows = [row for row in stock if 2 <= row["available"] <= 40]
    row = min(rows, key=lambda row: row["available"])
    add_to_basket(hannah, row["product"], 2)
    fill_checkout(hannah)
    add_to_basket(other, row["product"], row["available"] - 1)
    fill_checkout(other)
    press_order(other)
    other.wait_for_url("**/en/orders/**")

    press_order(hannah)

    expect(hannah.locator("#differences li").last).to_have_text(
        re.compile("1 now, 2 when the page was opened")
    )
    accept(hannah)


@pytest.fixture
def raise_price(tmp_path_factory):
    """Change the price of the cinnamon in the database of the running shop."""

    def update(price_vnd: int) -> None:
        (file,) = tmp_path_factory.getbasetemp().glob("shop*/shop.sqlite3")
        with sqlite3.connect(file) as database:
            database.execute(
                "UPDATE catalogue_product SET price_vnd = ? WHERE slug = ?",
                (price_vnd, CINNAMON),
            )

    return update


def test_order_names_raised_price_in_vietnamese(phone, raise_price):
    add_to_basket(phone, CINNAMON, 1, base="")
    fill_checkout(phone, base="")
    raise_price(123_000)

    press_order(phone)

    expect(phone.locator("#differences h2")).to_have_text("Có thay đổi")
    expect(phone.locator("#differences li")).to_contain_text("nay là 123.000")
    expect(phone.locator("#differences button")).to_have_text("Đồng ý và đặt hàng")
    assert accept(phone).startswith("123.000")
