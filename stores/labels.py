"""Bar codes and QR codes: reading those of labels, and drawing QR codes."""

import re
from io import BytesIO
from typing import NamedTuple
from urllib.parse import unquote

import segno
from django.utils.safestring import SafeString

DIGITAL_LINK = re.compile(r"/01/(?P<gtin>\d{8,14})(?:/10/(?P<lot>[^/?#]+))?")
"""A lot's own address, as our QR labels carry it. Source: GS1 Digital Link 1.4."""


class Label(NamedTuple):
    """A product by its GTIN-13, and a lot where the label names one."""

    gtin: str
    lot: str


def read_label(text: str) -> Label | None:
    """What was scanned or typed, if it is a bar code; None for other words.

    >>> read_label("https://ocop.example/01/08938500000014/10/L1")
    Label(gtin='8938500000014', lot='L1')
    >>> read_label("893 8500 000014")
    Label(gtin='8938500000014', lot='')
    """
    link = DIGITAL_LINK.search(text)
    digits = link["gtin"] if link else re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{8,14}", digits):
        return None
    lot = unquote(link["lot"]) if link and link["lot"] else ""
    return Label(digits.lstrip("0").zfill(8 if len(digits) == 8 else 13), lot)


def qr(text: str) -> SafeString:
    """The text as an inline SVG, with the quiet zone of four modules."""
    drawn = segno.make(text, error="m", micro=False)
    return SafeString(
        drawn.svg_inline(border=4, omitsize=True, dark="#241a17", svgclass=None)
    )


def qr_png(text: str, *, scale: int = 6) -> bytes:
    """The text as a PNG of `scale` pixels a module, for letters and to be saved."""
    file = BytesIO()
    drawn = segno.make(text, error="m", micro=False)
    drawn.save(file, kind="png", scale=scale, border=4)
    return file.getvalue()
