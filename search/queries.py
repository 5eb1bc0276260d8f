"""Search products and everything else, and how search itself is doing."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import takewhile
from typing import Any, Protocol
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import connection

from catalogue.text import fold
from search import database, elasticsearch, models
from search.circuit_breaker import CircuitBreaker
from search.models import Kind, SearchChange, SearchIndex, SearchWord, Synonyms
from search.parsing.filters import FilteredText, Topic, extract_filters
from search.parsing.query import (
    ParsedQuery,
    Synonym,
    SynonymForm,
    SynonymForms,
    Term,
    parse,
)
from search.parsing.vocabulary import Vocabulary
from search.parsing.words import fold_words, normalize, pad_words, tokenize
from search.results import (
    KINDS,
    OTHERS_PER_KIND,
    PAGE_SIZE,
    Engine,
    Filters,
    Hit,
    ResultPage,
    SearchQuery,
    SearchResults,
)

logger = logging.getLogger(__name__)
breaker = CircuitBreaker()

LEADING_PRODUCTS, LEADING_OTHERS = 3, 2
"""Where every kind is searched: so many products lead, then so many named hits."""

SUGGESTIONS_PER_KIND = {
    "product": 5,
    "district": 2,
    "commune": 1,
    "story": 2,
    "sales_point": 2,
}
MAX_OTHERS = 60


class Parser(Protocol):
    """`parse` with everything given but whether it is loose."""

    def __call__(self, *, loose: bool = False) -> ParsedQuery: ...


def run_search(query: SearchQuery, *, on: dt.date) -> SearchResults:
    """What may be sold on a day and matches the query.

    Elasticsearch answers if there is one and it does so in time; else the database.
    """
    if not query.text:
        return use_engine(search_with, query, parse_nothing, on=on)
    known = get_known_words(query.language)
    parse_known = partial(parse, vocabulary=known.vocabulary, synonyms=known.synonyms)
    filtered = FilteredText(rest=query.text)
    if query.kind in ("", Kind.PRODUCT):
        filtered = extract_filters(
            query.text,
            known.topics,
            subjects=known.vocabulary.subjects,
            phrases=tuple(form for form in known.synonyms if len(form) > 1),
        )
    if not filtered.found:
        return use_engine(search_with, query, partial(parse_known, query.text), on=on)
    return search_filtered(filtered, query, parse_known, on=on)


def search_filtered(
    filtered: FilteredText,
    query: SearchQuery,
    parse_known: Callable[..., ParsedQuery],
    *,
    on: dt.date,
) -> SearchResults:
    """The results of a text that contains filters.

    They give way where the text as a whole finds goods and the rest with the filters
    does not: the name "Trà Mai" is no tea.
    """

    def parse_rest(*, loose: bool = False) -> ParsedQuery:
        parsed = parse_known(filtered.rest, loose=loose)
        return replace(parsed, terms=(*filtered.terms, *parsed.terms))

    narrowed = replace(query, filters=add_filters(query.filters, filtered.filters))
    results = use_engine(search_strictly, narrowed, parse_rest, on=on)
    if not results.total and filtered.rest:
        whole = use_engine(search_with, query, partial(parse_known, query.text), on=on)
        if whole.total and not whole.relaxed:
            return whole
        results = use_engine(search_with, narrowed, parse_rest, on=on)
        if not results.total:
            return whole
    return replace(results, did_you_mean=None, text_filters=filtered.found)


def add_filters(filters: Filters, found: dict[str, list[str]]) -> Filters:
    """The filters of the address, and those of the text where it has none."""
    values: dict[str, Any] = {
        "groups": tuple(found.get("group", ())),
        "stars": tuple(map(int, found.get("stars", ()))),
        "flies": tuple(found.get("carry", ())),
        "price_min": max(map(int, found.get("price_min", ())), default=None),
        "price_max": min(map(int, found.get("price_max", ())), default=None),
    }
    return replace(
        filters,
        **{
            name: value
            for name, value in values.items()
            if value and getattr(filters, name) in ((), None)
        },
    )


def suggest(
    text: str, *, language: str, near: str | None, on: dt.date
) -> SearchResults:
    """A few products, places and stories for a text that is still being typed."""
    known = get_known_words(language)
    parser = partial(
        parse,
        text,
        vocabulary=known.vocabulary,
        synonyms=known.synonyms,
        unfinished=True,
    )
    query = SearchQuery(text=text, language=language, near=near)
    return use_engine(suggest_with, query, parser, on=on)


def parse_nothing(*, loose: bool = False) -> ParsedQuery:
    """The parsed query of an empty text, which needs no vocabulary."""
    return ParsedQuery(is_loose=loose)


def use_engine(
    answer: Callable[..., SearchResults],
    query: SearchQuery,
    parser: Parser,
    *,
    on: dt.date,
) -> SearchResults:
    if settings.ELASTICSEARCH_URL and breaker.allows_call():
        try:
            results = answer(elasticsearch, query, parser, on=on)
        except elasticsearch.ElasticsearchUnavailable as failure:
            breaker.record_failure()
            logger.warning("The database answers: %s", str(failure)[:200])
        else:
            breaker.record_success()
            return results
    return answer(database, query, parser, on=on)


@dataclass(frozen=True)
class SearchStatus:
    """Which engine answers now, and how many changes are to be delivered to it."""

    engine: str
    is_healthy: bool
    waiting: int
    delivered_at: dt.datetime | None


def get_status() -> SearchStatus:
    index = SearchIndex.objects.filter(pk=1).first()
    waiting = SearchChange.objects.count()
    if not settings.ELASTICSEARCH_URL:
        return SearchStatus("database", True, 0, None)
    try:
        is_healthy = elasticsearch.is_healthy()
    except elasticsearch.ElasticsearchUnavailable:
        is_healthy = False
    return SearchStatus(
        engine="elasticsearch" if is_healthy and not breaker.is_open else "database",
        is_healthy=is_healthy,
        waiting=waiting,
        delivered_at=index.delivered_at if index else None,
    )


# --- Which parsed query is answered --------------------------------------------------


def search_with(
    engine: Engine, query: SearchQuery, parser: Parser, *, on: dt.date
) -> SearchResults:
    """The results of the first parsed query that finds anything.

    Strict comes before loose, and loose before relaxed, which only a loose query of
    several required terms has.
    """
    strict = parser()
    if not strict.terms:
        return fetch_results(engine, strict, query, on=on)
    loose = parser(loose=True)
    for parsed in dict.fromkeys([strict, loose]):
        if not parsed.is_unmatchable:
            results = fetch_results(engine, parsed, query, on=on)
            if is_convincing(results, query):
                return add_corrections(results, parsed)
    last = loose.relaxed()
    for relaxed in dict.fromkeys([strict.relaxed(), last]):
        if relaxed.required and len(loose.required) > 1:
            results = fetch_results(engine, relaxed, query, on=on)
            if results.total and (relaxed == last or is_convincing(results, query)):
                results = replace(results, relaxed=True, other_hits={})
                return add_corrections(results, relaxed)
    return SearchResults()


def search_strictly(
    engine: Engine, query: SearchQuery, parser: Parser, *, on: dt.date
) -> SearchResults:
    """The results of the strict parsed query only."""
    parsed = parser()
    if parsed.is_unmatchable:
        return SearchResults()
    results = fetch_results(engine, parsed, query, on=on)
    if not results.product_total:
        return SearchResults()
    return replace(results, highlighted_words=parsed.highlighted_words)


def is_convincing(results: SearchResults, query: SearchQuery) -> bool:
    """Whether there is a product or a named hit, and not only a text with the words."""
    if query.kind in ("", Kind.PRODUCT):
        return bool(results.product_total or results.has_named_hit)
    return bool(results.total)


def suggest_with(
    engine: Engine, query: SearchQuery, parser: Parser, *, on: dt.date
) -> SearchResults:
    strict = parser()
    if not strict.terms:
        return SearchResults()
    loose = parser(loose=True)
    for parsed in dict.fromkeys([strict, loose, loose.relaxed()]):
        if parsed.is_unmatchable or not parsed.required:
            continue
        products, others = engine.search_all(
            parsed,
            query,
            on=on,
            size=SUGGESTIONS_PER_KIND[Kind.PRODUCT],
            kinds=[kind for kind in SUGGESTIONS_PER_KIND if kind != Kind.PRODUCT],
            others_size=MAX_OTHERS // 3,
            with_facets=False,
        )
        by_kind = group_others(others, parsed, SUGGESTIONS_PER_KIND)
        hits = (*products.hits, *(hit for kind in by_kind.values() for hit in kind))
        if hits:
            return SearchResults(
                hits=hits,
                total=len(hits),
                relaxed=parsed.minimum_should_match is not None,
                highlighted_words=parsed.highlighted_words,
            )
    return SearchResults()


# --- One page of one parsed query ----------------------------------------------------


def fetch_results(
    engine: Engine, parsed: ParsedQuery, query: SearchQuery, *, on: dt.date
) -> SearchResults:
    first = (query.page - 1) * PAGE_SIZE
    if query.kind == "":
        return fetch_every_kind(engine, parsed, query, on=on)
    if query.kind != Kind.PRODUCT:
        page = engine.search_others(
            parsed,
            language=query.language,
            kinds=[query.kind],
            first=first,
            size=PAGE_SIZE,
        )
        return SearchResults(hits=page.hits, total=page.total)
    others = ResultPage()
    if parsed.terms and query.page == 1 and parsed.minimum_should_match is None:
        products, others = engine.search_all(
            parsed,
            query,
            on=on,
            size=PAGE_SIZE,
            kinds=KINDS[1:],
            others_size=MAX_OTHERS,
        )
        if parsed.is_loose and not products.total:
            others = ResultPage()
    else:
        products = engine.search_products(
            parsed, query, on=on, first=first, size=PAGE_SIZE
        )
    return SearchResults(
        hits=products.hits,
        total=products.total,
        facets=products.facets,
        product_total=products.total,
        has_named_hit=any(hit.is_named(parsed) for hit in others.hits),
        other_hits=group_others(others, parsed, dict.fromkeys(KINDS, OTHERS_PER_KIND)),
    )


def fetch_every_kind(
    engine: Engine, parsed: ParsedQuery, query: SearchQuery, *, on: dt.date
) -> SearchResults:
    """A page of products and everything else in one list, products first.

    Except for at most two named hits of other kinds: they lead if no product has the
    name, and follow the first three products if they have no other name.
    """
    search_others = partial(
        engine.search_others, parsed, language=query.language, kinds=KINDS[1:]
    )
    best = search_others(first=0, size=LEADING_OTHERS) if parsed.terms else ResultPage()
    named = list(takewhile(lambda hit: hit.is_named(parsed), best.hits))
    first = (query.page - 1) * PAGE_SIZE
    search_products = partial(engine.search_products, parsed, query, on=on)
    products = search_products(
        first=max(0, first - LEADING_OTHERS), size=PAGE_SIZE + LEADING_OTHERS
    )
    leader = products.hits[:1] if first == 0 else search_products(first=0, size=1).hits
    leading, position = named, 0
    if leader and leader[0].is_named(parsed):
        full_names = [f" {name} " for name in parsed.full_names]
        leading = list(takewhile(lambda hit: hit.title_words in full_names, named))
        if not any(" ".join(fold_words(h.title)) == parsed.text for h in leading):
            position = min(LEADING_PRODUCTS, products.total)
    hits = list(products.hits)
    if first:
        hits = hits[LEADING_OTHERS - len(leading) :]
    else:
        hits[position:position] = leading
    hits = hits[:PAGE_SIZE]
    others_start = products.total + len(leading)
    if len(hits) < PAGE_SIZE and best.total > len(leading):
        start = max(first, others_start)
        rest = search_others(
            first=len(leading) + start - others_start, size=first + PAGE_SIZE - start
        )
        hits += rest.hits
    return SearchResults(
        hits=tuple(hits),
        total=products.total + best.total,
        facets=products.facets,
        product_total=products.total,
        has_named_hit=bool(named),
    )


def group_others(
    page: ResultPage, parsed: ParsedQuery, limits: dict[str, int]
) -> dict[str, tuple[Hit, ...]]:
    """Kind to its best hits: stories that match, and other items that are named."""
    kinds: dict[str, list[Hit]] = {}
    for hit in page.hits:
        hits = kinds.setdefault(hit.kind, [])
        if len(hits) < limits.get(hit.kind, 0) and (
            hit.kind == Kind.STORY or hit.is_named(parsed)
        ):
            hits.append(hit)
    return {kind: tuple(kinds[kind]) for kind in KINDS if kinds.get(kind)}


# --- Corrections ---------------------------------------------------------------------


def add_corrections(results: SearchResults, parsed: ParsedQuery) -> SearchResults:
    return replace(
        results,
        highlighted_words=parsed.highlighted_words,
        did_you_mean=correct_text(results, parsed),
    )


def correct_text(results: SearchResults, parsed: ParsedQuery) -> str | None:
    """What was typed, spelt as in the best hit; None if it was spelt so already."""
    best = next(iter(results.hits), None)
    if best is None:
        return None
    names = f"{pad_words(fold_words(best.title))} {best.names}"
    accented = {fold(w.typed): w.typed for w in tokenize(normalize(best.title))}
    words, is_corrected = [], False
    for term in parsed.terms:
        spelling = choose_spelling(term, names)
        is_corrected |= spelling != term.typed
        typed = {word.folded: word.typed for word in term.words}
        words += [accented.get(word, typed.get(word, word)) for word in spelling]
    return " ".join(words) if is_corrected else None


def choose_spelling(term: Term, names: str) -> tuple[str, ...]:
    """The words of a term that the names have; without any, what was typed."""
    for alternative in term.alternatives:
        if alternative.matches(names):
            is_same = alternative.is_synonym or alternative.is_prefix
            return term.typed if is_same else alternative.words
    return term.typed


# --- Vocabulary and synonyms ---------------------------------------------------------


@dataclass(frozen=True)
class KnownWords:
    """The words of all entries, and the editors' synonyms and topics."""

    vocabulary: Vocabulary
    synonyms: SynonymForms
    topics: tuple[Topic, ...]


def get_known_words(language: str) -> KnownWords:
    """What parsing needs to know, read again once it has changed.

    One query if nothing has changed, which is nearly always.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(id) FROM search_searchword),"
            " (SELECT COUNT(*) FROM search_searchword),"
            " (SELECT MAX(changed_at) FROM search_synonyms),"
            " (SELECT COUNT(*) FROM search_synonyms),"
            " (SELECT MAX(changed_at) FROM search_topic),"
            " (SELECT COUNT(*) FROM search_topic)"
        )
        state = cursor.fetchone()
    return KnownWords(
        load_vocabulary(*state[:2]),
        load_synonyms(language, *state[2:4]),
        load_topics(language, *state[4:]),
    )


@lru_cache(maxsize=1)
def load_vocabulary(latest_id: int | None, number: int) -> Vocabulary:
    """The vocabulary; the arguments are the key of the cache."""
    rows = list(SearchWord.objects.values_list("word", "in_name", "in_subject"))
    accented = {word for word, *_flags in rows if word != fold(word)}
    return Vocabulary(
        ((word, in_name) for word, in_name, _flag in rows if word not in accented),
        written=accented,
        subjects=(word for word, _in_name, in_subject in rows if in_subject),
    )


@lru_cache(maxsize=4)
def load_topics(language: str, *state: object) -> tuple[Topic, ...]:
    """The topics, named in a language; `state` is the key of the cache."""

    def split(text: str) -> tuple[tuple[str, ...], ...]:
        forms = (tokenize(normalize(form)) for form in text.split(","))
        return tuple(tuple(word.typed for word in form) for form in forms if form)

    return tuple(
        Topic(
            name=topic.name_en if language == "en" else topic.name_vi,
            forms=split(topic.forms),
            words=split(topic.words),
            filters=tuple(parse_qsl(topic.filters)),
        )
        for topic in models.Topic.objects.order_by("pk")
    )


@lru_cache(maxsize=4)
def load_synonyms(language: str, *state: object) -> SynonymForms:
    """The synonyms of a language; `state` is the key of the cache."""
    found: dict[tuple[str, ...], list[SynonymForm]] = {}
    for synonyms in Synonyms.objects.filter(language__in=["", language]).order_by("pk"):
        forms = {
            tuple(w.typed for w in tokenize(normalize(form))): form != form.lower()
            for form in synonyms.as_list()
        }
        for accented in filter(None, forms):
            others = tuple(
                Synonym(other, is_name)
                for other, is_name in forms.items()
                if other and other != accented
            )
            folded = tuple(map(fold, accented))
            found.setdefault(folded, []).append(SynonymForm(accented, others))
    return {folded: tuple(forms) for folded, forms in found.items()}
