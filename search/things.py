"""What is searched, told in words: products, makers, areas and sales points.

Stories are told by whoever knows them: see `register`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.db.models import Prefetch, QuerySet, TextChoices
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.models import Area, Group, Producer, Product, Subgroup
from catalogue.text import slugify
from search.models import Kind
from stores.models import SalesPoint

LANGUAGES = [language for language, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Thing:
    """A thing in one language. `title` is searched as its name; `names` are others."""

    kind: str
    id: int
    language: str
    slug: str
    shown: str
    url: str
    summary: str = ""
    title: str = ""
    names: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.title or self.shown


def products() -> QuerySet[Product]:
    """Products with what `of_product` reads of them, in a fixed number of queries."""
    return (
        Product.objects.filter(parent=None)
        .prefetch_related("producer", "commune__parent", "commune__successors")
        .order_by("pk")
    )


def of_product(product: Product) -> Iterator[Thing]:
    """A product in each language.

    Names stand in both languages, so that "cinnamon" finds quế on the Vietnamese
    pages too.
    """
    commune, maker = product.commune, product.producer
    places = [
        commune.short_name,
        commune.parent.short_name if commune.parent else "",
        *(area.short_name for area in commune.successors.all()),
    ]
    kinds = [
        label_in(language, choices, value)
        for language in LANGUAGES
        for choices, value in ((Group, product.group), (Subgroup, product.subgroup))
    ]
    for language in LANGUAGES:
        with translation.override(language):
            yield Thing(
                kind=Kind.PRODUCT,
                id=product.pk,
                language=language,
                slug=product.slug,
                shown=product.name,
                summary=product.summary,
                url=product.get_absolute_url(),
                names=[
                    product.title_en if language == "vi" else product.title,
                    *product.tags,
                    *places,
                    product.unit_vi,
                    product.unit_en,
                ],
                text=[
                    maker.name_vi,
                    maker.name_en,
                    *kinds,
                    product.description,
                    product.description_en,
                    product.code or "",
                    product.upc or "",
                ],
            )


@lru_cache(maxsize=200)
def label_in(language: str, choices: type[TextChoices], value: str) -> str:
    """What a choice is called in a language; what is none of them, as it stands."""
    with translation.override(language):
        return str(dict(choices.choices).get(value, value))


def producers() -> QuerySet[Producer]:
    return (
        Producer.objects.filter(products__is_public=True)
        .distinct()
        .select_related("commune__parent")
        .prefetch_related(
            Prefetch("products", Product.objects.only("producer", "title", "title_en")),
            "commune__successors",
        )
        .order_by("pk")
    )


def of_producer(maker: Producer) -> Iterator[Thing]:
    commune = maker.commune
    district = commune.parent.short_name if commune.parent else ""
    for language in LANGUAGES:
        with translation.override(language):
            yield Thing(
                kind=Kind.PRODUCER,
                id=maker.pk,
                language=language,
                slug=maker.slug,
                shown=maker.name,
                summary=", ".join(filter(None, [commune.short_name, district])),
                url=maker.get_absolute_url(),
                names=[maker.name_en if language == "vi" else maker.name_vi],
                text=[
                    commune.short_name,
                    district,
                    *(area.short_name for area in commune.successors.all()),
                    maker.about_vi,
                    maker.about_en,
                    *(product.title for product in maker.products.all()),
                    *(product.title_en for product in maker.products.all()),
                ],
            )


def areas() -> QuerySet[Area]:
    return (
        Area.objects.exclude(kind=Area.Kind.PROVINCE)
        .select_related("parent")
        .prefetch_related("successors__parent", "predecessors__parent")
        .order_by("pk")
    )


def of_area(area: Area) -> Iterator[Thing]:
    """A district or commune; one of today leads to the district its land lay in."""
    before = [a for a in area.predecessors.all() if a.kind == Area.Kind.COMMUNE]
    since = list(area.successors.all())
    district: Area | None = area
    if area.kind == Area.Kind.COMMUNE:
        district = before[0].parent if before else area.parent
    if district is None or not district.slug:
        return
    relatives = [*before, *since]
    for language in LANGUAGES:
        with translation.override(language):
            yield Thing(
                kind=Kind.DISTRICT if area.slug else Kind.COMMUNE,
                id=area.pk,
                language=language,
                slug=area.slug or slugify(area.short_name),
                shown=area.name,
                summary=place_of(area, district, before, since),
                url=district.get_absolute_url(),
                title=area.short_name,
                names=[
                    area.name_vi,
                    area.name_en,
                    *([] if area.slug else [other.short_name for other in relatives]),
                ],
                text=[
                    district.short_name,
                    area.description_vi,
                    area.description_en,
                    area.known_for_vi,
                    area.known_for_en,
                    *(other.name_vi for other in relatives),
                    area.parent.name_vi if area.parent else "",
                ],
            )


def place_of(area: Area, district: Area, before: list[Area], since: list[Area]) -> str:
    """Where an area lies, and what it is or was called otherwise."""
    if area.slug:
        return area.description
    if since:
        return _("%(district)s; today: %(since)s") % {
            "district": district.name,
            "since": ", ".join(f"{a.name}, {a.parent.name}" for a in since if a.parent),
        }
    return _("%(province)s; before July 2025: %(before)s") % {
        "province": area.parent.name if area.parent else "",
        "before": ", ".join(a.name for a in before),
    }


def points() -> QuerySet[SalesPoint]:
    return (
        SalesPoint.objects.filter(is_open=True)
        .select_related("district")
        .order_by("pk")
    )


def of_point(point: SalesPoint) -> Iterator[Thing]:
    if not point.is_open:
        return
    for language in LANGUAGES:
        with translation.override(language):
            yield Thing(
                kind=Kind.SALES_POINT,
                id=point.pk,
                language=language,
                slug=point.slug,
                shown=point.name,
                summary=point.address,
                url=point.get_absolute_url(),
                names=[
                    point.name_en if language == "vi" else point.name_vi,
                    point.short_name_vi,
                    point.short_name_en,
                    point.hotel_vi,
                    point.hotel_en,
                ],
                text=[
                    point.district.short_name,
                    point.address_old,
                    point.address,
                    *(_kind_in(language, point) for language in LANGUAGES),
                    point.note_vi,
                    point.note_en,
                ],
            )


def _kind_in(language: str, point: SalesPoint) -> str:
    with translation.override(language):
        return str(point.get_kind_display())


Source = Callable[[], Iterable[Thing]]

SOURCES: dict[str, Source] = {
    "product": lambda: each(products(), of_product),
    "producer": lambda: each(producers(), of_producer, at_once=10),
    "area": lambda: each(areas(), of_area),
    "sales_point": lambda: each(points(), of_point),
}
"""Everything there is, source by source."""


def register(name: str, source: Source) -> None:
    """Let another package tell of its things, which we may not import."""
    SOURCES[name] = source


def each(
    things: QuerySet, told: Callable[..., Iterable[Thing]], *, at_once: int = 500
) -> Iterator[Thing]:
    """Things told one by one; so many are in memory with all that belongs to them."""
    for thing in things.iterator(chunk_size=at_once):
        yield from told(thing)
