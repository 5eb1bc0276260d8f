"""A buyer changes the language midway, finds the order again, and shows it around."""

import re
from types import MappingProxyType

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import find_faults
from tests.journeys.test_pickup import WITH_AND_WITHOUT_SCRIPT

FILLED_IN = MappingProxyType(
    {
        "name": "Hannah Weber",
        "phone": "0905 765 432",
        "email": "hannah.weber@example.com",
        "note": "By noon, please",
    }
)
BASES = pytest.mark.parametrize("base", ["", "/en"], ids=["vi", "en"])


def switch_language(page: Page, base: str) -> None:
    page.locator("header button[form=checkout]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if base else "vi")


def read_form(page: Page) -> dict[str, str]:
    """What is filled in; a telephone is written as each language dials it."""
    values = {name: page.input_value(f"[name={name}]") for name in FILLED_IN}
    return values | {"phone": values["phone"].replace("+84 ", "0")}


@WITH_AND_WITHOUT_SCRIPT
@BASES
def test_order_survives_language_switch_and_is_found_again(visitor, base, script):
    hannah = visitor(java_script_enabled=script)
    hannah.goto(f"{base}/products/dang-sam-say-deo/")
    hannah.wait_for_load_state()
    hannah.locator("#buy button.primary").click()
    if script:
        hannah.locator("#added a").wait_for()
    hannah.goto(f"{base}/checkout/?receive=pickup")
    options = hannah.locator("#id_sales_point option:not([disabled])[value]")
    points = options.evaluate_all("all => all.map(one => one.value).filter(Boolean)")
    hannah.select_option("[name=sales_point]", points[-1])
    for name, value in FILLED_IN.items():
        hannah.fill(f"[name={name}]", value)

    other = "" if base else "/en"
    for language in (other, base):
        switch_language(hannah, language)
        assert read_form(hannah) == FILLED_IN
        assert hannah.input_value("[name=sales_point]") == points[-1]
    if script:
        assert find_faults(hannah) == []

    hannah.press("[name=name]", "Enter")
    hannah.wait_for_url("**/orders/**")
    order_url = hannah.url
    number = re.search(r"QN-\d{7}", order_url).group()

    hannah.go_back()  # to a page that was itself sent as a form
    expect(hannah.get_by_role("status")).to_contain_text(number)
    hannah.goto(f"{base}/checkout/")
    expect(hannah.get_by_role("link", name=number)).to_be_visible()

    other_phone = visitor(java_script_enabled=script)
    other_phone.goto(f"{base}/orders/")
    other_phone.fill("[name=number]", number)
    other_phone.fill("[name=contact]", FILLED_IN["phone"])
    other_phone.locator("main form button").click()
    other_phone.wait_for_url("**/orders/QN-**")
    assert other_phone.url == order_url
    expect(other_phone.locator(".ticket .code")).to_be_visible()
