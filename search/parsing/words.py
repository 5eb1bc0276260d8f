"""The words of a text as they are compared: folded, one by one, amounts as one word."""

import re
import unicodedata
from dataclasses import dataclass

from catalogue.text import fold, unify

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
"""A folded unit to the base unit and how many of these it holds."""

AMOUNT = re.compile(
    r"(?<![^\W_])(\d{1,6}(?:[.,]\d{1,3})?)\s*("
    + "|".join(sorted(UNITS, key=len, reverse=True))
    + r")(?![^\W_])"
)


@dataclass(frozen=True)
class Word:
    """A word of a query, in lower case as typed and folded.

    `is_amount` is set for a number with its unit, which is one word ("500ml").
    """

    typed: str
    folded: str
    is_amount: bool = False

    @property
    def accented(self) -> str:
        """The word as typed if it has accents, else an empty string."""
        return "" if self.typed == self.folded else self.typed


def canonical_amount(number: str, unit: str) -> str:
    """An amount as one word: ("0,5", "lit") is "500ml"."""
    base_unit, factor = UNITS[unit]
    whole, _point, decimals = re.sub(",", ".", number).partition(".")
    if len(decimals) == 3 and int(whole) > 0:  # 1.000 ml is a thousand in Vietnamese
        whole, decimals = whole + decimals, ""
    amount = float(f"{whole}.{decimals or 0}") * factor
    number = f"{amount:g}" if amount < 1_000_000 else f"{amount:.0f}"
    return number + base_unit


def normalize(text: str) -> str:
    """The text in lower case, as `unify` makes it."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unify(text).lower())


def fold_words(text: str) -> list[str]:
    """The folded words of a text in order; an amount follows its number and unit.

    >>> fold_words("Chai 0,5 lít, làng Tr'Hy")
    ['chai', '0', '5', 'lit', '500ml', 'lang', 'trhy']
    """
    folded = fold(normalize(text))
    amounts = {match.end(): match for match in AMOUNT.finditer(folded)}
    if not amounts and not APOSTROPHES.search(folded):
        return WORD.findall(folded)
    words = []
    for match in WORD.finditer(folded):
        word = APOSTROPHES.sub("", match.group())
        words.append(word)
        amount = amounts.get(match.end())
        if amount and canonical_amount(*amount.groups()) != word:
            words.append(canonical_amount(*amount.groups()))
    return words


def tokenize_query(text: str) -> list[Word]:
    """The words of a query; an amount is one word."""
    typed = normalize(text)
    words: list[Word] = []
    position = 0
    for match in AMOUNT.finditer(fold_characters(typed)):
        words += tokenize(typed[position : match.start()])
        amount = canonical_amount(*match.groups())
        words.append(Word(typed=amount, folded=amount, is_amount=True))
        position = match.end()
    return words + tokenize(typed[position:])


def fold_characters(typed: str) -> str:
    """Fold character by character, so that positions stay those of the typed text."""
    return "".join((fold(character) or " ")[0] for character in typed)


def tokenize(typed: str) -> list[Word]:
    """The words of a normalized text, without regard to amounts."""
    words = []
    for match in WORD.finditer(typed):
        word = APOSTROPHES.sub("", match.group())
        if folded := fold(word):
            words.append(Word(typed=word, folded=folded))
    return words


PHRASE_END = re.compile(r"[.,:;!?()\"“”|\n]+|\s[-–—]\s")


def split_subject(text: str, *, language: str) -> list[str]:
    """The words of a text as they are written, without proper names; "." for those.

    Capitals make a proper name, except for the first word of a phrase: Vietnamese
    begins with what it is ("Rau thơm Trà Quế"), English may begin with the name of
    where it is from ("Trà My cinnamon").

    >>> split_subject("Tiêu Tiên Phước", language="vi")
    ['tiêu', '.']
    >>> split_subject("Tiên Phước black pepper", language="en")
    ['.', 'black', 'pepper', '.']
    """
    words: list[str] = []
    for phrase in PHRASE_END.split(unify(text)):
        found = [APOSTROPHES.sub("", word) for word in WORD.findall(phrase)]
        is_name = [word[0].isupper() for word in found]
        if found and (language == "vi" or not all(is_name[:2]) or len(found) == 1):
            is_name[0] = False
        for word, in_name in zip(found, is_name, strict=True):
            if not in_name:
                words.append(normalize(word))
            elif words[-1:] != ["."]:
                words.append(".")
        if words[-1:] != ["."]:
            words.append(".")
    return words


def pad_words(words: list[str]) -> str:
    """The words with a space around each: “ word” is a prefix, “ word ” a word."""
    return f" {' '.join(words)} "
