"""A tourist pays by her bank's app, and the manager brings the bank's statement."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.accessibility import find_faults
from tests.journeys.demo_server import start_demo
from tests.journeys.test_pickup import (
    CENTRE,
    WITH_AND_WITHOUT_SCRIPT,
    choose_centre,
    find_cinnamon,
    open_checkout,
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A shop of its own, which takes transfers; the others sell without them."""
    account = {
        "VIETQR_BANK_BIN": "970436",
        "VIETQR_ACCOUNT": "0123456789",
        "VIETQR_ACCOUNT_NAME": "HTX OCOP QUANG NAM",
    }
    with start_demo(tmp_path_factory.mktemp("bank"), **account) as base:
        yield base


def make_statement(purpose: str, amount: str, number: str) -> dict[str, object]:
    today = f"{timezone.localdate():%d/%m/%Y}"
    text = (
        "NGÂN HÀNG;;;\n"
        "Ngày giao dịch;Số giao dịch;Ghi có;Nội dung\n"
        f"{today} 09:43;FT{number};{amount};MBVCB.45.{purpose.lower()}.CT tu 035\n"
        f"{today} 10:00;LAI{number};12;tra lai tien gui\n"
        f"soon;X{number};5;x\n"
    )
    return {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": text.encode()}


@WITH_AND_WITHOUT_SCRIPT
def test_upload_bank_statement_marks_order_page_paid(visitor, signed_in, script):
    hannah = visitor(java_script_enabled=script)
    find_cinnamon(hannah)
    choose_centre(hannah)
    open_checkout(hannah, script=script)
    hannah.get_by_text("Collect at a point").click()
    hannah.select_option("[name=sales_point]", CENTRE)
    hannah.fill("[name=name]", "Hannah Weber")
    hannah.fill("[name=email]", "hannah@example.com")
    hannah.check("[name=payment][value=vietqr]", force=True)
    hannah.locator("#sum").get_by_role("button").click()
    hannah.wait_for_url("**/en/orders/**")
    number = re.search(r"QN-\d{7}", hannah.url).group()
    transfer = hannah.locator(".transfer")
    expect(transfer.locator(".qr svg")).to_be_visible()
    details = transfer.locator("dd").all_inner_texts()
    assert details[1] == "HTX OCOP QUANG NAM"
    purpose, amount = details[4], re.sub(r"\D", "", details[3])
    copy = transfer.locator("[data-copy]").last
    if script:
        hannah.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copy.click()
        expect(copy).to_have_text("Copied")
        assert hannah.evaluate("navigator.clipboard.readText()") == purpose
        assert find_faults(hannah) == []
    else:
        expect(copy).to_be_hidden()
    picture = transfer.get_by_role("link", name="Save the code as a picture")
    with hannah.expect_download() as download:
        picture.click()
    assert download.value.suggested_filename == f"{number}.png"
    assert purpose == number.replace("-", "")
    assert hannah.locator(".ticket").count() == 0

    manager = signed_in("manager", "/en/office/transfers/", java_script_enabled=script)
    manager.get_by_role("link", name="Bring the bank's statement").click()
    manager.set_input_files("[name=file]", make_statement(purpose, amount, purpose[2:]))
    manager.get_by_role("button", name="Take it in").click()

    rows = manager.locator(".office-rows li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text(number)
    expect(rows.nth(0)).to_contain_text("matched: paid")
    expect(rows.nth(1)).to_contain_text("names no order")
    expect(rows.nth(2)).to_contain_text("The date cannot be read")

    if not script:
        hannah.reload()
    expect(hannah.locator(".ticket .code")).to_be_visible()
    expect(transfer).to_have_count(0)

    manager.get_by_role("link", name="Look at what waits").click()
    interest = manager.locator("li", has_text="tra lai tien gui").first
    interest.get_by_label("How you know").fill("interest")
    interest.get_by_role("button", name="It pays no order").click()
    expect(manager.get_by_text("Written down: it pays no order.")).to_be_visible()


def test_office_transfer_screens_are_accessible(signed_in):
    faults = []
    for base in ("", "/en"):
        manager = signed_in("manager", f"{base}/office/transfers/statement/")
        faults += find_faults(manager)
        number = "77" if base else "78"
        manager.set_input_files("[name=file]", make_statement("QN12", "190000", number))
        manager.locator("main form button").click()
        manager.locator(".office-sums").wait_for()
        faults += find_faults(manager)
        manager.goto(f"{base}/office/transfers/")
        manager.locator("details summary").first.click()
        faults += find_faults(manager)

    assert faults == []
