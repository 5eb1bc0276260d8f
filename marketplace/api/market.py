"""Areas, products, sales points, their stock, and stories."""

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from django.utils import timezone, translation
from ninja import Query, Router

from catalogue.models import Area, Certificate, Product, certificate_in_force
from catalogue.queries import by_name
from catalogue.text import slugify
from cms.models import StoryPage
from marketplace.api.shapes import (
    AreasOut,
    Language,
    ProductOut,
    ProductsOut,
    RefusalOut,
    SalesPointsOut,
    ShelvesOut,
    StoriesOut,
)
from stores.models import SalesPoint
from stores.queries.free import free_records
from stores.queries.points import open_points

router = Router(tags=["market"])

PAGE_SIZE = 100

REFUSED = {422: RefusalOut}
"""What each may answer: at least its language may be one that there is not."""
MISSING = {404: RefusalOut} | REFUSED


@router.get(
    "/areas",
    response={200: AreasOut} | REFUSED,
    summary="Districts, and communes old and new",
)
def areas(request: HttpRequest, lang: Language = "vi") -> dict[str, object]:
    with translation.override(lang):
        found = (
            Area.objects.exclude(kind=Area.Kind.PROVINCE)
            .select_related("parent")
            .prefetch_related("successors")
            .order_by("-kind", "pk")
        )
        return {
            "items": [
                {
                    "kind": area.kind,
                    "slug": area.slug or slugify(area.short_name),
                    "name": area.name,
                    "district": area.parent.slug if area.parent else None,
                    "valid_to": area.valid_to,
                    "successors": [other.name for other in area.successors.all()],
                }
                for area in found
            ]
        }


@router.get(
    "/products",
    response={200: ProductsOut} | REFUSED,
    summary="What may be sold today, by number",
)
def products(
    request: HttpRequest,
    lang: Language = "vi",
    page: int = Query(1, ge=1, le=100_000),
) -> dict[str, object]:
    with translation.override(lang):
        found = (
            Product.objects.on_sale(on=timezone.localdate())
            .select_related("commune__parent")
            .order_by("pk")
        )
        first = (page - 1) * PAGE_SIZE
        return {
            "total": found.count(),
            "items": [serialize_row(one) for one in found[first : first + PAGE_SIZE]],
        }


def serialize_row(product: Product) -> dict[str, object]:
    return {
        "slug": product.slug,
        "title": product.name,
        "url": product.get_absolute_url(),
        "stars": getattr(product, "stars", None),
        "price_vnd": product.price_vnd,
        "unit": product.unit,
        "district": product.commune.parent.slug if product.commune.parent else None,
    }


@router.get(
    "/products/{slug:slug}",
    response={200: ProductOut} | MISSING,
    summary="One product, its certificate, and where it is now",
)
def product(
    request: HttpRequest, slug: str, lang: Language = "vi"
) -> dict[str, object]:
    """A product whose certificate has ended is included, without stars."""
    today = timezone.localdate()
    with translation.override(lang):
        found = (
            Product.objects.filter(slug=slug, is_public=True)
            .select_related("commune__parent", "producer")
            .first()
        )
        if found is None:
            raise Http404
        certificates = found.certificates.order_by("-decided_on")
        certificate = (
            certificates.filter(certificate_in_force(on=today)).first()
            or certificates.first()
        )
        in_force = is_in_force(certificate)
        stock = free_records(at=timezone.now()).filter(product=found)
        stock = (stock if in_force else stock.none()).select_related(
            "partner__sales_point"
        )
        return serialize_row(found) | {
            "stars": certificate.stars if certificate and in_force else None,
            "summary": found.summary,
            "producer": found.producer.slug,
            "commune": found.commune.name,
            "group": found.group,
            "subgroup": found.subgroup,
            "certificate": certificate
            and {
                "decision_no": certificate.decision_no,
                "decided_on": certificate.decided_on,
                "expires_on": certificate.expires_on,
                "state": certificate.state(on=today),
            },
            "buyable": in_force and not found.is_service and bool(stock),
            "stock": [
                {
                    "sales_point": record.partner.sales_point.slug,
                    "available": record.free,
                }
                for record in stock.order_by("pk")
            ],
        }


def is_in_force(certificate: Certificate | None) -> bool:
    state = certificate.state(on=timezone.localdate()) if certificate else ""
    return state in ("valid", "expiring")


@router.get(
    "/sales-points",
    response={200: SalesPointsOut} | REFUSED,
    summary="Where the market sells",
)
def sales_points(request: HttpRequest, lang: Language = "vi") -> dict[str, object]:
    points = open_points()
    prefetch_related_objects(points, "district")
    with translation.override(lang):
        return {
            "items": [
                {
                    "slug": point.slug,
                    "kind": point.kind,
                    "name": point.name,
                    "address": point.address_here,
                    "district": point.district.slug,
                    "lat": point.lat,
                    "lng": point.lng,
                    "hours": point.hours,
                    "offers_pickup": point.offers_pickup,
                    "offers_room_delivery": point.offers_room_delivery,
                }
                for point in points
            ]
        }


@router.get(
    "/sales-points/{slug:slug}/stock",
    response={200: ShelvesOut} | MISSING,
    summary="What may be bought at a point now",
)
def stock(request: HttpRequest, slug: str, lang: Language = "vi") -> dict[str, object]:
    today = timezone.localdate()
    with translation.override(lang):
        point = SalesPoint.objects.filter(slug=slug, is_open=True).first()
        if point is None:
            raise Http404
        records = (
            free_records(at=timezone.now())
            .filter(
                partner=point.partner_id,
                product__in=Product.objects.on_sale(on=today).values("pk"),
            )
            .select_related("product")
            .order_by(by_name("product__"), "pk")
        )
        return {
            "items": [
                {
                    "product": record.product.slug,
                    "title": record.product.name,
                    "available": record.free,
                }
                for record in records
            ]
        }


@router.get(
    "/stories",
    response={200: StoriesOut} | REFUSED,
    summary="Published stories in a language",
)
def stories(request: HttpRequest, lang: Language = "vi") -> dict[str, object]:
    with translation.override(lang):
        public = StoryPage.objects.published().filter(locale__language_code=lang)
        pages = list(public.order_by("-first_published_at", "pk"))
        named = {pk for page in pages for pk in page.product_ids}
        slugs = dict(Product.objects.filter(pk__in=named).values_list("pk", "slug"))
        return {
            "items": [
                {
                    "slug": page.slug,
                    "title": page.title,
                    "summary": page.summary,
                    "url": page.get_url(request) or "",
                    "kind": page.kind,
                    "products": [slugs[pk] for pk in page.product_ids if pk in slugs],
                }
                for page in pages
            ]
        }
