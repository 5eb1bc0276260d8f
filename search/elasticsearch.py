"""The Elasticsearch engine: the one module that imports the client.

Words are folded and queries parsed before they come here, so the mapping needs only the
core of Elasticsearch. Relevance is its own: BM25 over the fields of an item, boosted by
field, by full names, by accents and by stars.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.dsl import A, Search
from elasticsearch.dsl.query import (
    Bool,
    ConstantScore,
    DisMax,
    Match,
    MatchAll,
    MatchPhrase,
    MultiMatch,
    Query,
    Range,
    Term,
    Terms,
)
from elasticsearch.helpers import streaming_bulk

from catalogue.refusals import Refusal
from search.index import Document, DocumentKey, format_document_id
from search.models import Kind
from search.parsing.query import Alternative, ParsedQuery
from search.parsing.query import Term as ParsedTerm
from search.results import Filters, Hit, ResultPage, SearchQuery
from stores.models import SalesPoint

ALIAS = "ocop-market"

SEARCH_TIMEOUT_S = 0.8
"""How long a visitor waits for Elasticsearch before the database is searched."""

DELIVERY_TIMEOUT_S = 30
GC_DELETES = "1h"
"""How long the version of a deleted document is known, to refuse an older one."""

MAX_RESULT_WINDOW = 10_000
"""`from` + `size` may not exceed this; deeper pages need `search_after`."""

FIRST = 1_000
"""A boost above every score: sorts by stars, or by what is near."""

FIELD_BOOSTS = {"title": 5.0, "names": 3.5, "text": 1.0}
WORD_PAIR_BOOSTS = {"title": 0.6, "text": 0.8}
FULL_NAME_BOOST = 6.0
ACCENTED_BOOST, UNACCENTED_BOOST = 0.6, 0.2
STAR_BOOST = 0.3
NEAR_BOOST = 0.6

FACETS = {
    "district": "districts",
    "group": "groups",
    "subgroup": "groups",
    "flies": "flies",
}
"""Keyword field to the filter it stands for."""

WORDS = {"type": "text", "analyzer": "whitespace", "norms": False}
STORED = {"type": "keyword", "index": False, "doc_values": False}
LANGUAGE_FIELDS = {
    "slug": STORED,
    "display_title": STORED,
    "summary": STORED,
    "url": STORED,
    "title": WORDS | {"norms": True},
    "alphabet": {"type": "keyword"},
    "names": WORDS,
    "text": WORDS,
    "accents": {**WORDS, "index_options": "docs"},
    "subject": WORDS,
    "subject_accents": WORDS,
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
        "object_id": {"type": "long"},
        "language": {"type": "keyword"},
        "vi": {"properties": LANGUAGE_FIELDS},
        "en": {"properties": LANGUAGE_FIELDS},
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


class ElasticsearchUnavailable(Refusal):
    """The cluster is down, too slow, or has no index yet."""

    status = 503

    def __init__(self, reason: object = "") -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def message(self) -> str:
        return f"Elasticsearch does not answer: {self.reason}"


P = ParamSpec("P")
R = TypeVar("R")


def translate_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Turn whatever the client raises into ElasticsearchUnavailable."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (ApiError, TransportError) as failure:
            raise ElasticsearchUnavailable(failure) from failure

    return wrapper


@lru_cache(maxsize=4)
def get_client(url: str, timeout_s: float) -> Elasticsearch:
    return Elasticsearch(
        url, request_timeout=timeout_s, max_retries=0, retry_on_timeout=False
    )


def search_client() -> Elasticsearch:
    return get_client(settings.ELASTICSEARCH_URL, SEARCH_TIMEOUT_S)


def delivery_client() -> Elasticsearch:
    return get_client(settings.ELASTICSEARCH_URL, DELIVERY_TIMEOUT_S)


# --- Searching -----------------------------------------------------------------------


@translate_errors
def search_products(
    parsed: ParsedQuery,
    query: SearchQuery,
    *,
    on: dt.date,
    first: int,
    size: int,
    with_facets: bool = True,
) -> ResultPage:
    """Products on sale on a day, in the order of the query, and their facets."""
    body = build_product_body(parsed, query, on=on, with_facets=with_facets)
    return read_products(fetch_page(body, first, size), query.language)


@translate_errors
def search_others(
    parsed: ParsedQuery,
    *,
    language: str,
    kinds: Iterable[str],
    first: int,
    size: int,
) -> ResultPage:
    """Items that are no products, the best match first."""
    body = build_others_body(parsed, language, tuple(map(str, kinds)))
    return read_others(fetch_page(body, first, size), language)


@translate_errors
def search_all(
    parsed: ParsedQuery,
    query: SearchQuery,
    *,
    on: dt.date,
    size: int,
    kinds: Iterable[str],
    others_size: int,
    with_facets: bool = True,
) -> tuple[ResultPage, ResultPage]:
    """The first products and the best of everything else, in one round trip."""
    language = query.language
    bodies = (
        build_product_body(parsed, query, on=on, with_facets=with_facets)
        | {"size": size},
        build_others_body(parsed, language, tuple(map(str, kinds)))
        | {"size": others_size},
    )
    searches: list[Mapping[str, Any]] = []
    for body in bodies:
        searches += [{"index": ALIAS, "allow_partial_search_results": False}, body]
    responses = search_client().msearch(searches=searches).body["responses"]
    for response in responses:
        if "error" in response:
            raise ElasticsearchUnavailable(response["error"])
    products, others = responses
    return read_products(products, language), read_others(others, language)


def build_product_body(
    parsed: ParsedQuery, query: SearchQuery, *, on: dt.date, with_facets: bool
) -> dict[str, Any]:
    points = tuple(list_open_slugs()) if with_facets else None
    return cached_product_body(parsed, replace(query, page=1), on.isoformat(), points)


@lru_cache(maxsize=512)
def cached_product_body(
    parsed: ParsedQuery, query: SearchQuery, day: str, points: tuple[str, ...] | None
) -> dict[str, Any]:
    """The body of a search for products, without its page.

    With facets if the points are given whose shelves they count.
    """
    language, filters = query.language, query.filters
    required = [Term(kind=Kind.PRODUCT.value), Term(sold=day), *filter_price(filters)]
    star_boost = FIRST if query.sort == "stars" else STAR_BOOST
    boosts: list[Query] = [
        ConstantScore(filter=Term(**{f"stars_{stars}": day}), boost=stars * star_boost)
        for stars in (3, 4, 5)
    ]
    if query.near and query.sort == "near":
        boost = NEAR_BOOST if parsed.terms else FIRST * 10
        boosts.append(ConstantScore(filter=filter_point(query.near, day), boost=boost))
    search = Search().query(build_query(parsed, language, required, boosts))
    for facet_filter in build_facet_filters(filters, day).values():
        search = search.post_filter(facet_filter)
    if points is not None:
        add_facets(search, filters, day, points)
    search = search.sort(*build_sort(query), "object_id")
    names = ("slug", "display_title", "url", "title")
    other_title = f"{get_other_language(language)}.title"
    search = search.source([*(f"{language}.{name}" for name in names), other_title])
    return dict(search.extra(track_total_hits=True).to_dict())


@lru_cache(maxsize=512)
def build_others_body(
    parsed: ParsedQuery, language: str, kinds: tuple[str, ...]
) -> dict[str, Any]:
    required = [
        Terms(kind=[kind for kind in kinds if kind != Kind.PRODUCT]),
        Term(language=language),
    ]
    search = Search().query(build_query(parsed, language, required, []))
    key = {"_score": "desc"} if parsed.terms else {f"{language}.alphabet": "asc"}
    search = search.sort(key, "rank", "object_id")
    names = ("slug", "display_title", "url", "summary", "title", "names")
    search = search.source([f"{language}.{name}" for name in names])
    return dict(search.extra(track_total_hits=True).to_dict())


def fetch_page(body: dict[str, Any], first: int, size: int) -> dict[str, Any]:
    """A page of hits, however deep."""
    params = {"index": ALIAS, "allow_partial_search_results": False}
    client = search_client()
    after: list[Any] | None = None
    skipped = 0
    while first + size - skipped > MAX_RESULT_WINDOW:
        step = min(MAX_RESULT_WINDOW, first - skipped)
        skipping = body | {"size": step, "_source": False, "aggs": {}, "from": 0}
        if after:
            skipping["search_after"] = after
        hits = client.search(**params, body=skipping).body["hits"]["hits"]
        if len(hits) < step:
            return client.search(**params, body=body | {"size": 0}).body
        after, skipped = hits[-1]["sort"], skipped + step
    page = body | {"from": first - skipped, "size": size}
    if after:
        page |= {"search_after": after, "from": 0}
    return client.search(**params, body=page).body


def read_products(response: Mapping[str, Any], language: str) -> ResultPage:
    other = get_other_language(language)
    hits = tuple(
        read_hit(hit, language, names=hit["_source"].get(other, {}).get("title", ""))
        for hit in response["hits"]["hits"]
    )
    facets = read_facets(response.get("aggregations", {}))
    return ResultPage(hits, response["hits"]["total"]["value"], facets)


def read_others(response: Mapping[str, Any], language: str) -> ResultPage:
    hits = tuple(
        read_hit(hit, language, names=hit["_source"][language]["names"])
        for hit in response["hits"]["hits"]
    )
    return ResultPage(hits, response["hits"]["total"]["value"])


def read_hit(hit: Mapping[str, Any], language: str, *, names: str) -> Hit:
    kind, _dash, object_id = hit["_id"].rpartition("-")
    fields = hit["_source"][language]
    return Hit(
        kind=kind,
        id=int(object_id),
        slug=fields["slug"],
        title=fields["display_title"],
        url=fields["url"],
        summary=fields.get("summary", ""),
        names=f" {names} ",
        title_words=f" {fields['title']} ",
    )


def get_other_language(language: str) -> str:
    return "en" if language == "vi" else "vi"


def build_sort(query: SearchQuery) -> list[dict[str, str]]:
    if query.sort in ("price", "-price"):
        return [{"price": "desc" if query.sort == "-price" else "asc"}]
    if query.sort == "name":
        return [{f"{query.language}.alphabet": "asc"}]
    return [{"_score": "desc"}]


# --- Relevance -----------------------------------------------------------------------


def build_query(
    parsed: ParsedQuery, language: str, filters: list[Query], boosts: list[Query]
) -> Query:
    """What matches: all required terms, or as many as `minimum_should_match`."""
    terms = [
        (term, build_term_query(term, language))
        for term in parsed.terms
        if term.alternatives
    ]
    required = [query for term, query in terms if term.is_required]
    should = [query for term, query in terms if not term.is_required] + boosts
    if parsed.terms:
        should += build_name_queries(parsed, language)
    if parsed.minimum_should_match is not None and required:
        minimum = parsed.minimum_should_match
        required = [Bool(should=required, minimum_should_match=minimum)]
    return Bool(filter=filters, must=required, should=should or [MatchAll()])


def build_term_query(term: ParsedTerm, language: str) -> Query:
    """The best of the alternatives of a term."""
    return DisMax(
        queries=[
            build_alternative_query(alternative, language, words=len(term.typed))
            for alternative in term.alternatives
        ]
    )


def build_alternative_query(
    alternative: Alternative, language: str, *, words: int
) -> Query:
    kind = "best_fields"
    if alternative.is_prefix:
        kind = "bool_prefix"
    elif alternative.is_phrase:
        kind = "phrase"
    boosts = FIELD_BOOSTS
    if alternative.field == "names":
        boosts = {"title": boosts["title"], "names": boosts["names"]}
    query = MultiMatch(
        query=alternative.text,
        type=kind,
        operator="and",
        fields=boost_fields(language, boosts),
        boost=alternative.weight * words,
    )
    if alternative.field in ("text", "names"):
        return query
    match = MatchPhrase if alternative.is_phrase else Match
    text = " ".join(alternative.written or alternative.words)
    options = {} if alternative.is_phrase else {"operator": "and"}
    field = f"{language}.{alternative.field}"
    return Bool(must=[query], filter=[match(**{field: {"query": text} | options})])


def build_name_queries(parsed: ParsedQuery, language: str) -> list[Query]:
    """Boosts of adjacent words, of full names, and of the accents that were typed."""
    queries: list[Query] = [
        MultiMatch(
            query=pair, type="phrase", fields=boost_fields(language, WORD_PAIR_BOOSTS)
        )
        for pair in parsed.word_pairs
    ]
    names = Terms(**{f"{language}.title.keyword": parsed.full_names})
    queries.append(ConstantScore(filter=names, boost=FULL_NAME_BOOST))
    words = [word for term in parsed.terms for word in term.words]
    for is_accented, boost in ((True, ACCENTED_BOOST), (False, UNACCENTED_BOOST)):
        typed = [word.typed for word in words if bool(word.accented) is is_accented]
        if typed:
            match = {"query": " ".join(typed), "boost": boost}
            queries.append(Match(**{f"{language}.accents": match}))
    return queries


def boost_fields(language: str, boosts: Mapping[str, float]) -> list[str]:
    return [f"{language}.{field}^{boost}" for field, boost in boosts.items()]


# --- Filters and facets --------------------------------------------------------------


def filter_price(filters: Filters) -> list[Query]:
    bounds = {"gte": filters.price_min, "lte": filters.price_max}
    bounds = {name: bound for name, bound in bounds.items() if bound is not None}
    return [Range(price=bounds)] if bounds else []


def filter_point(point: str, day: str) -> Query:
    return Range(**{f"shelf.{point}": {"gt": day}})


def build_facet_filters(filters: Filters, day: str) -> dict[str, Query]:
    """The filters that are facets, by their names in Filters."""
    queries: dict[str, Query] = {}
    if filters.districts:
        queries["districts"] = Terms(district=list(filters.districts))
    if filters.groups:
        groups = list(filters.groups)
        queries["groups"] = Bool(
            should=[Terms(group=groups), Terms(subgroup=groups)], minimum_should_match=1
        )
    if filters.stars:
        queries["stars"] = Bool(
            should=[Term(**{f"stars_{stars}": day}) for stars in filters.stars],
            minimum_should_match=1,
        )
    if filters.flies:
        queries["flies"] = Terms(flies=list(filters.flies))
    if filters.point:
        queries["point"] = filter_point(filters.point, day)
    return queries


def add_facets(
    search: Search, filters: Filters, day: str, points: Iterable[str]
) -> None:
    """Count the values of every facet under all other filters."""
    facet_filters = build_facet_filters(filters, day)

    def add(facet: str, own_filter: str, values: Any) -> None:
        others = [query for name, query in facet_filters.items() if name != own_filter]
        narrowed = A("filter", Bool(filter=others) if others else MatchAll())
        search.aggs.bucket(facet, narrowed).bucket("values", values)

    for facet, own_filter in FACETS.items():
        add(facet, own_filter, A("terms", field=facet, size=100))
    stars = {str(n): Term(**{f"stars_{n}": day}) for n in (3, 4, 5)}
    add("stars", "stars", A("filters", filters=stars))
    shelves = {slug: filter_point(slug, day) for slug in points}
    if shelves:
        add("point", "point", A("filters", filters=shelves))


def list_open_slugs() -> list[str]:
    """The sales points in business."""
    return list(
        SalesPoint.objects.filter(is_open=True)
        .order_by("pk")
        .values_list("slug", flat=True)
    )


def read_facets(aggregations: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    facets: dict[str, dict[str, int]] = {}
    for facet, aggregation in aggregations.items():
        buckets = aggregation["values"]["buckets"]
        if isinstance(buckets, dict):
            counts = {value: bucket["doc_count"] for value, bucket in buckets.items()}
        else:
            counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        counts = {value: count for value, count in counts.items() if count}
        if counts:
            facets[facet] = counts
    return facets


# --- Maintaining the index -----------------------------------------------------------


@translate_errors
def create_index(name: str) -> None:
    """An empty index to be filled; `activate_index` refreshes it."""
    delivery_client().indices.create(
        index=name,
        mappings=MAPPING,
        settings={
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "gc_deletes": GC_DELETES,
        },
    )


@translate_errors
def index_exists(name: str) -> bool:
    return bool(delivery_client().indices.exists(index=name))


@translate_errors
def activate_index(name: str) -> None:
    """Point the alias to a filled index, atomically."""
    indices = delivery_client().indices
    indices.put_settings(
        index=name, settings={"refresh_interval": "1s", "auto_expand_replicas": "0-1"}
    )
    indices.refresh(index=name)
    indices.update_aliases(
        actions=[
            {"remove": {"index": "*", "alias": ALIAS, "must_exist": False}},
            {"add": {"index": name, "alias": ALIAS}},
        ]
    )


@translate_errors
def drop_index(name: str) -> None:
    delivery_client().indices.delete(index=name, ignore_unavailable=True)


@translate_errors
def write_documents(
    index: str, documents: Mapping[DocumentKey, Document | None], *, version: int
) -> set[DocumentKey]:
    """Write documents, or delete those that are None, unless the index has a later one.

    Returns the keys that were refused because it has.
    """
    keys = {format_document_id(key): key for key in documents}
    refused: set[DocumentKey] = set()

    def build_actions() -> Iterable[dict[str, Any]]:
        for key, document in documents.items():
            action = {
                "_op_type": "index" if document else "delete",
                "_index": index,
                "_id": format_document_id(key),
                "version": version,
                "version_type": "external_gte",
            }
            yield action | {"_source": document} if document else action

    for succeeded, result in streaming_bulk(
        delivery_client(), build_actions(), chunk_size=500, raise_on_error=False
    ):
        ((operation, item),) = result.items()
        if succeeded or (operation == "delete" and item["status"] == 404):
            continue
        if item["status"] != 409:
            raise ElasticsearchUnavailable(item.get("error", item))
        refused.add(keys[item["_id"]])
    return refused


@translate_errors
def is_healthy() -> bool:
    """Whether the cluster has an index that answers."""
    search_client().indices.get_alias(name=ALIAS)
    health = search_client().cluster.health(index=ALIAS)
    return bool(health["status"] != "red")
