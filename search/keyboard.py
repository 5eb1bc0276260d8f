"""What Vietnamese keyboards leave behind when they are off: bare Telex and VNI."""

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
"""A folded Vietnamese syllable, roughly: enough to tell it from an English word."""


def from_telex(word: str) -> str:
    """The word that Telex would have made of the keys, or "" where it makes none.

    >>> from_telex("nuowcs")
    'nước'
    """
    letters: list[str] = []
    tone: str | None = None
    marked = False
    for key in word:
        bases = fold("".join(letters))
        has_vowel = bool(re.search("[aeiouy]", bases))
        if key in TONES and has_vowel:
            tone = key
        elif key == "w":
            marked = True
            if not put_horn(letters):
                letters.append("ư")
        elif key in HATS and key in letters and not vowel_apart(letters, key):
            letters[last_of(letters, key)] = HATS[key]
            marked = True
        elif key == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
            marked = True
        else:
            letters.append(key)
    if tone is None and not marked:
        return ""
    return toned(letters, TONES.get(tone or "z", ""))


def from_vni(word: str) -> str:
    """The word that VNI would have made of the keys, or "" where it makes none.

    >>> from_vni("ma81m")
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
            letters[last_of(letters, hatted[-1])] = HATS[hatted[-1]]
        elif key in "78" and put_horn(letters, only="a" if key == "8" else "ou"):
            continue
        else:
            return ""
    return toned(letters, tone)


def last_of(letters: list[str], letter: str) -> int:
    return len(letters) - 1 - letters[::-1].index(letter)


def vowel_apart(letters: list[str], key: str) -> bool:
    """Whether another syllable began since that vowel, so that it cannot be its hat."""
    since = fold("".join(letters[last_of(letters, key) + 1 :]))
    return bool(re.search("[^aeiouy][aeiouy]", since))


def put_horn(letters: list[str], only: str = "aou") -> bool:
    """Turn the last a, o or u into ă, ơ or ư, and uo into ươ; False without any."""
    if "".join(letters[-3:]) == "uou" and "o" in only:
        letters[-3:-1] = "ươ"
        return True
    for place in range(len(letters) - 1, -1, -1):
        if letters[place] in only:
            before = letters[place - 1 : place] if place else []
            if letters[place] == "o" and before == ["u"] and letters[:1] != ["q"]:
                letters[place - 1] = "ư"
            letters[place] = HORNS[letters[place]]
            return True
    return False


def toned(letters: list[str], tone: str) -> str:
    """The letters with their tone where Vietnamese puts it; "" if it is no syllable."""
    word = "".join(letters)
    shape = SYLLABLE.fullmatch(fold(word))
    if not shape:
        return ""
    first, after = shape.span("vowels")
    places = list(range(first, after))
    marks = [p for p in places if letters[p] not in "aeiouy"]
    if marks:
        place = marks[-1]
    elif len(places) == 1:
        place = places[0]
    else:
        place = places[1] if shape["final"] or len(places) == 3 else places[0]
    letters = letters[:place] + [letters[place] + tone] + letters[place + 1 :]
    return unicodedata.normalize("NFC", "".join(letters))
