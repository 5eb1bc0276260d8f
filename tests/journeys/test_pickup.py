"""A tourist orders cinnamon on her phone and collects it in Hội An."""

import re
from io import BytesIO

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

CENTRE = "trung-tam-ocop-hoi-an"
CINNAMON = "Trà My cinnamon sticks"
WITH_AND_WITHOUT_SCRIPT = pytest.mark.parametrize(
    "script", [True, False], ids=["with script", "without script"]
)


def find_cinnamon(page: Page) -> None:
    """From the home page, by words without accents, to the product."""
    page.goto("/en/")
    box = page.locator(".hero [name=q]")
    box.fill("cinnamon sticks tra my")
    box.press("Enter")
    page.get_by_role("link", name=CINNAMON).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CINNAMON)


def choose_centre(page: Page) -> None:
    """See that the centre has it, and choose the centre as hers."""
    row = page.locator(".where li", has=page.locator(f'a[href*="{CENTRE}"]'))
    expect(row.locator("b")).to_have_text(re.compile(r"^\s*[1-9]\d*\b"))
    row.get_by_role("link").click()
    page.get_by_role("button", name="Make this my point").click()
    expect(page.get_by_text("This is your point")).to_be_visible()
    page.goto("/en/products/que-vo-tra-my/")
    expect(page.locator(".buy [name=sales_point]")).to_have_value(CENTRE)


def open_checkout(page: Page, *, script: bool) -> None:
    """From the product by the basket to the checkout.

    Until the page has loaded, its buttons do what they do without script: the
    product's would lead to the basket by itself.
    """
    buy = page.locator("#buy button.primary")
    buy.wait_for()
    page.wait_for_load_state()
    buy.click()
    if script:
        basket = page.get_by_role("status").get_by_role("link")
        expect(basket).to_be_in_viewport(ratio=1)
        basket.click()
    page.locator("main a.button[href$='/checkout/']").click()
    page.wait_for_url("**/checkout/**")


def place_order(page: Page, *, script: bool) -> None:
    """From the product to the placed order, as a guest."""
    open_checkout(page, script=script)
    page.get_by_text("Collect at a point").click()
    page.select_option("[name=sales_point]", CENTRE)
    page.fill("[name=name]", "Hannah Weber")
    page.fill("[name=email]", "hannah@example.com")
    page.get_by_role("button", name=re.compile("^Order, pay")).click()
    page.wait_for_url("**/en/orders/**")


def read_code(page: Page) -> str:
    return page.locator(".ticket .code").inner_text().replace(" ", "")


def read_qr_modules(page: Page, size: int) -> list[list[int]]:
    """The QR as a camera sees it: dark (1) or light (0) at the middle of each module.

    `size` is the number of modules on a side, the quiet zone of four included.
    """
    drawn = page.locator(".qr svg")
    drawn.scroll_into_view_if_needed()
    file = drawn.screenshot()
    seen = Image.open(BytesIO(file)).convert("L")
    step = seen.width / size
    return [
        [
            int(seen.getpixel((int((x + 0.5) * step), int((y + 0.5) * step))) < 128)
            for x in range(size)
        ]
        for y in range(size)
    ]


@WITH_AND_WITHOUT_SCRIPT
def test_pickup_order_is_searched_placed_and_collected(visitor, signed_in, script):
    hannah = visitor(java_script_enabled=script)
    find_cinnamon(hannah)
    choose_centre(hannah)
    keeper = signed_in("hoi-an", "/en/desk/", java_script_enabled=script)
    lay, allocated = read_units(keeper)

    place_order(hannah, script=script)

    code = read_code(hannah)
    assert re.fullmatch("[2-9A-HJKMNP-Z]{6}", code)
    drawn = segno.make(code, error="m", micro=False)
    expected = [list(row) for row in drawn.matrix_iter(border=4)]
    assert read_qr_modules(hannah, len(expected)) == expected
    number = re.search(r"QN-\d{7}", hannah.url).group()
    assert read_units(keeper) == (lay, allocated + 1)

    fulfilment = keeper.locator("article.job", has_text=number)
    keeper.goto("/en/desk/")
    expect(fulfilment).to_contain_text("1 × Trà My cinnamon sticks")
    fulfilment.get_by_role("button", name="Pack").click()
    keeper.get_by_role("button", name="Packed: mark ready").click()
    expect(
        keeper.get_by_text("Marked ready. A letter goes to the buyer.")
    ).to_be_visible()
    hannah.reload()
    expect(hannah.get_by_role("heading", level=1)).to_contain_text("Ready for you at")

    keeper.goto("/en/desk/")
    keeper.fill("[name=code]", f"{code[:3].lower()} {code[3:].lower()}")
    keeper.get_by_role("button", name="Find").click()
    expect(keeper.locator("[name=code]")).to_have_value(code)
    keeper.get_by_role("button", name="Handed over").click()
    expect(keeper.get_by_text("Handed over. The shelf and the ledger")).to_be_visible()

    assert read_units(keeper) == (lay - 1, allocated)
    last = keeper.locator("table.ledger").last.locator("tbody tr").first
    expect(last).to_contain_text("Handed to a buyer")
    expect(last).to_contain_text(number)
    assert [cell.inner_text() for cell in last.locator("td.number").all()] == [
        "-1",
        str(lay - 1),
    ]
    hannah.reload()
    expect(hannah.get_by_role("heading", level=1)).to_have_text(
        "Handed over. Enjoy it!"
    )
    expect(hannah.get_by_text("This code is no longer needed")).to_be_visible()


def read_units(keeper: Page) -> tuple[int, int]:
    """Units of the cinnamon on hand and promised; its ledger stays open."""
    keeper.goto(f"/en/desk/{CENTRE}/shelf/?q=que+vo+thanh+tra+my")
    keeper.locator("table.shelf a").click()
    expect(keeper.get_by_role("heading", level=1)).to_have_text(CINNAMON)
    units = keeper.locator("dl.label-facts").first.locator("dd").all_inner_texts()
    on_hand, allocated = (int(text.split()[0]) for text in units[:2])
    return on_hand, allocated
