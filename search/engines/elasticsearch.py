"""Elasticsearch answers. The one file that knows of it.

Words are folded and questions understood before they come here, so the mapping needs
only Elasticsearch's core, and every distribution of it answers alike.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.dsl import A, Search
from elasticsearch.dsl.function import FieldValueFactor
from elasticsearch.dsl.query import (
    Bool,
    ConstantScore,
    DisMax,
    FunctionScore,
    MatchAll,
    MatchPhrase,
    Prefix,
    Query,
    Range,
    Term,
    Terms,
)
from elasticsearch.helpers import streaming_bulk

from search.documents import Document, Key, identity
from search.engines import Goods, Others, Row
from search.models import Kind
from search.question import Filters, Hit, Question
from search.reading import POINTS, Alternative, Reading
from search.reading import Term as Asked
from stores.models import SalesPoint

ALIAS = "ocop-market"

BUDGET_S = 0.8
"""How long a visitor waits for Elasticsearch before the database is asked."""

DELIVERY_BUDGET_S = 30
KEEPS_DELETED = "1h"
"""For so long a deleted document's version is known, so that no late one revives it."""

LEADS = 1_000
"""A boost above all points: what sorting by stars or nearness is made of."""

FACETS = {
    "district": "districts",
    "group": "groups",
    "subgroup": "groups",
    "flies": "flies",
}

WORDS = {"type": "text", "analyzer": "whitespace", "norms": False}
SHOWN = {"type": "keyword", "index": False, "doc_values": False}
IN_A_LANGUAGE = {
    "slug": SHOWN,
    "shown": SHOWN,
    "summary": SHOWN,
    "url": SHOWN,
    "title": WORDS,
    "names": WORDS,
    "text": WORDS,
    "accents": {**WORDS, "index_options": "docs"},
    "whole": {"type": "keyword"},
    "brevity": {"type": "float"},
}
DAYS = {"type": "date_range", "format": "yyyy-MM-dd"}
MAPPING = {
    "dynamic": "strict",
    "dynamic_templates": [
        {
            "shelves": {
                "path_match": "shelf.*",
                "mapping": {"type": "date", "format": "yyyy-MM-dd"},
            }
        }
    ],
    "properties": {
        "kind": {"type": "keyword"},
        "rank": {"type": "byte"},
        "thing": {"type": "long"},
        "language": {"type": "keyword"},
        "vi": {"properties": IN_A_LANGUAGE},
        "en": {"properties": IN_A_LANGUAGE},
        "district": {"type": "keyword"},
        "group": {"type": "keyword"},
        "subgroup": {"type": "keyword"},
        "flies": {"type": "keyword"},
        "price": {"type": "integer"},
        "sold": DAYS,
        "stars_3": DAYS,
        "stars_4": DAYS,
        "stars_5": DAYS,
        "shelf": {"type": "object", "dynamic": True},
    },
}


class DoesNotAnswer(Exception):
    """The cluster is down, too slow, or has no index yet."""


class NoSuchIndex(DoesNotAnswer):
    """The index we were told of is not there."""


P = ParamSpec("P")
R = TypeVar("R")


def said_plainly(ask: Callable[P, R]) -> Callable[P, R]:
    """Turn whatever the client raises into DoesNotAnswer."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return ask(*args, **kwargs)
        except NotFoundError as missing:
            raise NoSuchIndex(str(missing)) from missing
        except (ApiError, TransportError) as failure:
            raise DoesNotAnswer(str(failure)) from failure

    return asked


@lru_cache(maxsize=4)
def client_of(url: str, budget_s: float) -> Elasticsearch:
    return Elasticsearch(
        url, request_timeout=budget_s, max_retries=0, retry_on_timeout=False
    )


def client() -> Elasticsearch:
    return client_of(settings.ELASTICSEARCH_URL, BUDGET_S)


def delivering_client() -> Elasticsearch:
    return client_of(settings.ELASTICSEARCH_URL, DELIVERY_BUDGET_S)


# --- Answering -----------------------------------------------------------------------


@said_plainly
def goods(
    reading: Reading,
    question: Question,
    *,
    on: dt.date,
    first: int,
    number: int,
    with_facets: bool = True,
) -> Goods:
    """Products on sale on a day, in the order asked for, and the facets of them all."""
    asked = asked_of_goods(reading, question, on=on, with_facets=with_facets)
    return goods_in(paged(asked, first, number), question.language)


@said_plainly
def others(
    reading: Reading,
    *,
    language: str,
    kinds: Iterable[str],
    first: int,
    number: int,
) -> Others:
    """Everything that is no product, by points."""
    asked = body_of_others(reading, language, tuple(map(str, kinds)))
    return others_in(paged(asked, first, number), language)


@said_plainly
def both(
    reading: Reading,
    question: Question,
    *,
    on: dt.date,
    number: int,
    kinds: Iterable[str],
    most: int,
    with_facets: bool = True,
) -> tuple[Goods, Others]:
    """The first goods and the best of everything else, in one round trip."""
    language = question.language
    bodies = (
        asked_of_goods(reading, question, on=on, with_facets=with_facets)
        | {"size": number},
        body_of_others(reading, language, tuple(map(str, kinds))) | {"size": most},
    )
    searches: list[Mapping[str, Any]] = []
    for body in bodies:
        searches += [{"index": ALIAS, "allow_partial_search_results": False}, body]
    answers = client().msearch(searches=searches).body["responses"]
    for answer in answers:
        if answer.get("status") == 404:
            raise NoSuchIndex(str(answer["error"]))
        if "error" in answer:
            raise DoesNotAnswer(str(answer["error"]))
    of_goods, of_others = answers
    return goods_in(of_goods, language), others_in(of_others, language)


def asked_of_goods(
    reading: Reading, question: Question, *, on: dt.date, with_facets: bool
) -> dict[str, Any]:
    points = tuple(open_slugs()) if with_facets else None
    return body_of_goods(reading, replace(question, page=1), on.isoformat(), points)


@lru_cache(maxsize=512)
def body_of_goods(
    reading: Reading, question: Question, day: str, points: tuple[str, ...] | None
) -> dict[str, Any]:
    """The question in Elasticsearch's own words, without its page.

    With facets where the points are given whose shelves they count.
    """
    language = question.language
    filters = question.filters
    matching = [Term(kind=Kind.PRODUCT.value), Term(sold=day), *with_price(filters)]
    scored = [
        ConstantScore(
            filter=Term(**{f"stars_{stars}": day}), boost=stars * star_worth(question)
        )
        for stars in (3, 4, 5)
    ]
    if question.near and question.sort == "near":
        near = POINTS.near if reading.terms else LEADS * 10
        scored.append(ConstantScore(filter=lies_at(question.near, day), boost=near))
    query = with_points(reading, language, matching, scored)
    asked = Search().query(query)
    for narrowing in narrowings(filters, day).values():
        asked = asked.post_filter(narrowing)
    if points is not None:
        add_facets(asked, filters, day, points)
    asked = asked.sort(*sorting(question), "thing")
    told = [f"{language}.{name}" for name in ("slug", "shown", "url")]
    asked = asked.source([*told, f"{other_than(language)}.title"])
    return dict(asked.extra(track_total_hits=True).to_dict())


@lru_cache(maxsize=512)
def body_of_others(
    reading: Reading, language: str, kinds: tuple[str, ...]
) -> dict[str, Any]:
    matching = [
        Terms(kind=[kind for kind in kinds if kind != Kind.PRODUCT]),
        Term(language=language),
    ]
    asked = Search().query(with_points(reading, language, matching, []))
    key = {"_score": "desc"} if reading.terms else {f"{language}.whole": "asc"}
    asked = asked.sort(key, "rank", "thing")
    names = ("slug", "shown", "url", "summary", "title", "names")
    asked = asked.source(["kind", *(f"{language}.{name}" for name in names)])
    return dict(asked.extra(track_total_hits=True).to_dict())


def goods_in(answer: Mapping[str, Any], language: str) -> Goods:
    other = other_than(language)
    hits = tuple(
        hit_of(hit, language, names=hit["_source"].get(other, {}).get("title", ""))
        for hit in answer["hits"]["hits"]
    )
    return Goods(
        hits,
        answer["hits"]["total"]["value"],
        facets_in(answer.get("aggregations", {})),
    )


def others_in(answer: Mapping[str, Any], language: str) -> Others:
    rows = tuple(
        Row(
            hit_of(hit, language, names=hit["_source"][language]["names"]),
            f" {hit['_source'][language]['title']} ",
        )
        for hit in answer["hits"]["hits"]
    )
    return Others(rows, answer["hits"]["total"]["value"])


DEEPEST = 10_000
"""Elasticsearch pages so deep by counting; further on it has to be led there."""


def paged(body: dict[str, Any], first: int, number: int) -> dict[str, Any]:
    """A page of hits, however deep it lies."""
    params = {"index": ALIAS, "allow_partial_search_results": False}
    es = client()
    after: list[Any] | None = None
    skipped = 0
    while first + number - skipped > DEEPEST:
        step = min(DEEPEST, first - skipped)
        lead = body | {"size": step, "_source": False, "aggs": {}, "from": 0}
        if after:
            lead["search_after"] = after
        found = es.search(**params, body=lead).body["hits"]["hits"]
        if len(found) < step:
            return es.search(**params, body=body | {"size": 0}).body
        after, skipped = found[-1]["sort"], skipped + step
    page = body | {"from": first - skipped, "size": number}
    if after:
        page |= {"search_after": after, "from": 0}
    return es.search(**params, body=page).body


def other_than(language: str) -> str:
    """The language in which a product is called something else."""
    return "en" if language == "vi" else "vi"


def hit_of(hit: Mapping[str, Any], language: str, *, names: str) -> Hit:
    kind, _dash, thing = hit["_id"].rpartition("-")
    told = hit["_source"][language]
    return Hit(
        kind=kind,
        id=int(thing),
        slug=told["slug"],
        title=told["shown"],
        url=told["url"],
        summary=told.get("summary", ""),
        names=f" {names} ",
    )


def star_worth(question: Question) -> float:
    """What a star is worth: a little beside words, all where they are sorted by."""
    if question.sort == "stars":
        return LEADS
    return POINTS.star


def sorting(question: Question) -> list[Any]:
    if question.sort in ("price", "-price"):
        return [{"price": "desc" if question.sort == "-price" else "asc"}]
    if question.sort == "name":
        return [{f"{question.language}.whole": "asc"}]
    return [{"_score": "desc"}]


def with_points(
    reading: Reading, language: str, matching: list[Query], scored: list[Query]
) -> Query:
    """What matches, with the points of its words and of whatever else is scored."""
    terms = [
        (term, points_of(term, language)) for term in reading.terms if term.alternatives
    ]
    needed = [points for term, points in terms if term.needed]
    should = [points for term, points in terms if not term.needed] + scored
    if reading.terms:
        should += extras(reading, language)
    must: list[Query] = needed
    if reading.enough is not None and needed:
        must = [Bool(should=needed, minimum_should_match=reading.enough)]
    query = Bool(filter=matching, must=must, should=should or [MatchAll()])
    if not reading.terms:
        return query
    return FunctionScore(
        query=query,
        functions=[
            FieldValueFactor(
                field=f"{language}.brevity", factor=POINTS.brevity, missing=0
            )
        ],
        boost_mode="sum",
    )


def points_of(term: Asked, language: str) -> Query:
    """What a term earns: its best alternative in the best place."""
    chances: list[Query] = []
    for alternative in term.alternatives:
        weight = alternative.weight * len(term.typed)
        for column in ("title", "names", "text"):
            points = weight * getattr(POINTS, column)
            place = f"{language}.{column}"
            whole = stands(replace(alternative, begun=False), place)
            chances.append(ConstantScore(filter=whole, boost=points))
            if alternative.begun:
                chances.append(
                    ConstantScore(
                        filter=stands(alternative, place), boost=points * POINTS.begun
                    )
                )
    return DisMax(queries=chances)


def stands(alternative: Alternative, place: str) -> Query:
    """Whether all words of an alternative stand in a place, the last maybe begun."""
    *before, last = alternative.words
    if alternative.together and before:
        return MatchPhrase(**{place: alternative.phrase})
    final: Query = (
        Prefix(**{place: last}) if alternative.begun else Term(**{place: last})
    )
    if not before:
        return final
    return Bool(filter=[*(Term(**{place: word}) for word in before), final])


def extras(reading: Reading, language: str) -> list[Query]:
    """Points beyond the words themselves: neighbours, the whole name, the accents."""
    found: list[Query] = [
        ConstantScore(filter=MatchPhrase(**{f"{language}.{place}": pair}), boost=points)
        for pair in reading.neighbours
        for place, points in (
            ("title", POINTS.neighbours),
            ("text", POINTS.neighbours_in_text),
        )
    ]
    found.append(
        ConstantScore(
            filter=Terms(**{f"{language}.whole": reading.whole_names}),
            boost=POINTS.whole_title,
        )
    )
    for term in reading.terms:
        for word in term.written:
            found.append(
                ConstantScore(
                    filter=Term(**{f"{language}.accents": word.typed}),
                    boost=POINTS.accents if word.accented else POINTS.bare,
                )
            )
    return found


# --- Filters and facets --------------------------------------------------------------


def with_price(filters: Filters) -> list[Query]:
    bounds = {"gte": filters.price_min, "lte": filters.price_max}
    asked = {name: bound for name, bound in bounds.items() if bound is not None}
    return [Range(price=asked)] if asked else []


def lies_at(point: str, day: str) -> Query:
    return Range(**{f"shelf.{point}": {"gt": day}})


def narrowings(filters: Filters, day: str) -> dict[str, Query]:
    """The filters that are facets, by their names in Filters."""
    asked: dict[str, Query] = {}
    if filters.districts:
        asked["districts"] = Terms(district=list(filters.districts))
    if filters.groups:
        groups = list(filters.groups)
        asked["groups"] = Bool(
            should=[Terms(group=groups), Terms(subgroup=groups)], minimum_should_match=1
        )
    if filters.stars:
        asked["stars"] = Bool(
            should=[Term(**{f"stars_{stars}": day}) for stars in filters.stars],
            minimum_should_match=1,
        )
    if filters.flies:
        asked["flies"] = Terms(flies=list(filters.flies))
    if filters.point:
        asked["point"] = lies_at(filters.point, day)
    return asked


def add_facets(
    asked: Search, filters: Filters, day: str, points: Iterable[str]
) -> None:
    """Ask for the counts of every facet under all other filters."""
    all_of_them = narrowings(filters, day)

    def under_others(own: str) -> Any:
        others = [query for name, query in all_of_them.items() if name != own]
        return A("filter", Bool(filter=others) if others else MatchAll())

    for facet, own in FACETS.items():
        counted = A("terms", field=facet, size=100)
        asked.aggs.bucket(facet, under_others(own)).bucket("values", counted)
    stars = A(
        "filters",
        filters={str(n): Term(**{f"stars_{n}": day}) for n in (3, 4, 5)},
    )
    asked.aggs.bucket("stars", under_others("stars")).bucket("values", stars)
    shelves = {slug: lies_at(slug, day) for slug in points}
    if shelves:
        counted = A("filters", filters=shelves)
        asked.aggs.bucket("point", under_others("point")).bucket("values", counted)


def open_slugs() -> list[str]:
    """The points in business."""
    return list(
        SalesPoint.objects.filter(is_open=True)
        .order_by("pk")
        .values_list("slug", flat=True)
    )


def facets_in(aggregations: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    facets: dict[str, dict[str, int]] = {}
    for facet, found in aggregations.items():
        buckets = found["values"]["buckets"]
        if isinstance(buckets, dict):
            counts = {value: bucket["doc_count"] for value, bucket in buckets.items()}
        else:
            counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        counts = {value: count for value, count in counts.items() if count}
        if counts:
            facets[facet] = counts
    return facets


# --- Keeping the index ---------------------------------------------------------------


@said_plainly
def make_index(name: str) -> None:
    """An empty index for filling; it is refreshed when it is `opened`."""
    delivering_client().indices.create(
        index=name,
        mappings=MAPPING,
        settings={
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "gc_deletes": KEEPS_DELETED,
        },
    )


@said_plainly
def there_is(name: str) -> bool:
    return bool(delivering_client().indices.exists(index=name))


@said_plainly
def open_index(name: str) -> None:
    """Let a filled index answer from now on: one step, and no moment between."""
    es = delivering_client()
    es.indices.put_settings(
        index=name, settings={"refresh_interval": "1s", "auto_expand_replicas": "0-1"}
    )
    es.indices.refresh(index=name)
    es.indices.update_aliases(
        actions=[
            {"remove": {"index": "*", "alias": ALIAS, "must_exist": False}},
            {"add": {"index": name, "alias": ALIAS}},
        ]
    )


@said_plainly
def drop_index(name: str) -> None:
    delivering_client().indices.delete(index=name, ignore_unavailable=True)


@said_plainly
def refresh() -> None:
    """Show what was delivered at once; the cluster does so every second by itself."""
    delivering_client().indices.refresh(index=ALIAS)


@said_plainly
def deliver(
    index: str, documents: Mapping[Key, Document | None], *, version: int
) -> set[Key]:
    """Write documents, or delete those that are None, unless a later version is there.

    Returns the keys that were refused because one is.
    """
    keys = {identity(key): key for key in documents}
    refused: set[Key] = set()

    def actions() -> Iterable[dict[str, Any]]:
        for key, document in documents.items():
            action = {
                "_op_type": "index" if document else "delete",
                "_index": index,
                "_id": identity(key),
                "version": version,
                "version_type": "external_gte",
            }
            yield action | {"_source": document} if document else action

    for done, result in streaming_bulk(
        delivering_client(), actions(), chunk_size=500, raise_on_error=False
    ):
        ((operation, said),) = result.items()
        if done or (operation == "delete" and said["status"] == 404):
            continue
        if said["status"] != 409:
            raise DoesNotAnswer(str(said.get("error", said)))
        refused.add(keys[said["_id"]])
    return refused


@said_plainly
def all_documents(index: str = ALIAS) -> dict[str, Document]:
    """Every document there is, by its id; for checking."""
    es = delivering_client()
    found: dict[str, Document] = {}
    after: list[Any] | None = None
    while True:
        page = es.search(
            index=index,
            size=1_000,
            sort=[{"kind": "asc"}, {"thing": "asc"}],
            search_after=after,
        ).body["hits"]["hits"]
        if not page:
            return found
        found |= {hit["_id"]: hit["_source"] for hit in page}
        after = page[-1]["sort"]


@said_plainly
def is_well() -> bool:
    """Whether the cluster has an index that answers."""
    client().indices.get_alias(name=ALIAS)
    health = client().cluster.health(index=ALIAS)
    return bool(health["status"] != "red")
