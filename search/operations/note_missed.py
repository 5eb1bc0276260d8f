"""Remember what was asked for and is not to be had, and not by whom."""

import datetime as dt
import re

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils.crypto import salted_hmac

from search.words import asked_words

LONGEST = 60
MOST_DIGITS = 4
ADDRESS = re.compile(r"@|https?:|www\.|\.(?:com|vn|net|org)\b", re.IGNORECASE)


def note_missed(*, text: str, language: str, asker: str, on: dt.date) -> bool:
    """Count one more person who asked for it in this week; returns whether it counts.

    `asker` is anything that tells two people apart. Only a hash of it is kept, for a
    week, in the cache and never beside the text. What may name or reach a person is
    not kept at all.
    """
    words = worth_keeping(text)
    if not words or language not in dict(settings.LANGUAGES):
        return False
    week = on - dt.timedelta(days=on.weekday())
    who = salted_hmac("search.missed", f"{week} {asker} {words}").hexdigest()
    if not cache.add(f"missed:{who}", True, 7 * 24 * 3600):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_missed (text, shown, language, week, askers)"
            " VALUES (%s, %s, %s, %s, 1) ON CONFLICT (week, language, text)"
            " DO UPDATE SET askers = search_missed.askers + 1",
            [words, words_as_typed(text), language, week],
        )
    return True


def worth_keeping(text: str) -> str:
    """The folded words; nothing where there may be a number or address of somebody."""
    if ADDRESS.search(text) or sum(sign.isdigit() for sign in text) > MOST_DIGITS:
        return ""
    words = [word.folded for word in asked_words(text)]
    folded = " ".join(words)
    if not any(sign.isalpha() for sign in folded) or len(folded) > LONGEST:
        return ""
    return folded


def words_as_typed(text: str) -> str:
    return " ".join(word.typed for word in asked_words(text))[:LONGEST]
