"""The market without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import BASES

FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getBoundingClientRect();
  const boxes = [one, ...(one.matches('input') ? [one.parentElement] : [])];
  const ringed = boxes.some((box) => {
    const style = getComputedStyle(box);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  return {
    what: `${one.tagName.toLowerCase()}.${one.className}`,
    href: one.getAttribute('href'),
    isTile: one.matches('.tile'),
    isSeen: box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth && box.width > 1,
    hasRing: ringed,
  };
}"""
MAX_TABS = 60
"""So many presses of Tab, and the map has been passed."""


def focus_after_tab(page: Page) -> dict:
    """Where the focus is; it can be seen wherever it goes."""
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    assert focus, "the focus is lost"
    assert focus["isSeen"], f"out of sight: {focus['what']}"
    assert focus["hasRing"], f"no ring: {focus['what']}"
    return focus


@pytest.fixture
def laptop(visitor) -> Page:
    return visitor(viewport={"width": 1280, "height": 900}, has_touch=False)


@BASES
@pytest.mark.parametrize("width", [390, 1280])
def test_district_map_is_navigable_by_tab_and_enter(laptop, base, width):
    laptop.set_viewport_size({"width": width, "height": 844})
    laptop.goto(f"{base}/")

    tiles = []
    for _press in range(MAX_TABS):
        focus = focus_after_tab(laptop)
        if focus["isTile"]:
            tiles.append(focus["href"])
        elif tiles:
            break
    assert len(set(tiles)) == len(tiles) == 18

    laptop.keyboard.press("Shift+Tab")
    assert laptop.evaluate(FOCUS)["href"] == tiles[-1]
    laptop.keyboard.press("Enter")
    laptop.wait_for_url(f"**{tiles[-1]}")
    expect(laptop.get_by_role("heading", level=1)).to_be_visible()


@BASES
def test_first_tab_skips_to_main_content(laptop, base):
    laptop.goto(f"{base}/products/")

    assert focus_after_tab(laptop)["href"] == "#main"
    laptop.keyboard.press("Enter")
    assert laptop.evaluate("document.activeElement.id") == "main"
    first = focus_after_tab(laptop)
    assert laptop.evaluate("document.activeElement.closest('main') !== null"), first


@BASES
@pytest.mark.parametrize("width", [390, 1280])
def test_suggestions_are_navigable_by_arrow_keys_and_announced(laptop, base, width):
    laptop.set_viewport_size({"width": width, "height": 844})
    laptop.goto(f"{base}/products/")
    box = laptop.locator("[role=combobox]:visible").first
    box.focus()
    laptop.keyboard.type("que tra")

    options = laptop.locator(".suggest-list:visible [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    number = options.count()
    announcement = laptop.get_by_role("status").filter(
        has_text=re.compile(rf"^{number} ")
    )
    expect(announcement).to_be_attached()

    laptop.keyboard.press("ArrowUp")
    chosen = laptop.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_attribute("id", options.last.get_attribute("id"))
    laptop.keyboard.press("ArrowDown")  # back to what was typed
    expect(chosen).to_have_count(0)
    laptop.keyboard.press("ArrowDown")
    expect(box).to_have_attribute(
        "aria-activedescendant", options.first.get_attribute("id")
    )
    laptop.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("que tra")

    laptop.keyboard.press("ArrowDown")
    to = options.first.get_attribute("href")
    laptop.keyboard.press("Enter")
    laptop.wait_for_url(f"**{to}")


@pytest.mark.parametrize("width", [390, 1280])
def test_enter_submits_search_without_scripts(visitor, width):
    page = visitor(
        viewport={"width": width, "height": 844},
        has_touch=False,
        java_script_enabled=False,
    )
    page.goto("/en/products/")
    page.locator("input[type=search]:visible").first.fill("que tra my")
    page.keyboard.press("Enter")

    page.wait_for_url("**/en/products/?q=que+tra+my*")
    expect(page.locator("a.card").first).to_contain_text("Trà My")


def test_order_is_placed_by_keyboard_only(laptop):
    """Every control on the way is reached by Tab alone."""
    laptop.goto("/en/products/que-vo-tra-my/")
    tab_to(laptop, "#buy button.primary")
    laptop.keyboard.press("Enter")
    laptop.locator("#added a").wait_for()
    tab_to(laptop, "#added a")
    laptop.keyboard.press("Enter")
    laptop.wait_for_url("**/en/basket/")
    tab_to(laptop, ".sum a.button")
    laptop.keyboard.press("Enter")
    laptop.wait_for_url("**/en/checkout/")
    tab_to(laptop, "[name=receive]")
    tab_to(laptop, "[name=sales_point]")
    tab_to(laptop, "[name=name]")
    laptop.keyboard.type("Hannah Weber")
    tab_to(laptop, "[name=email]")
    laptop.keyboard.type("hannah@example.com")
    tab_to(laptop, "#sum button")
    laptop.keyboard.press("Enter")

    laptop.wait_for_url(re.compile(r"/en/orders/QN-\d{7}/"))
    expect(laptop.locator(".ticket .code")).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    condition = f"document.activeElement.matches({selector!r})"
    for _press in range(MAX_TABS):
        focus_after_tab(page)
        if page.evaluate(condition):
            return
    raise AssertionError(f"Tab never came to {selector}")


def focused(page: Page, expression: str) -> object:
    return page.evaluate(f"(one => {expression})(document.activeElement)")


@BASES
def test_district_map_follows_arrow_keys(laptop, base):
    laptop.set_viewport_size({"width": 390, "height": 844})
    laptop.goto(f"{base}/")
    tab_to(laptop, "a.tile")
    middle = "one.getBoundingClientRect()"

    seen = [focused(laptop, "one.href")]
    for key, grows in (("ArrowDown", "y"), ("ArrowDown", "y"), ("ArrowUp", "y")):
        before = focused(laptop, f"{middle}.{grows} + scrollY")
        laptop.keyboard.press(key)
        assert laptop.evaluate(FOCUS)["isTile"]
        assert laptop.evaluate(FOCUS)["isSeen"]
        after = focused(laptop, f"{middle}.{grows} + scrollY")
        assert (after > before) == (key == "ArrowDown")
        seen.append(focused(laptop, "one.href"))
    assert seen[1] == seen[3] != seen[2]

    row = focused(laptop, f"{middle}.y + scrollY")
    for key in ("ArrowRight", "ArrowLeft"):
        x = focused(laptop, f"{middle}.x")
        laptop.keyboard.press(key)
        if focused(laptop, f"{middle}.y + scrollY") == row:
            assert (focused(laptop, f"{middle}.x") >= x) == (key == "ArrowRight")
    name = laptop.evaluate("document.activeElement.querySelector('b').innerText")
    expect(laptop.locator("#district-panel h3")).to_contain_text(name)
    laptop.keyboard.press("Enter")
    laptop.wait_for_url("**/districts/**")


@BASES
def test_listing_is_narrowed_by_keyboard_and_keeps_focus(laptop, base):
    """The focus stays with facet, chip and new goods; the count is spoken."""
    laptop.set_viewport_size({"width": 390, "height": 844})
    laptop.goto(f"{base}/products/")
    status = laptop.locator("#announced")
    status.evaluate("one => { window.announced = one }")
    everything = status.inner_text()

    tab_to(laptop, "[data-open-sheet]")
    laptop.keyboard.press("Enter")
    tab_to(laptop, "#facet-4")
    laptop.keyboard.press("Enter")
    laptop.wait_for_url("**stars=4**")
    expect(laptop.locator("#facet-4.chosen")).to_be_focused()
    assert laptop.evaluate(FOCUS)["isSeen"]
    expect(status).not_to_have_text(everything)
    assert laptop.evaluate("window.announced.isConnected"), "a new region is not spoken"

    laptop.keyboard.press("Escape")
    expect(laptop.locator("[data-open-sheet]")).to_be_focused()
    for _press in range(2):  # past what clears all
        laptop.keyboard.press("Shift+Tab")
    expect(laptop.locator("#chip-4")).to_be_focused()
    laptop.keyboard.press("Enter")
    expect(laptop.locator("#chip-4")).to_have_count(0)
    expect(status).to_have_text(everything)
    assert laptop.evaluate("document.activeElement.closest('.top-line') !== null")

    cards = laptop.locator(".page-cards .card")
    number = cards.count()
    tab_to(laptop, "#more [rel=next]")
    laptop.keyboard.press("Enter")
    expect(cards.nth(number)).to_be_focused()
    assert laptop.evaluate(FOCUS)["isSeen"]
    expect(status).to_contain_text(str(cards.count()))
    assert laptop.evaluate("window.announced.isConnected")
