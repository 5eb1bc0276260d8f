"""Whole dong, as people and banks write it."""

import re

MOST_VND = 2**31 - 1
"""What a column can hold, of one amount or of a sum."""


def dong_of(text: str) -> int | None:
    """Whole dong, however the thousands are parted; 0 of an empty cell.

    >>> dong_of("+190,000.00 VND"), dong_of("190.000"), dong_of("1,5")
    (190000, 190000, None)
    """
    bare = re.sub(r"\s|VND|₫|đ", "", text, flags=re.IGNORECASE)
    bare = re.sub(r"[.,]00$", "", bare)
    if not bare or bare == "-":
        return 0
    if not re.fullmatch(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[.,][0-9]{3}){1,4})", bare):
        return None
    return int(re.sub(r"[.,]", "", bare))
