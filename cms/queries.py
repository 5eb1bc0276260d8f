"""Published pages by path, product and district."""

from django.conf import settings
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, When
from django.db.models.functions import Cast
from django.utils.translation import get_language
from wagtail.models import Page, ReferenceIndex

from catalogue.models import Area, Product
from cms.models import HomePage, StoryPage, is_restricted


def page_at(path: str, *, language: str) -> Page | None:
    """The published page at a path below the front page of a language.

    It comes with the relations of its template, `is_translated` and `is_restricted`.
    One query for the front page and two for the others, however deep they are; Wagtail
    itself takes one or two for each level.
    """
    kind: type[Page] = Page if path else HomePage
    others = Page.objects.live().filter(
        ~is_restricted(), translation_key=OuterRef("translation_key")
    )
    restrictions = {"is_restricted": is_restricted()}
    if kind is HomePage:
        restrictions["is_story_restricted"] = is_restricted("story__path")
    found = (
        with_relations(kind)
        .filter(
            live=True,
            locale__language_code=language,
            depth=2 + path.count("/"),
            url_path__endswith=f"/{path}",
        )
        .annotate(
            is_translated=Exists(others.exclude(pk=OuterRef("pk"))),
            **restrictions,
        )
        .first()
    )
    if found is None or found.specific_class in (None, kind):
        return found
    page = with_relations(found.specific_class).get(pk=found.pk)
    page.is_translated = found.is_translated
    page.is_restricted = found.is_restricted
    return page


def with_relations(kind: type[Page]) -> QuerySet:
    """Pages of a kind with the relations that their template needs."""
    return kind._default_manager.select_related(
        "locale", *getattr(kind, "template_relations", ())
    )


def get_languages(page: Page) -> set[str]:
    """The languages in which a page is published; no query for one of `page_at`."""
    if hasattr(page, "is_translated"):
        every = {code for code, _name in settings.LANGUAGES}
        return every if page.is_translated else {page.locale.language_code}
    there = page.get_translations(inclusive=True).live().filter(~is_restricted())
    return set(there.values_list("locale__language_code", flat=True))


def stories_in_language() -> QuerySet[StoryPage]:
    """Published stories in the active language, with their pictures."""
    return (
        StoryPage.objects.published()
        .filter(locale__language_code=get_language())
        .exclude(kind=StoryPage.Kind.ANNOUNCEMENT)
        .select_related("picture", "commune__parent__picture")
    )


def story_about(product: Product) -> StoryPage | None:
    """A published story that names the product: of a product before of a village."""
    products_first = Case(When(kind=StoryPage.Kind.PRODUCT, then=0), default=1)
    naming = ReferenceIndex.get_references_to(product).annotate(
        page=Cast("object_id", IntegerField())
    )
    return (
        stories_in_language()
        .filter(pk__in=naming.values("page"))
        .order_by(products_first, "pk")
        .first()
    )


def stories_from(district: Area) -> QuerySet[StoryPage]:
    """Published stories of a district, its villages first."""
    return (
        stories_in_language().filter(commune__parent=district).order_by("-kind", "pk")
    )
