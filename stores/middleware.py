"""The visitor's place: a sales point chosen once and stored in a cookie."""

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


class ShopRequest(HttpRequest):
    """A request as views receive it; for type annotations only."""

    points: list[SalesPoint]
    place: SalesPoint | None
    htmx: HtmxDetails


class AuthenticatedShopRequest(ShopRequest):
    """A request of a signed-in person; for type annotations only."""

    user: "_User"


class PlaceMiddleware:
    """Set `request.points`, all open points, and `request.place`, maybe falsy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ShopRequest) -> HttpResponse:
        points: Any = SimpleLazyObject(open_points)
        place: Any = SimpleLazyObject(lambda: chosen_place(request))
        request.points, request.place = points, place
        return self.get_response(request)


def chosen_place(request: ShopRequest) -> SalesPoint | None:
    """The open point named by the visitor's cookie, or None."""
    slug = request.COOKIES.get(PLACE_COOKIE)
    if not slug:
        return None
    return next((point for point in request.points if point.slug == slug), None)
