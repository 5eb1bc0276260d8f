"""The sales points and their stock."""

import datetime as dt

from django.utils import timezone

from catalogue.models import Area, Producer, Product
from marketplace.demo.files import Files
from marketplace.demo.upsert import copy_fields, upsert
from stores.models import LeadTime, SalesPoint, StockMovement
from stores.operations.receive import receive
from stores.partner.models import Partner, StockRecord

SHELVED = dt.timedelta(days=7)
"""How long ago goods were received, if they were made by then."""

DOCUMENT = "DEMO-01"
"""The delivery slip under which the demonstration's goods were received."""


def load_points(files: Files, producers: dict[str, Producer]) -> dict[str, SalesPoint]:
    """Write the points, each with the Oscar partner that stands behind it."""
    partners = upsert(
        Partner,
        ("code",),
        [{"code": point.slug, "name": point.name_vi} for point in files.sales_points],
    )
    districts = {area.slug: area for area in Area.objects.exclude(slug=None)}
    short_names = files.texts["short_names"]
    written = upsert(
        SalesPoint,
        ("slug",),
        [
            copy_fields(
                point,
                "slug kind name_vi name_en lat lng phone alcohol_licence languages"
                " note_vi note_en illustrative",
                partner_id=partners[(point.slug,)].pk,
                short_name_vi=short_names[point.slug]["vi"],
                short_name_en=short_names[point.slug]["en"],
                hotel_vi=hotel_name(point.kind, point.name_vi, "Gian hàng OCOP "),
                hotel_en=hotel_name(point.kind, point.name_en, "OCOP Booth, "),
                address_old=point.address_vi,
                address=point.address_new_vi,
                district_id=districts[point.district].pk,
                hours=vars(point.opening_hours),
                offers_pickup="pickup" in point.services,
                offers_room_delivery="room_delivery" in point.services,
                offers_tasting="tasting" in point.services,
                operator_id=producers[point.operator].pk,
            )
            for point in files.sales_points
        ],
    )
    return {slug: point for (slug,), point in written.items()}


def hotel_name(kind: str, name: str, booth: str) -> str:
    """The hotel's own name in the name of its booth."""
    if kind != SalesPoint.Kind.HOTEL_BOOTH:
        return ""
    hotel = name.removeprefix(booth)
    return hotel[0].upper() + hotel[1:]


CENTRES = (SalesPoint.Kind.REGIONAL_CENTRE, SalesPoint.Kind.DISTRICT_CENTRE)


def lead_hours(source: SalesPoint, destination: SalesPoint) -> int | None:
    """How long goods take, in the demonstration; None where there is no transport.

    By bike within a district, then by the van that leaves the centres: it is there the
    next day within 60 km, and the day after beyond.
    """
    if source.district_id == destination.district_id:
        return 3
    if source.kind in CENTRES:
        return 24 if source.distance_km(destination) <= 60 else 48
    return None


def load_lead_times(points: dict[str, SalesPoint]) -> None:
    """Write how long every pair of points takes that can be offered to buyers."""
    pairs = [
        (source, destination, lead_hours(source, destination))
        for source in points.values()
        for destination in points.values()
        if source != destination
    ]
    upsert(
        LeadTime,
        ("source_id", "destination_id"),
        [
            {"source_id": source.pk, "destination_id": destination.pk, "hours": hours}
            for source, destination, hours in pairs
            if hours
        ],
    )


def load_stock(
    files: Files,
    *,
    points: dict[str, SalesPoint],
    products: dict[str, Product],
    now: dt.datetime,
) -> int:
    """Receive the lots that were not received before; returns how many were new."""
    received = set(
        StockMovement.objects.filter(document=DOCUMENT).values_list(
            "record__partner__code", "batch__product__slug", "batch__lot"
        )
    )
    new = 0
    for lot in files.stock:
        point, product = points[lot.sales_point], products[lot.product]
        StockRecord.objects.get_or_create(
            partner_id=point.partner_id,
            partner_sku=product.code,
            defaults={
                "product": product,
                "num_in_stock": 0,
                "num_allocated": 0,
                "low_stock_threshold": lot.reorder_point,
            },
        )
        if lot.on_hand and (lot.sales_point, lot.product, lot.lot) not in received:
            receive(
                point=point,
                product=product,
                lot=lot.lot,
                best_before=lot.best_before,
                made_on=lot.made_on,
                quantity=lot.on_hand,
                at=now - min(SHELVED, timezone.localdate(now) - lot.made_on),
                actor=None,
                document=DOCUMENT,
            )
            new += 1
    return new
