"""Those who answer: one module an engine, each with the functions `goods` and `others`.

Both are given a question already understood (search.reading) and count points alike, so
that they find the same things and nearly in the same order.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from search.question import Hit, Question
from search.reading import Reading


@dataclass(frozen=True)
class Goods:
    """The products of a page, how many there are in all, and the facets of them all."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """Something found that is no product, with the folded words of its title."""

    hit: Hit
    title: str


@dataclass(frozen=True)
class Others:
    """A page of things that are no products, the best first, and how many there are."""

    rows: tuple[Row, ...] = ()
    total: int = 0


class Engine(Protocol):
    """What an engine has to be able to do."""

    def goods(
        self,
        reading: Reading,
        question: Question,
        *,
        on: dt.date,
        first: int,
        number: int,
        with_facets: bool = True,
    ) -> Goods:
        """Products on sale on a day that fit, and what facets they have."""

    def others(
        self,
        reading: Reading,
        *,
        language: str,
        kinds: Iterable[str],
        first: int,
        number: int,
    ) -> Others:
        """Everything else that fits, of these kinds, the best first."""

    def both(
        self,
        reading: Reading,
        question: Question,
        *,
        on: dt.date,
        number: int,
        kinds: Iterable[str],
        most: int,
        with_facets: bool = True,
    ) -> tuple[Goods, Others]:
        """The first goods and the best of everything else, in one go where it can."""
