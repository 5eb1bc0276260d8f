"""A receipt as a PDF, in whichever language is active.

The font is installed as a package, so that every machine has it: Source Sans Pro, which
covers Vietnamese. Chinese, Japanese and Korean are in fonts that readers of PDF bring
along; other letters are transliterated.
"""

import datetime as dt
import io
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import font_source_sans_pro
from anyascii import anyascii
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.doctemplate import SimpleDocTemplate
from reportlab.platypus.flowables import Flowable, Spacer
from reportlab.platypus.paragraph import Paragraph
from reportlab.platypus.tables import Table

from catalogue.money import format_dong
from catalogue.phones import format_phone
from marketplace.accounting.queries.receipt import Receipt

FONT, BOLD = "SourceSansPro", "SourceSansPro-Bold"
EAST_ASIAN = {"gbk": "STSong-Light", "cp949": "HYSMyeongJo-Medium"}
"""Character set to the font that has it: Chinese and kana, and Korean."""

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # the frame of a page has its own edge of 6

PLAIN = ParagraphStyle("plain", fontName=FONT, fontSize=11, leading=14.5)
SMALL = ParagraphStyle("small", PLAIN, fontSize=9.5, leading=12.5, textColor="#5b5348")
STRONG = ParagraphStyle("strong", PLAIN, fontName=BOLD)
TITLE = ParagraphStyle("title", PLAIN, fontName=BOLD, fontSize=20, leading=26)
RIGHT = ParagraphStyle("right", PLAIN, alignment=TA_RIGHT)
SMALL_RIGHT = ParagraphStyle("small-right", SMALL, alignment=TA_RIGHT)
RIGHT_STRONG = ParagraphStyle("right-strong", STRONG, alignment=TA_RIGHT)
LINES = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#cfc4ae")),
]


def register_fonts() -> None:
    """Once in a process; reportlab keeps them."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        folder = Path(font_source_sans_pro.__file__).parent / "files"
        pdfmetrics.registerFont(TTFont(FONT, folder / "SourceSansPro-Regular.ttf"))
        pdfmetrics.registerFont(TTFont(BOLD, folder / "SourceSansPro-Bold.ttf"))
        for font in EAST_ASIAN.values():
            pdfmetrics.registerFont(UnicodeCIDFont(font))


def find_font(sign: str) -> str | None:
    """The font that has the sign, if one has it."""
    if ord(sign) in pdfmetrics.getFont(FONT).face.charToGlyph:
        return FONT
    for charset, font in EAST_ASIAN.items():
        if sign.encode(charset, "ignore"):
            return font
    return None


def legible(text: str) -> str:
    """The text as markup, each sign in a font that has it, or in Latin letters."""
    runs = []
    for font, signs in groupby(text, find_font):
        run = "".join(signs)
        if font is None:
            runs.append(escape(anyascii(run)))
        elif font == FONT:
            runs.append(escape(run))
        else:
            runs.append(f'<font name="{font}">{escape(run)}</font>')
    return "".join(runs)


def paragraph(text: object, style: ParagraphStyle = PLAIN) -> Paragraph:
    """A text that may hold any letter; no-break spaces keep sums on one line."""
    return Paragraph(legible(str(text)), style)


def table(rows: list[list[Paragraph]], *shares: float) -> Table:
    """Rows whose columns take these shares of the page's width."""
    widths = [WIDTH * share / sum(shares) for share in shares]
    return Table(rows, colWidths=widths, style=LINES)


def receipt_as_pdf(receipt: Receipt) -> bytes:
    """The same receipt and language give the same bytes."""
    register_fonts()
    file = io.BytesIO()
    title = f"{_('Receipt')} {receipt.order.number}"
    page = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="OCOP Quảng Nam",
        invariant=1,
    )
    page.build(
        [
            paragraph("OCOP Quảng Nam", SMALL),
            paragraph(title, TITLE),
            paragraph(short_date(receipt.order.date_placed), SMALL),
            Spacer(0, 4 * mm),
            parties(receipt),
            Spacer(0, 5 * mm),
            goods(receipt),
            Spacer(0, 5 * mm),
            paragraph(_("VAT in it, by rate"), STRONG),
            vat(receipt),
            Spacer(0, 5 * mm),
            paragraph(_("Payments"), STRONG),
            money(receipt),
            Spacer(0, 6 * mm),
            *notes(receipt),
        ]
    )
    return file.getvalue()


def notes(receipt: Receipt) -> list[Paragraph]:
    """What stands below the sums."""
    strong = ParagraphStyle("not", SMALL, fontName=BOLD)
    invoice = _("This is a receipt, not an electronic invoice (hóa đơn điện tử).")
    lines = [
        paragraph(_("All prices include VAT."), SMALL),
        paragraph(invoice, strong),
    ]
    if receipt.has_alcohol:
        adults = _(
            "Bring your identity card or passport: alcohol is handed over to adults"
            " only."
        )
        lines.insert(0, paragraph(f"18+: {adults}", strong))
    return lines


def short_date(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


def parties(receipt: Receipt) -> Table:
    """Who sold it, and to whom."""
    sellers: list[Flowable] = [paragraph(_("Seller"), SMALL)]
    for point in receipt.sellers:
        sellers.append(paragraph(point.name, STRONG))
        if point.operator:
            sellers.append(paragraph(point.operator.name))
        sellers.append(paragraph(f"{point.address_here} · {format_phone(point.phone)}"))
    buyer = receipt.buyer
    mine: list[Flowable] = [paragraph(_("Buyer"), SMALL), paragraph(buyer.name, STRONG)]
    if buyer.address:
        mine.append(paragraph(buyer.address))
    mine.append(paragraph(format_phone(buyer.phone)))
    return Table(
        [[sellers, mine]], colWidths=[WIDTH * 0.58, WIDTH * 0.42], style=LINES[:3]
    )


def goods(receipt: Receipt) -> Table:
    rows = [
        [
            paragraph(_("Goods"), SMALL),
            paragraph(_("VAT"), SMALL),
            paragraph(_("Amount"), SMALL_RIGHT),
        ]
    ]
    for one in receipt.entries:
        text = f"{one.units} × {format_dong(one.price_vnd)}" if one.sku else ""
        detail = legible(line_detail(one.kind, text))
        name = Paragraph(
            f'{legible(one.name)}<br/><font size="9.5">{detail}</font>', PLAIN
        )
        rows.append(
            [
                name,
                paragraph(rate_cell(one.vat_rate)),
                paragraph(format_dong(one.gross_vnd), RIGHT),
            ]
        )
    rows.append(
        [
            paragraph(_("Total"), STRONG),
            paragraph(""),
            paragraph(format_dong(receipt.total_vnd), RIGHT_STRONG),
        ]
    )
    return table(rows, 6, 2, 2)


def line_detail(kind: str, text: str) -> str:
    """Beside an amount that is taken off, why it is."""
    words = {"return": _("brought back"), "reduction": _("taken off the price")}
    return " · ".join(filter(None, [words.get(kind, ""), text]))


def rate_cell(rate: str) -> str:
    """As in a narrow column: 8%, or a dash."""
    return f"{rate}%" if rate.isdecimal() else "–"


def vat(receipt: Receipt) -> Table:
    heads = [_("Without VAT"), _("VAT"), _("With VAT")]
    rows = [
        [paragraph(_("Rate"), SMALL), *(paragraph(head, SMALL_RIGHT) for head in heads)]
    ]
    for one in receipt.sums:
        sums = [one.net_vnd, one.vat_vnd, one.gross_vnd]
        amounts = [paragraph(format_dong(sum_), RIGHT) for sum_ in sums]
        rows.append([paragraph(capfirst(one.label)), *amounts])
    return table(rows, 4, 2, 2, 2)


def money(receipt: Receipt) -> Table:
    rows = [
        [
            paragraph(short_date(one.at)),
            paragraph(
                f"{_('paid') if one.is_incoming else _('paid back')}, {one.method}"
            ),
            paragraph(format_dong(one.amount_vnd), RIGHT),
        ]
        for one in receipt.payments
    ]
    if not rows:
        rows = [
            [paragraph(_("Nothing has been paid yet.")), paragraph(""), paragraph("")]
        ]
    for words, amount in (
        (_("To pay"), receipt.amount_due_vnd),
        (_("You get back"), receipt.refund_due_vnd),
    ):
        if amount:
            rows.append(
                [
                    paragraph(words, STRONG),
                    paragraph(""),
                    paragraph(format_dong(amount), RIGHT_STRONG),
                ]
            )
    return table(rows, 3, 5, 2)
