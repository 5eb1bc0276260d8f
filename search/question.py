"""What is asked and what is answered, whichever engine answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PAGE_SIZE = 24
LONGEST_TEXT = 200

SORTS = ("near", "price", "-price", "stars", "name")


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
    """One question to the market. Prices are whole dong; pages count from 1."""

    text: str = ""
    language: str = "vi"
    filters: Filters = field(default_factory=Filters)
    sort: str = "near"
    near: str | None = None
    page: int = 1


@dataclass(frozen=True)
class Answer:
    """Product ids of one page in their order, and what there is besides.

    `facets` maps district, group, stars, flies and point to value and count; a facet's
    counts leave its own filter out. `relaxed` says that not all words were found
    together, so that any of them was enough. `did_you_mean` is a text to ask instead.
    """

    product_ids: tuple[int, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    relaxed: bool = False
    did_you_mean: str | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))
