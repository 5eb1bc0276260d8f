"""Which products are on sale, and how many in each district."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from catalogue.alphabet import InAlphabet
from catalogue.models import Area, Product
from catalogue.refusals import Refusal

SHADES = 5


def by_name(path: str = "") -> InAlphabet:
    """To order by the name of a product, at the end of `path`, as the page shows it."""
    descriptor: Any = Product.name
    return InAlphabet(path + descriptor.column)


class NoLongerSold(Refusal):
    """These products have no certificate in force on the day."""

    def __init__(self, products: Sequence[Product]) -> None:
        super().__init__(products)
        self.products = products

    @property
    def names(self) -> str:
        return ", ".join(product.name for product in self.products)

    @property
    def message(self) -> str:
        return _("No certificate in force today: %s.") % self.names


def check_on_sale(products: Sequence[Product], *, on: dt.date) -> None:
    """Raises NoLongerSold for those of the products that may not be sold that day."""
    on_sale = Product.objects.on_sale(on=on).filter(pk__in=[one.pk for one in products])
    certified = set(on_sale.values_list("pk", flat=True))
    if lapsed := [product for product in products if product.pk not in certified]:
        raise NoLongerSold(lapsed)


@dataclass(frozen=True)
class Tile:
    """A district on the tile map: its certified products, and its shade from 1 to 5."""

    area: Area
    products: int
    four_stars: int
    shade: int


@dataclass(frozen=True)
class Census:
    """The market counted: by district, by group, by what a traveller may carry."""

    tiles: list[Tile]
    total: int
    by_group: dict[str, int]
    by_flies: dict[str, int]

    @property
    def fewest(self) -> int:
        return min((tile.products for tile in self.tiles), default=0)

    @property
    def most(self) -> int:
        return max((tile.products for tile in self.tiles), default=0)

    def tile(self, slug: str) -> Tile | None:
        return next((tile for tile in self.tiles if tile.area.slug == slug), None)


def all_districts(*, with_pictures: bool = False) -> list[Area]:
    """The eighteen districts in the order of the tile map, row by row. One query."""
    districts = Area.objects.filter(kind=Area.Kind.DISTRICT)
    if with_pictures:
        districts = districts.select_related("picture")
    return list(districts.order_by("tile_row", "tile_col"))


def census(*, on: dt.date) -> Census:
    """Certified products of a day, counted. Two queries, whatever their number."""
    districts = all_districts(with_pictures=True)
    rows = (
        Product.objects.on_sale(on=on)
        .order_by()
        .values_list("commune__parent", "group", "subgroup", "flies", "stars")
        .annotate(products=Count("pk"))
    )
    per_district = dict.fromkeys((area.pk for area in districts), 0)
    four_stars = dict(per_district)
    by_group: dict[str, int] = {}
    by_flies: dict[str, int] = {}
    for district, group, subgroup, flies, stars, products in rows:
        per_district[district] = per_district.get(district, 0) + products
        if stars >= 4:
            four_stars[district] = four_stars.get(district, 0) + products
        by_group[group] = by_group.get(group, 0) + products
        by_group[subgroup] = by_group.get(subgroup, 0) + products
        by_flies[flies] = by_flies.get(flies, 0) + products
    shades = assign_shades(per_district[area.pk] for area in districts)
    return Census(
        tiles=[
            Tile(
                area=area,
                products=per_district[area.pk],
                four_stars=four_stars[area.pk],
                shade=shades[per_district[area.pk]],
            )
            for area in districts
        ],
        total=sum(per_district.values()),
        by_group=by_group,
        by_flies=by_flies,
    )


def assign_shades(counts: Iterable[int]) -> dict[int, int]:
    """Count to shade, by fifths of the districts; equal counts share a shade."""
    ordered = sorted(counts)
    return {
        count: 1 + ordered.index(count) * SHADES // len(ordered) for count in ordered
    }


def goods_of_district(district: Area, *, on: dt.date) -> list[Product]:
    """Three of its products for a first glance, most stars first; never alcohol."""
    goods = Product.objects.on_sale(on=on).filter(
        commune__parent=district, advertising_forbidden=False
    )
    return list(goods.order_by("-stars", "pk")[:3])


def no_pictures_alike(goods: Iterable[Product]) -> list[Product]:
    """The first of the products that share a picture; those without one all stay."""
    first: dict[int, Product] = {}
    for product in goods:
        first.setdefault(product.picture_id or -product.pk, product)
    return list(first.values())
