"""Search at 150, 10,000 and 100,000 products, both engines, beside the bare cluster.

    python -m tests.bench.search [number of products ...]

Needs Java for Elasticsearch and makes a database of its own under var/.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests import machine  # PostgreSQL from the wheel, unless DATABASE_URL says else

SIZES = (150, 10_000, 100_000)
QUESTIONS = [
    "",
    "nuoc mam cua khe",
    "nuowcs mawms",
    "cinamon tra my",
    "tra sam ngoc linh",
    "dau phung",
    "banh trang",
    "honey",
    "khan lua",
    "que",
    "nuoc mma cua ke",
    "tien phuoc",
]
SUGGESTED = ["nu", "nuoc m", "cinam", "que tr", "bac", "tinh dau", "hone"]
ROUNDS = 4


def main(sizes: list[int]) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from django.db import connection

    from search.engines import database, elasticsearch
    from tests.elasticsearch.node import Node
    from tests.search.demo_market import load_market

    connection.settings_dict["TEST"]["NAME"] = "bench"  # beside the tests' own
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    node = Node(Path(tempfile.mkdtemp(prefix="bench-")), heap_mb=1024)
    node.start()
    settings.ELASTICSEARCH_URL = node.url
    elasticsearch.BUDGET_S = 30
    try:
        load_market()
        print("| goods | what | p50 ms | p95 ms |")
        print("|---|---|---|---|")
        for size in sizes:
            grow(size)
            reindexed(size)
            for engine in (elasticsearch, database):
                measure(engine, size)
            measure_pages(size)
    finally:
        node.kill()
        connection.creation.destroy_test_db("", verbosity=0)


def grow(size: int) -> None:
    """Copy the real products, under other names, until there are so many."""
    from django.db import connection

    from catalogue.models import Certificate, Product
    from search.operations.index import index
    from search.things import products
    from stores.models import SalesPoint
    from stores.partner.models import StockRecord

    models = list(Product.objects.filter(code__lte="QN-9999").order_by("pk"))
    models = [one for one in models if one.code and one.code.startswith("QN-")]
    partners = list(SalesPoint.objects.values_list("partner", flat=True))
    have = Product.objects.count()
    while have < size:
        number = min(2_000, size - have)
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
        cursor.execute("ANALYZE")


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


def reindexed(size: int) -> None:
    from search.operations.rebuild import rebuild

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    number = rebuild()
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"| {size} | reindex of {number} documents: {took:.0f} s,"
        f" {after / 1024:.0f} MB at most ({before / 1024:.0f} before) | | |",
        flush=True,
    )


def timed(size: int, what: str, deeds: list[Callable[[], object]]) -> None:
    for deed in deeds:
        deed()
    taken = []
    for _round in range(ROUNDS):
        for deed in deeds:
            began = time.perf_counter()
            deed()
            taken.append((time.perf_counter() - began) * 1000)
    cut = statistics.quantiles(taken, n=20)
    print(f"| {size} | {what} | {statistics.median(taken):.1f} | {cut[18]:.1f} |")
    sys.stdout.flush()


def measure(engine: object, size: int) -> None:
    from functools import partial

    from django.utils import timezone

    from search import queries
    from search.question import Question
    from search.reading import read

    on = timezone.localdate()
    name = engine.__name__.rpartition(".")[2]

    def asking(text: str) -> Callable[[], object]:
        def ask() -> object:
            words, same = queries.vocabulary_and_synonyms("vi")
            understood = partial(read, text, vocabulary=words, synonyms=same)
            question = Question(text=text)
            return queries.answer_with(engine, question, understood, on=on)

        return ask

    def suggesting(text: str) -> Callable[[], object]:
        def suggest() -> object:
            words, same = queries.vocabulary_and_synonyms("vi")
            understood = partial(
                read, text, vocabulary=words, synonyms=same, unfinished=True
            )
            question = Question(text=text)
            return queries.suggestions_with(engine, question, understood, on=on)

        return suggest

    timed(size, f"{name}: search with facets", [asking(text) for text in QUESTIONS])
    timed(size, f"{name}: listing, no words", [asking("")])
    timed(size, f"{name}: suggestions", [suggesting(text) for text in SUGGESTED])


def measure_pages(size: int) -> None:
    """The whole page, by either engine, and the cluster's own part of it."""
    from django.conf import settings
    from django.test import Client

    from search import queries
    from search.engines import elasticsearch

    browser = Client()
    pages = [
        lambda text=text: browser.get("/products/", {"q": text}) for text in QUESTIONS
    ]
    queries.breaker.note_success()
    timed(size, "whole page, Elasticsearch", pages)
    bodies: list[tuple[dict, dict]] = []
    es = elasticsearch.client()
    real = es.search

    def keep(**asked: object) -> object:
        bodies.append(asked)
        return real(**asked)

    es.search = keep
    for page in pages:
        page()
    es.search = real
    bare = [lambda asked=asked: real(**asked) for asked in bodies]
    timed(size, "the bare Elasticsearch queries of it, each", bare)
    url, settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_URL, ""
    timed(size, "whole page, database", pages)
    settings.ELASTICSEARCH_URL = url


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    assert machine  # imported for what it sets
    main([int(one) for one in sys.argv[1:]] or list(SIZES))
