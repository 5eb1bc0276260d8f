"""Public pages are cached until something in the database changes.

A page is cached for the state of the database it was rendered from, and for the chosen
place and currency. The visitor's own basket link and CSRF token are put in when it is
served. A page that carries a message is not cached, and one that an editor may restrict
is cached for anonymous visitors only. PostgreSQL names the state by its snapshot, which
every commit changes, so a cached page is never older than the newest stock, price or
certificate; what the clock changes (a point opens, an unpaid hold expires) appears with
the next minute.
"""

import re
import secrets
import zlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import partial, wraps
from hashlib import sha256

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
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

MAX_AGE_S = 60
"""From one full minute to the next: points open and close at full minutes."""

VARY_COOKIES = (PLACE_COOKIE, CURRENCY_COOKIE)
ANONYMOUS_COOKIES = {
    *VARY_COOKIES,
    settings.CSRF_COOKIE_NAME,
    OSCAR_BASKET_COOKIE_OPEN,
}
IGNORED_COOKIES = ANONYMOUS_COOKIES | {settings.SESSION_COOKIE_NAME}

BASKET_LINK = re.compile(rb'<a\s[^>]*id="basket-link".*?</a>', re.DOTALL)
CSRF_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+')
BASKET_PLACEHOLDER, CSRF_PLACEHOLDER = secrets.token_bytes(16), secrets.token_bytes(16)
"""Stand in a cached page for what is each visitor's own; nobody can guess them."""


def cache_public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views whose page depends on the address, the database, the clock and
    VARY_COOKIES alone. A request with any cookie beyond IGNORED_COOKIES is not cached.
    """
    return cache_page(IGNORED_COOKIES, view)


def cache_anonymous_page(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """For views that show more to some who have signed in or given a password."""
    return cache_page(ANONYMOUS_COOKIES, view)


def cache_page(
    ignored_cookies: AbstractSet[str], view: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    @wraps(view)
    def cached(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        key = cache_key(request) if ignored_cookies >= request.COOKIES.keys() else ""
        if not key:
            return view(request, *args, **kwargs)
        if page := caches["pages"].get(key):
            headers, body = page
            body = personalise(zlib.decompress(body), request)
            return HttpResponse(body, headers=headers)
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(partial(store_page, key, request))
        else:
            store_page(key, request, response)
        return response

    return cached


def personalise(body: bytes, request: HttpRequest) -> bytes:
    """The page with the visitor's own token and basket."""
    if BASKET_PLACEHOLDER in body:
        link = render_to_string("components/basket_link.html", request=request)
        body = body.replace(BASKET_PLACEHOLDER, link.strip().encode())
    if CSRF_PLACEHOLDER in body:
        body = body.replace(CSRF_PLACEHOLDER, get_token(request).encode())
    return body


def store_page(key: str, request: HttpRequest, page: HttpResponse) -> None:
    """Cache the page without what is the visitor's own."""
    is_plain = page.status_code == 200 and not page.cookies and not page.streaming
    if is_plain and not has_message(request):
        # As functions: random bytes may hold a backslash, which a template cannot.
        body = BASKET_LINK.sub(lambda _link: BASKET_PLACEHOLDER, page.content)
        body = CSRF_TOKEN.sub(lambda _token: CSRF_PLACEHOLDER, body)
        cached = dict(page.headers), zlib.compress(body, level=1)
        caches["pages"].set(key, cached, MAX_AGE_S)


def has_message(request: HttpRequest) -> bool:
    """Whether the page carries a message, or one was added while it was rendered.

    The first look at the basket after a sign-in adds one, if it merges two baskets.
    """
    messages = get_messages(request)
    return bool(
        isinstance(messages, BaseStorage) and (messages.used or messages.added_new)
    )


def cache_key(request: HttpRequest) -> str:
    """The key of the page that answers a request; empty where none may be cached."""
    state = database_state() if request.method == "GET" else ""
    if not state:
        return ""
    span = timezone.now().timestamp() // MAX_AGE_S
    chosen = [request.COOKIES.get(name, "") for name in VARY_COOKIES]
    key = (request.build_absolute_uri(), get_language(), chosen, state, span)
    return sha256(repr(key).encode()).hexdigest()


def database_state() -> str:
    """A name that changes with every commit; empty where there is no such name.

    Within a transaction there may be changes of its own, which the name leaves out.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        (state,) = cursor.fetchone()
    return state
