"""Synonyms and topics as snippets in the Wagtail admin."""

from django.contrib.auth.models import Group, Permission
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.models import Synonyms, Topic

EDITOR_GROUPS = ("Editors", "Moderators")


class SynonymsViewSet(SnippetViewSet):
    model = Synonyms  # type: ignore[assignment]  # Wagtail has no type hints
    icon = "list-ul"
    list_display = ["forms", "language"]
    list_per_page = 100
    search_fields = ["forms"]
    panels = [FieldPanel("forms"), FieldPanel("language")]


class TopicViewSet(SnippetViewSet):
    model = Topic  # type: ignore[assignment]  # Wagtail has no type hints
    icon = "tag"
    list_display = ["name_vi", "forms", "words", "filters"]
    list_per_page = 100
    search_fields = ["name_vi", "name_en", "forms"]
    panels = [
        FieldPanel(name) for name in ("name_vi", "name_en", "forms", "words", "filters")
    ]


register_snippet(SynonymsViewSet)
register_snippet(TopicViewSet)


def grant_synonym_permissions() -> None:
    """Let Wagtail's groups of editors add, change and delete synonyms and topics."""
    permissions = Permission.objects.filter(
        content_type__app_label="search", content_type__model__in=["synonyms", "topic"]
    )
    for group in Group.objects.filter(name__in=EDITOR_GROUPS):
        group.permissions.add(*permissions)
