"""What a visitor sees when an address does not do what was asked of it."""

import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.defaults import bad_request, server_error

from marketplace.views import not_found

logger = logging.getLogger(__name__)


def is_impossible_value(request: HttpRequest, error: Exception) -> bool:
    """Whether a value is at fault that no column or calendar holds, such as a NUL.

    Wagtail reads the forms of its editor with `int` and `json.loads`, unguarded.
    """
    if request.method == "POST" and request.path.startswith("/editor/"):
        return isinstance(error, (DataError, OverflowError, ValueError, KeyError))
    return isinstance(error, (DataError, OverflowError))


def only_utf8(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 400 to a request in another character set than UTF-8; drop NUL cookies.

    Browsers send none; Django would decode even the path in it, and look for a session
    by a key that no database can hold.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            return bad_request(request, SuspiciousOperation(f"charset {charset}"))
        for name in [
            name for name, value in request.COOKIES.items() if "\x00" in value
        ]:
            del request.COOKIES[name]
        return get_response(request)

    return answered


class ImpossibleValues:
    """Answer 400 where such a value came as far as the database; nothing was changed.

    A form that refuses it first says so at the field. Programs get JSON.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not is_impossible_value(request, exception):
            return None
        logger.warning("%s %s", request.method, request.path, exc_info=exception)
        if request.path.startswith(("/api/", "/webhooks/")):
            with override("en" if request.GET.get("lang") == "en" else "vi"):
                why = _("A value in this request is none that can be stored.")
            error = {"error": {"code": "impossible_value", "message": why}}
            return JsonResponse(error, status=400)
        return bad_request(request, exception)


def not_allowed(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Explain a 405, which a person meets who had to sign in before sending a form.

    Programs get JSON.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        if request.path.startswith("/api/"):
            why = _("The API is only read: ask with GET.")
            error = {"error": {"code": "not_allowed", "message": why}}
            return JsonResponse(error, status=405, headers={"Allow": response["Allow"]})
        if response.content:
            return response
        why = _(
            "This address only takes a form, and none came with it; nothing was"
            " changed. Open the page with the form and send it again."
        )
        page = render(request, "refused.html", {"why": why}, status=405)
        page["Allow"] = response["Allow"]
        return page

    return answered


class ErrorPages:
    """Our own pages in place of Django's technical ones, although DEBUG is on.

    `manage.py demo` adds it; `manage.py runserver` keeps the technical pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            resolve(request.path_info)
        except Resolver404 as missing:  # no view, so nothing to process below
            return not_found(request, missing)
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, Http404):
            return not_found(request, exception)
        if isinstance(exception, PermissionDenied):
            return None
        if is_impossible_value(request, exception):
            return None
        if isinstance(exception, SuspiciousOperation):
            return bad_request(request, exception)
        logger.exception("%s %s failed", request.method, request.path)
        return server_error(request)
