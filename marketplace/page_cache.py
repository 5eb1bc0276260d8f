"""Pages kept for whoever comes next, as long as nothing in the market has changed.

A page is kept under the state of the database it was made from, and under the place
and the currency it was made for. Who has other goods in her basket is shown the same
page with her own basket's link; only who is told something has it made for herself, and
what an editor may have closed to strangers is kept for strangers only. PostgreSQL gives
that state a name that every commit of anybody changes, so a kept page is never older
than the newest stock, price or certificate; what only the clock changes (a point
opens, an unpaid hold lapses) is seen with the next minute.
"""

import re
import secrets
import zlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import partial, wraps
from hashlib import sha256

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from oscar.defaults import OSCAR_BASKET_COOKIE_OPEN

from marketplace.rates.queries import CURRENCY_COOKIE
from stores.middleware import PLACE_COOKIE

KEPT_S = 60
"""From one full minute to the next: points open and close at full minutes."""

CHOSEN = (PLACE_COOKIE, CURRENCY_COOKIE)
HARMLESS = {
    *CHOSEN,
    settings.CSRF_COOKIE_NAME,
    settings.SESSION_COOKIE_NAME,
    OSCAR_BASKET_COOKIE_OPEN,
}

BASKET_LINK = re.compile(rb'<a [^>]*id="basket-link".*?</a>', re.DOTALL)
TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+')
HER_BASKET, HER_TOKEN = secrets.token_bytes(16), secrets.token_bytes(16)
"""What stands in a kept page where each visitor's own is put; nobody can write it."""


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views whose page depends on the address, the database, the clock and what was
    CHOSEN alone. Who has a cookie that is not HARMLESS is answered by the view."""
    return kept_for(HARMLESS, view)


def kept_for_strangers(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """For views that show more to some who have signed in or given a password."""
    return kept_for(HARMLESS - {settings.SESSION_COOKIE_NAME}, view)


def kept_for(
    harmless: AbstractSet[str], view: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        key = key_of(request) if harmless >= request.COOKIES.keys() else ""
        if not key:
            return view(request, *args, **kwargs)
        if page := caches["pages"].get(key):
            headers, body = page
            return HttpResponse(hers(zlib.decompress(body), request), headers=headers)
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(partial(keep, key))
        else:
            keep(key, response)
        return response

    return shown


def hers(body: bytes, request: HttpRequest) -> bytes:
    """The page with the visitor's own token and her own basket."""
    if HER_BASKET in body:
        link = render_to_string("components/basket_link.html", request=request)
        body = body.replace(HER_BASKET, link.strip().encode())
    if HER_TOKEN in body:
        body = body.replace(HER_TOKEN, get_token(request).encode())
    return body


def keep(key: str, page: HttpResponse) -> None:
    """Without what is hers for whom it was made."""
    if page.status_code == 200 and not page.cookies and not page.streaming:
        body = TOKEN.sub(HER_TOKEN, BASKET_LINK.sub(HER_BASKET, page.content))
        kept = dict(page.headers), zlib.compress(body, level=1)
        caches["pages"].set(key, kept, KEPT_S)


def key_of(request: HttpRequest) -> str:
    """What a page is kept under; empty where none may be."""
    state = state_of_the_database() if request.method == "GET" else ""
    if not state:
        return ""
    span = timezone.now().timestamp() // KEPT_S
    chosen = [request.COOKIES.get(name, "") for name in CHOSEN]
    parts = (request.build_absolute_uri(), get_language(), chosen, state, span)
    return sha256(repr(parts).encode()).hexdigest()


def state_of_the_database() -> str:
    """A name that changes with every commit; empty where there is no such name.

    Within a transaction there may be changes of its own, which the name leaves out.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        (state,) = cursor.fetchone()
    return state
