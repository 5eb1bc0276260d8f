"""Sales points as lists show them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from catalogue.models import Product
from stores.models import SalesPoint
from stores.queries.free import free_records


def regional_centre(points: Iterable[SalesPoint]) -> SalesPoint | None:
    """The Hội An centre among the points, which serves where none is chosen."""
    return next(
        (point for point in points if point.kind == SalesPoint.Kind.REGIONAL_CENTRE),
        None,
    )


def open_points() -> list[SalesPoint]:
    """Every point in business, the centre first. One query."""
    return list(SalesPoint.objects.filter(is_open=True).order_by("pk"))


@dataclass(frozen=True)
class PointRow:
    """A point as a list shows it; `products` is how many kinds lie there to be sold."""

    number: int
    point: SalesPoint
    products: int
    open_until: dt.time | None
    opens: dt.datetime | None
    distance_km: float | None
    is_place: bool


def point_rows(
    points: Sequence[SalesPoint], *, place: SalesPoint | None, now: dt.datetime
) -> list[PointRow]:
    """The points, nearest to the visitor's place (or the centre) first. One query."""
    centre = place or regional_centre(points)
    products = kinds_at(at=now)
    ordered = sorted(points, key=lambda p: p.distance_km(centre) if centre else 0)
    return [
        PointRow(
            number=number,
            point=point,
            products=products.get(point.partner_id, 0),
            open_until=point.open_until(at=now),
            opens=point.next_opening(at=now),
            distance_km=point.distance_km(place) if place else None,
            is_place=bool(place) and point == place,
        )
        for number, point in enumerate(ordered, start=1)
    ]


def kinds_at(*, at: dt.datetime) -> dict[int, int]:
    """Partner id to how many kinds of goods on sale are free there. One query."""
    on = timezone.localdate(at)
    return dict(
        free_records(at=at)
        .filter(product__in=Product.objects.on_sale(on=on).values("pk"))
        .order_by()
        .values_list("partner")
        .annotate(kinds=Count("product", distinct=True))
    )
