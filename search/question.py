"""What is asked and what is answered, whichever engine answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PAGE_SIZE = 24
LONGEST_TEXT = 200

SORTS = ("near", "price", "-price", "stars", "name")

KINDS = ("product", "story", "producer", "district", "commune", "sales_point")

SHOWN_OF_A_KIND = 6
"""As many of each other kind stand below the goods."""


@dataclass(frozen=True)
class Filters:
    """Narrowing by facet; several values of one facet widen each other."""

    districts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stars: tuple[int, ...] = ()
    flies: tuple[str, ...] = ()
    point: str | None = None
    price_min: int | None = None
    price_max: int | None = None


@dataclass(frozen=True)
class Question:
    """One question to the market. Prices are whole dong; pages count from 1.

    `kind` is the kind of thing that is wanted page by page; "" is everything, the
    goods first.
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
    """A thing that was found, in the language of the question.

    `names` are the folded words of what else it is called.
    """

    kind: str
    id: int
    slug: str
    title: str
    url: str
    summary: str = ""
    names: str = ""


@dataclass(frozen=True)
class Answer:
    """One page of hits in their order, and what there is besides.

    `facets` maps district, group, stars, flies and point to value and count; a facet's
    counts leave its own filter out. `relaxed` says that not all words were found
    together, so that some of them were enough. `did_you_mean` is what was taken for
    meant where it is not what was typed. `others` are the best hits of every other kind
    than goods, `marked` the words to mark in what is shown. `goods` is how many of the
    total are products; `named` whether anything else bears the name asked for.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    relaxed: bool = False
    did_you_mean: str | None = None
    others: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)
    marked: tuple[str, ...] = ()
    goods: int = 0
    named: bool = False

    @property
    def product_ids(self) -> tuple[int, ...]:
        return tuple(hit.id for hit in self.hits if hit.kind == "product")

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))
