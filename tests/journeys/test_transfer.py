"""Goods travel between two points, one is missing; a buyer brings hers back."""

import re

from playwright.sync_api import Page, expect

CENTRE = "trung-tam-ocop-hoi-an"
TIEN_PHUOC = "trung-tam-ocop-tien-phuoc"
GOODS = "que-vo-tra-my"


def find_number(page: Page, shape: str) -> str:
    found = re.search(shape, page.locator("body").inner_text())
    assert found, page.url
    return found.group()


def test_transfer_received_one_unit_short_records_reason(signed_in):
    asking = signed_in("tien-phuoc", f"/en/desk/{TIEN_PHUOC}/")
    asking.goto(f"/en/desk/{TIEN_PHUOC}/transfers/ask/?product={GOODS}")
    asking.locator(f".who-has:has([value={CENTRE}])").click()
    asking.fill("[name=units]", "3")
    asking.get_by_role("button", name="Ask for it").click()
    number = find_number(asking, r"DC-\d{5}")

    sending = signed_in("hoi-an", f"/en/desk/{CENTRE}/")
    fulfilment = sending.locator("article.job", has_text=number)
    fulfilment.get_by_role("link", name="Pack").click()
    sending.get_by_role("button", name="Packed: send it").click()
    expect(sending.locator("body")).to_contain_text("On the way")

    asking.goto(f"/en/desk/{TIEN_PHUOC}/")
    fulfilment = asking.locator("article.job", has_text=number)
    fulfilment.get_by_role("link", name="Unpack").click()
    confirm = asking.get_by_role("button", name="Counted: put on the shelf")
    confirm.click()
    expect(asking.locator(".errors")).to_be_visible()
    asking.locator(".lot-row input").first.fill("2")
    confirm.click()
    expect(asking.locator(".reasons")).to_have_class(re.compile("wrong-row"))
    asking.locator(".reasons label").first.click()
    confirm.click()

    expect(asking.locator("body")).to_contain_text(re.compile("received", re.I))
    asking.goto(f"/en/desk/{TIEN_PHUOC}/shelf/?q=cinnamon+sticks")
    asking.locator("table.shelf a", has_text="cinnamon sticks").click()
    last = asking.locator("table.ledger").last.locator("tbody tr").first
    expect(last).to_contain_text(number)
    expect(last.locator("td.number").first).to_have_text("+2")


def test_take_back_at_another_point_adds_to_its_shelf(visitor, signed_in):
    buyer = visitor()
    buyer.goto(f"/en/products/{GOODS}/")
    buyer.locator("#buy").get_by_role("button", name="Add to basket").click()
    buyer.get_by_role("status").get_by_role("link").wait_for()
    buyer.goto("/en/checkout/?receive=pickup")
    buyer.select_option("[name=sales_point]", CENTRE)
    buyer.fill("[name=name]", "Hannah Weber")
    buyer.fill("[name=email]", "hannah@example.com")
    buyer.get_by_role("button", name=re.compile("^Order, pay")).click()
    buyer.wait_for_url("**/en/orders/**")
    number = find_number(buyer, r"QN-\d{7}")
    code = buyer.locator(".ticket .code").inner_text().replace(" ", "")

    keeper = signed_in("hoi-an", f"/en/desk/{CENTRE}/")
    keeper.goto(f"/en/desk/{CENTRE}/code/?code={code}")
    keeper.fill("[name=code]", code)
    keeper.get_by_role("button", name="Handed over").click()
    expect(keeper.get_by_text("Handed over. The shelf and the ledger")).to_be_visible()

    other = signed_in("tien-phuoc", f"/en/desk/{TIEN_PHUOC}/")
    other.goto(f"/en/desk/{TIEN_PHUOC}/returns/?q={number}")
    expect(other.locator("body")).not_to_contain_text("Hannah")
    other.get_by_label("Why it comes back").fill("Bought twice")
    other.get_by_text("Whole and sealed: back on the shelf").click()
    other.get_by_role("button", name="Take it back").click()
    expect(other.get_by_text("All of it has come back.")).to_be_visible()
    other.goto(f"/en/desk/{TIEN_PHUOC}/shelf/?q=cinnamon+sticks")
    other.locator("table.shelf a", has_text="cinnamon sticks").click()
    last = other.locator("table.ledger").last.locator("tbody tr").first
    expect(last).to_contain_text(number)
    expect(last).to_contain_text("Bought twice")
    expect(last.locator("td.number").first).to_have_text("+1")
