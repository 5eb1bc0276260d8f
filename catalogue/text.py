"""Text: one way to keep it, to fold it, to make a slug of it, to pick its language."""

import re
import unicodedata

from django.utils.translation import get_language


def fold(text: str) -> str:
    """Text in lower case, without accents, with đ as d: how we compare words.

    >>> fold("Nước mắm CỬA KHE")
    'nuoc mam cua khe'
    """
    lower = text.lower()
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFD", lower.replace("đ", "d"))
    return unicodedata.normalize("NFC", decomposed.translate(BARE))


class Bare(dict[int, int | None]):
    """Every sign to itself, and accents to nothing; learnt sign by sign."""

    def __missing__(self, sign: int) -> int | None:
        self[sign] = None if unicodedata.combining(chr(sign)) else sign
        return self[sign]


BARE = Bare()


def slugify(text: str, allow_unicode: bool = False) -> str:
    """A folded, hyphened form for addresses; the signature is Oscar's slug function.

    >>> slugify("Bánh đậu xanh Đà Nẵng")
    'banh-dau-xanh-da-nang'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def one_line(text: str) -> str:
    """What every database can keep, each run of white space as one blank.

    >>> one_line(" mật\\n ong\\x00 ")
    'mật ong'
    """
    kept = text.encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(kept.split())


class Translated:
    """The text of the active language, kept in a pair of columns.

    `name = Translated("name_vi", "name_en")` reads `name_en` where English is
    active and `name_vi` otherwise. An empty English column reads as empty, so that
    a missing translation shows in a test and is never passed off as English.
    """

    def __init__(self, vi: str, en: str) -> None:
        self.columns = {"vi": vi, "en": en}

    def __get__(self, instance: object, owner: type | None = None) -> str:
        if instance is None:
            return self  # type: ignore[return-value]  # how Django reads class attributes
        language = (get_language() or "vi")[:2]
        return getattr(instance, self.columns.get(language, self.columns["vi"]))
