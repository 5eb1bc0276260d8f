"""Where the visitor says she is: a sales point chosen once and kept in a cookie."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from stores.models import SalesPoint
from stores.queries import open_points

PLACE_COOKIE = "place"
PLACE_COOKIE_AGE = 180 * 24 * 3600


class PlaceMiddleware:
    """Sets `request.points`, every open point, and `request.place`, hers or falsy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.points = SimpleLazyObject(open_points)
        request.place = SimpleLazyObject(lambda: place_of(request))
        return self.get_response(request)


def place_of(request: HttpRequest) -> SalesPoint | None:
    """The open point named by the visitor's cookie, or None."""
    slug = request.COOKIES.get(PLACE_COOKIE)
    if not slug:
        return None
    return next((point for point in request.points if point.slug == slug), None)
