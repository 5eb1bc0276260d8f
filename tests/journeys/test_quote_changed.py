"""What an order contains or costs changes while its checkout page is open."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_pickup import CENTRE
from tests.journeys.test_post import parse_dong

CINNAMON = "que-vo-tra-my"
LANGUAGES = pytest.mark.parametrize("language", ["vi", "en"])
BASE = MappingProxyType({"vi": "", "en": "/en"})
NAMES = MappingProxyType({"vi": "Quế vỏ thanh Trà My", "en": "Trà My cinnamon sticks"})
SCARCE = MappingProxyType(
    {
        "vi": ("gao-do-nam-tra-my", "Gạo đỏ Nam Trà My", 0),
        "en": ("que-vo-nam-tra-my", "Nam Trà My cinnamon bark", 1),
    }
)
"""Products that only the centre has, and how many units another buyer leaves."""

SELECT_PRICE = "SELECT price_vnd FROM catalogue_product WHERE slug = ?"
UPDATE_PRICE = "UPDATE catalogue_product SET price_vnd = ? WHERE slug = ?"

CHANGED = MappingProxyType({"vi": "Có thay đổi", "en": "Something has changed"})
ACCEPT = MappingProxyType({"vi": "Đồng ý và đặt hàng", "en": "Accept and order"})
PRICE = MappingProxyType(
    {
        "vi": "Giá Quế vỏ thanh Trà My nay là 99.000 ₫, không còn là 85.000 ₫.",
        "en": "Trà My cinnamon sticks costs 99,000 ₫ now, no longer 85,000 ₫.",
    }
)
UNITS = MappingProxyType(
    {
        "vi": "Quế vỏ thanh Trà My: nay là 2, lúc mở trang là 1.",
        "en": "Trà My cinnamon sticks: 2 now, 1 when the page was opened.",
    }
)
NOT_ENOUGH = MappingProxyType(
    {
        "vi": "Điểm này không đủ: {}.",
        "en": "This point does not have enough of: {}.",
    }
)
FEWER_LEFT = MappingProxyType(
    {
        "vi": "{} không còn trong đơn.",
        "en": "{}: 1 now, 2 when the page was opened.",
    }
)


@pytest.fixture
def set_price(shop: str, shop_folder: Path) -> Iterator[Callable[[int], None]]:
    """Sets the price of the cinnamon, whole dong; afterwards it is as before."""

    def write(price_vnd: int) -> int:
        with closing(sqlite3.connect(shop_folder / "shop.sqlite3")) as database:
            (before,) = database.execute(SELECT_PRICE, [CINNAMON]).fetchone()
            database.execute(UPDATE_PRICE, [price_vnd, CINNAMON])
            database.commit()
            return before

    before = []
    yield lambda price_vnd: before.append(write(price_vnd))
    for price_vnd in reversed(before):
        write(price_vnd)


def add_units(page: Page, language: str, slug: str, units: int = 1) -> None:
    page.goto(f"{BASE[language]}/products/{slug}/")
    page.locator("#buy [name=quantity]").fill(str(units))
    page.locator("#buy button.primary").click()
    expect(page.locator("#added a")).to_be_visible()


def open_checkout(page: Page, language: str) -> None:
    """The checkout page, filled in to collect the basket at the centre."""
    page.goto(f"{BASE[language]}/checkout/?receive=pickup&sales_point={CENTRE}")
    page.fill("[name=name]", "Hannah Weber")
    page.fill("[name=email]", "hannah@example.com")


def press_order(page: Page) -> None:
    page.locator("#sum button.primary").click()


def read_total(page: Page) -> int:
    return parse_dong(page.locator("#sum .total dd").inner_text())


def expect_differences(page: Page, language: str, *sentences: str) -> None:
    """Nothing was ordered, and the page names exactly these changes."""
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("heading")).to_have_text(CHANGED[language])
    expect(alert.locator("li")).to_have_text(list(sentences))
    expect(page).to_have_url(re.compile(f"^[^/]+//[^/]+{BASE[language]}/checkout/"))
    expect(page.locator("[name=name]")).to_have_value("Hannah Weber")


def accept(page: Page, language: str, total_vnd: int) -> None:
    """Press the one button below the changes; the order is of that sum."""
    assert read_total(page) == total_vnd
    page.get_by_role("alert").get_by_role("button", name=ACCEPT[language]).click()
    page.wait_for_url(f"**{BASE[language]}/orders/**")
    assert parse_dong(page.locator(".order-total span").last.inner_text()) == total_vnd


@LANGUAGES
def test_raised_price_is_named_and_orders_at_new_sum_once_accepted(
    visitor, set_price, language
):
    hannah = visitor()
    add_units(hannah, language, CINNAMON)
    open_checkout(hannah, language)
    assert read_total(hannah) == 85_000
    set_price(99_000)

    press_order(hannah)

    expect_differences(hannah, language, PRICE[language])
    accept(hannah, language, 99_000)


@LANGUAGES
def test_last_units_taken_meanwhile_are_named_and_the_rest_is_ordered_once_accepted(
    visitor, language
):
    slug, name, rest = SCARCE[language]
    hannah, other = visitor(), visitor()
    add_units(hannah, language, CINNAMON)
    add_units(hannah, language, slug, 2)
    open_checkout(hannah, language)
    other.goto(f"/en/products/{slug}/")
    left = other.locator(".where li", has=other.locator(f'a[href*="{CENTRE}"]'))
    units = int(re.match(r"\d+", left.locator("b").inner_text()).group())
    add_units(other, "en", slug, units - rest)
    open_checkout(other, "en")
    press_order(other)
    other.wait_for_url("**/orders/**")

    press_order(hannah)

    expect_differences(
        hannah,
        language,
        NOT_ENOUGH[language].format(name),
        FEWER_LEFT[language].format(name),
    )
    accept(hannah, language, 85_000 + rest * 95_000)
    names = [NAMES[language], name][: 1 + rest]
    expect(hannah.locator("main a.name")).to_have_text(names)


@LANGUAGES
def test_basket_changed_in_second_tab_is_named_and_ordered_once_accepted(
    visitor, language
):
    hannah = visitor()
    add_units(hannah, language, CINNAMON)
    open_checkout(hannah, language)
    second_tab = hannah.context.new_page()
    add_units(second_tab, language, CINNAMON)

    press_order(hannah)

    expect_differences(hannah, language, UNITS[language])
    accept(hannah, language, 170_000)
