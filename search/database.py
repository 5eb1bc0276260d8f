"""The database engine: SQLite's FTS5 or PostgreSQL's GIN index.

Both search whole words and prefixes only; everything else a query may mean is in its
alternatives. Plain SQL and no search backend of a library, because the words, the
certificates and the shelves are searched in one query. Relevance is a sum of points
per matching word and field.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any

from django.core.cache import cache
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.alphabet import InAlphabet
from catalogue.models import Product
from search.models import Kind, SearchEntry
from search.parsing.query import Alternative, ParsedQuery, Term
from search.parsing.words import fold_words, pad_words
from search.results import KINDS, PAGE_SIZE, Filters, Hit, ResultPage, SearchQuery
from stores.queries.free import free_records

MANY = 4_000
"""From so many products on, counts and first pages may be a minute old."""

CACHE_S = 60
CACHED_PAGES = 20

FIELD_POINTS = {"title": 10, "names": 7, "text": 2}
PREFIX_FACTOR = 0.6  # of the above, where only a prefix matches
WORD_PAIR_POINTS = {"title": 3, "text": 4}  # two words of the query are adjacent
FULL_NAME_POINTS = 6  # the title equals the query
ACCENTED_POINTS, UNACCENTED_POINTS = 1.5, 0.5  # a word is written as typed
BREVITY_POINTS = 2  # divided by the number of words in the title
STAR_POINTS = 0.3
NEAR_POINTS = 0.6

FACETS = {
    "district": ("commune__parent__slug", "districts"),
    "group": ("group", "groups"),
    "subgroup": ("subgroup", "groups"),
    "flies": ("flies", "flies"),
    "stars": ("stars", "stars"),
}
"""Facet to the column that is counted and the filter it stands for."""


def search_products(
    parsed: ParsedQuery,
    query: SearchQuery,
    *,
    on: dt.date,
    first: int,
    size: int,
    with_facets: bool = True,
) -> ResultPage:
    """Products on sale on a day, in the order of the query, and their facets.

    Four queries, or two without facets.
    """
    filters = query.filters
    matching = filter_price(
        filter_words(Product.objects.on_sale(on=on), parsed, query.language), filters
    )
    facets: dict[str, dict[str, int]] = {}
    total = None
    if with_facets:
        prices = Filters(price_min=filters.price_min, price_max=filters.price_max)
        key = (parsed, query.language, prices, on)
        counts = cache_if_many(("counts", *key), lambda: count_cells(matching))
        point_counts: Counter[Cell] = Counter()
        if counts:
            point_counts = cache_if_many(
                ("points", *key), lambda: count_cells_at_points(matching)
            )
        facets = sum_facets(counts, point_counts, filters)
        total = sum_total(counts, point_counts, filters)
    if not size or total == 0:
        return ResultPage(total=total or 0, facets=facets)

    def fetch(span: slice) -> list[Hit]:
        found = sort_products(filter_facets(matching, filters), query, parsed)
        return fetch_hits(found, query.language, span)

    is_deep = first + size > CACHED_PAGES * PAGE_SIZE
    if total is None or total < MANY or is_deep:
        page = fetch(slice(first, first + size))
    else:
        leading = cache_if_many(
            ("hits", query.sort, query.near, parsed, query.language, filters, on),
            lambda: fetch(slice(0, CACHED_PAGES * PAGE_SIZE)),
        )
        page = leading[first : first + size]
    return ResultPage(tuple(page), len(page) if total is None else total, facets)


def fetch_hits(products: QuerySet, language: str, span: slice) -> list[Hit]:
    titles = ["title", "title_en"]
    if language == "en":
        titles.reverse()
    with translation.override(language):
        return [
            Hit(
                kind="product",
                id=pk,
                slug=slug,
                title=title,
                url=reverse("product", args=[slug]),
                names=pad_words(fold_words(other)),
                title_words=pad_words(fold_words(title)),
            )
            for pk, slug, title, other in products.values_list("pk", "slug", *titles)[
                span
            ]
        ]


def search_others(
    parsed: ParsedQuery,
    *,
    language: str,
    kinds: Iterable[str],
    first: int,
    size: int,
) -> ResultPage:
    """Items that are no products, by points or by name. One query."""
    found = SearchEntry.objects.filter(
        kind__in=[kind for kind in kinds if kind != Kind.PRODUCT], language=language
    )
    order: str | InAlphabet = InAlphabet("display_title")
    if parsed.terms:
        found = found.filter(
            filter_alternatives(parsed, ""), Q(MatchesWords("", parsed))
        ).annotate(score=sum_points(parsed, ""))
        order = "-score"
    rank = Case(
        *(When(kind=kind, then=rank) for rank, kind in enumerate(KINDS)), default=9
    )
    fields = ("kind", "object_id", "slug", "display_title", "url", "summary", "names")
    page = (
        found.annotate(total=Window(Count("pk")))
        .order_by(order, rank, "object_id")
        .values_list(*fields, "title", "total")[first : first + size]
    )
    rows = list(page)
    total = rows[0][-1] if rows else found.count() if first else 0
    return ResultPage(tuple(Hit(*row[:-1]) for row in rows), total)


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
    """The first products, and the best of everything else."""
    return search_products(
        parsed, query, on=on, first=0, size=size, with_facets=with_facets
    ), search_others(
        parsed, language=query.language, kinds=kinds, first=0, size=others_size
    )


# --- Words ---------------------------------------------------------------------------


def filter_words(products: QuerySet, parsed: ParsedQuery, language: str) -> QuerySet:
    if not parsed.terms:
        return products
    return products.filter(
        filter_alternatives(parsed, "search_entries__"),
        Q(MatchesWords("search_entries__", parsed)),
        search_entries__language=language,
    )


class MatchesWords(Func):
    """Whether an entry matches enough terms, by the full-text index.

    It is given the entry's id: Django does not know of the index, see search.schema.
    """

    output_field = BooleanField()

    def __init__(self, path: str, parsed: ParsedQuery) -> None:
        super().__init__(F(f"{path}id"))
        self.parsed = parsed

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        (entry,) = self.source_expressions
        column, parameters = compiler.compile(entry)
        words = build_expression(self.parsed, " AND ", " OR ", '"{}"', '"{}"*')
        matching = "SELECT rowid FROM search_fulltext WHERE search_fulltext MATCH %s"
        return f"{column} IN ({matching})", (*parameters, words)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        (entry,) = self.source_expressions
        column, parameters = compiler.compile(entry)
        words = build_expression(self.parsed, " & ", " | ", "'{}'", "'{}':*")
        lexemes = column.removesuffix('"id"') + "lexemes"
        return f"{lexemes} @@ %s::tsquery", (*parameters, words)


def build_expression(
    parsed: ParsedQuery, all_: str, any_: str, whole: str, prefix: str
) -> str:
    """The required terms in the syntax of an index. Words are letters and digits."""

    def format_alternative(alternative: Alternative) -> str:
        *before, last = alternative.words
        words = [whole.format(word) for word in before]
        words.append((prefix if alternative.is_prefix else whole).format(last))
        return f"({all_.join(words)})"

    terms = [
        f"({any_.join(map(format_alternative, term.alternatives))})"
        for term in parsed.required
        if term.alternatives
    ]
    if parsed.minimum_should_match is None:
        return all_.join(terms)
    some = combinations(terms, min(parsed.minimum_should_match, len(terms)))
    return any_.join(f"({all_.join(one)})" for one in some)


def filter_alternatives(parsed: ParsedQuery, path: str) -> Q:
    """What the index cannot match: phrases, and words in one field of an entry."""
    terms = [term for term in parsed.required if term.alternatives]
    conditions = [
        reduce(or_, (matches_field(one, path) for one in term.alternatives))
        if any(one.field != "text" or one.is_phrase for one in term.alternatives)
        else Q()
        for term in terms
    ]
    if parsed.minimum_should_match is None:
        return reduce(and_, conditions, Q())
    some = combinations(conditions, min(parsed.minimum_should_match, len(conditions)))
    return reduce(or_, (reduce(and_, one, Q()) for one in some), Q())


def matches_field(alternative: Alternative, path: str) -> Q:
    """Whether an alternative matches where it has to."""
    if alternative.field == "names":
        return matches(alternative, f"{path}title") | matches(
            alternative, f"{path}names"
        )
    if alternative.written:
        alternative = replace(alternative, words=alternative.written)
    return matches(alternative, path + alternative.field)


def contains(column: str, words: str) -> Q:
    return Q(GreaterThan(StrIndex(F(column), Value(words)), 0))


def matches(
    alternative: Alternative, column: str, *, is_prefix: bool | None = None
) -> Q:
    """Whether all words of an alternative are in a column, the last maybe a prefix."""
    is_prefix = alternative.is_prefix if is_prefix is None else is_prefix
    end = "" if is_prefix else " "
    if alternative.is_phrase:
        return contains(column, f" {alternative.text}{end}")
    *before, last = alternative.words
    condition = contains(column, f" {last}{end}")
    for word in before:
        condition &= contains(column, f" {word} ")
    return condition


# --- Relevance -----------------------------------------------------------------------


def sum_points(parsed: ParsedQuery, path: str) -> Combinable:
    """The points of an entry."""
    total: Any = F(f"{path}brevity") * BREVITY_POINTS
    for term in parsed.terms:
        if term.alternatives:
            total += get_term_points(term, path)
        for word in term.words:
            points = ACCENTED_POINTS if word.accented else UNACCENTED_POINTS
            total += points_if(contains(f"{path}accents", f" {word.typed} "), points)
    for pair in parsed.word_pairs:
        for field, points in WORD_PAIR_POINTS.items():
            total += points_if(contains(f"{path}{field}", f" {pair} "), points)
    names = [f" {name} " for name in parsed.full_names]
    return total + points_if(Q(**{f"{path}title__in": names}), FULL_NAME_POINTS)


def points_if(condition: Q, points: float) -> Case:
    return Case(
        When(condition, then=Value(float(points))),
        default=0.0,
        output_field=FloatField(),
    )


def get_term_points(term: Term, path: str) -> Case:
    """The points of the best alternative of a term in the best field."""
    cases: list[tuple[float, Q]] = []
    for alternative in term.alternatives:
        weight = alternative.weight * len(term.typed)
        for field, field_points in FIELD_POINTS.items():
            points = weight * field_points
            whole = matches(alternative, path + field, is_prefix=False)
            cases.append((points, whole))
            if alternative.is_prefix:
                prefix = matches(alternative, path + field)
                cases.append((points * PREFIX_FACTOR, prefix))
    cases.sort(key=lambda case: -case[0])
    return Case(
        *(When(condition, then=Value(points)) for points, condition in cases),
        default=0.0,
        output_field=FloatField(),
    )


def sort_products(
    products: QuerySet, query: SearchQuery, parsed: ParsedQuery
) -> QuerySet:
    """Sorted by the query, and by relevance where the sort leaves ties.

    The last key is unique, so that pages neither repeat nor lose a product.
    """
    if query.sort in ("price", "-price"):
        sign = "-" if query.sort == "-price" else ""
        return products.order_by(f"{sign}price_vnd", "pk")
    if query.sort == "name":
        entries = SearchEntry.objects.filter(
            product=OuterRef("pk"), language=query.language
        ).values("display_title")
        return products.order_by(InAlphabet(Subquery(entries[:1])), "pk")
    if parsed.terms:
        products = products.annotate(
            score=sum_points(parsed, "search_entries__") + F("stars") * STAR_POINTS
        )
    keys = ["-score"] if parsed.terms else []
    if query.sort == "stars":
        return products.order_by("-stars", *keys, "pk")
    if query.near:
        is_near = is_available_at(query.near)
        if parsed.terms:
            products = products.annotate(
                nearer=F("score") + points_if(Q(is_near), NEAR_POINTS)
            )
            keys = ["-nearer"]
        else:
            products = products.annotate(is_near=is_near)
            keys = ["-is_near"]
    if not parsed.terms:
        keys.append("-stars")
    return products.order_by(*keys, "pk")


# --- Filters and facets --------------------------------------------------------------


def filter_price(products: QuerySet, filters: Filters) -> QuerySet:
    if filters.price_min is not None:
        products = products.filter(price_vnd__gte=filters.price_min)
    if filters.price_max is not None:
        products = products.filter(price_vnd__lte=filters.price_max)
    return products


def filter_facets(products: QuerySet, filters: Filters) -> QuerySet:
    if filters.districts:
        products = products.filter(commune__parent__slug__in=filters.districts)
    if filters.groups:
        products = products.filter(
            Q(group__in=filters.groups) | Q(subgroup__in=filters.groups)
        )
    if filters.stars:
        products = products.filter(stars__in=filters.stars)
    if filters.flies:
        products = products.filter(flies__in=filters.flies)
    if filters.point:
        products = products.filter(is_available_at(filters.point))
    return products


def is_available_at(point: str) -> Exists:
    """Whether units of the product are available at the point with that slug."""
    return Exists(
        free_records(at=timezone.now()).filter(
            product=OuterRef("pk"), partner__sales_point__slug=point
        )
    )


Cell = tuple[Any, ...]
"""Values of FACETS in their order; at points, the slug of the point follows."""

COLUMNS = [column for column, _filter in FACETS.values()]


def count_cells(products: QuerySet, *columns: str) -> Counter[Cell]:
    """How many products there are of each combination of facets. One query."""
    rows = products.order_by().values_list(*COLUMNS, *columns)
    return Counter(
        {tuple(cell): number for *cell, number in rows.annotate(number=Count("pk"))}
    )


def count_cells_at_points(products: QuerySet) -> Counter[Cell]:
    """The same for what is available at each point. One query."""
    available = products.filter(stockrecords__in=free_records(at=timezone.now()))
    return count_cells(available, "stockrecords__partner__sales_point__slug")


def passes(cell: Cell, filters: Filters, *, ignore: str = "") -> bool:
    """Whether products of a combination pass all filters, or all but one."""
    district, group, subgroup, flies, stars = cell[:5]
    return (
        (
            ignore == "districts"
            or not filters.districts
            or district in filters.districts
        )
        and (
            ignore == "groups"
            or not filters.groups
            or group in filters.groups
            or subgroup in filters.groups
        )
        and (ignore == "flies" or not filters.flies or flies in filters.flies)
        and (ignore == "stars" or not filters.stars or stars in filters.stars)
        and (ignore == "point" or not filters.point or cell[5:] == (filters.point,))
    )


def sum_facets(
    counts: Counter[Cell], point_counts: Counter[Cell], filters: Filters
) -> dict[str, dict[str, int]]:
    """Counts of every facet under all other filters."""
    facets: dict[str, Counter[str]] = {}
    cells = point_counts if filters.point else counts
    for index, (facet, (_column, own_filter)) in enumerate(FACETS.items()):
        for cell, number in cells.items():
            if passes(cell, filters, ignore=own_filter):
                facets.setdefault(facet, Counter())[str(cell[index])] += number
    for cell, number in point_counts.items():
        if passes(cell, filters, ignore="point"):
            facets.setdefault("point", Counter())[str(cell[5])] += number
    return {facet: dict(counted) for facet, counted in facets.items()}


def sum_total(
    counts: Counter[Cell], point_counts: Counter[Cell], filters: Filters
) -> int:
    cells = point_counts if filters.point else counts
    return sum(number for cell, number in cells.items() if passes(cell, filters))


def cache_if_many(key: tuple[object, ...], compute: Callable[[], Any]) -> Any:
    """What is computed, up to a minute old if it is of at least MANY products."""
    name = "search:" + hashlib.sha256(repr(key).encode()).hexdigest()[:40]
    cached = cache.get(name)
    if cached is None:
        cached = compute()
        number = sum(cached.values()) if isinstance(cached, Counter) else MANY
        if number >= MANY:
            cache.set(name, cached, CACHE_S)
    return cached
