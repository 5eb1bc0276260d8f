"""The items that are indexed: products, producers, areas and sales points.

Other packages add their own with `register_source`.
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
from search.parsing.words import split_subject
from stores.models import SalesPoint

LANGUAGES = [language for language, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class SearchItem:
    """What is indexed of an object in one language.

    `title` is searched as its name if it differs from `display_title`; `names` are
    other names. `subject` are the words of `split_subject` that say what it is; without
    any, those of all its texts do.
    """

    kind: str
    id: int
    language: str
    slug: str
    display_title: str
    url: str
    summary: str = ""
    title: str = ""
    names: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    subject: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.title or self.display_title


def products_to_index() -> QuerySet[Product]:
    """Products with what `build_product_items` reads, in a fixed number of queries."""
    return (
        Product.objects.filter(parent=None)
        .prefetch_related("producer", "commune__parent", "commune__successors")
        .order_by("pk")
    )


def build_product_items(product: Product) -> Iterator[SearchItem]:
    """A product in each language.

    Each has the names in both, so that "cinnamon" finds quế in Vietnamese, too.
    """
    commune, producer = product.commune, product.producer
    places = [
        commune.short_name,
        commune.parent.short_name if commune.parent else "",
        *(area.short_name for area in commune.successors.all()),
    ]
    kinds = [
        get_label(language, choices, value)
        for language in LANGUAGES
        for choices, value in ((Group, product.group), (Subgroup, product.subgroup))
    ]
    subject = [
        *split_subject(product.title, language="vi"),
        *split_subject(product.title_en, language="en"),
        *(word for tag in product.tags for word in split_subject(tag, language="en")),
    ]
    for language in LANGUAGES:
        with translation.override(language):
            yield SearchItem(
                kind=Kind.PRODUCT,
                id=product.pk,
                language=language,
                slug=product.slug,
                display_title=product.name,
                summary=product.summary,
                url=product.get_absolute_url(),
                names=[
                    product.title_en if language == "vi" else product.title,
                    *product.tags,
                    *places,
                    product.unit_vi,
                    product.unit_en,
                    producer.name_vi,
                    producer.name_en,
                ],
                text=[
                    *kinds,
                    product.description,
                    product.description_en,
                    product.code or "",
                    product.upc or "",
                ],
                subject=subject,
            )


@lru_cache(maxsize=200)
def get_label(language: str, choices: type[TextChoices], value: str) -> str:
    """The label of a choice in a language, or the value if it is not a choice."""
    with translation.override(language):
        return str(dict(choices.choices).get(value, value))


def producers_to_index() -> QuerySet[Producer]:
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


def build_producer_items(producer: Producer) -> Iterator[SearchItem]:
    commune = producer.commune
    district = commune.parent.short_name if commune.parent else ""
    for language in LANGUAGES:
        with translation.override(language):
            yield SearchItem(
                kind=Kind.PRODUCER,
                id=producer.pk,
                language=language,
                slug=producer.slug,
                display_title=producer.name,
                summary=", ".join(filter(None, [commune.short_name, district])),
                url=producer.get_absolute_url(),
                names=[producer.name_en if language == "vi" else producer.name_vi],
                text=[
                    commune.short_name,
                    district,
                    *(area.short_name for area in commune.successors.all()),
                    producer.about_vi,
                    producer.about_en,
                    *(product.title for product in producer.products.all()),
                    *(product.title_en for product in producer.products.all()),
                ],
            )


def areas_to_index() -> QuerySet[Area]:
    return (
        Area.objects.exclude(kind=Area.Kind.PROVINCE)
        .select_related("parent")
        .prefetch_related("successors__parent", "predecessors__parent")
        .order_by("pk")
    )


def build_area_items(area: Area) -> Iterator[SearchItem]:
    """A district or commune; a commune of today links to the district it was in."""
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
            yield SearchItem(
                kind=Kind.DISTRICT if area.slug else Kind.COMMUNE,
                id=area.pk,
                language=language,
                slug=area.slug or slugify(area.short_name),
                display_title=area.name,
                summary=describe_location(area, district, before, since),
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


def describe_location(
    area: Area, district: Area, before: list[Area], since: list[Area]
) -> str:
    """Where an area is, and its names before and after July 2025."""
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


def points_to_index() -> QuerySet[SalesPoint]:
    return (
        SalesPoint.objects.filter(is_open=True)
        .select_related("district")
        .order_by("pk")
    )


def build_point_items(point: SalesPoint) -> Iterator[SearchItem]:
    if not point.is_open:
        return
    for language in LANGUAGES:
        with translation.override(language):
            yield SearchItem(
                kind=Kind.SALES_POINT,
                id=point.pk,
                language=language,
                slug=point.slug,
                display_title=point.name,
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
                    *(
                        get_label(language, SalesPoint.Kind, point.kind)
                        for language in LANGUAGES
                    ),
                    point.note_vi,
                    point.note_en,
                ],
            )


Source = Callable[[], Iterable[SearchItem]]

SOURCES: dict[str, Source] = {
    "product": lambda: iterate_items(products_to_index(), build_product_items),
    "producer": lambda: iterate_items(
        producers_to_index(), build_producer_items, chunk_size=10
    ),
    "area": lambda: iterate_items(areas_to_index(), build_area_items),
    "sales_point": lambda: iterate_items(points_to_index(), build_point_items),
}
"""The sources of all items by name."""


def register_source(name: str, source: Source) -> None:
    """Add a source of items from a package that `search` may not import."""
    SOURCES[name] = source


def iterate_items(
    objects: QuerySet,
    build: Callable[..., Iterable[SearchItem]],
    *,
    chunk_size: int = 500,
) -> Iterator[SearchItem]:
    """The items of all objects, read in chunks to bound the memory."""
    for instance in objects.iterator(chunk_size=chunk_size):
        yield from build(instance)
