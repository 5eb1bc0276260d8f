"""The label of a parcel holds all that a buyer wrote, and the sum beside it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_pickup import open_checkout

WORDS = "đường Nguyễn Thị Minh Khai nối dài, hẻm số tám, "
STREET, NOTE = (WORDS * 5)[:200], (WORDS * 6)[:280]
NAME, WARD = "Công Tằng Tôn Nữ Thị Phương Thảo " * 3, (WORDS * 3)[:100]

FAULTS = """
number => {
  const label = [...document.querySelectorAll(".label")]
    .find((one) => one.textContent.includes(number));
  const box = (one) => one.getBoundingClientRect();
  const [outer, foot] = [box(label), box(label.querySelector(".foot"))];
  const faults = [];
  for (const one of label.querySelectorAll(".from p, .qr svg, .to p, .foot dd")) {
    const inner = box(one);
    if (inner.top < outer.top || inner.bottom > outer.bottom
        || inner.left < outer.left || inner.right > outer.right) {
      faults.push(`cut off: ${one.textContent}`);
    }
    if (one.closest(".to") && inner.bottom > foot.top) {
      faults.push(`over the sum: ${one.textContent}`);
    }
  }
  return faults;
}
"""


def order_by_post(page: Page, **texts: str) -> str:
    """The number of an order with these texts in its address and note."""
    page.goto("/products/tra-que-gung-nam-tra-my/")
    open_checkout(page, script=True)
    page.get_by_text("Gửi bưu điện").click()
    page.fill("[name=phone]", "0905 123 456")
    for name, text in texts.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=province]", "ha-noi")
    expect(page.locator("#sum .for-post-row dd")).to_have_text(re.compile(r"\d"))
    page.locator("#sum").get_by_role("button").click()
    page.wait_for_url("**/orders/**")
    return re.search(r"QN-\d{7}", page.url).group()


@pytest.mark.parametrize("street", [STREET, "12 Hàng Gai"], ids=["long", "short"])
def test_label_shows_long_texts_whole_and_sum_free(visitor, signed_in, street):
    number = order_by_post(visitor(), name=NAME, line1=street, ward=WARD, note=NOTE)
    keeper = signed_in("manager", "/desk/")
    desks = keeper.locator(".desk-main li a").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname)"
    )

    def open_labels(desk: str, base: str, size: str) -> bool:
        keeper.goto(f"{base}{desk}parcels/labels/?size={size}")
        return keeper.locator(".label", has_text=number).count() > 0

    desk = next(one for one in desks if open_labels(one, "", "a6"))
    keeper.emulate_media(media="print")
    for base in ("", "/en"):
        for size in ("a6", "a4"):
            assert open_labels(desk, base, size)
            text = keeper.locator(".label", has_text=number).inner_text()
            assert " ".join(NOTE.split()) in " ".join(text.split())
            assert keeper.evaluate(FAULTS, number) == []
