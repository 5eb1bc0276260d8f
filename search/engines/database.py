"""The project's own database answers: SQLite's FTS5 or PostgreSQL's GIN index.

Both are asked for whole words and beginnings only; whatever else the question may mean
was worked out before. Plain SQL and no search backend of a library, because what is
sold, where it lies and what it is called have to be asked for in one query.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
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
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.models import Product
from search.engines import Goods, Others, Row
from search.models import Kind, SearchEntry
from search.question import KINDS, PAGE_SIZE, Filters, Hit, Question
from search.reading import POINTS, Alternative, Reading, Term
from search.words import words_of
from stores.queries.free import free_records

MANY = 4_000
"""From so many products on, counts and first pages may be a minute old."""

KEPT_S = 60
KEPT_PAGES = 20

FACETS = {
    "district": ("commune__parent__slug", "districts"),
    "group": ("group", "groups"),
    "subgroup": ("subgroup", "groups"),
    "flies": ("flies", "flies"),
    "stars": ("stars", "stars"),
}
"""Facet to the column that is counted and the filter it stands for."""


def goods(
    reading: Reading,
    question: Question,
    *,
    on: dt.date,
    first: int,
    number: int,
    with_facets: bool = True,
) -> Goods:
    """Products on sale on a day, in the order asked for, and the facets of them all.

    Four queries, or two without facets.
    """
    matching = with_price(
        with_words(Product.objects.on_sale(on=on), reading, question.language),
        question.filters,
    )
    key = (reading, question.language, question.filters, on)
    if with_facets:
        asked = (reading, question.language, prices(question.filters), on)
        counts = kept(("counts", *asked), lambda: counts_of(matching))
        at_points: Counter[Cell] = Counter()
        if counts:
            at_points = kept(
                ("points", *asked), lambda: counts_at_points(matching, on=on)
            )
        facets = facets_of(counts, at_points, question.filters)
        total = total_of(counts, at_points, question.filters)
    else:
        facets, total = {}, None
    if not number or total == 0:
        return Goods(total=total or 0, facets=facets)

    def hits(until: int | None = None) -> list[Hit]:
        there = narrowed(matching, question.filters, on=on)
        ordered = in_order(there, question, reading, on=on)
        span = slice(0, until) if until else slice(first, first + number)
        titles = ["title", "title_en"]
        if question.language == "en":
            titles.reverse()
        return [
            Hit(
                kind="product",
                id=pk,
                slug=slug,
                title=title,
                url=url_of(slug, question.language),
                names=f" {' '.join(words_of(other))} ",
            )
            for pk, slug, title, other in ordered.values_list("pk", "slug", *titles)[
                span
            ]
        ]

    far = first + number > KEPT_PAGES * PAGE_SIZE
    if total is None or total < MANY or far:
        page = hits()
    else:
        leading = kept(
            ("hits", question.sort, question.near, *key),
            lambda: hits(KEPT_PAGES * PAGE_SIZE),
        )
        page = leading[first : first + number]
    return Goods(tuple(page), len(page) if total is None else total, facets)


def others(
    reading: Reading,
    *,
    language: str,
    kinds: Iterable[str],
    first: int,
    number: int,
) -> Others:
    """Everything that is no product, by points, or by name. One query."""
    found = SearchEntry.objects.filter(
        kind__in=[kind for kind in kinds if kind != Kind.PRODUCT], language=language
    )
    keys = ["title"]
    if reading.terms:
        found = found.filter(together(reading, ""), Q(HasWords("", reading))).annotate(
            score=score(reading, "")
        )
        keys = ["-score"]
    rank = Case(
        *(When(kind=kind, then=place) for place, kind in enumerate(KINDS)), default=9
    )
    columns = ("kind", "thing", "slug", "shown", "url", "summary", "names", "title")
    page = (
        found.annotate(all=Window(Count("pk")))
        .order_by(*keys, rank, "thing")
        .values_list(*columns, "all")[first : first + number]
    )
    rows = list(page)
    total = rows[0][-1] if rows else found.count() if first else 0
    return Others(tuple(Row(Hit(*row[:7]), row[7]) for row in rows), total)


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
    """The first goods and the best of everything else, one after the other."""
    first_goods = goods(
        reading, question, on=on, first=0, number=number, with_facets=with_facets
    )
    language = question.language
    return first_goods, others(
        reading, language=language, kinds=kinds, first=0, number=most
    )


def url_of(slug: str, language: str) -> str:
    with translation.override(language):
        return reverse("product", args=[slug])


# --- Words ---------------------------------------------------------------------------


def with_words(products: QuerySet, reading: Reading, language: str) -> QuerySet:
    if not reading.terms:
        return products
    return products.filter(
        together(reading, "search_entries__"),
        Q(HasWords("search_entries__", reading)),
        search_entries__language=language,
    )


class HasWords(Func):
    """Whether an entry has enough of the terms, out of the database's own index.

    Made of the entry's id: the index is beside the columns that Django knows of, see
    search.schema.
    """

    output_field = BooleanField()

    def __init__(self, path: str, reading: Reading) -> None:
        super().__init__(F(f"{path}id"))
        self.reading = reading

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        (entry,) = self.source_expressions
        column, parameters = compiler.compile(entry)
        words = expression(self.reading, " AND ", " OR ", '"{}"', '"{}"*')
        matching = "SELECT rowid FROM search_fulltext WHERE search_fulltext MATCH %s"
        return f"{column} IN ({matching})", (*parameters, words)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        (entry,) = self.source_expressions
        column, parameters = compiler.compile(entry)
        words = expression(self.reading, " & ", " | ", "'{}'", "'{}':*")
        lexemes = column.removesuffix('"id"') + "lexemes"
        return f"{lexemes} @@ %s::tsquery", (*parameters, words)


def expression(reading: Reading, and_: str, or_: str, whole: str, begun: str) -> str:
    """The needed terms in the index's own language. Words hold letters and digits."""

    def of_alternative(alternative: Alternative) -> str:
        *before, last = alternative.words
        words = [whole.format(word) for word in before]
        words.append((begun if alternative.begun else whole).format(last))
        return f"({and_.join(words)})"

    terms = [
        f"({or_.join(map(of_alternative, term.alternatives))})"
        for term in reading.needed
        if term.alternatives
    ]
    if reading.enough is None:
        return and_.join(terms)
    some = combinations(terms, min(reading.enough, len(terms)))
    return or_.join(f"({and_.join(one)})" for one in some)


def together(reading: Reading, path: str) -> Q:
    """What the index cannot tell: that words of a synonym stand side by side."""
    condition = Q()
    if reading.enough is not None:
        return condition
    for term in reading.needed:
        if any(other.together and len(other.words) > 1 for other in term.alternatives):
            any_of = Q()
            for alternative in term.alternatives:
                any_of |= stands(alternative, f"{path}text")
            condition &= any_of
    return condition


def has(column: str, words: str) -> Q:
    return Q(GreaterThan(StrIndex(F(column), Value(words)), 0))


def stands(alternative: Alternative, column: str, *, begun: bool | None = None) -> Q:
    """Whether all words of an alternative stand in a column, the last maybe begun."""
    begun = alternative.begun if begun is None else begun
    if alternative.together:
        return has(column, f" {alternative.phrase}{'' if begun else ' '}")
    *before, last = alternative.words
    condition = has(column, f" {last}{'' if begun else ' '}")
    for word in before:
        condition &= has(column, f" {word} ")
    return condition


# --- Points --------------------------------------------------------------------------


def score(reading: Reading, path: str) -> Combinable:
    """The points of a row, by the columns of its entry."""
    total: Any = F(f"{path}brevity") * POINTS.brevity
    for term in reading.terms:
        if term.alternatives:
            total += points_of(term, path)
        for word in term.written:
            points = POINTS.accents if word.accented else POINTS.bare
            total += worth(has(f"{path}accents", f" {word.typed} "), points)
    for pair in reading.neighbours:
        total += worth(has(f"{path}title", f" {pair} "), POINTS.neighbours)
        total += worth(has(f"{path}text", f" {pair} "), POINTS.neighbours_in_text)
    names = [f" {name} " for name in reading.whole_names]
    whole = Q(**{f"{path}title__in": names})
    return total + worth(whole, POINTS.whole_title)


def worth(condition: Q, points: float) -> Case:
    return Case(
        When(condition, then=Value(points)), default=0.0, output_field=FloatField()
    )


def points_of(term: Term, path: str) -> Case:
    """What a term earns: its best alternative in the best place."""
    chances: list[tuple[float, Q]] = []
    for alternative in term.alternatives:
        weight = alternative.weight * len(term.typed)
        for column in ("title", "names", "text"):
            points = weight * getattr(POINTS, column)
            whole = stands(alternative, path + column, begun=False)
            chances.append((points, whole))
            if alternative.begun:
                begun = stands(alternative, path + column)
                chances.append((points * POINTS.begun, begun))
    chances.sort(key=lambda chance: -chance[0])
    return Case(
        *(When(condition, then=Value(points)) for points, condition in chances),
        default=0.0,
        output_field=FloatField(),
    )


def in_order(
    products: QuerySet, question: Question, reading: Reading, *, on: dt.date
) -> QuerySet:
    """Sorted as asked; what fits the words best leads where nothing else is asked.

    The last key is unique, so that pages neither repeat nor lose a product.
    """
    if reading.terms:
        products = products.annotate(
            score=score(reading, "search_entries__") + F("stars") * POINTS.star
        )
    if question.sort in ("price", "-price"):
        sign = "-" if question.sort == "-price" else ""
        return products.order_by(f"{sign}price_vnd", "pk")
    if question.sort == "name":
        titles = SearchEntry.objects.filter(
            product=OuterRef("pk"), language=question.language
        ).values("title")[:1]
        return products.annotate(folded=titles).order_by("folded", "pk")
    keys = ["-score"] if reading.terms else []
    if question.sort == "stars":
        return products.order_by("-stars", *keys, "pk")
    if question.near:
        there = lies_at(question.near, on=on)
        if reading.terms:
            products = products.annotate(
                nearer=F("score") + worth(Q(there), POINTS.near)
            )
            keys = ["-nearer"]
        else:
            products = products.annotate(is_near=there)
            keys = ["-is_near"]
    if not reading.terms:
        keys.append("-stars")
    return products.order_by(*keys, "pk")


# --- Filters and facets --------------------------------------------------------------


def prices(filters: Filters) -> Filters:
    return Filters(price_min=filters.price_min, price_max=filters.price_max)


def with_price(products: QuerySet, filters: Filters) -> QuerySet:
    if filters.price_min is not None:
        products = products.filter(price_vnd__gte=filters.price_min)
    if filters.price_max is not None:
        products = products.filter(price_vnd__lte=filters.price_max)
    return products


def narrowed(products: QuerySet, filters: Filters, *, on: dt.date) -> QuerySet:
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
        products = products.filter(lies_at(filters.point, on=on))
    return products


def lies_at(point: str, *, on: dt.date) -> Exists:
    """Whether something of the product is free at the point of that slug."""
    return Exists(
        free_records(at=timezone.now()).filter(
            product=OuterRef("pk"), partner__sales_point__slug=point
        )
    )


Cell = tuple[Any, ...]
"""Values of FACETS in their order; at points, the slug of the point follows."""


def counts_of(products: QuerySet) -> Counter[Cell]:
    """How many there are of each combination of facets. One query."""
    columns = [column for column, _filter in FACETS.values()]
    rows = products.order_by().values_list(*columns).annotate(number=Count("pk"))
    return Counter({tuple(cell): number for *cell, number in rows})


def counts_at_points(products: QuerySet, *, on: dt.date) -> Counter[Cell]:
    """The same for what lies free at each point. One query."""
    columns = [column for column, _filter in FACETS.values()]
    rows = (
        products.filter(stockrecords__in=free_records(at=timezone.now()))
        .order_by()
        .values_list(*columns, "stockrecords__partner__sales_point__slug")
        .annotate(number=Count("pk"))
    )
    return Counter({tuple(cell): number for *cell, number in rows})


def fits(cell: Cell, filters: Filters, *, but: str = "") -> bool:
    """Whether goods of a combination pass all filters, or all but one."""
    district, group, subgroup, flies, stars = cell[:5]
    return (
        (but == "districts" or not filters.districts or district in filters.districts)
        and (
            but == "groups"
            or not filters.groups
            or group in filters.groups
            or subgroup in filters.groups
        )
        and (but == "flies" or not filters.flies or flies in filters.flies)
        and (but == "stars" or not filters.stars or stars in filters.stars)
        and (but == "point" or not filters.point or cell[5:] == (filters.point,))
    )


def facets_of(
    counts: Counter[Cell], at_points: Counter[Cell], filters: Filters
) -> dict[str, dict[str, int]]:
    """Counts of every facet under all other filters."""
    facets: dict[str, Counter[str]] = {}
    cells = at_points if filters.point else counts
    for place, (facet, (_column, own)) in enumerate(FACETS.items()):
        for cell, number in cells.items():
            if fits(cell, filters, but=own):
                facets.setdefault(facet, Counter())[str(cell[place])] += number
    for cell, number in at_points.items():
        if fits(cell, filters, but="point"):
            facets.setdefault("point", Counter())[str(cell[5])] += number
    return {facet: dict(counted) for facet, counted in facets.items()}


def total_of(counts: Counter[Cell], at_points: Counter[Cell], filters: Filters) -> int:
    cells = at_points if filters.point else counts
    return sum(number for cell, number in cells.items() if fits(cell, filters))


def kept(key: tuple[object, ...], compute: Callable[[], Any]) -> Any:
    """What is computed, from a minute ago where it is of very many products."""
    name = "search:" + hashlib.sha256(repr(key).encode()).hexdigest()[:40]
    found = cache.get(name)
    if found is None:
        found = compute()
        many = sum(found.values()) if isinstance(found, Counter) else MANY
        if many >= MANY:
            cache.set(name, found, KEPT_S)
    return found
