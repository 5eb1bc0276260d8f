"""Chị Hoa in Hà Nội orders by post and pays the postman."""

import re

from playwright.sync_api import expect

from tests.journeys.test_pickup import WITH_AND_WITHOUT_SCRIPT, open_checkout


@WITH_AND_WITHOUT_SCRIPT
def test_post_order_is_placed_and_dispatched_with_cash_on_delivery(
    visitor, signed_in, script
):
    hoa = visitor(java_script_enabled=script)
    hoa.goto("/")
    box = hoa.locator(".hero [name=q]")
    box.fill("que vo thanh tra my")
    box.press("Enter")
    hoa.get_by_role("link", name="Quế vỏ thanh Trà My").first.click()
    open_checkout(hoa, script=script)

    hoa.get_by_text("Gửi bưu điện").click()
    hoa.fill("[name=name]", "Lê Thị Hoa")
    hoa.fill("[name=phone]", "0905 123 456")
    hoa.fill("[name=line1]", "12 Hàng Gai")
    hoa.fill("[name=ward]", "Hoàn Kiếm")
    option = hoa.locator("[name=province] option[value=ha-noi]").inner_text()
    postage = re.search(r"[\d.]+\s₫", option).group()
    hoa.select_option("[name=province]", "ha-noi")
    if not script:  # the first press shows what the post costs
        hoa.locator("#sum").get_by_role("button").click()
    expect(hoa.locator("#sum .for-post-row dd")).to_have_text(postage)
    hoa.locator("#sum").get_by_role("button").click()
    hoa.wait_for_url("**/orders/**")

    number = re.search(r"QN-\d{7}", hoa.url).group()
    expect(hoa.locator(".order-postage")).to_contain_text(postage)
    total = hoa.locator(".order-total span").last.inner_text()
    assert parse_dong(total) == 85_000 + parse_dong(postage)
    expect(hoa.locator(".parcel")).to_contain_text(
        "12 Hàng Gai, Hoàn Kiếm, Thành phố Hà Nội"
    )
    expect(hoa.locator(".parcel")).to_contain_text(total)

    keeper = signed_in("manager", "/desk/", java_script_enabled=script)
    fulfilment = keeper.locator("article.job", has_text=number)
    for desk in keeper.locator(".desk-main li a").evaluate_all(
        "links => links.map(link => link.href)"
    ):
        keeper.goto(desk)
        if fulfilment.count():
            break
    fulfilment.get_by_role("button").click()
    keeper.get_by_role("button", name="Đã soạn xong").click()
    expect(keeper.locator(".handing")).to_contain_text(total)
    keeper.fill("[name=tracking_number]", "VTP1234567")
    keeper.locator(".thumb").get_by_role("button", name="Đã giao bưu điện").click()
    keeper.wait_for_url(desk)
    assert fulfilment.count() == 0

    hoa.reload()
    expect(hoa.locator(".steps li.done")).to_have_count(3)
    expect(hoa.get_by_text("VTP1234567")).to_be_visible()


def parse_dong(text: str) -> int:
    return int(re.sub(r"\D", "", text))
