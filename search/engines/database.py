"""The project's own database answers."""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import Cast
from django.utils import timezone

from catalogue.models import Product
from catalogue.text import fold
from search.models import SearchEntry
from search.question import PAGE_SIZE, Answer, Filters, Question
from stores.queries import free_records

FACETS = {
    "district": ("districts", "commune__parent__slug"),
    "group": ("groups", "group"),
    "subgroup": ("groups", "subgroup"),
    "stars": ("stars", "stars"),
    "flies": ("flies", "flies"),
    "point": ("point", "stockrecords__partner__sales_point__slug"),
}
"""Facet to the filter it stands for and the column that is counted."""


LEADING_WORDS = 4
"""As many words asked for decide which names lead; the rest only have to be found."""


def answer(question: Question, *, on: dt.date) -> Answer:
    """The products on sale on a day that fit the question. Two queries, or four when
    the text has to be read more loosely."""
    words = re.findall(r"\w+", fold(question.text))
    found = page_of(question, words, any_word=False, on=on)
    relaxed = False
    if not found and len(words) > 1 and is_relaxed(question, words, on=on):
        found = page_of(question, words, any_word=True, on=on)
        relaxed = bool(found)
    return Answer(
        product_ids=tuple(pk for pk, _total in found),
        total=found[0][1] if found else 0,
        facets=facets_of(question, words, any_word=relaxed, on=on),
        relaxed=relaxed,
    )


def is_relaxed(question: Question, words: list[str], *, on: dt.date) -> bool:
    """Whether not even the first page has all the words together."""
    first = replace(question, page=1)
    return question.page == 1 or not page_of(first, words, any_word=False, on=on)


def page_of(
    question: Question, words: list[str], *, any_word: bool, on: dt.date
) -> list[tuple[int, int]]:
    """The ids of a page's products, each beside how many there are on all pages."""
    first = (question.page - 1) * PAGE_SIZE
    matching = narrowed(
        with_words(Product.objects.on_sale(on=on), words, any_word=any_word),
        question.filters,
        on=on,
    )
    ordered = in_order(matching, question, words, on=on)
    return list(
        ordered.annotate(total=Window(Count("pk"))).values_list("pk", "total")[
            first : first + PAGE_SIZE
        ]
    )


def with_words(products: QuerySet, words: list[str], *, any_word: bool) -> QuerySet:
    """Products that have all the words, or any of them.

    Where all are wanted a word may be begun only; any one of them has to be whole.
    """
    condition = Q()
    for word in words:
        has_it = Q(has_word("text", f" {word} " if any_word else f" {word}"))
        condition = condition | has_it if any_word else condition & has_it
    return products.filter(condition) if words else products


def has_word(column: str, word: str) -> Exists:
    entries = SearchEntry.objects.filter(product=OuterRef("pk"))
    return Exists(entries.filter(**{f"{column}__contains": word}))


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
    if filters.price_min is not None:
        products = products.filter(price_vnd__gte=filters.price_min)
    if filters.price_max is not None:
        products = products.filter(price_vnd__lte=filters.price_max)
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


def in_order(
    products: QuerySet, question: Question, words: list[str], *, on: dt.date
) -> QuerySet:
    """Sorted as asked; names with the words asked for lead.

    The last key is unique, so that pages neither repeat nor lose a product.
    """
    keys: list[str] = []
    for number, word in enumerate(words[:LEADING_WORDS]):
        products = products.annotate(
            **{f"named_{number}": has_word("title", f" {word}")}
        )
        keys.append(f"-named_{number}")
    if question.sort == "price":
        keys = ["price_vnd"]  # a price is asked for instead of what fits best
    elif question.sort == "-price":
        keys = ["-price_vnd"]
    elif question.sort == "name":
        titles = SearchEntry.objects.filter(
            product=OuterRef("pk"), language=question.language
        ).values("title")[:1]
        products = products.annotate(folded=titles)
        keys = ["folded"]
    elif question.sort == "stars":
        keys.append("-stars")
    elif question.near:
        products = products.annotate(is_near=lies_at(question.near, on=on))
        keys += ["-is_near", "-stars"]
    return products.order_by(*keys, "pk")


def facets_of(
    question: Question, words: list[str], *, any_word: bool, on: dt.date
) -> dict[str, dict[str, int]]:
    """Counts of every facet under all other filters, in one query."""
    counts = []
    for facet, (filter_name, column) in FACETS.items():
        nothing: dict[str, Any] = {filter_name: None if facet == "point" else ()}
        others = replace(question.filters, **nothing)
        products = narrowed(
            with_words(Product.objects.on_sale(on=on), words, any_word=any_word),
            others,
            on=on,
        )
        if facet == "point":
            products = products.filter(stockrecords__in=free_records(at=timezone.now()))
        counts.append(
            products.order_by()
            .annotate(
                facet=Value(facet, CharField()), value=Cast(F(column), CharField())
            )
            .values("facet", "value")
            .annotate(count=Count("pk", distinct=True))
            .values_list("facet", "value", "count")
        )
    facets: dict[str, dict[str, int]] = defaultdict(dict)
    for facet, value, count in counts[0].union(*counts[1:], all=True):
        facets[facet][value] = count
    return dict(facets)
