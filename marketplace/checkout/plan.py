"""Who hands over what: the ways in which a basket can reach its buyer."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from marketplace.checkout.basket.queries import BasketLine, Contents, points_with_all
from marketplace.orders.postage import PROVINCES, Postage, TooHeavy, postage
from stores.models import SalesPoint
from stores.queries.transfers import ready_at

Leads = Mapping[tuple[int, int], int]
"""Hours on the way by the ids of two points, as `lead_times` has it."""

LONGEST_AHEAD = dt.timedelta(days=14)


class CannotBe(Exception):
    """The basket cannot go that way; `lines` are the lines that stand against it."""

    def __init__(self, lines: list[BasketLine]) -> None:
        super().__init__(", ".join(line.product.slug for line in lines))
        self.lines = lines


class NotByThen(Exception):
    """Something has to be brought first; `earliest` is the first day that works."""

    def __init__(self, earliest: dt.date | None) -> None:
        super().__init__(f"not before {earliest}")
        self.earliest = earliest


@dataclass(frozen=True)
class Part:
    """What one point hands over.

    `brought` maps the product ids of lines that lie elsewhere to where they lie;
    `ready_at` is when the last of them has come.
    """

    point: SalesPoint
    lines: list[BasketLine]
    brought: Mapping[int, SalesPoint] = field(default_factory=dict)
    ready_at: dt.datetime | None = None

    @property
    def weight_g(self) -> int:
        return sum(line.product.weight_g * line.quantity for line in self.lines)

    @property
    def price_vnd(self) -> int:
        return sum(line.price_vnd for line in self.lines)

    @property
    def sources(self) -> list[SalesPoint]:
        """The points from which something is brought."""
        return list(dict.fromkeys(self.brought.values()))

    @property
    def brought_lines(self) -> list[tuple[BasketLine, SalesPoint]]:
        """The lines that are brought, each with where it lies."""
        return [
            (line, self.brought[line.product.pk])
            for line in self.lines
            if line.product.pk in self.brought
        ]

    def source_of(self, line: BasketLine) -> SalesPoint:
        """From whose shelf a line is taken."""
        return self.brought.get(line.product.pk, self.point)


def pickup(
    contents: Contents, point: SalesPoint, *, leads: Leads, now: dt.datetime
) -> Part:
    """All of it at one point, brought there where it lacks.

    Raises CannotBe with the lines that neither lie there nor can be brought.
    """
    if not point.offers_pickup:
        raise CannotBe([])
    return gathered(contents, point, leads=leads, now=now)


def room(
    contents: Contents, hotel: SalesPoint, *, leads: Leads, now: dt.datetime
) -> Part:
    """All of it from the booth of the hotel, brought there where it lacks.

    Raises CannotBe with the lines that neither lie there nor can be brought.
    """
    return gathered(contents, hotel, leads=leads, now=now)


def room_on(part: Part, day: dt.date, *, now: dt.datetime) -> Part:
    """The same part, if the booth can carry it up on that day.

    What is brought has to come before the booth closes that day. Raises NotByThen.
    """
    if not can_bring_on(part.point, day, now=now) or day < first_day(part, now=now):
        raise NotByThen(earliest_day(part, now=now))
    return part


def earliest_day(part: Part, *, now: dt.datetime) -> dt.date | None:
    """The first day on which the booth can carry it up; None within two weeks."""
    first = first_day(part, now=now)
    days = (
        first + dt.timedelta(days=number) for number in range(LONGEST_AHEAD.days + 1)
    )
    return next((day for day in days if can_bring_on(part.point, day, now=now)), None)


def first_day(part: Part, *, now: dt.datetime) -> dt.date:
    return timezone.localdate(part.ready_at or now)


def gathered(
    contents: Contents, point: SalesPoint, *, leads: Leads, now: dt.datetime
) -> Part:
    """Everything at one point, as early as can be, from as few points as that allows.

    A line comes whole from one shelf. What needs cooling is not brought.
    """
    lacking = points_with_all(contents, [point])[point.pk]
    ways = {
        line.product.pk: hours_of_sources(line, point, leads=leads, now=now)
        for line in lacking
    }
    cannot = [line for line in lacking if not ways[line.product.pk]]
    if cannot:
        raise CannotBe(cannot)
    if not lacking:
        return Part(point, contents.lines)
    ready = max(min(hours.values()) for hours in ways.values())
    in_time = {
        product: [source for source, hour in hours.items() if hour <= ready]
        for product, hours in ways.items()
    }
    return Part(point, contents.lines, few_sources(in_time), ready)


def hours_of_sources(
    line: BasketLine, point: SalesPoint, *, leads: Leads, now: dt.datetime
) -> dict[SalesPoint, dt.datetime]:
    """When a line could be had at the point from each other that has enough of it."""
    may_be_brought = point.may_sell(line.product) and not line.product.needs_cooling
    if not line.card or not may_be_brought:
        return {}
    found = {}
    for shelf in line.card.shelves:
        hours = leads.get((shelf.point.pk, point.pk))
        if hours is None or shelf.free < line.quantity:
            continue
        ready = ready_at(shelf.point, point, hours=hours, now=now)
        if ready:
            found[shelf.point] = ready
    return found


def few_sources(choices: Mapping[int, list[SalesPoint]]) -> dict[int, SalesPoint]:
    """One of its points for each product, as few different ones as a greedy choice
    finds."""
    left = dict(choices)
    chosen: dict[int, SalesPoint] = {}
    while left:
        serves = Counter(source for sources in left.values() for source in sources)
        best, _number = serves.most_common(1)[0]
        served = [product for product, sources in left.items() if best in sources]
        for product in served:
            chosen[product] = best
            del left[product]
    return chosen


def parcels(contents: Contents, points: Sequence[SalesPoint]) -> list[Part]:
    """As few parcels as a greedy choice finds, each from one point, centres first.

    Raises CannotBe with the lines that are chilled or on no shelf.
    """
    cannot = [
        line for line in contents.lines if line.product.needs_cooling or not line.shelf
    ]
    if cannot:
        raise CannotBe(cannot)
    kinds = SalesPoint.Kind.values
    by_kind = sorted(points, key=lambda point: kinds.index(point.kind))
    left = list(contents.lines)
    found = []
    while left:
        lacking = points_with_all(Contents(left), by_kind)
        best = min(by_kind, key=lambda point: len(lacking[point.pk]))
        lines = [line for line in left if line not in lacking[best.pk]]
        found.append(Part(best, lines))
        left = lacking[best.pk]
    return found


def postage_of(parts: list[Part], province: str) -> Postage:
    """What the parcels cost together, in whole dong, and how long the slowest takes.

    Raises TooHeavy when one of them weighs more than the post takes.
    """
    each = [postage(province=province, weight_g=part.weight_g) for part in parts]
    return Postage(sum(one.price_vnd for one in each), each[0].days)


def postage_everywhere(parts: list[Part]) -> dict[str, Postage]:
    """Province to postage; empty when a parcel is too heavy."""
    try:
        return {province: postage_of(parts, province) for province in PROVINCES}
    except TooHeavy:
        return {}


def can_bring_on(point: SalesPoint, day: dt.date, *, now: dt.datetime) -> bool:
    """Whether the point is open on a day, and still is when the day is today."""
    hours = point.hours_on(day)
    local = timezone.localtime(now)
    if not hours or not local.date() <= day <= local.date() + LONGEST_AHEAD:
        return False
    return day > local.date() or hours[-1][1] > local.time()
