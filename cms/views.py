"""Editors' pages as visitors see them."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail import views as wagtail_views

from cms.queries import page_at


def page(request: HttpRequest, path: str) -> HttpResponse:
    """The page at a path; what is not simply there is left to Wagtail to answer."""
    found = page_at(path, language=get_language() or "vi")
    if found is None or found.is_restricted:
        return wagtail_views.serve(request, path)
    return found.serve(request)
