"""A market of any size for measuring, on real PostgreSQL and a real Elasticsearch."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests import machine  # PostgreSQL from the wheel, unless DATABASE_URL says else

if TYPE_CHECKING:
    from catalogue.models import Product
    from tests.elasticsearch.node import Node

AT_ONCE = 2_000


@contextmanager
def market(size: int) -> Iterator["Node"]:
    """The demonstration's goods and copies of them, and a cluster that knows none yet.

    The database is kept for the next run, beside those of the tests: making the largest
    takes minutes. As in production: DEBUG off, so that no query is noted and templates
    are kept; Django's test environment, which copies what templates are given, is not
    set up.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from search import elasticsearch, queries
    from tests.elasticsearch.node import Node

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]
    connection.close()
    copy_smaller_market(size)
    connection.settings_dict["TEST"]["NAME"] = make_name(size)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    fill(size)
    queries.load_vocabulary.cache_clear()
    queries.load_synonyms.cache_clear()
    queries.load_topics.cache_clear()
    node = Node(Path(tempfile.mkdtemp(prefix="bench-")), heap_mb=1024)
    node.start()
    settings.ELASTICSEARCH_URL = node.url
    elasticsearch.SEARCH_TIMEOUT_S = 30
    try:
        yield node
    finally:
        node.kill()


def make_name(size: int) -> str:
    return f"bench_{size}"


def copy_smaller_market(size: int) -> None:
    """A copy of the largest market below that size, where there is one."""
    import psycopg

    with psycopg.connect(machine.get_database_url("postgres"), autocommit=True) as one:
        rows = one.execute("SELECT datname FROM pg_database").fetchall()
        there = {name for (name,) in rows}
        sizes = sorted(
            int(name.removeprefix("bench_"))
            for name in there
            if name.removeprefix("bench_").isdigit()
        )
        smaller = [one for one in sizes if one < size]
        if make_name(size) not in there and smaller:
            one.execute(
                f"CREATE DATABASE {make_name(size)} TEMPLATE {make_name(smaller[-1])}"
            )


def get_environment(size: int, node: "Node | None") -> dict[str, str]:
    """The environment of another process that serves or indexes the same market."""
    return os.environ | {
        "DATABASE_URL": machine.get_database_url(make_name(size)),
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "ELASTICSEARCH_URL": node.url if node else "",
    }


def fill(size: int) -> None:
    """Copy the real products, under other names, until there are so many.

    What was killed on its way goes on from where it was.
    """
    from django.db import connection, transaction

    from catalogue.models import Product
    from search.index import index_everything
    from search.models import SearchChange, SearchIndex
    from stores.models import SalesPoint
    from tests.search.demo_market import load_market

    if not Product.objects.exists():
        with transaction.atomic():
            load_market()
    SearchChange.objects.all().delete()
    # There is no cluster yet.
    SearchIndex.objects.update(live="", building="", is_recording=False)
    models = list(Product.objects.filter(code__startswith="QN-").order_by("pk"))
    partners = list(SalesPoint.objects.values_list("partner", flat=True))
    have = Product.objects.count()
    if have >= size:
        index_everything()  # as the code tells them today
    while have < size:
        places = range(have, min(have + AT_ONCE, size))
        with transaction.atomic():
            add([copy_rows(models[n % len(models)], n) for n in places], partners)
        have = places.stop
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database does in its own time


def add(made: list["Product"], partners: list[int]) -> None:
    """Put goods on sale, each on a shelf."""
    from catalogue.models import Certificate, Product
    from search.index import index_products
    from search.items import products_to_index
    from stores.partner.models import StockRecord

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
    index_products(products_to_index().filter(pk__in=[product.pk for product in made]))


def copy_rows(model: "Product", place: int) -> "Product":
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
