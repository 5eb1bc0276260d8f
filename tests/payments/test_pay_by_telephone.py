"""The page of a transfer, on the telephone that pays."""

import io
import re

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from marketplace.payments.models import Payment
from marketplace.payments.queries import get_transfer
from tests.marketplace.shopping import get_order_url

BASES = pytest.mark.parametrize("base", ["", "/en"])


def open_page(client, order, base="/en"):
    response = client.get(get_order_url(order, base))
    return BeautifulSoup(response.content, "html.parser")


@BASES
def test_transfer_page_names_account_holder_and_copies_each_field(
    client, settings, unpaid, pending_transfer, base
):
    settings.VIETQR_ACCOUNT_NAME = "HTX OCOP QUANG NAM"

    transfer = open_page(client, unpaid, base).select_one(".transfer")

    assert "HTX OCOP QUANG NAM" in transfer.get_text()
    copied = [button["data-copy"] for button in transfer.select("button[data-copy]")]
    assert copied == ["0123456789", "190000", unpaid.number.replace("-", "")]
    assert all(button.has_attr("hidden") for button in transfer.select("button"))
    after = "Afterwards come back" if base else "Sau khi chuyển khoản"
    assert after in transfer.get_text()


def test_transfer_page_offers_its_code_as_a_picture(client, unpaid, pending_transfer):
    link = open_page(client, unpaid).select_one(".transfer a[download]")

    response = client.get(link["href"])

    assert link["download"] == f"{unpaid.number}.png"
    assert response["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    assert picture.width == picture.height > 400


def test_transfer_picture_without_a_pending_transfer_is_not_found(client, unpaid):
    assert client.get(f"{get_order_url(unpaid)}vietqr.png").status_code == 404


@BASES
def test_underpaid_transfer_page_asks_for_the_rest_only(
    client, unpaid, pending_transfer, base
):
    Payment.objects.update(paid_vnd=100_000)
    pending_transfer.refresh_from_db()

    page = open_page(client, unpaid, base)

    heading = page.select_one("#to-pay").get_text().replace("\u00a0", " ")
    assert re.search(r"\b90[.,]000 ₫", heading)
    text = page.select_one("#standing").get_text()
    assert not re.search(r"190[.,]000", text)
    assert page.select("[data-copy='90000']")
    assert "540590000" in get_transfer(pending_transfer).payload
