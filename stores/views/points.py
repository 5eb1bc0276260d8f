"""Sales points as visitors see them, and the choice of one's own."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.models import Product
from stores.middleware import PLACE_COOKIE, PLACE_COOKIE_AGE, ShopRequest
from stores.models import WEEKDAYS, SalesPoint
from stores.queries.free import free_records
from stores.queries.points import point_rows
from stores.queries.shelves import product_cards
from stores.static_map import StaticMap

SHELF_PAGE = 24


@require_safe
def points(request: ShopRequest) -> HttpResponse:
    """Every point, nearest first, beside a map."""
    now = timezone.now()
    service = request.GET.get("with", "")
    rows = point_rows(request.points, place=request.place, now=now)
    choices = {
        "open": [row for row in rows if row.open_until],
        "room": [row for row in rows if row.point.offers_room_delivery],
        "tasting": [row for row in rows if row.point.offers_tasting],
    }
    chosen = choices.get(service, rows)
    context = {
        "rows": chosen,
        "service": service if service in choices else "",
        "counts": {name: len(found) for name, found in choices.items()},
        "map": StaticMap(chosen),
        "tile_url": settings.TILE_URL,
    }
    return render(request, "stores/points.html", context)


@require_safe
def point(request: ShopRequest, slug: str) -> HttpResponse:
    """One point: when it is open, what it does, what is on its shelf now."""
    now = timezone.now()
    today = timezone.localdate(now)
    found = get_object_or_404(
        SalesPoint.objects.filter(is_open=True).select_related("district", "operator"),
        slug=slug,
    )
    there = free_records(at=now).filter(partner=found.partner_id).values("product")
    goods = (
        Product.objects.on_sale(on=today)
        .for_cards()
        .filter(pk__in=there)
        .order_by("-stars", "pk")
    )
    (row,) = point_rows([found], place=request.place, now=now)
    context = {
        "point": found,
        "row": row,
        "cards": product_cards(
            goods[:SHELF_PAGE], points=[found], place=found, now=now
        ),
        "total": row.products,
        "week": [
            (day, found.hours[day], number == today.weekday())
            for number, day in enumerate(WEEKDAYS)
        ],
        "map": StaticMap([row]),
        "tile_url": settings.TILE_URL,
        "counted_at": now,
    }
    return render(request, "stores/point.html", context)


@require_POST
def choose_place(request: ShopRequest) -> HttpResponse:
    """Keep the point nearest to the visitor in a cookie, and go back."""
    chosen = next(
        (p for p in request.points if p.slug == request.POST.get("sales_point")), None
    )
    if chosen is None:
        raise Http404(_("There is no such sales point."))
    back = request.POST.get("next", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, None):
        back = chosen.get_absolute_url()
    response = redirect(back)
    response.set_cookie(
        PLACE_COOKIE,
        chosen.slug,
        max_age=PLACE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    messages.success(
        request, _("Distances and stock are now shown from %s.") % chosen.short_name
    )
    return response
