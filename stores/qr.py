"""Codes that cameras read."""

import segno
from django.utils.safestring import SafeString


def qr(text: str) -> SafeString:
    """The text as an inline SVG, with the quiet zone of four modules."""
    drawn = segno.make(text, error="m", micro=False)
    return SafeString(
        drawn.svg_inline(border=4, omitsize=True, dark="#241a17", svgclass=None)
    )
