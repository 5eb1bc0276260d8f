"""Synonyms among the editor's snippets."""

from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.models import Synonyms


class SynonymsViewSet(SnippetViewSet):
    model = Synonyms  # type: ignore[assignment]  # Wagtail has no types to tell
    icon = "list-ul"
    list_display = ["forms", "language"]
    list_per_page = 100
    search_fields = ["forms"]
    panels = [FieldPanel("forms"), FieldPanel("language")]


register_snippet(SynonymsViewSet)
