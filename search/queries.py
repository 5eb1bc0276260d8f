"""Ask the market."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import takewhile
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from catalogue.text import fold
from search.breaker import Breaker
from search.engines import Engine, Others, database, elasticsearch
from search.marking import marked_words
from search.models import (
    Kind,
    Missed,
    SearchChange,
    SearchIndex,
    SearchWord,
    Synonyms,
)
from search.question import KINDS, PAGE_SIZE, SHOWN_OF_A_KIND, Answer, Hit, Question
from search.reading import Form, Reading, Term, read
from search.reading import Synonyms as KnownSynonyms
from search.vocabulary import Vocabulary
from search.words import bare_words, padded, plain, words_of

logger = logging.getLogger(__name__)
breaker = Breaker()

LEADING_GOODS, LEADING_OTHERS = 3, 2
"""Where everything is asked for, so many goods lead, then things of that very name."""

SUGGESTED = {"product": 5, "district": 2, "commune": 1, "story": 2}
MOST_OTHERS = 60


class Understanding(Protocol):
    def __call__(self, *, loosely: bool = False) -> Reading: ...


def ask(question: Question, *, on: dt.date) -> Answer:
    """What may be sold on a day and fits the question.

    Elasticsearch answers where there is one and it does so in time; else the database.
    """
    if not question.text:
        return by_whoever_answers(answer_with, question, nothing_asked, on=on)
    vocabulary, synonyms = vocabulary_and_synonyms(question.language)
    understood = partial(read, question.text, vocabulary=vocabulary, synonyms=synonyms)
    return by_whoever_answers(answer_with, question, understood, on=on)


def suggest(text: str, *, language: str, near: str | None, on: dt.date) -> Answer:
    """A handful of goods, districts and stories for words that are still typed."""
    vocabulary, synonyms = vocabulary_and_synonyms(language)
    understood = partial(
        read, text, vocabulary=vocabulary, synonyms=synonyms, unfinished=True
    )
    question = Question(text=text, language=language, near=near)
    return by_whoever_answers(suggestions_with, question, understood, on=on)


def nothing_asked(*, loosely: bool = False) -> Reading:
    """How a question without words is read; no word need be known for it."""
    return Reading(is_loose=loosely)


def by_whoever_answers(
    how: Callable[..., Answer],
    question: Question,
    understood: Understanding,
    *,
    on: dt.date,
) -> Answer:
    if settings.ELASTICSEARCH_URL and breaker.lets_through():
        try:
            answer = how(elasticsearch, question, understood, on=on)
        except elasticsearch.DoesNotAnswer as failure:
            breaker.note_failure()
            logger.warning("The database answers: %s", str(failure)[:200])
        else:
            breaker.note_success()
            return answer
    return how(database, question, understood, on=on)


ENOUGH_ASKERS = 5
"""From so many people on, what was asked is shown; below, it might tell of one."""


def missed_since(week: dt.date) -> QuerySet[Missed]:
    """What enough people asked for and did not find, by week, most asked first."""
    return Missed.objects.filter(week__gte=week, askers__gte=ENOUGH_ASKERS).order_by(
        "-week", "-askers", "text"
    )


@dataclass(frozen=True)
class State:
    """How search stands, for those who look after it."""

    engine: str
    is_well: bool
    waiting: int
    delivered_at: dt.datetime | None


def state() -> State:
    """Which engine answers now, and how many changes wait to be delivered."""
    index = SearchIndex.objects.filter(pk=1).first()
    waiting = SearchChange.objects.count()
    if not settings.ELASTICSEARCH_URL:
        return State("database", True, 0, None)
    try:
        well = elasticsearch.is_well()
    except elasticsearch.DoesNotAnswer:
        well = False
    return State(
        engine="elasticsearch" if well and not breaker.is_open else "database",
        is_well=well,
        waiting=waiting,
        delivered_at=index.delivered_at if index else None,
    )


# --- Which reading is answered -------------------------------------------------------


def answer_with(
    engine: Engine, question: Question, understood: Understanding, *, on: dt.date
) -> Answer:
    """An engine's answer to the first reading of the question that finds anything."""
    strict = understood()
    if not strict.terms:
        return page_of(engine, strict, question, on=on)
    loose = understood(loosely=True)
    for reading in dict.fromkeys([strict, loose]):
        if not reading.is_hopeless:
            answer = page_of(engine, reading, question, on=on)
            if is_convincing(answer, question):
                return with_meaning(answer, reading)
    last = loose.relaxed()
    for relaxed in dict.fromkeys([strict.relaxed(), last]):
        if relaxed.needed and len(loose.needed) > 1:
            answer = page_of(engine, relaxed, question, on=on)
            if answer.total and (relaxed == last or is_convincing(answer, question)):
                return with_meaning(replace(answer, relaxed=True, others={}), relaxed)
    return Answer(hits=(), total=0, facets={})


def is_convincing(answer: Answer, question: Question) -> bool:
    """Whether what was found is what was asked for, and no text that has the words."""
    if question.kind in ("", Kind.PRODUCT):
        return bool(answer.goods or answer.named)
    return bool(answer.total)


def suggestions_with(
    engine: Engine, question: Question, understood: Understanding, *, on: dt.date
) -> Answer:
    strict = understood()
    if not strict.terms:
        return Answer(hits=(), total=0, facets={})
    loose = understood(loosely=True)
    for reading in dict.fromkeys([strict, loose, loose.relaxed()]):
        if reading.is_hopeless or not reading.needed:
            continue
        goods, found = engine.both(
            reading,
            question,
            on=on,
            number=SUGGESTED[Kind.PRODUCT],
            kinds=[kind for kind in SUGGESTED if kind != Kind.PRODUCT],
            most=MOST_OTHERS // 3,
            with_facets=False,
        )
        others = shown_others(found, reading, SUGGESTED)
        if goods.hits or others:
            hits = (*goods.hits, *(hit for kind in others.values() for hit in kind))
            return Answer(
                hits=hits,
                total=len(hits),
                facets={},
                relaxed=reading.enough is not None,
                marked=marked_words(reading),
            )
    return Answer(hits=(), total=0, facets={})


# --- One page of one reading ---------------------------------------------------------


def page_of(
    engine: Engine, reading: Reading, question: Question, *, on: dt.date
) -> Answer:
    first = (question.page - 1) * PAGE_SIZE
    if question.kind == "":
        return page_of_everything(engine, reading, question, on=on)
    if question.kind != Kind.PRODUCT:
        others = engine.others(
            reading,
            language=question.language,
            kinds=[question.kind],
            first=first,
            number=PAGE_SIZE,
        )
        hits = tuple(row.hit for row in others.rows)
        return Answer(hits=hits, total=others.total, facets={})
    others = Others()
    if reading.terms and question.page == 1 and reading.enough is None:
        goods, others = engine.both(
            reading,
            question,
            on=on,
            number=PAGE_SIZE,
            kinds=KINDS[1:],
            most=MOST_OTHERS,
        )
        if reading.is_loose and not goods.total:
            others = Others()
    else:
        goods = engine.goods(reading, question, on=on, first=first, number=PAGE_SIZE)
    return Answer(
        hits=goods.hits,
        total=goods.total,
        facets=goods.facets,
        goods=goods.total,
        named=any(is_named(row.title, row.hit, reading) for row in others.rows),
        others=shown_others(others, reading, dict.fromkeys(KINDS, SHOWN_OF_A_KIND)),
    )


def page_of_everything(
    engine: Engine, reading: Reading, question: Question, *, on: dt.date
) -> Answer:
    """A page of goods and all else in one list, the goods first.

    But for two things that bear the name asked for: they lead where no product bears
    it, and follow the first three goods where they are called so and not otherwise.
    """
    found = partial(engine.others, reading, language=question.language, kinds=KINDS[1:])
    best = found(first=0, number=LEADING_OTHERS) if reading.terms else Others()
    named = [*takewhile(lambda row: is_named(row.title, row.hit, reading), best.rows)]
    first = (question.page - 1) * PAGE_SIZE
    fetched = partial(engine.goods, reading, question, on=on)
    goods = fetched(
        first=max(0, first - LEADING_OTHERS), number=PAGE_SIZE + LEADING_OTHERS
    )
    leader = goods.hits[:1] if first == 0 else fetched(first=0, number=1).hits
    lead, before = named, 0
    if leader and is_named(padded(words_of(leader[0].title)), leader[0], reading):
        exact = [f" {name} " for name in reading.whole_names]
        lead = [*takewhile(lambda row: row.title in exact, named)]
        if not any(" ".join(words_of(r.hit.title)) == reading.phrase for r in lead):
            before = min(LEADING_GOODS, goods.total)
    shown = list(goods.hits)
    if first:
        shown = shown[LEADING_OTHERS - len(lead) :]
    else:
        shown[before:before] = [row.hit for row in lead]
    shown = shown[:PAGE_SIZE]
    rest_from = goods.total + len(lead)
    if len(shown) < PAGE_SIZE and best.total > len(lead):
        start = max(first, rest_from)
        rest = found(
            first=len(lead) + start - rest_from, number=first + PAGE_SIZE - start
        )
        shown += [row.hit for row in rest.rows]
    return Answer(
        hits=tuple(shown),
        total=goods.total + best.total,
        facets=goods.facets,
        goods=goods.total,
        named=bool(named),
    )


def is_named(title: str, hit: Hit, reading: Reading) -> bool:
    """Whether all that was asked for stands in the thing's names."""
    names = f"{title} {hit.names}"
    return all(
        any(
            all(f" {word} " in names for word in alternative.words[:-1])
            and f" {alternative.words[-1]}{'' if alternative.begun else ' '}" in names
            for alternative in term.alternatives
        )
        for term in reading.needed
    )


def shown_others(
    found: Others, reading: Reading, most: dict[str, int]
) -> dict[str, tuple[Hit, ...]]:
    """Kind to its best hits. Places and makers by their names, stories by any word."""
    kinds: dict[str, list[Hit]] = {}
    for row in found.rows:
        of_kind = kinds.setdefault(row.hit.kind, [])
        if len(of_kind) < most.get(row.hit.kind, 0) and (
            row.hit.kind == Kind.STORY or is_named(row.title, row.hit, reading)
        ):
            of_kind.append(row.hit)
    return {kind: tuple(kinds[kind]) for kind in KINDS if kinds.get(kind)}


# --- What was meant ------------------------------------------------------------------


def with_meaning(answer: Answer, reading: Reading) -> Answer:
    """The answer with the words to mark, and with what was taken for meant."""
    return replace(
        answer,
        marked=marked_words(reading),
        did_you_mean=meant(answer, reading),
    )


def meant(answer: Answer, reading: Reading) -> str | None:
    """What was typed, spelt as in the best hit; None if it was spelt so already."""
    best = next(iter(answer.hits), None)
    if best is None:
        return None
    names = f"{padded(words_of(best.title))} {best.names}"
    spelt = {fold(word.typed): word.typed for word in bare_words(plain(best.title))}
    words, changed = [], False
    for term in reading.terms:
        chosen = spelling(term, names, told=reading.enough is None)
        changed |= chosen != term.typed
        written = {word.folded: word.typed for word in term.written}
        words += [spelt.get(word, written.get(word, word)) for word in chosen]
    return " ".join(words) if changed else None


def spelling(term: Term, names: str, *, told: bool) -> tuple[str, ...]:
    """The words of a term that stand in the names; else the likeliest known ones.

    Where not all terms need be `told` of the best hit, one that is not is as typed.
    """
    for other in term.alternatives:
        ends = "" if other.begun else " "
        if all(f" {word}{ends}" in names for word in other.words):
            return term.typed if other.is_synonym or other.begun else other.words
    if not told:
        return term.typed
    spellings = [
        other.words
        for other in term.alternatives
        if not other.begun and not other.is_synonym
    ]
    likely = [term.typed] if term.typed in spellings else spellings
    return likely[0] if likely else term.typed


# --- What we know --------------------------------------------------------------------


def vocabulary_and_synonyms(language: str) -> tuple[Vocabulary, KnownSynonyms]:
    """What words there are and which mean the same; read again once they changed.

    One query where nothing changed, which is nearly always.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(id) FROM search_searchword),"
            " (SELECT COUNT(*) FROM search_searchword),"
            " (SELECT MAX(changed_at) FROM search_synonyms),"
            " (SELECT COUNT(*) FROM search_synonyms)"
        )
        state = cursor.fetchone()
    return words_as_of(*state[:2]), synonyms_as_of(language, *state[2:])


@lru_cache(maxsize=1)
def words_as_of(latest: int | None, number: int) -> Vocabulary:
    """Every word we know, the latest being the one with that id."""
    return Vocabulary(SearchWord.objects.values_list("word", "in_name"))


@lru_cache(maxsize=4)
def synonyms_as_of(language: str, *state: object) -> KnownSynonyms:
    """The editors' synonyms for questions in a language."""
    found: dict[tuple[str, ...], list[Form]] = {}
    for kept in Synonyms.objects.filter(language__in=["", language]).order_by("pk"):
        forms = {
            tuple(words_of(form)): tuple(word.typed for word in bare_words(plain(form)))
            for form in kept.as_list()
        }
        for folded, accented in forms.items():
            others = tuple(other for other in forms if other != folded)
            if folded and len(folded) == len(accented):
                found.setdefault(folded, []).append(Form(accented, others))
    return {folded: tuple(forms) for folded, forms in found.items()}
