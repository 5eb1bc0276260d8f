"""Words of a text as they are compared: folded, one by one, with their quantities."""

import re
import unicodedata
from dataclasses import dataclass

from catalogue.text import fold

WORD = re.compile(r"[^\W_]+(?:['’ʼ‘`´][^\W_]+)*")
APOSTROPHES = re.compile(r"['’ʼ‘`´]")

UNITS = {
    "ml": ("ml", 1),
    "cc": ("ml", 1),
    "cl": ("ml", 10),
    "l": ("ml", 1000),
    "lit": ("ml", 1000),
    "liter": ("ml", 1000),
    "liters": ("ml", 1000),
    "litre": ("ml", 1000),
    "litres": ("ml", 1000),
    "g": ("g", 1),
    "gr": ("g", 1),
    "gram": ("g", 1),
    "grams": ("g", 1),
    "gam": ("g", 1),
    "lang": ("g", 100),
    "kg": ("g", 1000),
    "ki": ("g", 1000),
    "kilo": ("g", 1000),
    "kilogram": ("g", 1000),
    "cm": ("cm", 1),
}
"""A unit as it is written, folded, to the unit we count in and how many it holds."""

QUANTITY = re.compile(
    r"(?<![^\W_])(\d{1,6}(?:[.,]\d{1,3})?)\s*("
    + "|".join(sorted(UNITS, key=len, reverse=True))
    + r")(?![^\W_])"
)


@dataclass(frozen=True)
class Word:
    """A word of a question: as typed in lower case, and folded.

    `quantity` is set where it is an amount, which then is a word of its own ("500ml").
    """

    typed: str
    folded: str
    quantity: str = ""

    @property
    def accented(self) -> str:
        """As typed where the typing tells accents; else empty."""
        return "" if self.typed == self.folded else self.typed


def canonical(number: str, unit: str) -> str:
    """An amount as one word: ("0,5", "lit") is "500ml"."""
    into, holds = UNITS[unit]
    whole, _point, part = re.sub(",", ".", number).partition(".")
    if len(part) == 3 and int(whole) > 0:  # 1.000 ml is a thousand in Vietnamese
        whole, part = whole + part, ""
    amount = float(f"{whole}.{part or 0}") * holds
    return f"{amount:g}{into}" if amount < 1_000_000 else f"{amount:.0f}{into}"


def plain(text: str) -> str:
    """In lower case, composed, with full-width and other forms as the usual ones."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).lower())


def words_of(text: str) -> list[str]:
    """The folded words of a text in their order; an amount follows its own words.

    >>> words_of("Chai 0,5 lít, làng Tr'Hy")
    ['chai', '0', '5', 'lit', '500ml', 'lang', 'trhy']
    """
    folded = fold(plain(text))
    amounts = {match.end(): match for match in QUANTITY.finditer(folded)}
    if not amounts and not APOSTROPHES.search(folded):
        return WORD.findall(folded)
    words = []
    for match in WORD.finditer(folded):
        word = APOSTROPHES.sub("", match.group())
        words.append(word)
        amount = amounts.get(match.end())
        if amount and canonical(*amount.groups()) != word:
            words.append(canonical(*amount.groups()))
    return words


def asked_words(text: str) -> list[Word]:
    """The words of a question; an amount is one word, and says so."""
    typed = plain(text)
    words: list[Word] = []
    until = 0
    for match in QUANTITY.finditer(foldable(typed)):
        words += bare_words(typed[until : match.start()])
        amount = canonical(*match.groups())
        words.append(Word(typed=amount, folded=amount, quantity=amount))
        until = match.end()
    return words + bare_words(typed[until:])


def foldable(typed: str) -> str:
    """Folded sign by sign, so that places in it are places in what was typed."""
    return "".join((fold(sign) or " ")[0] for sign in typed)


def bare_words(typed: str) -> list[Word]:
    words = []
    for match in WORD.finditer(typed):
        word = APOSTROPHES.sub("", match.group())
        if folded := fold(word):
            words.append(Word(typed=word, folded=folded))
    return words


def padded(words: list[str]) -> str:
    """A space around every word, so that “ word” begins one and “ word ” is one."""
    return f" {' '.join(words)} "
