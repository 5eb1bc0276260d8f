"""What is searched for and what is found, whichever engine answers."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from catalogue.text import fold
from search.parsing.filters import TextFilter
from search.parsing.query import ParsedQuery
from search.parsing.words import APOSTROPHES, WORD

PAGE_SIZE = 24
MAX_TEXT_LENGTH = 200

SORTS = ("near", "price", "-price", "stars", "name")

KINDS = ("product", "story", "producer", "district", "commune", "sales_point")

OTHERS_PER_KIND = 6
"""How many hits of each other kind are listed below the products."""


@dataclass(frozen=True)
class Filters:
    """Values of each facet; several values of one facet widen the results."""

    districts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stars: tuple[int, ...] = ()
    flies: tuple[str, ...] = ()
    point: str | None = None
    price_min: int | None = None
    price_max: int | None = None


@dataclass(frozen=True)
class SearchQuery:
    """One search. Prices are whole dong; pages count from 1.

    `kind` is the kind of item that is listed page by page; "" is every kind, products
    first.
    """

    text: str = ""
    language: str = "vi"
    filters: Filters = field(default_factory=Filters)
    sort: str = "near"
    near: str | None = None
    page: int = 1
    kind: str = "product"


@dataclass(frozen=True)
class Hit:
    """An item that was found, in the language of the query.

    `title_words` and `names` are the folded words of its name and of its other names,
    as `pad_words` makes them.
    """

    kind: str
    id: int
    slug: str
    title: str
    url: str
    summary: str = ""
    names: str = ""
    title_words: str = ""

    def is_named(self, parsed: ParsedQuery) -> bool:
        """Whether every required term matches the names of the item."""
        names = f"{self.title_words} {self.names}"
        return all(
            any(alternative.matches(names) for alternative in term.alternatives)
            for term in parsed.required
        )


@dataclass(frozen=True)
class ResultPage:
    """The hits of one page, how many there are in all, and the facets of them all."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResults:
    """One page of hits in order, and what there is besides.

    `facets` maps district, group, subgroup, stars, flies and point to value and count;
    the counts of a facet ignore its own filter. `relaxed`: not all words were found
    together, so that some of them were enough. `did_you_mean` is the corrected text if
    it differs from what was typed. `other_hits` are the best hits of every kind but
    products, by kind; `highlighted_words` see ParsedQuery. `product_total` is how many
    of the total are products; `has_named_hit`: something else has the name searched
    for. `text_filters` are the filters that the text itself contained.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    relaxed: bool = False
    did_you_mean: str | None = None
    other_hits: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)
    highlighted_words: tuple[str, ...] = ()
    product_total: int = 0
    has_named_hit: bool = False
    text_filters: tuple[TextFilter, ...] = ()

    @property
    def product_ids(self) -> tuple[int, ...]:
        return tuple(hit.id for hit in self.hits if hit.kind == "product")

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


class Engine(Protocol):
    """What `search.database` and `search.elasticsearch` provide.

    Both find the same items and count the same facets; each ranks in its own way.
    """

    def search_products(
        self,
        parsed: ParsedQuery,
        query: SearchQuery,
        *,
        on: dt.date,
        first: int,
        size: int,
        with_facets: bool = True,
    ) -> ResultPage:
        """Products on sale on a day that match, and their facets."""

    def search_others(
        self,
        parsed: ParsedQuery,
        *,
        language: str,
        kinds: Iterable[str],
        first: int,
        size: int,
    ) -> ResultPage:
        """Items of these kinds that are no products, the best first."""

    def search_all(
        self,
        parsed: ParsedQuery,
        query: SearchQuery,
        *,
        on: dt.date,
        size: int,
        kinds: Iterable[str],
        others_size: int,
        with_facets: bool = True,
    ) -> tuple[ResultPage, ResultPage]:
        """The first products and the best of everything else, if possible at once."""


def highlight(text: str, words: tuple[str, ...]) -> SafeString:
    """The text as HTML, with the words of ParsedQuery.highlighted_words marked."""
    whole = {word for word in words if not word.endswith("*")}
    prefixes = tuple(word[:-1] for word in words if word.endswith("*"))
    pieces: list[str] = []
    position = 0
    for match in WORD.finditer(text):
        word = fold(APOSTROPHES.sub("", match.group()))
        if word in whole or (prefixes and word.startswith(prefixes)):
            pieces.append(conditional_escape(text[position : match.start()]))
            pieces.append(format_html("<mark>{}</mark>", match.group()))
            position = match.end()
    pieces.append(conditional_escape(text[position:]))
    return mark_safe("".join(pieces))  # noqa: S308  (every piece is escaped)
