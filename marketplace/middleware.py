"""What a visitor of a demonstration sees when something fails."""

import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.defaults import bad_request, server_error

from marketplace.views import not_found

logger = logging.getLogger(__name__)


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
        if isinstance(exception, SuspiciousOperation):
            return bad_request(request, exception)
        logger.exception("%s %s failed", request.method, request.path)
        return server_error(request)
