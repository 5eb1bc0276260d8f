"""Which pages tell of what."""

from django.db.models import IntegerField, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import get_language
from wagtail.models import ReferenceIndex

from catalogue.models import Area, Product
from cms.models import StoryPage


def stories_in_language() -> QuerySet[StoryPage]:
    """Published stories in the active language, with their pictures."""
    return (
        StoryPage.objects.live()
        .filter(locale__language_code=get_language())
        .exclude(kind=StoryPage.Kind.NEWS)
        .select_related("picture", "commune__parent__picture")
    )


def story_about(product: Product) -> StoryPage | None:
    """A published story that names the product, the earliest written."""
    naming = ReferenceIndex.get_references_to(product).annotate(
        page=Cast("object_id", IntegerField())
    )
    return (
        stories_in_language()
        .filter(pk__in=naming.values("page"))
        .order_by("pk")
        .first()
    )


def stories_from(district: Area) -> QuerySet[StoryPage]:
    """Published stories of a district, its villages first."""
    return (
        stories_in_language().filter(commune__parent=district).order_by("-kind", "pk")
    )
