"""Which words of what is shown were asked for."""

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from catalogue.text import fold
from search.reading import Reading
from search.words import APOSTROPHES, WORD


def marked_words(reading: Reading) -> tuple[str, ...]:
    """The folded words of all alternatives; one that may go on ends in an asterisk."""
    words: dict[str, None] = {}
    for term in reading.terms:
        for alternative in term.alternatives:
            *before, last = alternative.words
            words |= dict.fromkeys(before)
            words[f"{last}*" if alternative.begun else last] = None
    return tuple(words)


def mark(text: str, words: tuple[str, ...]) -> SafeString:
    """The text as HTML, with the words asked for marked in it."""
    whole = {word for word in words if not word.endswith("*")}
    begun = tuple(word[:-1] for word in words if word.endswith("*"))
    parts: list[str] = []
    until = 0
    for match in WORD.finditer(text):
        word = fold(APOSTROPHES.sub("", match.group()))
        if word in whole or (begun and word.startswith(begun)):
            parts.append(conditional_escape(text[until : match.start()]))
            parts.append(format_html("<mark>{}</mark>", match.group()))
            until = match.end()
    parts.append(conditional_escape(text[until:]))
    return mark_safe("".join(parts))  # noqa: S308  (every part is escaped)
