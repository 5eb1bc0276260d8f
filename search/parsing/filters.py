"""Prices, stars and topics in the text of a search: what becomes filters."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalogue.text import fold
from search.parsing.keyboard import SYLLABLE
from search.parsing.query import MIN_PREFIX, OPTIONAL_WORDS, Alternative, Term
from search.parsing.words import fold_characters, normalize, tokenize, tokenize_query

Form = tuple[str, ...]
"""Words one by one."""

THOUSANDS = {
    "k": 1,
    "nghin": 1,
    "ngan": 1,
    "thousand": 1,
    "tr": 1_000,
    "trieu": 1_000,
    "million": 1_000,
}
MIN_PRICE = 1_000
"""A smaller number without a unit is no price in dong."""

NUMBER = r"(\d{1,3}(?:[.,]\d{3})+|\d{1,9}(?:[.,]\d)?)"
UNIT = r"(?:\s*(k|nghin|ngan|thousand|tr|trieu|million)(?![^\W_]))?"
DONG = r"(?:\s*(?:vnd|dong|d|\u20ab)(?![^\W_]))?"
PRICE = NUMBER + UNIT + DONG
LOWEST = r"(?:tren|tu|hon|over|above|more than|from)"
HIGHEST = (
    r"(?:duoi|toi da|khong qua|re hon|under|below|less than|up to|at most|cheaper than)"
)
PRICE_RANGE = re.compile(
    rf"(?<![^\W_])(?:tu\s+|from\s+|between\s+)?{PRICE}"
    rf"\s*(?:-|\u2013|den|toi|to|and)\s*{PRICE}(?![^\W_])"
)
PRICE_BOUND = re.compile(rf"(?<![^\W_])(?:({HIGHEST})|{LOWEST})\s+{PRICE}(?![^\W_])")
STARS = re.compile(r"(?<![^\W_])([345])[\s-]*(?:stars?|sao)(?![^\W_])")


@dataclass(frozen=True)
class Topic:
    """What people mean by a word: a kind of goods, an occasion, an attribute.

    `forms` are what they type, `words` what the names of such goods have, both word by
    word as written; `filters` as in the address of the listing.
    """

    name: str
    forms: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, ...], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TextFilter:
    """A filter that was found in a text, with its label and the text without it."""

    label: str
    rest: str
    filters: tuple[tuple[str, str], ...] = ()
    term: Term | None = None


@dataclass(frozen=True)
class FilteredText:
    """The filters of a text, and what else it says."""

    rest: str
    found: tuple[TextFilter, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(one.term for one in self.found if one.term)

    @property
    def filters(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for one in self.found:
            for name, value in one.filters:
                values.setdefault(name, []).append(value)
        return values


@dataclass(frozen=True)
class Match:
    start: int
    end: int
    label: str
    filters: tuple[tuple[str, str], ...] = ()
    topic: Topic | None = None
    is_syllable: bool = False


def extract_filters(
    text: str,
    topics: tuple[Topic, ...],
    *,
    subjects: Iterable[str] = (),
    phrases: tuple[Form, ...] = (),
) -> FilteredText:
    """The prices, stars and topics of a text.

    In one of the `phrases`, folded word by word, there is no topic: "rice paper" is no
    rice.

    A single syllable is a topic only where nothing else is searched for: trà is tea,
    but in "bưởi sông trà", and in "trà my", it is a piece of a name.
    """
    typed = normalize(text)
    folded = fold_characters(typed)
    matches = [*match_prices(folded), *match_stars(folded)]
    matches += [
        match
        for match in match_topics(typed, folded, topics, phrases)
        if not any(match.start < m.end and m.start < match.end for m in matches)
    ]
    rest = tokenize_query(cut(typed, matches))
    if (
        any(word.typed not in OPTIONAL_WORDS for word in rest)
        or sum(match.is_syllable for match in matches) > 1
    ):
        matches = [match for match in matches if not match.is_syllable]
    matches.sort(key=lambda match: match.start)
    known = frozenset(subjects)
    return FilteredText(
        rest=cut(typed, matches),
        found=tuple(
            TextFilter(
                label=match.label,
                rest=cut(typed, [match]),
                filters=match.filters,
                term=build_topic_term(
                    match.topic, typed[match.start : match.end], known
                )
                if match.topic and match.topic.words
                else None,
            )
            for match in matches
        ),
    )


def cut(text: str, matches: Iterable[Match]) -> str:
    """The text without the matches."""
    for match in sorted(matches, key=lambda match: -match.start):
        text = f"{text[: match.start]} {text[match.end :]}"
    return " ".join(text.split())


def match_prices(folded: str) -> Iterable[Match]:
    if match := PRICE_RANGE.search(folded):
        low, low_unit, high, high_unit = match.groups()
        bounds = (
            read_price(low, low_unit or high_unit),
            read_price(high, high_unit or low_unit),
        )
        if MIN_PRICE <= bounds[0] <= bounds[1]:
            label = _("%(low)s to %(high)s ₫") % {
                "low": number_format(bounds[0], force_grouping=True),
                "high": number_format(bounds[1], force_grouping=True),
            }
            filters = (("price_min", str(bounds[0])), ("price_max", str(bounds[1])))
            return [Match(*match.span(), label=label, filters=filters)]
    if match := PRICE_BOUND.search(folded):
        is_highest, number, unit = match.groups()
        price = read_price(number, unit)
        if price >= MIN_PRICE:
            label = _("up to %s ₫") if is_highest else _("from %s ₫")
            label %= number_format(price, force_grouping=True)
            name = "price_max" if is_highest else "price_min"
            return [Match(*match.span(), label=label, filters=((name, str(price)),))]
    return []


def read_price(number: str, unit: str | None) -> int:
    """Whole dong: ("1,5", "tr") is 1500000, ("100.000", None) is 100000."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        number = re.sub(r"\D", "", number)
    thousands = THOUSANDS[unit] * 1_000 if unit else 1
    return round(float(number.replace(",", ".")) * thousands)


def match_stars(folded: str) -> list[Match]:
    return [
        Match(
            *match.span(),
            label=_("%d stars") % int(match[1]),
            filters=(("stars", match[1]),),
        )
        for match in STARS.finditer(folded)
    ]


def match_topics(
    typed: str, folded: str, topics: tuple[Topic, ...], phrases: tuple[Form, ...]
) -> list[Match]:
    """The longest forms, from left to right; of one form the topic with its accents."""
    pattern, by_form = index_forms(topics, phrases)
    matches = []
    for match in pattern.finditer(folded) if by_form else ():
        words = [word.typed for word in tokenize(typed[slice(*match.span())])]
        for topic, accented in by_form[tuple(map(fold, words))]:
            if all(w in (a, fold(a)) for w, a in zip(words, accented, strict=True)):
                is_syllable = len(words) == 1 and (
                    len(words[0]) < MIN_PREFIX
                    or bool(SYLLABLE.fullmatch(fold(words[0])))
                )
                matches.append(
                    Match(
                        *match.span(),
                        label=topic.name,
                        filters=topic.filters,
                        topic=topic,
                        is_syllable=is_syllable,
                    )
                )
                break
    return matches


@lru_cache(maxsize=4)
def index_forms(
    topics: tuple[Topic, ...], phrases: tuple[Form, ...]
) -> tuple[re.Pattern[str], Mapping[Form, list[tuple[Topic, Form]]]]:
    """A pattern of all folded forms, the longest first, and their topics, if any."""
    by_form: dict[Form, list[tuple[Topic, Form]]] = {form: [] for form in phrases}
    for topic in topics:
        for form in topic.forms:
            by_form.setdefault(tuple(map(fold, form)), []).append((topic, form))
    forms = sorted(by_form, key=lambda form: -len(" ".join(form)))
    joined = "|".join(r"[\W_]+".join(map(re.escape, form)) for form in forms)
    return re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])"), by_form


def build_topic_term(topic: Topic, text: str, subjects: frozenset[str]) -> Term:
    """The words of the topic, the more typical first, as one term."""
    return Term(
        typed=tuple(word.folded for word in tokenize(text)),
        alternatives=tuple(
            Alternative(
                tuple(map(fold, words)),
                weight=1 - 0.3 * rank / len(topic.words),
                field="subject_accents" if subjects.issuperset(words) else "text",
                written=words if subjects.issuperset(words) else (),
                is_phrase=True,
                is_synonym=True,
            )
            for rank, words in enumerate(topic.words)
        ),
    )
