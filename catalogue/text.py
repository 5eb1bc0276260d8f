"""Text: clean it, fold it, make a slug of it, pick its language."""

import re
import unicodedata

from django.utils.translation import get_language


def fold(text: str) -> str:
    """Text in lower case, without accents, with đ as d, to compare words.

    >>> fold("Nước mắm CỬA KHE")
    'nuoc mam cua khe'
    """
    lower = text.lower()
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFD", lower.replace("đ", "d"))
    return unicodedata.normalize("NFC", decomposed.translate(BARE))


def unify(text: str) -> str:
    """The same text for what looks the same, whatever code points it was left with.

    Composed, without full-width and other forms, without invisible characters, and with
    Latin letters for the Cyrillic and Greek ones that look like them; ð is đ.

    >>> unify("nu\u031bo\u031b\u0301c ma\u0306\u0301\u200bm, tr\u0430\u0300")
    'nước mắm, trà'
    """
    if text.isascii():
        return text
    latin = unicodedata.normalize("NFKD", text).translate(LOOKALIKES)
    visible = "".join(sign for sign in latin if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", visible)


LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5"
    "\u03a7\u03bf\u0131\u00f0\u0256\u00d0\u0189",
    "aeopcyxijsdhABEKMHOPCTYXIABEZHIKMNOPTYXoiđđĐĐ",
)
"""Cyrillic, then Greek capitals, then single letters, to Latin."""


class Bare(dict[int, int | None]):
    """Maps each character to itself and combining marks to None, filled on demand."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


BARE = Bare()


def slugify(text: str, allow_unicode: bool = False) -> str:
    """A folded, hyphened form for addresses; the signature is Oscar's slug function.

    >>> slugify("Bánh đậu xanh Đà Nẵng")
    'banh-dau-xanh-da-nang'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


ZERO_WIDTH_JOINER, EMOJI_STYLE = "\u200d", "\ufe0f"
BLANK_SIGNS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0x180B, 0x1810), *range(0xFE00, 0xFE10)]))
)
"""Letters, marks and symbols by their category, of which nothing is seen."""


def clean(text: str) -> str:
    """What somebody typed, composed (NFC) and without signs that nobody sees.

    Dropped are direction marks, other format and control characters and blanks that
    are no spaces; line breaks stay, and what joins the signs of one emoji. NUL stays
    too: forms refuse it.

    >>> clean("a@example.com\\u200e")
    'a@example.com'
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign
        for index, sign in enumerate(composed)
        if not is_invisible(sign) or joins_emoji(composed, index)
    )


def is_invisible(sign: str) -> bool:
    if sign in "\t\n\r\0":
        return False
    return unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") or sign in BLANK_SIGNS


def joins_emoji(text: str, index: int) -> bool:
    """Whether the sign there follows a symbol, and leads to another if it is a joiner.

    >>> joins_emoji("👩\\u200d🌾", 1), joins_emoji("a\\u200db", 1)
    (True, False)
    """
    before = text[max(index - 2, 0) : index].rstrip(EMOJI_STYLE)
    if text[index] == EMOJI_STYLE:
        return unicodedata.category(before[-1:] or " ")[0] in "SPN"
    after = text[index + 1 : index + 2]
    ends = [unicodedata.category(end or " ")[0] for end in (before[-1:], after)]
    return text[index] == ZERO_WIDTH_JOINER and ends == ["S", "S"]


def one_line(text: str) -> str:
    """Clean text that every database can store, runs of white space as one space.

    >>> one_line(" mật\\n ong\\x00 ")
    'mật ong'
    """
    return " ".join(clean(text).replace("\x00", "").split())


class Translated:
    """The text of the active language, stored in a pair of columns.

    `name = Translated("name_vi", "name_en")` reads `name_en` where English is
    active and `name_vi` otherwise. An empty English column reads as empty, so that
    a missing translation fails a test and Vietnamese never stands in for English.
    """

    def __init__(self, vi: str, en: str) -> None:
        self.columns = {"vi": vi, "en": en}

    def __get__(self, instance: object, owner: type | None = None) -> str:
        if instance is None:
            return self  # type: ignore[return-value]  # how Django reads class attributes
        return getattr(instance, self.column)

    @property
    def column(self) -> str:
        """The column of the active language."""
        language = (get_language() or "vi")[:2]
        return self.columns.get(language, self.columns["vi"])
