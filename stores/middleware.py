"""Where the visitor says she is: a sales point chosen once and kept in a cookie."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from stores.models import SalesPoint
from stores.queries.points import open_points

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL

PLACE_COOKIE = "place"
PLACE_COOKIE_AGE = 180 * 24 * 3600


class Visit(HttpRequest):
    """A request as views get it; a name for types, never made."""

    points: list[SalesPoint]
    place: SalesPoint | None
    htmx: HtmxDetails


class SignedInVisit(Visit):
    """A request of somebody with an account; a name for types, never made."""

    user: "_User"


class PlaceMiddleware:
    """Sets `request.points`, every open point, and `request.place`, hers or falsy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        points: Any = SimpleLazyObject(open_points)
        place: Any = SimpleLazyObject(lambda: place_of(request))
        request.points, request.place = points, place
        return self.get_response(request)


def place_of(request: Visit) -> SalesPoint | None:
    """The open point named by the visitor's cookie, or None."""
    slug = request.COOKIES.get(PLACE_COOKIE)
    if not slug:
        return None
    return next((point for point in request.points if point.slug == slug), None)
