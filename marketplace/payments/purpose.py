"""The purpose of a transfer: what we ask buyers' banks to say, and what of it arrives.

Banks turn letters to capitals or small ones, drop dashes and blanks, break lines, and
put words and numbers of their own before and behind. So an order is named by two
letters and seven digits that follow each other once all else is left out.
"""

import re

from catalogue.text import fold

ORDER = re.compile(r"qn([0-9]{7})")


def purpose_of(number: str) -> str:
    """How an order is named in a transfer: its number without the dash.

    >>> purpose_of("QN-1234567")
    'QN1234567'
    """
    return squeezed(number).upper()


def squeezed(text: str) -> str:
    """Only its letters and digits, folded: how two purposes are compared."""
    return "".join(sign for sign in fold(text) if sign.isascii() and sign.isalnum())


def orders_named(text: str) -> list[str]:
    """The order numbers that a purpose holds, each once, as we write them."""
    found = dict.fromkeys(ORDER.findall(squeezed(text)))
    return [f"QN-{digits}" for digits in found]
