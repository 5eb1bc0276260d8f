"""Every page can be read and used by everybody, on a phone and on a desk."""

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import find_faults
from tests.journeys.test_pickup import CENTRE

PUBLIC = (
    "/",
    "/products/",
    "/products/?q=que+tra+my&stars=3&district=bac-tra-my",
    "/products/?q=zzzz",
    "/products/?price_min=abc",
    "/products/que-vo-tra-my/",
    "/products/ruou-lua-ray-bac-tra-my/",
    "/districts/",
    "/districts/tien-phuoc/",
    "/producers/htx-que-tra-leng/",
    "/sales-points/",
    f"/sales-points/{CENTRE}/",
    "/stories/",
    "/stories/que-tra-my/",
    "/villages/",
    "/fairs/",
    "/news/",
    "/about-ocop/",
    "/complaints/",
    "/for-makers/",
    "/how-it-works/",
    "/privacy/",
    "/returns/",
    "/basket/",
    "/account/sign-in/",
    "/orders/",
    "/no-such-page/",
)
FIND_PARTED_NAMES = """() =>
  [...document.querySelectorAll("span[lang=vi]")]
    .map((name) => name.parentElement)
    .filter((parent) => /flex|grid/.test(getComputedStyle(parent).display))
    .filter((parent) => [...parent.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim(),
    ))
    .map((parent) => parent.textContent.trim())
"""
"""Sentences whose Vietnamese names are parted from their words by a row's gaps."""
BASES = pytest.mark.parametrize("base", ["", "/en"], ids=["vi", "en"])


@BASES
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_accessible(reader, base, path):
    reader.goto(base + path)

    assert find_faults(reader) == []
    assert reader.evaluate(FIND_PARTED_NAMES) == []


@BASES
def test_checkout_pages_are_accessible(phone, base):
    faults = []
    for product in ("que-vo-tra-my", "ruou-lua-ray-bac-tra-my"):
        phone.goto(f"{base}/products/{product}/")
        phone.locator("#buy button.primary").click()
        phone.locator("#added a").wait_for()
    faults += find_faults(phone)
    phone.goto(f"{base}/basket/")
    faults += find_faults(phone)
    for method in ("pickup", "room", "post"):
        phone.goto(f"{base}/checkout/?receive={method}")
        faults += find_faults(phone)
    phone.locator("#sum button").click()
    phone.locator("#errors").wait_for()
    faults += find_faults(phone)
    phone.check("[name=receive][value=post]", force=True)
    for name, value in {
        "name": "Hoa",
        "phone": "0905 123 456",
        "line1": "12 Hàng Gai",
        "ward": "Hoàn Kiếm",
    }.items():
        phone.fill(f"[name={name}]", value)
    phone.select_option("[name=province]", "ha-noi")
    phone.check("[name=adult]")
    expect(phone.locator("#sum .for-post-row dd")).to_contain_text("₫")
    phone.locator("#sum button").click()
    phone.wait_for_url("**/orders/**")
    faults += find_faults(phone)

    assert faults == []


@BASES
def test_pickup_ticket_and_desk_are_accessible(phone, signed_in, base):
    phone.goto(f"{base}/products/tra-que-gung-nam-tra-my/")
    phone.locator("#buy button.primary").click()
    phone.locator("#added a").wait_for()
    phone.goto(f"{base}/checkout/?receive=pickup")
    phone.select_option("[name=sales_point]", CENTRE)
    phone.fill("[name=name]", "Hannah")
    phone.fill("[name=email]", "hannah@example.com")
    phone.locator("#sum button").click()
    phone.wait_for_url("**/orders/**")
    faults = find_faults(phone)

    keeper = signed_in("hoi-an", f"{base}/desk/")
    faults += find_faults(keeper)
    keeper.locator("article.job h3 a[href*='/jobs/']").last.click()
    keeper.locator(".handing").wait_for()
    faults += find_faults(keeper)
    for path in (
        "receive/",
        "shelf/",
        "shelf/?show=low",
        "code/?code=ZZZ+ZZZ",
        "parcels/",
        "parcels/labels/",
        "returns/",
        "stale/",
        "sell/",
        "sales/",
        "orders/?q=Hannah",
    ):
        keeper.goto(f"{base}/desk/{CENTRE}/{path}")
        faults += find_faults(keeper)
    keeper.goto(f"{base}/desk/{CENTRE}/shelf/")
    keeper.locator("table.shelf a").first.click()
    keeper.locator("details summary").first.click()
    faults += find_faults(keeper)
    keeper.goto(f"{base}/desk/{CENTRE}/sell/")
    keeper.locator(".tile:enabled").first.click()
    keeper.locator(".till-sum").wait_for()
    faults += find_faults(keeper)
    keeper.locator("[value=cash]").click()
    keeper.wait_for_url("**/sales/**")
    faults += find_faults(keeper)
    keeper.goto(f"{base}/account/")
    faults += find_faults(keeper)

    assert faults == []


@BASES
def test_desk_of_manager_is_accessible(signed_in, base):
    assert find_faults(signed_in("manager", f"{base}/desk/")) == []
