"""Makers, products, their certificates and the lots they made."""

from decimal import Decimal

from wagtail.images.models import Image

from catalogue.carry import strictest
from catalogue.models import (
    Area,
    Batch,
    Certificate,
    Producer,
    Product,
    ProductClass,
    ProgrammeTarget,
)
from catalogue.vat import usual_kind
from marketplace.demo.files import Files
from marketplace.demo.upsert import upsert


def load_producers(
    files: Files, communes: dict[tuple[str, str], Area]
) -> dict[str, Producer]:
    written = upsert(
        Producer,
        ("slug",),
        [
            {
                "slug": maker.slug,
                "name_vi": maker.name_vi,
                "name_en": maker.name_en,
                "kind": maker.kind,
                "commune_id": communes[maker.district, maker.commune].pk,
                "about_vi": maker.about_vi,
                "about_en": maker.about_en,
                "phone": maker.phone,
                "email": maker.email,
                "missing_commitments": maker.commitments.missing,
                "illustrative": maker.illustrative,
            }
            for maker in files.producers
        ],
    )
    return {slug: maker for (slug,), maker in written.items()}


def load_products(
    files: Files,
    communes: dict[tuple[str, str], Area],
    producers: dict[str, Producer],
    pictures: dict[str, Image],
) -> dict[str, Product]:
    """Write the products with their certificates."""
    goods, _created = ProductClass.objects.get_or_create(
        slug="goods", defaults={"name": "Hàng hóa", "track_stock": True}
    )
    services, _created = ProductClass.objects.get_or_create(
        slug="services",
        defaults={
            "name": "Dịch vụ",
            "track_stock": False,
            "requires_shipping": False,
        },
    )
    written = upsert(
        Product,
        ("slug",),
        [
            {
                "slug": product.slug,
                "code": product.sku,
                "upc": product.gtin,
                "product_class_id": (services if product.is_service else goods).pk,
                "title": product.name_vi,
                "title_en": product.name_en,
                "description": product.short_vi,
                "description_en": product.short_en,
                "producer_id": producers[product.producer].pk,
                "commune_id": communes[product.district, product.commune].pk,
                "group": product.group,
                "subgroup": product.subgroup,
                "price_vnd": product.price_vnd,
                "vat": usual_kind(
                    subgroup=product.subgroup, is_alcohol=product.abv is not None
                ),
                "unit_vi": product.unit_vi,
                "unit_en": product.unit_en,
                "weight_g": product.weight_g or 0,
                "shelf_life_days": product.shelf_life_days,
                "storage": product.storage,
                "abv": None if product.abv is None else Decimal(str(product.abv)),
                "allergens": product.allergens,
                "carry": product.carry,
                "flies": strictest(product.carry),
                "tags": product.tags,
                "needs_health_notice": product.requires_health_notice,
                "advertising_forbidden": product.advertising_forbidden,
                "past_results": [
                    result.model_dump()
                    for result in [*product.history, product.assessment]
                    if result
                ],
                "picture_id": pictures[files.product_art[product.slug]].pk,
                "illustrative": product.illustrative,
            }
            for product in files.products
        ],
    )
    upsert(
        Certificate,
        ("product_id", "decision_no", "illustrative"),
        [
            {
                "product_id": written[(product.slug,)].pk,
                "decision_no": certificate.decision_no or "",
                "criteria": certificate.criteria,
                "stars": certificate.stars,
                "points": None
                if certificate.points is None
                else Decimal(str(certificate.points)),
                "level": certificate.level,
                "issuer": certificate.issuer_vi,
                "decided_on": certificate.decided_on,
                "day_known": certificate.date_precision == "day",
                "expires_on": certificate.expires_on,
                "withdrawn_on": certificate.revoked_on,
                "illustrative": certificate.illustrative,
            }
            for product in files.products
            if (certificate := product.certification)
        ],
    )
    return {slug: product for (slug,), product in written.items()}


def load_batches(files: Files, products: dict[str, Product]) -> None:
    lots = {(lot.product, lot.lot): lot for lot in files.stock}
    upsert(
        Batch,
        ("product_id", "lot"),
        [
            {
                "product_id": products[lot.product].pk,
                "lot": lot.lot,
                "made_on": lot.made_on,
                "best_before": lot.best_before,
            }
            for lot in lots.values()
        ],
    )


def load_targets(files: Files) -> None:
    upsert(
        ProgrammeTarget,
        ("slug",),
        [
            {
                "slug": target.slug,
                "name_vi": target.name_vi,
                "name_en": target.name_en,
                "minimum": target.target_min,
                "maximum": target.target_max,
                "unit": target.unit,
                "comparison": target.comparison,
                "counts": target.counts,
                "source_text": target.article_vi,
            }
            for target in files.targets
        ],
    )
