"""Makers, products, their certificates and the lots they made."""

from decimal import Decimal
from types import SimpleNamespace

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
from marketplace.demo.upsert import Fields, copy_fields, upsert

CLASSES: dict[str, Fields] = {
    "goods": {"name": "Hàng hóa", "track_stock": True},
    "services": {
        "name": "Dịch vụ",
        "track_stock": False,
        "requires_shipping": False,
    },
}
RESULT: Fields = {
    "year": None,
    "year_known": True,
    "stars": None,
    "points": None,
    "decision_no": None,
}
"""An earlier result as a source reports it, or an assessment below three stars."""


def load_producers(
    files: Files, communes: dict[tuple[str, str], Area]
) -> dict[str, Producer]:
    written = upsert(
        Producer,
        ("slug",),
        [
            copy_fields(
                maker,
                "slug name_vi name_en kind about_vi about_en phone email illustrative",
                commune_id=communes[maker.district, maker.commune].pk,
                missing_commitments=maker.commitments.missing,
            )
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
    classes = {
        slug: ProductClass.objects.get_or_create(slug=slug, defaults=fields)[0]
        for slug, fields in CLASSES.items()
    }
    written = upsert(
        Product,
        ("slug",),
        [
            copy_fields(
                product,
                "slug group subgroup price_vnd unit_vi unit_en shelf_life_days storage"
                " allergens carry tags advertising_forbidden illustrative",
                code=product.sku,
                upc=product.gtin,
                product_class_id=classes[
                    "services" if product.is_service else "goods"
                ].pk,
                title=product.name_vi,
                title_en=product.name_en,
                description=product.short_vi,
                description_en=product.short_en,
                producer_id=producers[product.producer].pk,
                commune_id=communes[product.district, product.commune].pk,
                vat=usual_kind(
                    subgroup=product.subgroup, is_alcohol=product.abv is not None
                ),
                weight_g=product.weight_g or 0,
                abv=as_decimal(product.abv),
                flies=strictest(product.carry),
                needs_health_notice=product.requires_health_notice,
                past_results=past_results(product),
                picture_id=pictures[files.art["products"][product.slug]].pk,
            )
            for product in files.products
        ],
    )
    products = {slug: product for (slug,), product in written.items()}
    load_certificates(files, products)
    return products


def past_results(product: SimpleNamespace) -> list[Fields]:
    assessed = [vars(product.assessment)] if product.assessment else []
    return [
        RESULT | {name: one[name] for name in RESULT.keys() & one.keys()}
        for one in product.history + assessed
    ]


def as_decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def load_certificates(files: Files, products: dict[str, Product]) -> None:
    upsert(
        Certificate,
        ("product_id", "decision_no", "illustrative"),
        [
            copy_fields(
                certificate,
                "criteria stars level decided_on expires_on illustrative",
                product_id=products[product.slug].pk,
                decision_no=certificate.decision_no or "",
                points=as_decimal(certificate.points),
                issuer=certificate.issuer_vi,
                day_known=certificate.date_precision == "day",
                withdrawn_on=certificate.revoked_on,
            )
            for product in files.products
            if (certificate := product.certification)
        ],
    )


def load_batches(files: Files, products: dict[str, Product]) -> None:
    lots = {(lot.product, lot.lot): lot for lot in files.stock}
    upsert(
        Batch,
        ("product_id", "lot"),
        [
            copy_fields(
                lot, "lot made_on best_before", product_id=products[lot.product].pk
            )
            for lot in lots.values()
        ],
    )


def load_targets(files: Files) -> None:
    upsert(
        ProgrammeTarget,
        ("slug",),
        [
            copy_fields(
                target,
                "slug name_vi name_en unit comparison counts",
                minimum=target.target_min,
                maximum=target.target_max,
                source_text=target.article_vi,
            )
            for target in files.targets
        ],
    )
