"""Count searches without results, without recording who searched."""

import datetime as dt
import re

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from search.models import ZeroResultQuery
from search.parsing.words import tokenize_query

MAX_LENGTH = 60
MAX_DIGITS = 4
ADDRESS = re.compile(r"@|https?:|www\.|\.(?:com|vn|net|org)\b", re.IGNORECASE)

MIN_VISITORS = 5
"""Queries of fewer visitors are not displayed: they might identify one of them."""


def record_zero_result_query(
    *, text: str, language: str, visitor: str, on: dt.date
) -> bool:
    """Count one more visitor who searched for it this week; returns whether it counts.

    `visitor` is any string that tells two people apart. Only a hash of it is stored,
    for a week, in the cache and never beside the text. A text that may name or reach a
    person is not recorded at all.
    """
    folded = fold_harmless_text(text)
    if not folded or language not in dict(settings.LANGUAGES):
        return False
    week = on - dt.timedelta(days=on.weekday())
    digest = salted_hmac("search.missed", f"{week} {visitor} {folded}").hexdigest()
    if not cache.add(f"missed:{digest}", True, 7 * 24 * 3600):
        return False
    typed = " ".join(word.typed for word in tokenize_query(text))[:MAX_LENGTH]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_zeroresultquery (text, typed, language, week, visitors)"
            " VALUES (%s, %s, %s, %s, 1) ON CONFLICT (week, language, text)"
            " DO UPDATE SET visitors = search_zeroresultquery.visitors + 1",
            [folded, typed, language, week],
        )
    return True


def fold_harmless_text(text: str) -> str:
    """The folded words; empty if the text may be a number or address of a person."""
    if ADDRESS.search(text) or sum(sign.isdigit() for sign in text) > MAX_DIGITS:
        return ""
    folded = " ".join(word.folded for word in tokenize_query(text))
    if not any(sign.isalpha() for sign in folded) or len(folded) > MAX_LENGTH:
        return ""
    return folded


def frequent_zero_result_queries(since: dt.date) -> QuerySet[ZeroResultQuery]:
    """Queries of at least MIN_VISITORS, the latest week first, then most visitors."""
    return ZeroResultQuery.objects.filter(
        week__gte=since, visitors__gte=MIN_VISITORS
    ).order_by("-week", "-visitors", "text")
