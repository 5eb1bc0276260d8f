"""The receipt of an order, as a page and as a PDF."""

import io
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from catalogue.vat import vat_in
from marketplace.accounting.pdf import EAST_ASIAN, FONT, legible, register_fonts
from marketplace.accounting.queries.receipt import get_receipt
from marketplace.orders.operations.cancel import cancel_units
from marketplace.orders.order_links import order_token
from marketplace.orders.own_orders import SESSION_KEY
from marketplace.payments.operations.refund import (
    create_refund,
    process_due_refunds,
    record_manual_refund,
)
from stores.models import SalesPoint
from tests.accounting.conftest import hand_over_order, take_back_units
from tests.factories import make_order, make_producer, make_product, put_on_shelf
from tests.marketplace.shopping import get_order_url, get_page_text

pytestmark = pytest.mark.usefixtures("noon")  # rates of VAT change with the year


@pytest.fixture
def collected_order(full_shelf, centre, tea, wine, pomelo, keeper):
    """Two teas, a jar of wine and three pomelos, paid in cash and handed over."""
    return hand_over_order(
        make_order({tea: 2, wine: 1, pomelo: 3}, point=centre), keeper
    )


def get_vat_sums(order):
    receipt = get_receipt(order)
    return {one.rate: (one.gross_vnd, one.vat_vnd) for one in receipt.sums}


def read_pdf_text(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def get_receipt_pdf(client, order, base="/en"):
    return client.get(f"{get_order_url(order, base)}receipt.pdf")


def test_receipt_page_shows_seller_lines_and_vat(client, collected_order, centre):
    centre.operator = make_producer(name_en="Quê Vườn Cooperative")
    centre.save()

    page = get_page_text(client.get(f"{get_order_url(collected_order)}receipt/"))

    assert "Quê Vườn Cooperative" in page
    assert "Buyer H. ••• 456" in page
    assert collected_order.number in page
    assert "2 × 95,000 ₫ 8% 190,000 ₫" in page
    assert "1 × 120,000 ₫ 10% 120,000 ₫" in page
    assert "3 × 30,000 ₫ 5% 90,000 ₫" in page
    assert "8% 175,926 ₫ 14,074 ₫ 190,000 ₫" in page
    assert "Total 400,000 ₫" in page
    assert "paid, cash 400,000 ₫" in page
    assert "This is a receipt, not an electronic invoice (hóa đơn điện tử)." in page
    assert "To pay" not in page


def test_receipt_page_in_vietnamese_names_electronic_invoice(client, collected_order):
    page = get_page_text(client.get(f"{get_order_url(collected_order, '')}receipt/"))

    assert "không phải hóa đơn điện tử" in page


def test_receipt_pdf_shows_same_content_as_page(client, collected_order):
    response = get_receipt_pdf(client, collected_order)

    text = read_pdf_text(response).replace("\u00a0", " ")
    assert response["Content-Type"] == "application/pdf"
    assert f"Receipt {collected_order.number}" in text
    assert "Đại Bình pomelo" in text
    assert "10,909 ₫" in text
    assert "400,000 ₫" in text
    assert "electronic invoice (hóa đơn điện tử)" in text


def test_receipt_pdf_embeds_fonts_with_vietnamese_letters(client, centre, keeper):
    name = "Bánh ướt Đại Lộc: ẳẵặẻẽẹểễệỉĩịỏõọổỗộởỡợủũụửữựỷỹỵ & <chữ>"
    cake = make_product("banh", title=name)
    put_on_shelf(centre, cake, 5)
    order = hand_over_order(make_order({cake: 1}, point=centre), keeper)

    text = read_pdf_text(get_receipt_pdf(client, order, base=""))

    assert name in text
    assert "hóa đơn điện tử" in text
    fonts = PdfReader(io.BytesIO(get_receipt_pdf(client, order).content)).pages[0][
        "/Resources"
    ]["/Font"]
    for font in fonts.values():
        if font["/Subtype"] == "/TrueType":
            assert "/FontFile2" in font["/FontDescriptor"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("김민서", "김민서"),
        ("王小明", "王小明"),
        ("田中さくら 辻", "田中さくら 辻"),
        ("สมชาย", "smchay"),
        ("محمد & Ω", "mhmd & Ω"),
        ("Hannah \U0001f33e", "Hannah :ear_of_rice:"),
        ("Đặng Thị Mỹ Lệ", "Đặng Thị Mỹ Lệ"),
    ],
)
def test_receipt_pdf_writes_every_name_legibly(client, collected_order, name, text):
    collected_order.fulfilments.update(name=name)
    session = client.session
    session[SESSION_KEY] = [collected_order.pk]  # its buyer's own browser
    session.save()

    assert text in read_pdf_text(get_receipt_pdf(client, collected_order))


@given(st.text())
@example("\U0001f469\u200d\U0001f33e ก ữ 龘 각 \U00020000 <b>")
def test_legible_uses_only_signs_that_a_font_has(text):
    register_fonts()
    charsets = {font: charset for charset, font in EAST_ASIAN.items()}
    latin = pdfmetrics.getFont(FONT).face.charToGlyph

    for run in BeautifulSoup(legible(text), "html.parser").find_all(string=True):
        font = run.parent.get("name")
        for sign in run:
            assert sign.encode(charsets[font]) if font else ord(sign) in latin


def test_receipt_pdf_is_deterministic(client, collected_order):
    assert (
        get_receipt_pdf(client, collected_order).content
        == get_receipt_pdf(client, collected_order).content
    )


def test_receipt_total_equals_sum_of_rates(client, collected_order):
    receipt = get_receipt(collected_order)

    assert receipt.total_vnd == 400_000
    assert sum(one.gross_vnd for one in receipt.sums) == receipt.total_vnd
    assert sum(one.vat_vnd for one in receipt.sums) == receipt.vat_vnd
    assert (
        collected_order.total_incl_tax - collected_order.total_excl_tax
        == receipt.vat_vnd
    )


def test_receipt_excludes_cancelled_units(full_shelf, centre, tea, wine):
    order = make_order({tea: 3, wine: 1}, point=centre)
    fulfilment_line = order.fulfilments.get().lines.get(line__product=tea)

    cancel_units(line=fulfilment_line, units=1, actor=None, at=timezone.now())

    assert get_vat_sums(order)["8"] == (190_000, vat_in(190_000, "8"))


def test_receipt_includes_postage_line(full_shelf, tea):
    order = make_order({tea: 1}, method="post")

    receipt = get_receipt(order)

    postage = int(order.shipping_incl_tax)
    assert [one.gross_vnd for one in receipt.sold] == [95_000, postage]
    assert get_vat_sums(order) == {
        "8": (95_000 + postage, vat_in(95_000, "8") + vat_in(postage, "8"))
    }
    assert receipt.amount_due_vnd == receipt.total_vnd == 95_000 + postage


def test_receipt_subtracts_returned_goods_with_their_vat(
    client, collected_order, tea, keeper, manager
):
    for _box in range(2):
        take_back_units(collected_order, tea, 1, keeper)

    receipt = get_receipt(collected_order)
    assert get_vat_sums(collected_order)["8"] == (0, 0)
    assert receipt.total_vnd == 210_000
    assert receipt.refund_due_vnd == 190_000

    process_due_refunds(at=timezone.now())
    for payment in collected_order.payments.all():
        for refund in payment.refunds.all():
            record_manual_refund(refund=refund, actor=manager, at=timezone.now())
    receipt = get_receipt(collected_order)
    assert (receipt.paid_vnd, receipt.refund_due_vnd) == (210_000, 0)
    page = get_page_text(client.get(f"{get_order_url(collected_order)}receipt/"))
    assert "brought back · -1 × 95,000 ₫" in page
    assert "-95,000 ₫" in page


def test_receipt_subtracts_goods_refunded_by_office(collected_order, tea, manager):
    line = collected_order.lines.get(product=tea)
    refund = create_refund(
        payment=collected_order.payments.get(),
        units={line: 1},
        reason="broken",
        key=uuid.uuid4().hex,
        actor=manager,
        at=timezone.now(),
    )
    record_manual_refund(refund=refund, actor=manager, at=timezone.now())

    receipt = get_receipt(collected_order)

    assert get_vat_sums(collected_order)["8"] == (
        95_000,
        vat_in(190_000, "8") - vat_in(95_000, "8"),
    )
    assert (receipt.total_vnd, receipt.paid_vnd, receipt.refund_due_vnd) == (
        305_000,
        305_000,
        0,
    )


def test_receipt_lump_refund_has_no_vat_rate(collected_order, manager):
    refund = create_refund(
        payment=collected_order.payments.get(),
        amount_vnd=15_000,
        reason="late",
        key=uuid.uuid4().hex,
        actor=manager,
        at=timezone.now(),
    )
    record_manual_refund(refund=refund, actor=manager, at=timezone.now())

    assert get_vat_sums(collected_order)[""] == (-15_000, 0)
    assert get_receipt(collected_order).refund_due_vnd == 0


def test_receipt_of_unpaid_order_shows_amount_to_pay(client, full_shelf, centre, tea):
    order = make_order({tea: 2}, point=centre)

    page = get_page_text(client.get(f"{get_order_url(order)}receipt/"))

    assert "Nothing has been paid yet." in page
    assert "To pay 190,000 ₫" in page


@pytest.mark.parametrize("name", ["order-receipt", "order-receipt-pdf"])
def test_receipt_refuses_guessed_number_or_token(
    client, manager, signed_in, collected_order, name
):
    guesses = [
        (collected_order.number, order_token("QN-0000000")),
        ("QN-0000000", order_token(collected_order.number)),
        ("\x00", order_token(collected_order.number)),
    ]

    for someone in (client, signed_in(manager)):
        for guess in guesses:
            response = someone.get(reverse(name, args=guess))
            assert response.status_code == 404
            assert b"Hannah" not in response.content


def test_receipt_is_not_cached(client, collected_order):
    for page in ("receipt/", "receipt.pdf"):
        response = client.get(get_order_url(collected_order) + page)
        assert "no-store" in response["Cache-Control"]


def test_order_page_links_to_receipt_after_hand_over(
    client, full_shelf, centre, tea, keeper
):
    order = make_order({tea: 1}, point=centre)
    link = f'href="{get_order_url(order)}receipt/"'.encode()
    assert link not in client.get(get_order_url(order)).content

    hand_over_order(order, keeper)

    assert link in client.get(get_order_url(order)).content


def test_receipt_query_count_is_independent_of_lines(
    client, full_shelf, centre, booth, tea, wine, pomelo, keeper
):
    SalesPoint.objects.update(operator=make_producer())
    short = hand_over_order(make_order({tea: 1}, point=centre), keeper)
    many = [make_product() for _number in range(10)]
    for product in many:
        put_on_shelf(centre, product, 5)
    long = hand_over_order(make_order(dict.fromkeys(many, 2), point=centre), keeper)
    for product in many[:3]:
        take_back_units(long, product, 1, keeper)

    query_counts = []
    for order in (short, long):
        with CaptureQueriesContext(connection) as queries, translation.override("en"):
            assert client.get(f"{get_order_url(order)}receipt/").status_code == 200
        query_counts.append(len(queries))

    assert query_counts[0] == query_counts[1] <= 14
