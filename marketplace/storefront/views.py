"""Product, district and maker."""

import datetime as dt

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.carry import advice
from catalogue.models import Area, Certificate, Producer, Product
from catalogue.queries import census, goods_of_district, no_pictures_alike
from cms.queries import stories_from, story_about
from marketplace.checkout.plan import plan_product
from search.views import separate_same_pictures
from stores.middleware import ShopRequest
from stores.models import StockLot
from stores.queries.points import point_rows, regional_centre
from stores.queries.shelves import Card, Shelf, product_cards, shelves_by_product

NEIGHBOURS = 4
FIRST_GOODS = 8
BANDS = {3: (50, 70), 4: (70, 90), 5: (90, 100)}
"""Points of each rank, from and below. Source: QĐ 148/QĐ-TTg, 24/02/2023."""


@require_safe
def product(request: ShopRequest, slug: str) -> HttpResponse:
    """Everything about one product, whether it may be sold or not."""
    now = timezone.now()
    today = timezone.localdate(now)
    product = get_object_or_404(
        Product.objects.filter(is_public=True)
        .select_related("producer", "commune__parent", "picture")
        .prefetch_related(
            Prefetch("commune__successors", Area.objects.select_related("parent")),
            Prefetch(
                "certificates",
                Certificate.objects.filter(decided_on__lte=today).order_by(
                    "-decided_on"
                ),
            ),
        ),
        slug=slug,
    )
    certificates = product.certificates.all()
    in_force = next((one for one in certificates if one.is_in_force(on=today)), None)
    certificate = in_force or next(iter(certificates), None)
    state = certificate.state(on=today) if certificate else "none"
    on_sale = in_force is not None
    neighbours = find_neighbours(product, today)
    shelves_by_id = shelves_by_product(
        [product, *neighbours], points=request.points, place=request.place, now=now
    )
    shelves = shelves_by_id.get(product.pk, []) if on_sale else []
    story = story_about(product)
    pictures = [product.picture, story.wide_picture if story else None]
    pictures += [other.picture for other in neighbours]
    prefetch_related_objects(list(filter(None, pictures)), "renditions")
    place = request.place or regional_centre(request.points)
    planner = plan_product(Card(product, shelves), points=request.points, now=now)
    context = {
        "product": product,
        "certificate": certificate,
        "state": state,
        "on_sale": on_sale,
        "life": get_certificate_life(in_force, today) if in_force else None,
        "band": BANDS[in_force.stars] if in_force else None,
        "shelves": shelves,
        "first_shelf": shelves[0] if shelves else None,
        "free": sum(shelf.free for shelf in shelves),
        "lacking_place": place if shelves and shelves[0].point != place else None,
        "pickup_shelf": next((s for s in shelves if s.point.offers_pickup), None),
        "reaches_room": planner.reaches_room(),
        "postage": planner.cheapest_postage(),
        "lot": first_lot(product, shelves),
        "advice": advice(product.carry),
        "story": story,
        "cards": [Card(other, shelves_by_id.get(other.pk, [])) for other in neighbours],
    }
    return render(request, "storefront/product.html", context)


def get_certificate_life(certificate: Certificate, today: dt.date) -> dict[str, int]:
    """How much of the certificate's life has passed, in percent, and what is left."""
    whole = (certificate.expires_on - certificate.decided_on).days
    elapsed = (today - certificate.decided_on).days
    left = (certificate.expires_on - today).days
    return {"elapsed": round(100 * elapsed / whole), "months": left // 30, "days": left}


def first_lot(product: Product, shelves: list[Shelf]) -> StockLot | None:
    """The lot that the nearest point would hand over first."""
    if not shelves:
        return None
    return (
        StockLot.objects.filter(
            record__product=product,
            record__partner=shelves[0].point.partner_id,
            on_hand__gt=0,
        )
        .select_related("batch")
        .order_by("batch__best_before", "pk")
        .first()
    )


def find_neighbours(product: Product, today: dt.date) -> list[Product]:
    """A few others from its district, most stars first, no two pictures alike.

    Products that may not be advertised are never among them.
    """
    others = (
        Product.objects.on_sale(on=today)
        .select_related("commune__parent", "picture")
        .filter(advertising_forbidden=False)
        .exclude(pk=product.pk)
    )
    same = others.filter(commune__parent=product.commune.parent).order_by(
        "-stars", "pk"
    )
    return no_pictures_alike(same[: 10 * NEIGHBOURS])[:NEIGHBOURS]


@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """The eighteen districts, as a map and as a list."""
    market = census(on=timezone.localdate())
    return render(request, "storefront/districts.html", {"census": market})


@require_safe
def district(request: ShopRequest, slug: str) -> HttpResponse:
    """One district: what it makes, who makes it, where to buy it, what it is now."""
    now = timezone.now()
    today = timezone.localdate(now)
    market = census(on=today)
    tile = market.tile(slug)
    if tile is None:
        raise Http404(_("Quảng Nam has no such district."))
    area = tile.area
    made_here = (
        Product.objects.on_sale(on=today)
        .for_cards()
        .prefetch_related(None)
        .filter(commune__parent=area)
        .order_by("advertising_forbidden", "-stars", "pk")
    )
    goods = separate_same_pictures(made_here[:FIRST_GOODS])
    stories = list(stories_from(area)[:2])
    points = [point for point in request.points if point.district_id == area.pk]
    makers = (
        Producer.objects.filter(products__commune__parent=area)
        .distinct()
        .order_by("pk")
    )
    pictures = [area.picture]
    pictures += [
        one for story in stories for one in (story.picture, story.wide_picture)
    ]
    pictures += [product.picture for product in goods]
    prefetch_related_objects(list(filter(None, pictures)), "renditions")
    context = {
        "district": area,
        "census": market,
        "tile": tile,
        "cards": product_cards(
            goods, points=request.points, place=request.place, now=now
        ),
        "stories": stories,
        "points": point_rows(points, place=request.place, now=now) if points else [],
        "makers": makers,
    }
    return render(request, "storefront/district.html", context)


@require_safe
def district_panel(request: HttpRequest, slug: str) -> HttpResponse:
    """The summary of a district beside the map of the front page."""
    today = timezone.localdate()
    tile = census(on=today).tile(slug)
    if tile is None:
        raise Http404(_("Quảng Nam has no such district."))
    goods = goods_of_district(tile.area, on=today)
    return render(
        request, "storefront/district_panel.html", {"tile": tile, "goods": goods}
    )


@require_safe
def producer(request: ShopRequest, slug: str) -> HttpResponse:
    """A producer and what it has on sale."""
    now = timezone.now()
    producer = get_object_or_404(
        Producer.objects.select_related("commune__parent").prefetch_related(
            "commune__successors"
        ),
        slug=slug,
    )
    goods = (
        Product.objects.on_sale(on=timezone.localdate(now))
        .for_cards()
        .filter(producer=producer)
        .order_by("advertising_forbidden", "-stars", "pk")
    )
    context = {
        "producer": producer,
        "cards": product_cards(
            goods, points=request.points, place=request.place, now=now
        ),
        "others": producer.products.filter(is_public=True).exclude(pk__in=goods),
    }
    return render(request, "storefront/producer.html", context)
