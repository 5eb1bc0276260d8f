"""Fill stock Oscar with the shop's own goods: python -m oscar_site.load goods.json."""

import json
import os
import sys
from io import BytesIO
from pathlib import Path


def main(goods: list[dict]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "oscar_site.settings"
    import django

    django.setup()
    from django.core.files.base import ContentFile
    from django.core.management import call_command
    from django.db import connection
    from oscar.apps.catalogue.categories import create_from_breadcrumbs
    from oscar.apps.catalogue.models import (
        Product,
        ProductCategory,
        ProductClass,
        ProductImage,
    )
    from oscar.apps.partner.models import Partner, StockRecord
    from PIL import Image

    call_command("migrate", verbosity=0)
    kind = ProductClass.objects.create(name="OCOP")
    drawn = BytesIO()
    Image.new("RGB", (800, 800), "gold").save(drawn, "PNG")
    partners = {
        name: Partner.objects.create(name=name, code=name)
        for name in sorted({name for one in goods for name in one["stock"]})
    }
    categories = {
        name: create_from_breadcrumbs(name)
        for name in sorted({one["group"] for one in goods})
    }
    made = Product.objects.bulk_create(
        [
            Product(
                product_class=kind,
                title=one["title"],
                slug=one["slug"],
                upc=None,
                description=one["description"],
            )
            for one in goods
        ],
        batch_size=1000,
    )
    picture = ProductImage(product=made[0], display_order=0)
    picture.original.save("goods.png", ContentFile(drawn.getvalue()), save=False)
    ProductImage.objects.bulk_create(
        [
            ProductImage(product=one, original=picture.original.name, display_order=0)
            for one in made
        ],
        batch_size=1000,
    )
    pairs = list(zip(made, goods, strict=True))
    ProductCategory.objects.bulk_create(
        [
            ProductCategory(product=one, category=categories[fields["group"]])
            for one, fields in pairs
        ],
        batch_size=1000,
    )
    StockRecord.objects.bulk_create(
        [
            StockRecord(
                product=one,
                partner=partners[name],
                partner_sku=f"{fields['slug']}-{name}"[:128],
                price=fields["price"],
                price_currency="VND",
                num_in_stock=units,
            )
            for one, fields in pairs
            for name, units in fields["stock"].items()
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    call_command("rebuild_index", interactive=False, verbosity=0)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
