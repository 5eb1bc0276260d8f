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


def one_line(text: str) -> str:
    """Text that every database can store, each run of white space as one space.

    >>> one_line(" mật\\n ong\\x00 ")
    'mật ong'
    """
    cleaned = text.encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(cleaned.split())


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
        language = (get_language() or "vi")[:2]
        return getattr(instance, self.columns.get(language, self.columns["vi"]))
