"""A keeper counts her shelf on a phone while the shop goes on."""

import re

import pytest
from playwright.sync_api import Page, expect


def write_down(page: Page, units: int) -> None:
    page.get_by_label("How many are there?").fill(str(units))
    page.get_by_role("button", name="Write down").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_count_shelf_recounts_large_difference_and_books_it(signed_in, script):
    name = "tien-phuoc" if script else "booth"
    page = signed_in(name, "/en/desk/", java_script_enabled=script)
    page.get_by_role("link", name="Shelf").click()
    page.get_by_role("link", name="Count the shelf").click()
    page.get_by_role("button", name="Begin to count").click()
    expect(page.locator("#progress")).to_have_text(re.compile(r"^\s*0 of \d+\s+lots"))

    first = page.locator("a.lot").first
    goods = first.locator("b").inner_text()
    first.click()
    if script:
        page.get_by_role("button", name="One more").click()
        expect(page.get_by_label("How many are there?")).to_have_value("1")
    write_down(page, 900)
    expect(page.get_by_text("Please count this lot once more")).to_be_visible()
    write_down(page, 900)
    expect(page.get_by_text(f"900 × {goods} written down.")).to_be_visible()
    expect(page.locator("#progress")).to_have_text(re.compile(r"^\s*1 of \d+\s+lots"))

    page.get_by_role("link", name="Finish the count").click()
    expect(
        page.get_by_text("lots are not counted; they stay as they are")
    ).to_be_visible()
    page.get_by_label("Why numbers differ").fill("A box behind the counter")
    page.get_by_role("button", name="Put it in the books").click()
    expect(page.get_by_text("Booked, and written in the ledger.")).to_be_visible()
    expect(page.locator(".report tbody tr")).to_have_count(1)
    expect(page.locator(".report")).to_contain_text(goods)
    expect(page.locator(".report")).to_contain_text(re.compile(r"\+8\d\d"))
