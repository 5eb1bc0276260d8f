"""Which points hand over an order, when it is ready, and what stands against it."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalogue.queries import NoLongerSold
from catalogue.refusals import Refusal
from marketplace.checkout.basket.models import Line
from marketplace.checkout.basket.queries import BasketLine, Contents, points_with_all
from marketplace.orders.models import Fulfilment
from marketplace.orders.postage import PROVINCES, Postage, TooHeavy, postage
from stores.models import SalesPoint
from stores.queries.shelves import Card
from stores.queries.transfers import lead_times, ready_at

Method = Fulfilment.DeliveryMethod

LONGEST_AHEAD = dt.timedelta(days=14)

FIELDS = {Method.PICKUP: "sales_point", Method.ROOM: "hotel", Method.POST: "receive"}
"""The form field that says where the goods of an order go."""


class NotDeliverable(Refusal):
    """`lines` of the basket cannot be handed over by the delivery method there.

    `unlicensed` are those of them that the point has no licence to sell.
    """

    def __init__(
        self,
        lines: list[BasketLine],
        method: str,
        unlicensed: Sequence[BasketLine] = (),
    ) -> None:
        super().__init__(lines, method, unlicensed)
        self.lines, self.method = lines, Method(method)
        self.unlicensed = unlicensed
        self.field = FIELDS[self.method]

    @property
    def message(self) -> str:
        text = {
            Method.PICKUP: _("This point does not have enough of: %s."),
            Method.ROOM: _("Cannot be brought to that hotel now: %s."),
            Method.POST: _("Cannot go by post: %s."),
        }[self.method]
        sentences = []
        others = [line for line in self.lines if line not in self.unlicensed]
        if others or not self.unlicensed:
            sentences.append(text % (join_names(others) or _("all of it")))
        if self.unlicensed:
            text = _("No licence to sell alcohol there: %s.")
            sentences.append(text % join_names(self.unlicensed))
        return " ".join(sentences)


def join_names(lines: Sequence[BasketLine]) -> str:
    return ", ".join(line.product.name for line in lines)


class CertificateEnded(NoLongerSold):
    """Products of the basket may no longer be sold."""

    @property
    def message(self) -> str:
        return (
            _(
                "No longer sold, because the certificate ended: %s. Remove it "
                "from the basket to order the rest."
            )
            % self.names
        )


class DayRefused(Refusal):
    """The hotel's booth cannot deliver on that day."""

    field = "handover_on"
    status = 422


@dataclass(frozen=True)
class Delivery:
    """Where and how the buyer wants the goods; what is not chosen yet is empty.

    `point` belongs to pick-up, `hotel` and `handover_on` to room delivery, `province`
    (a slug of PROVINCES) to the post.
    """

    method: str = ""
    point: SalesPoint | None = None
    hotel: SalesPoint | None = None
    handover_on: dt.date | None = None
    province: str = ""

    @property
    def place(self) -> str:
        """The slug of the point, the hotel or the province; empty if not chosen."""
        if self.method == Method.POST:
            return self.province
        point = self.hotel if self.method == Method.ROOM else self.point
        return point.slug if point else ""


@dataclass(frozen=True)
class Shipment:
    """What one point hands over.

    `sources` maps the product ids of lines that come from another point to that point;
    `ready_at` is when the last of them arrives, None if all is there now.
    """

    point: SalesPoint
    lines: list[BasketLine]
    sources: Mapping[int, SalesPoint] = field(default_factory=dict)
    ready_at: dt.datetime | None = None

    @property
    def weight_g(self) -> int:
        return sum(line.product.weight_g * line.quantity for line in self.lines)

    @property
    def price_vnd(self) -> int:
        return sum(line.price_vnd for line in self.lines)

    @property
    def transferred_lines(self) -> list[tuple[BasketLine, SalesPoint]]:
        """The lines that come from another point, each with that point."""
        return [
            (line, self.sources[line.product.pk])
            for line in self.lines
            if line.product.pk in self.sources
        ]

    def get_source(self, line: BasketLine) -> SalesPoint:
        """The point from whose shelf a line is taken."""
        return self.sources.get(line.product.pk, self.point)


class Planner:
    """Plans how the contents of a basket can reach their buyer at one moment.

    One query where something is at another point, for the lead times; each plan is
    made once.
    """

    def __init__(
        self, contents: Contents, *, points: Sequence[SalesPoint], now: dt.datetime
    ) -> None:
        self.contents, self.points, self.now = contents, points, now
        self._at_point: dict[int, tuple[Shipment | None, list[BasketLine]]] = {}

    @cached_property
    def lead_times(self) -> Mapping[tuple[int, int], int]:
        return lead_times(to=self.points)

    def refusals(self, delivery: Delivery, *, adult: bool) -> list[Refusal]:
        """All that stands against the order, of what has been chosen so far."""
        found: list[Refusal] = []
        ended = [line.product for line in self.contents.lines if not line.card]
        if ended:
            found.append(CertificateEnded(ended))
        if self.contents.has_alcohol and not adult:
            found.append(
                Refusal(
                    _("Alcohol is sold from 18 years. Tick the box if you are."),
                    field="adult",
                    status=422,
                )
            )
        try:
            self.postage(delivery)
        except NotDeliverable as refusal:
            lines = [line for line in refusal.lines if line.card]
            if lines or not ended:
                unlicensed = refusal.unlicensed
                found.append(NotDeliverable(lines, delivery.method, unlicensed))
        except Refusal as refusal:
            found.append(refusal)
        return found

    def shipments(self, delivery: Delivery) -> list[Shipment]:
        """One shipment for each point that hands something over; none if not chosen.

        Raises NotDeliverable, DayRefused.
        """
        if delivery.method == Method.PICKUP and delivery.point:
            if not delivery.point.offers_pickup:
                raise NotDeliverable([], Method.PICKUP)
            return [self.at_point(delivery.point, Method.PICKUP)]
        if delivery.method == Method.ROOM and delivery.hotel:
            day = delivery.handover_on
            if day and not is_open_on(delivery.hotel, day, now=self.now):
                text = _("On that day the booth of %s is shut, or has closed already.")
                raise DayRefused(text % delivery.hotel.hotel)
            shipment = self.at_point(delivery.hotel, Method.ROOM)
            if day and day < timezone.localdate(shipment.ready_at or self.now):
                raise DayRefused(self.explain_earliest_day(shipment))
            return [shipment]
        if delivery.method == Method.POST:
            return self.parcels()
        return []

    def postage(self, delivery: Delivery) -> Postage | None:
        """What the post costs; None where nothing is posted or no province is chosen.

        Raises what `shipments` raises, and TooHeavy.
        """
        shipments = self.shipments(delivery)
        if delivery.method != Method.POST:
            return None
        if delivery.province:
            return total_postage(shipments, delivery.province)
        total_postage(shipments, next(iter(PROVINCES)))  # or it is too heavy
        return None

    def at_point(self, point: SalesPoint, method: str) -> Shipment:
        """Everything at one point, as early as possible, from as few others.

        A line comes whole from one shelf. What needs cooling is not transferred.

        Raises NotDeliverable with the lines that cannot be had there.
        """
        if point.pk not in self._at_point:
            self._at_point[point.pk] = self.plan_point(point)
        shipment, missing = self._at_point[point.pk]
        if shipment is None:
            unlicensed = [one for one in self.unlicensed(point) if one in missing]
            raise NotDeliverable(missing, method, unlicensed)
        return shipment

    def unlicensed(self, point: SalesPoint) -> list[BasketLine]:
        """The alcohol of the basket, where the point has no licence to sell it."""
        return [
            line for line in self.contents.lines if not point.may_sell(line.product)
        ]

    def licensed_at(self, point: SalesPoint) -> "Planner":
        """A planner for what the point has a licence to sell, if that is anything."""
        unlicensed = self.unlicensed(point)
        if len(unlicensed) in (0, len(self.contents.lines)):
            return self
        return self._licensed

    @cached_property
    def _licensed(self) -> "Planner":
        rest = [line for line in self.contents.lines if not line.product.is_alcohol]
        return Planner(Contents(rest), points=self.points, now=self.now)

    def plan_point(self, point: SalesPoint) -> tuple[Shipment | None, list[BasketLine]]:
        """The shipment, or None and the lines that stand against it."""
        lacking = points_with_all(self.contents, [point])[point.pk]
        if not lacking:
            return Shipment(point, self.contents.lines), []
        arrivals = {
            line.product.pk: self.arrivals(line, point, line.quantity)
            for line in lacking
        }
        missing = [line for line in lacking if not arrivals[line.product.pk]]
        if missing:
            return None, missing
        ready = max(min(times.values()) for times in arrivals.values())
        in_time = {
            product: [source for source, time in times.items() if time <= ready]
            for product, times in arrivals.items()
        }
        sources = few_sources(in_time)
        return Shipment(point, self.contents.lines, sources, ready), []

    def arrivals(
        self, line: BasketLine, point: SalesPoint, units: int
    ) -> dict[SalesPoint, dt.datetime]:
        """When units of a line could be there from each other point that has them."""
        transferable = point.may_sell(line.product) and not line.product.needs_cooling
        if not line.card or not transferable:
            return {}
        found = {}
        for shelf in line.card.shelves:
            hours = self.lead_times.get((shelf.point.pk, point.pk))
            if hours is None or shelf.free < units:
                continue
            ready = ready_at(shelf.point, point, hours=hours, now=self.now)
            if ready:
                found[shelf.point] = ready
        return found

    def parcels(self) -> list[Shipment]:
        """As few parcels as a greedy choice finds, each from one point, centres first.

        Raises NotDeliverable with the lines that are chilled or out of stock.
        """
        parcels, missing = self._parcels
        if missing:
            raise NotDeliverable(missing, Method.POST)
        return parcels

    @cached_property
    def _parcels(self) -> tuple[list[Shipment], list[BasketLine]]:
        lines = self.contents.lines
        missing = [
            line for line in lines if line.product.needs_cooling or not line.shelf
        ]
        if missing:
            return [], missing
        kinds = SalesPoint.Kind.values
        by_kind = sorted(self.points, key=lambda point: kinds.index(point.kind))
        rest, parcels = list(lines), []
        while rest:
            lacking = points_with_all(Contents(rest), by_kind)
            best = min(by_kind, key=lambda point: len(lacking[point.pk]))
            parcels.append(
                Shipment(best, [one for one in rest if one not in lacking[best.pk]])
            )
            rest = lacking[best.pk]
        return parcels, []

    def cheapest_postage(self) -> int | None:
        """What the post takes at least, whole dong; None for what it does not take."""
        try:
            postage = postage_by_province(self.parcels())
        except NotDeliverable:
            return None
        return min((one.price_vnd for one in postage.values()), default=None)

    def reaches_room(self) -> bool:
        """Whether the booth of any hotel can deliver it within two weeks."""
        for point in self.points:
            if point.hotel and point.offers_room_delivery:
                shipment, _missing = self.plan_point(point)
                if shipment and self.earliest_day(shipment):
                    return True
        return False

    def explain_earliest_day(self, shipment: Shipment) -> str:
        earliest = self.earliest_day(shipment)
        if earliest is None:
            return _("Not within two weeks: something has to be brought first.")
        return _(
            "Not by that day: something has to be brought to the hotel first. The"
            " earliest day is %s."
        ) % date_format(earliest, "DATE_FORMAT")

    def earliest_day(self, shipment: Shipment) -> dt.date | None:
        """The first day on which its booth can deliver it; None within two weeks."""
        first = timezone.localdate(shipment.ready_at or self.now)
        days = (
            first + dt.timedelta(days=number)
            for number in range(LONGEST_AHEAD.days + 1)
        )
        booth = shipment.point
        return next((day for day in days if is_open_on(booth, day, now=self.now)), None)

    def limited_to_available(self, delivery: Delivery) -> "Planner":
        """A planner for the most of the contents that the delivery allows now."""
        quantities = {}
        for line in self.contents.lines:
            units = line.quantity
            while units and not self.is_available(line, units, delivery):
                units -= 1
            quantities[line.product.pk] = units
        contents = self.contents.limited_to(quantities)
        return Planner(contents, points=self.points, now=self.now)

    def is_available(self, line: BasketLine, units: int, delivery: Delivery) -> bool:
        if not line.card:
            return False
        shelves = [shelf for shelf in line.card.shelves if shelf.free >= units]
        if delivery.method == Method.POST:
            return bool(shelves) and not line.product.needs_cooling
        point = delivery.hotel if delivery.method == Method.ROOM else delivery.point
        if point is None:
            return bool(shelves)
        return any(shelf.point == point for shelf in shelves) or bool(
            self.arrivals(line, point, units)
        )


def plan_product(
    card: Card, *, points: Sequence[SalesPoint], now: dt.datetime
) -> Planner:
    """A planner for one unit of a product, from the shelves of its card."""
    line = BasketLine(Line(product=card.product), card.product, card, 1)
    return Planner(Contents([line]), points=points, now=now)


def few_sources(choices: Mapping[int, list[SalesPoint]]) -> dict[int, SalesPoint]:
    """One of its points for each product, as few different ones as a greedy choice
    finds."""
    left = dict(choices)
    chosen: dict[int, SalesPoint] = {}
    while left:
        counts = Counter(source for sources in left.values() for source in sources)
        best, _number = counts.most_common(1)[0]
        for product in [one for one, sources in left.items() if best in sources]:
            chosen[product] = best
            del left[product]
    return chosen


def total_postage(parcels: Sequence[Shipment], province: str) -> Postage:
    """What the parcels cost together, in whole dong, and how long the slowest takes.

    Raises TooHeavy when one of them weighs more than the post takes.
    """
    each = [postage(province=province, weight_g=one.weight_g) for one in parcels]
    return Postage(sum(one.price_vnd for one in each), each[0].days)


def postage_by_province(parcels: Sequence[Shipment]) -> dict[str, Postage]:
    """Province to postage; empty when a parcel is too heavy."""
    try:
        return {province: total_postage(parcels, province) for province in PROVINCES}
    except TooHeavy:
        return {}


def is_open_on(point: SalesPoint, day: dt.date, *, now: dt.datetime) -> bool:
    """Whether the point is open on a day, and still is when the day is today."""
    hours = point.hours_on(day)
    local = timezone.localtime(now)
    if not hours or not local.date() <= day <= local.date() + LONGEST_AHEAD:
        return False
    return day > local.date() or hours[-1][1] > local.time()
