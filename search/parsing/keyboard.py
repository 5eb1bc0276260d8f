"""Telex and VNI keystrokes that were typed while the input method was off."""

import re
import unicodedata

from catalogue.text import fold

TONES = {
    "s": "\u0301",
    "f": "\u0300",
    "r": "\u0309",
    "x": "\u0303",
    "j": "\u0323",
    "z": "",
}
VNI_TONES = dict(zip("123450", TONES.values(), strict=True))
HATS = {"a": "â", "e": "ê", "o": "ô"}
HORNS = {"a": "ă", "o": "ơ", "u": "ư"}

SYLLABLE = re.compile(
    r"(?:b|ch?|d|g[hi]?|h|kh?|l|m|n(?:gh?|h)?|ph?|qu?|r|s|t[hr]?|v|x)?"
    r"(?P<vowels>[aeiouy]{1,3})"
    r"(?P<final>ch?|m|n[gh]?|p|t)?"
)
"""A folded Vietnamese syllable: close enough to tell it from an English word."""


def decode_telex(word: str) -> str:
    """The word that Telex makes of the keystrokes, or "" if it makes none.

    >>> decode_telex("nuowcs")
    'nước'
    """
    letters: list[str] = []
    tone: str | None = None
    marked = False
    for key in word:
        folded = fold("".join(letters))
        has_vowel = bool(re.search("[aeiouy]", folded))
        if key in TONES and has_vowel:
            tone = key
        elif key == "w":
            marked = True
            if not add_horn(letters):
                letters.append("ư")
        elif key in HATS and key in letters and not starts_new_syllable(letters, key):
            letters[last_index(letters, key)] = HATS[key]
            marked = True
        elif key == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
            marked = True
        else:
            letters.append(key)
    if tone is None and not marked:
        return ""
    return add_tone(letters, TONES.get(tone or "z", ""))


def decode_vni(word: str) -> str:
    """The word that VNI makes of the keystrokes, or "" if it makes none.

    >>> decode_vni("ma81m")
    'mắm'
    """
    if not re.fullmatch(r"[a-z]+[a-z0-9]*", word) or word.isalpha():
        return ""
    letters: list[str] = []
    tone = ""
    for key in word:
        if not key.isdigit():
            letters.append(key)
        elif key in VNI_TONES:
            tone = VNI_TONES[key]
        elif key == "9" and "d" in letters:
            letters[letters.index("d")] = "đ"
        elif key == "6" and (hatted := [v for v in letters if v in HATS]):
            letters[last_index(letters, hatted[-1])] = HATS[hatted[-1]]
        elif key in "78" and add_horn(letters, only="a" if key == "8" else "ou"):
            continue
        else:
            return ""
    return add_tone(letters, tone)


def last_index(letters: list[str], letter: str) -> int:
    return len(letters) - 1 - letters[::-1].index(letter)


def starts_new_syllable(letters: list[str], key: str) -> bool:
    """Whether a new syllable began after the vowel, so that `key` is not its hat."""
    since = fold("".join(letters[last_index(letters, key) + 1 :]))
    return bool(re.search("[^aeiouy][aeiouy]", since))


def add_horn(letters: list[str], only: str = "aou") -> bool:
    """Turn the last a, o or u into ă, ơ or ư, and uo into ươ; False without any."""
    if "".join(letters[-3:]) == "uou" and "o" in only:
        letters[-3:-1] = "ươ"
        return True
    for position in range(len(letters) - 1, -1, -1):
        if letters[position] in only:
            before = letters[position - 1 : position] if position else []
            if letters[position] == "o" and before == ["u"] and letters[:1] != ["q"]:
                letters[position - 1] = "ư"
            letters[position] = HORNS[letters[position]]
            return True
    return False


def add_tone(letters: list[str], tone: str) -> str:
    """The word with its tone mark in place; "" if it is not a Vietnamese syllable."""
    word = "".join(letters)
    shape = SYLLABLE.fullmatch(fold(word))
    if not shape:
        return ""
    first, after = shape.span("vowels")
    positions = list(range(first, after))
    marks = [p for p in positions if letters[p] not in "aeiouy"]
    if marks:
        position = marks[-1]
    elif len(positions) == 1:
        position = positions[0]
    else:
        is_second = bool(shape["final"]) or len(positions) == 3
        position = positions[is_second]
    letters = letters[:position] + [letters[position] + tone] + letters[position + 1 :]
    return unicodedata.normalize("NFC", "".join(letters))
