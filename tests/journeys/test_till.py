"""Keepers tap and scan faster than the network answers."""

import pytest
from playwright.sync_api import Page, expect

SELL = "/desk/trung-tam-ocop-hoi-an/sell/"
BASES = pytest.mark.parametrize("base", ["", "/en"], ids=["vi", "en"])

TAP = """
async ([tiles, taps]) => {
  for (let tap = 0; tap < taps; tap += 1) {
    await new Promise(requestAnimationFrame);
    document.querySelector(`.tile[value="${tiles[tap % tiles.length]}"]`).click();
  }
}
"""
"""One tap a frame, sixty a second, on one tile after the other."""

PAY = """
() => {
  document.querySelector("[value=cash]").click();
  return document.getElementById("till-form").inert;
}
"""


def read_tiles(page: Page) -> list[dict[str, str]]:
    """The tiles with most units left: id, bar code, price."""
    tiles = page.locator(".tile").evaluate_all(
        "all => all.map(one => ({...one.dataset, id: one.value}))"
    )
    return sorted(tiles, key=lambda tile: -int(tile["free"]))


def read_lines(page: Page) -> dict[str, int]:
    """Record id to units, in the order of the lines."""
    pairs = page.locator("#till-lines input").evaluate_all(
        "all => all.map(one => [one.name.slice(6), Number(one.value)])"
    )
    return dict(pairs)


@BASES
def test_till_counts_sixty_taps_a_second_without_network(signed_in, base):
    keeper = signed_in("hoi-an", f"{base}{SELL}")
    sent: list[str] = []
    keeper.on("request", lambda request: sent.append(request.method))
    three = read_tiles(keeper)[:3]
    each = min(6, *(int(tile["free"]) for tile in three))
    expected = {tile["id"]: each for tile in three}

    keeper.evaluate(TAP, [[tile["id"] for tile in three], 3 * each])

    assert read_lines(keeper) == expected
    assert "POST" not in sent  # no tap waits for the shop
    keeper.reload()
    assert read_lines(keeper) == expected
    total = sum(int(tile["price"]) for tile in three) * each
    grouped = f"{total:,}" if base else f"{total:,}".replace(",", ".")
    expect(keeper.locator("#till-total")).to_have_text(f"{grouped}\u00a0₫")

    assert keeper.evaluate(PAY)  # what is tapped now would be neither sold nor seen
    keeper.wait_for_url("**/sales/**")
    expect(keeper.locator(".till-line", has_text=f"{each} ×")).to_have_count(3)
    keeper.goto(f"{base}{SELL}")
    expect(keeper.locator("#till-empty")).to_be_visible()
    assert read_lines(keeper) == {}


@BASES
def test_till_takes_each_scan_in_order_and_filters_tiles(signed_in, base):
    keeper = signed_in("hoi-an", f"{base}{SELL}")
    first, second = [tile for tile in read_tiles(keeper) if tile["barCode"]][:2]

    for tile in (first, second):  # the field has the focus; Enter ends each code
        keeper.keyboard.type(tile["barCode"])
        keeper.keyboard.press("Enter")
    keeper.fill("#till-search", first["name"])
    keeper.locator(f".tile[value='{first['id']}']").click()
    keeper.keyboard.type(second["barCode"])  # the focus is on a tile now
    keeper.keyboard.press("Enter")

    assert list(read_lines(keeper).items()) == [(first["id"], 2), (second["id"], 2)]
    keeper.keyboard.type("0000000000000")
    keeper.keyboard.press("Enter")
    expect(keeper.locator("#till-status")).to_contain_text("0000000000000")
    keeper.fill("#till-search", "que vo")
    for name in keeper.locator(".tile:visible").evaluate_all(
        "all => all.map(one => one.closest('li').dataset.words)"
    ):
        assert "que" in name
        assert "vo" in name
