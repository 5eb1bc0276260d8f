"""Who hands over what: the ways in which a basket can reach its buyer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from marketplace.basket.queries import BasketLine, Contents, points_with_all
from marketplace.shipping.postage import PROVINCES, Postage, TooHeavy, postage
from stores.models import SalesPoint
from stores.queries import regional_centre

LONGEST_AHEAD = dt.timedelta(days=14)


class CannotBe(Exception):
    """The basket cannot go that way; `lines` are the lines that stand against it."""

    def __init__(self, lines: list[BasketLine]) -> None:
        super().__init__(", ".join(line.product.slug for line in lines))
        self.lines = lines


@dataclass(frozen=True)
class Part:
    """What one point hands over."""

    point: SalesPoint
    lines: list[BasketLine]

    @property
    def weight_g(self) -> int:
        return sum(line.product.weight_g * line.quantity for line in self.lines)

    @property
    def price_vnd(self) -> int:
        return sum(line.price_vnd for line in self.lines)


def pickup(contents: Contents, point: SalesPoint) -> list[Part]:
    """All of it at one point. Raises CannotBe with the lines that lack there."""
    lacking = points_with_all(contents, [point])[point.pk]
    if lacking or not point.offers_pickup:
        raise CannotBe(lacking)
    return [Part(point, contents.lines)]


def room(
    contents: Contents, hotel: SalesPoint, points: Sequence[SalesPoint]
) -> list[Part]:
    """All of it from the hotel's own booth, or else from the regional centre.

    Raises CannotBe with the lines that neither of them has.
    """
    centre = regional_centre(points)
    from_points = [p for p in (hotel, centre) if p and p.offers_room_delivery]
    lacking = points_with_all(contents, from_points)
    for point in from_points:
        if not lacking[point.pk]:
            return [Part(point, contents.lines)]
    everywhere = [
        line
        for line in contents.lines
        if all(line in lacking[point.pk] for point in from_points)
    ]
    raise CannotBe(everywhere or contents.lines)


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
