"""A market of any size for measuring, on real PostgreSQL and a real Elasticsearch."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests import machine  # PostgreSQL from the wheel, unless DATABASE_URL says else

if TYPE_CHECKING:
    from tests.elasticsearch.node import Node

DATABASE = "bench"
AT_ONCE = 2_000


@contextmanager
def market() -> Iterator["Node"]:
    """The demonstration's goods in a database made for this and dropped afterwards.

    As in production: DEBUG off, so that no query is noted and templates are kept;
    Django's test environment, which copies what templates are given, is not set up.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from search.engines import elasticsearch
    from tests.elasticsearch.node import Node
    from tests.search.demo_market import load_market

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]
    connection.settings_dict["TEST"]["NAME"] = DATABASE  # beside the tests' own
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    node = Node(Path(tempfile.mkdtemp(prefix="bench-")), heap_mb=1024)
    node.start()
    settings.ELASTICSEARCH_URL = node.url
    elasticsearch.BUDGET_S = 30
    try:
        load_market()
        yield node
    finally:
        node.kill()
        connection.creation.destroy_test_db("", verbosity=0)


def surroundings(node: "Node | None") -> dict[str, str]:
    """The environment of another process that serves or indexes the same market."""
    return os.environ | {
        "DATABASE_URL": machine.database_beside(DATABASE),
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "ELASTICSEARCH_URL": node.url if node else "",
    }


def grow(size: int) -> None:
    """Copy the real products, under other names, until there are so many."""
    from django.db import connection

    from catalogue.models import Certificate, Product
    from search.operations.index import index
    from search.things import products
    from stores.models import SalesPoint
    from stores.partner.models import StockRecord

    models = list(Product.objects.filter(code__startswith="QN-").order_by("pk"))
    partners = list(SalesPoint.objects.values_list("partner", flat=True))
    have = Product.objects.count()
    while have < size:
        number = min(AT_ONCE, size - have)
        made = []
        for place in range(have, have + number):
            made.append(copy_of(models[place % len(models)], place))
        Product.objects.bulk_create(made)
        Certificate.objects.bulk_create(
            Certificate(
                product=product,
                criteria="2023",
                stars=3 + product.pk % 2,
                level="province",
                issuer="UBND",
                decided_on="2026-01-01",
                expires_on="2029-01-01",
            )
            for product in made
        )
        StockRecord.objects.bulk_create(
            StockRecord(
                product=product,
                partner_id=partners[product.pk % len(partners)],
                partner_sku=f"B{product.pk}",
                num_in_stock=5,
                price=product.price_vnd,
            )
            for product in made
        )
        index(products().filter(pk__in=[product.pk for product in made]))
        have += number
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database does in its own time


def copy_of(model: object, place: int) -> object:
    from catalogue.models import Product

    fields = {
        field.attname: getattr(model, field.attname)
        for field in Product._meta.concrete_fields
        if not field.primary_key
    }
    name = f"{'abcdefghij'[place % 10]}{place:x}"
    return Product(
        **fields
        | {
            "slug": f"{model.slug}-{place}",
            "code": f"B-{place}",
            "upc": None,
            "title": f"{model.title} {name}",
            "title_en": f"{model.title_en} {name}",
            "price_vnd": model.price_vnd + place % 977,
        }
    )
