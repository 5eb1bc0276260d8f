"""What templates show: cards, pictures, marks, and where an address leads."""

from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _lazy
from wagtail.images.models import AbstractRendition, Image
from wagtail.models import Page

from catalogue.models import Area
from catalogue.pictures import SQUARE, WIDE, is_wide, spec
from cms.queries import languages_of
from marketplace.orders.models import Fulfilment
from marketplace.rates.queries import CURRENCY_COOKIE, get_latest_rates
from search.marking import mark
from search.question import Answer
from stores.queries.shelves import Card

register = template.Library()


@register.inclusion_tag("components/estimate.html", takes_context=True)
def estimate(context: Context, amount_vnd: int, back: str) -> dict[str, object]:
    """About how much a sum is in a traveller's currency; in English only.

    `back` is where the choice of another currency leads. Nothing without fresh rates.
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


STATUS_WORDS = {
    Fulfilment.Status.AWAITING_PAYMENT: (
        _lazy("waits for your payment"),
        "status-wait",
    ),
    Fulfilment.Status.CONFIRMED: (_lazy("confirmed"), "strong"),
    Fulfilment.Status.PREPARING: (_lazy("being packed"), "strong"),
    Fulfilment.Status.READY: (_lazy("ready"), "leaf"),
    Fulfilment.Status.HANDED_OVER: (_lazy("handed over"), "quiet"),
    Fulfilment.Status.DELIVERED: (_lazy("delivered"), "quiet"),
    Fulfilment.Status.CANCELLED: (_lazy("cancelled"), "quiet"),
    Fulfilment.Status.LAPSED: (_lazy("not paid in time"), "quiet"),
    Fulfilment.Status.NOT_COLLECTED: (_lazy("not collected in time"), "quiet"),
}
"""A job's or an order's status in its buyer's words, and how they look."""


@register.simple_tag
def standing(status: str) -> SafeString:
    """Where an order stands, in a word with its colour."""
    word, look = STATUS_WORDS[Fulfilment.Status(status)]
    return format_html('<span class="{}">{}</span>', look, word)


@register.filter
def status(value: str) -> str:
    """A job's or an order's status in the words of who works here."""
    return str(Fulfilment.Status(value).label)


@register.filter
def person(user: AbstractUser | None) -> str:
    """How colleagues call somebody: her name, or her address where she has none."""
    if user is None:
        return "–"
    return user.get_full_name() or user.get_username()


@register.filter
def lookup(mapping: dict, key: object) -> object:
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def marked(context: Context, text: str) -> SafeString:
    """The text with the words that were searched for marked, where something was."""
    answer = context.get("answer")
    return mark(str(text), answer.marked if isinstance(answer, Answer) else ())


CARDS: dict[tuple[object, ...], SafeString] = {}
MOST_CARDS = 4_000


@register.simple_tag(takes_context=True)
def card(context: Context, shown: Card, here: bool = False) -> SafeString:
    """A product among others, with its nearest shelf; `here` is a page of that shelf.

    Drawn once for everything that is seen of it, and kept as long as none of that
    changes: two dozen on a page are most of its work.
    """
    answer = context.get("answer")
    words = answer.marked if isinstance(answer, Answer) else ()
    seen = seen_of(shown, here, words)
    if seen not in CARDS:
        if len(CARDS) >= MOST_CARDS:
            CARDS.clear()
        pictures = [one.picture for one in shown.row if one.picture]
        prefetch_related_objects(pictures, "renditions")
        drawn = {"card": shown, "here": here, "answer": answer}
        CARDS[seen] = SafeString(render_to_string("components/card.html", drawn))
    return CARDS[seen]


def seen_of(shown: Card, here: bool, words: tuple[str, ...]) -> tuple[object, ...]:
    """All that a card shows, and what decides how."""
    product, shelf, picture = shown.product, shown.nearest, shown.product.picture
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
def times(number: int) -> range:
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
    """So many stars, drawn and in words."""
    return stars_in(get_language() or "vi", int(number))


@lru_cache(maxsize=20)
def stars_in(language: str, number: int) -> SafeString:
    said = ngettext("%(stars)s star", "%(stars)s stars", number) % {"stars": number}
    return format_html(
        '<span class="stars"><span class="row" aria-hidden="true">{}</span> {}</span>',
        format_html_join("", "{}", ([icon("star")] for _star in range(number))),
        said,
    )


@register.simple_tag
def origin(area: Area) -> SafeString:
    """The mark of a district: its cell among the eighteen; nothing for other areas."""
    if area.tile_col is None or area.tile_row is None:
        return SafeString("")
    return cell_of(area.tile_col, area.tile_row)


@lru_cache(maxsize=50)
def cell_of(column: int, row: int) -> SafeString:
    return format_html(
        '<svg class="origin" viewBox="0 0 28 23" aria-hidden="true">'
        '<use href="{}#province"></use>'
        '<rect x="{}" y="{}" width="4" height="4"></rect></svg>',
        static("marketplace/icons.svg"),
        f"{column * 4.8:g}",
        f"{row * 4.75:g}",
    )


def renditions_of(image: Image, specs: list[str]) -> list[AbstractRendition]:
    """The sizes of a picture, out of those that were fetched with it where it can be.

    Wagtail's own way asks its cache about each, two dozen pictures a page.
    """
    if "renditions" in getattr(image, "_prefetched_objects_cache", {}):
        there = {
            one.filter_spec: one
            for one in image.renditions.all()
            if not one.focal_point_key
        }
        if not image.has_focal_point() and there.keys() >= set(specs):
            return [there[one] for one in specs]
    found = image.get_renditions(*specs)
    return [found[one] for one in specs]


def picture(
    image: Image, shapes: list[tuple[int, int]], sizes: str, alt: str, eager: bool
) -> SafeString:
    found = renditions_of(image, [spec(shape) for shape in shapes])
    sources = format_html_join(", ", "{} {}w", ((one.url, one.width) for one in found))
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        found[0].url,
        sources,
        sizes,
        shapes[-1][0],
        shapes[-1][1],
        alt,
        SafeString(' fetchpriority="high"' if eager else ' loading="lazy"'),
    )


@register.simple_tag
def square(
    image: Image | None, sizes: str = "200px", alt: str = "", eager: bool = False
) -> SafeString:
    """A picture as a square in every size; a plain square where there is none."""
    if image is None:
        return SafeString('<span class="no-picture"></span>')
    return picture(image, SQUARE, sizes, alt, eager)


@register.simple_tag
def wide(
    image: Image | None, sizes: str = "100vw", alt: str = "", eager: bool = False
) -> SafeString:
    """A picture across the page; nothing where there is none that is wide enough."""
    if image is None or not is_wide(image):
        return SafeString("")
    return picture(image, WIDE, sizes, alt, eager)


@register.simple_tag(takes_context=True)
def alternates(context: dict) -> dict[str, str]:
    """Language to path of this same page, for the languages in which it exists."""
    request: HttpRequest = context["request"]
    page = context.get("page")
    if isinstance(page, Page):
        languages = languages_of(page)
    else:
        languages = {code for code, _name in settings.LANGUAGES}
    path = request.path
    bare = path[3:] if path == "/en" or path.startswith("/en/") else path
    paths = {"vi": bare, "en": f"/en{bare}"}
    return {code: paths[code] for code in paths if code in languages}


@register.simple_tag(takes_context=True)
def nav_class(context: dict, *prefixes: str) -> str:
    """`current` on the pages below any of these paths."""
    path = context["request"].path.removeprefix("/en")
    return "current" if any(path.startswith(prefix) for prefix in prefixes) else ""


@register.simple_tag
def page_url(slug: str) -> str:
    """The path of the front page, or of an editors' page below it, in the language."""
    home = "/" if get_language() == "vi" else f"/{get_language()}/"
    return f"{home}{slug}/" if slug else home


@register.simple_tag
def goods_url(**filters: object) -> str:
    """The address of the goods narrowed by these parameters."""
    return f"{reverse('products')}?{urlencode(filters, True)}"
