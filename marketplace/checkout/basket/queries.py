"""What is in a basket, and where it can be had."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.signing import BadSignature, Signer
from django.db.models import Sum
from django.http import HttpRequest
from oscar.defaults import OSCAR_BASKET_COOKIE_OPEN

from catalogue.models import Product
from marketplace.checkout.basket.models import Basket, Line
from stores.models import SalesPoint
from stores.queries.shelves import Card, Shelf, product_cards


@dataclass(frozen=True)
class BasketLine:
    """A line as it is now: `card` is None when it may no longer be sold."""

    line: Line
    product: Product
    card: Card | None
    quantity: int

    @property
    def price_vnd(self) -> int:
        return self.product.price_vnd * self.quantity

    @property
    def shelf(self) -> Shelf | None:
        """The most useful shelf with enough of it."""
        shelves = self.card.shelves if self.card else []
        return next((s for s in shelves if s.free >= self.quantity), None)

    @property
    def most(self) -> int:
        """The most that a single point has free."""
        return max((s.free for s in self.card.shelves), default=0) if self.card else 0


@dataclass(frozen=True)
class Contents:
    """A basket's lines in the order they were put in."""

    lines: list[BasketLine]

    @property
    def total_vnd(self) -> int:
        """Of the lines that may be sold; whole dong, tax included."""
        return sum(line.price_vnd for line in self.lines if line.card)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def quantities(self) -> dict[int, int]:
        """Product id to units."""
        return {line.product.pk: line.quantity for line in self.lines}

    @property
    def has_alcohol(self) -> bool:
        return any(line.product.is_alcohol for line in self.lines)

    def limited_to(self, quantities: Mapping[int, int]) -> "Contents":
        """At most so many units of each product, by its id; others are left out."""
        return Contents(
            [
                replace(line, quantity=min(line.quantity, units))
                for line in self.lines
                if (units := quantities.get(line.product.pk, 0))
            ]
        )

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.lines) and all(line.shelf for line in self.lines)


def basket_contents(
    basket: Basket,
    *,
    points: Sequence[SalesPoint],
    place: SalesPoint | None,
    now: dt.datetime,
    on: dt.date,
    own: str = "",
) -> Contents:
    """The basket with what may be sold of it and at which points. Four queries.

    What the buyer's own unpaid order holds, whose number is `own`, counts as free.
    """
    if basket.pk is None:
        return Contents([])
    lines = list(Line.objects.filter(basket=basket).order_by("pk"))
    goods = (
        Product.objects.on_sale(on=on)
        .for_cards()
        .filter(pk__in=[line.product_id for line in lines])
    )
    cards = {
        card.product.pk: card
        for card in product_cards(goods, points=points, place=place, now=now, own=own)
    }
    products = {pk: card.product for pk, card in cards.items()}
    lapsed = [line.product_id for line in lines if line.product_id not in cards]
    if lapsed:
        products |= Product.objects.in_bulk(lapsed)
    for line in lines:
        line.product = products[line.product_id]
    return Contents(
        [
            BasketLine(line, line.product, cards.get(line.product_id), line.quantity)
            for line in lines
        ]
    )


def count_units(request: HttpRequest) -> int:
    """Units in the visitor's basket: one query where the page has not loaded it yet.

    A basket that is to be merged after a sign-in is loaded, which merges it.
    """
    cookie = request.COOKIES.get(OSCAR_BASKET_COOKIE_OPEN, "")
    if not hasattr(request, "basket"):  # an error before the middleware
        return 0
    lines = Line.objects.filter(basket__status=Basket.OPEN)
    is_loaded = getattr(request, "_basket_cache", None) is not None
    if is_loaded or (request.user.is_authenticated and cookie):
        number: int = request.basket.num_items
        return number
    if request.user.is_authenticated:
        lines = lines.filter(basket__owner=request.user)
    else:
        try:
            lines = lines.filter(
                basket=int(Signer().unsign(cookie)), basket__owner=None
            )
        except BadSignature:
            return 0
    return lines.aggregate(units=Sum("quantity"))["units"] or 0


def points_with_all(
    contents: Contents, points: Sequence[SalesPoint]
) -> dict[int, list[BasketLine]]:
    """Point id to the lines it lacks, for every point; an empty list has them all."""
    lacking: dict[int, list[BasketLine]] = {}
    for point in points:
        lacking[point.pk] = [
            line
            for line in contents.lines
            if not line.card
            or not any(
                shelf.point == point and shelf.free >= line.quantity
                for shelf in line.card.shelves
            )
        ]
    return lacking
