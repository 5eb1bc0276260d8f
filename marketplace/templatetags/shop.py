"""Template tags of the shop: product cards, images, icons and links."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from wagtail.images.models import AbstractRendition, Image
from wagtail.models import Page

from catalogue.models import Area, Product
from catalogue.pictures import SQUARE, WIDE, is_wide, spec
from cms.queries import get_languages
from marketplace.checkout.basket.queries import BasketLine, count_units
from marketplace.checkout.plan import join_names
from marketplace.orders import order_links
from marketplace.orders.models import Order
from marketplace.rates.queries import CURRENCY_COOKIE, get_latest_rates
from marketplace.templatetags.formatting import language_runs, vi
from search.results import SearchResults
from search.results import highlight as highlight_words
from stores.models import SalesPoint
from stores.queries.shelves import Card

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

register = template.Library()


@register.inclusion_tag("components/currency_estimate.html", takes_context=True)
def currency_estimate(
    context: Context, amount_vnd: int, back: str
) -> dict[str, object]:
    """An amount in the visitor's currency, in English only.

    `back` is the path to return to from the choice of a currency. Empty without
    fresh rates.
    """
    if get_language() == "vi" or not amount_vnd:
        return {}
    rates = get_latest_rates()
    rate = rates.get(context["request"].COOKIES.get(CURRENCY_COOKIE, ""))
    return {
        "csrf_token": context.get("csrf_token"),
        "rates": rates,
        "rate": rate,
        "amount": rate.format_amount(int(amount_vnd)) if rate else "",
        "next": back,
    }


@register.simple_tag
def order_url(order: Order) -> str:
    """The address of an order's page, with its secret half."""
    return order_links.order_url(order)


@register.filter
def display_name(user: "_User | None") -> str:
    """The full name of a user, else the user name; a dash for nobody."""
    if user is None:
        return "–"
    return user.get_full_name() or user.get_username()


@register.filter
def product_names(lines: Iterable[BasketLine]) -> str:
    """The products of lines of a basket, in one row of words."""
    return join_names(list(lines))


@register.filter
def spirits_last(products: Iterable[Product | None]) -> list[Product]:
    """The products that are left, those that may not be advertised after the others."""
    return sorted(filter(None, products), key=lambda one: one.advertising_forbidden)


@register.filter
def get_item(mapping: dict, key: object) -> object:
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def basket_units(context: Context) -> int:
    """The number of units in the visitor's basket."""
    return count_units(context["request"]) if "request" in context else 0


@register.simple_tag(takes_context=True)
def highlight(context: Context, text: str) -> SafeString:
    """The text with the words of the current search, and its language, marked."""
    words = get_highlighted_words(context)
    marked = [
        (highlight_words(run, words), is_vietnamese)
        for run, is_vietnamese in language_runs(str(text))
    ]
    return format_html_join("", "{}", ((vi(run) if v else run,) for run, v in marked))


def get_highlighted_words(context: Context) -> tuple[str, ...]:
    results = context.get("results")
    return results.highlighted_words if isinstance(results, SearchResults) else ()


CARD_CACHE: dict[tuple[object, ...], SafeString] = {}
CARD_CACHE_SIZE = 4_000


@register.simple_tag(takes_context=True)
def card(context: Context, item: Card, here: bool = False) -> SafeString:
    """A product card with its nearest shelf; `here` on the page of that shelf.

    Cached by everything it displays: two dozen on a page are most of its work.
    """
    words = get_highlighted_words(context)
    key = card_cache_key(item, here, words)
    if key not in CARD_CACHE:
        if len(CARD_CACHE) >= CARD_CACHE_SIZE:
            CARD_CACHE.clear()
        pictures = [one.picture for one in item.row if one.picture]
        prefetch_related_objects(pictures, "renditions")
        card_context = {"card": item, "here": here, "results": context.get("results")}
        html = render_to_string("components/card.html", card_context)
        CARD_CACHE[key] = SafeString(html)
    return CARD_CACHE[key]


def card_cache_key(
    item: Card, here: bool, words: tuple[str, ...]
) -> tuple[object, ...]:
    """Everything a card displays, and what decides how."""
    product, shelf, picture = item.product, item.nearest, item.product.picture
    district = product.commune.parent
    return (
        get_language(),
        here,
        words,
        product.slug,
        product.name,
        product.price_vnd,
        product.unit,
        getattr(product, "stars", None),
        product.is_alcohol,
        product.is_service,
        picture
        and (
            picture.pk,
            str(picture.file),
            picture.focal_point_x,
            picture.focal_point_y,
            picture.focal_point_width,
            picture.focal_point_height,
        ),
        district and (district.short_name, district.tile_col, district.tile_row),
        shelf
        and (shelf.point.short_name, shelf.free, shelf.is_here, shelf.distance_km),
    )


@register.filter
def as_range(number: int) -> range:
    return range(int(number))


@register.simple_tag
@lru_cache(maxsize=100)
def icon(name: str) -> SafeString:
    """An icon of the sprite; a word stands beside it, so screen readers skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("marketplace/icons.svg"),
        name,
    )


@register.simple_tag
def stars(number: int) -> SafeString:
    """An OCOP rank as icons and in words."""
    return render_stars(get_language() or "vi", int(number))


@lru_cache(maxsize=20)
def render_stars(language: str, number: int) -> SafeString:
    text = ngettext("%(stars)s star", "%(stars)s stars", number) % {"stars": number}
    return format_html(
        '<span class="stars"><span class="row" aria-hidden="true">{}</span> {}</span>',
        format_html_join("", "{}", ([icon("star")] for _star in range(number))),
        text,
    )


@register.simple_tag
def district_icon(area: Area) -> SafeString:
    """A district as its tile on the map of the province; nothing for other areas."""
    if area.tile_col is None or area.tile_row is None:
        return SafeString("")
    return render_tile(area.tile_col, area.tile_row)


@lru_cache(maxsize=50)
def render_tile(column: int, row: int) -> SafeString:
    return format_html(
        '<svg class="origin" viewBox="0 0 28 23" aria-hidden="true">'
        '<use href="{}#province"></use>'
        '<rect x="{}" y="{}" width="4" height="4"></rect></svg>',
        static("marketplace/icons.svg"),
        f"{column * 4.8:g}",
        f"{row * 4.75:g}",
    )


def get_renditions(image: Image, specs: list[str]) -> list[AbstractRendition]:
    """The renditions of an image, from those prefetched with it where possible.

    Wagtail itself reads its cache once per image, two dozen times a page.
    """
    if "renditions" in getattr(image, "_prefetched_objects_cache", {}):
        prefetched = {
            one.filter_spec: one
            for one in image.renditions.all()
            if not one.focal_point_key
        }
        if not image.has_focal_point() and prefetched.keys() >= set(specs):
            return [prefetched[one] for one in specs]
    renditions = image.get_renditions(*specs)
    return [renditions[one] for one in specs]


def responsive_image(
    image: Image, shapes: list[tuple[int, int]], sizes: str, alt: str, eager: bool
) -> SafeString:
    renditions = get_renditions(image, [spec(shape) for shape in shapes])
    sources = format_html_join(
        ", ", "{} {}w", ((one.url, one.width) for one in renditions)
    )
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        renditions[0].url,
        sources,
        sizes,
        shapes[-1][0],
        shapes[-1][1],
        alt,
        SafeString(' fetchpriority="high"' if eager else ' loading="lazy"'),
    )


@register.simple_tag
def square_image(
    image: Image | None, sizes: str = "200px", alt: str = "", eager: bool = False
) -> SafeString:
    """An image as a square in every size; a placeholder where there is none."""
    if image is None:
        return SafeString('<span class="no-picture"></span>')
    return responsive_image(image, SQUARE, sizes, alt, eager)


@register.simple_tag
def wide_image(
    image: Image | None, sizes: str = "100vw", alt: str = "", eager: bool = False
) -> SafeString:
    """An image as wide as the page; nothing where none is wide enough."""
    if image is None or not is_wide(image):
        return SafeString("")
    return responsive_image(image, WIDE, sizes, alt, eager)


@register.simple_tag(takes_context=True)
def alternate_paths(context: dict) -> dict[str, str]:
    """Language to path of the current page, for the languages in which it exists."""
    request: HttpRequest = context["request"]
    page = context.get("page")
    if isinstance(page, Page):
        languages = get_languages(page)
    else:
        languages = {code for code, _name in settings.LANGUAGES}
    path = request.path
    bare = path[3:] if path == "/en" or path.startswith("/en/") else path
    paths = {"vi": bare, "en": f"/en{bare}"}
    return {code: paths[code] for code in paths if code in languages}


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(
    context: Context, target: str, label: str, *also: str
) -> dict[str, object]:
    """A link of a menu, current on the pages below its path or below one of `also`.

    `target` is a path or the name of a URL.
    """
    url = target if target.startswith("/") else reverse(target)
    path = context["request"].path.removeprefix("/en")
    is_current = path.startswith((url.removeprefix("/en"), *also))
    return {"url": url, "label": label, "is_current": is_current}


@register.simple_tag
def page_url(slug: str) -> str:
    """The path of the front page, or of an editors' page below it, in the language."""
    home = "/" if get_language() == "vi" else f"/{get_language()}/"
    return f"{home}{slug}/" if slug else home


@register.simple_tag
def products_url(**filters: object) -> str:
    """The URL of the product list, narrowed by these query parameters."""
    return f"{reverse('products')}?{urlencode(filters, True)}"


@register.simple_tag
def directions_url(point: SalesPoint) -> str:
    """Directions to a point, on a map that every telephone and computer opens.

    Source: Google, Maps URLs, https://developers.google.com/maps/documentation/urls
    """
    place = f"{point.lat:f},{point.lng:f}"
    query = urlencode({"api": "1", "destination": place})
    return f"https://www.google.com/maps/dir/?{query}"
