"""Whole dong, as people and banks write it."""

import re

from django.utils.formats import number_format

NO_BREAK_SPACE = "\u00a0"

MOST_VND = 2**31 - 1
"""What a column can hold, of one amount or of a sum."""


def parse_dong(text: str) -> int | None:
    """Whole dong, however the thousands are parted; 0 of an empty cell.

    >>> parse_dong("+190,000.00 VND"), parse_dong("190.000"), parse_dong("1,5")
    (190000, 190000, None)
    """
    bare = re.sub(r"\s|VND|₫|đ", "", text, flags=re.IGNORECASE)
    bare = re.sub(r"[.,]00$", "", bare)
    if not bare or bare == "-":
        return 0
    if not re.fullmatch(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[.,][0-9]{3}){1,4})", bare):
        return None
    return int(re.sub(r"[.,]", "", bare))


def format_dong(amount: int) -> str:
    """Whole dong as each language writes it: 85.000 ₫, 85,000 ₫."""
    number = number_format(int(amount), use_l10n=True, force_grouping=True)
    return f"{number}{NO_BREAK_SPACE}₫"
