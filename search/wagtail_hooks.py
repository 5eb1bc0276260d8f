"""Synonyms as snippets in the Wagtail admin."""

from django.contrib.auth.models import Group, Permission
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.models import Synonyms

EDITOR_GROUPS = ("Editors", "Moderators")


class SynonymsViewSet(SnippetViewSet):
    model = Synonyms  # type: ignore[assignment]  # Wagtail has no type hints
    icon = "list-ul"
    list_display = ["forms", "language"]
    list_per_page = 100
    search_fields = ["forms"]
    panels = [FieldPanel("forms"), FieldPanel("language")]


register_snippet(SynonymsViewSet)


def grant_synonym_permissions() -> None:
    """Let Wagtail's groups of editors add, change and delete synonyms."""
    permissions = Permission.objects.filter(
        content_type__app_label="search", content_type__model="synonyms"
    )
    for group in Group.objects.filter(name__in=EDITOR_GROUPS):
        group.permissions.add(*permissions)
