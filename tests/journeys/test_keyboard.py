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
FARTHEST = 60
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
def test_the_map_of_districts_is_walked_with_tab_and_opened_with_enter(
    laptop, base, width
):
    laptop.set_viewport_size({"width": width, "height": 844})
    laptop.goto(f"{base}/")

    tiles = []
    for _press in range(FARTHEST):
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
def test_the_first_tab_leads_past_the_header(laptop, base):
    laptop.goto(f"{base}/products/")

    assert focus_after_tab(laptop)["href"] == "#main"
    laptop.keyboard.press("Enter")
    assert laptop.evaluate("document.activeElement.id") == "main"
    first = focus_after_tab(laptop)
    assert laptop.evaluate("document.activeElement.closest('main') !== null"), first


def test_goods_are_ordered_without_a_mouse(laptop):
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
    wanted = f"document.activeElement.matches({selector!r})"
    for _press in range(FARTHEST):
        focus_after_tab(page)
        if page.evaluate(wanted):
            return
    raise AssertionError(f"Tab never came to {selector}")
