"""Search entries follow their product."""

from django.db import transaction

from catalogue.models import Product
from search.index import index_products
from search.models import SearchEntry


def test_save_product_indexes_one_entry_per_language(cinnamon):
    cinnamon.save()
    cinnamon.save()

    entries = SearchEntry.objects.filter(product=cinnamon).order_by("language")
    assert [(entry.language, entry.title) for entry in entries] == [
        ("en", " cinnamon sticks "),
        ("vi", " que thanh "),
    ]


def test_rename_product_replaces_search_words(cinnamon, find_slugs):
    cinnamon.title = "Vỏ hồi"
    cinnamon.title_en = "Star anise"
    cinnamon.save()

    assert find_slugs("star anise") == find_slugs("vo hoi") == ["que-thanh"]
    assert find_slugs("cinnamon") == []


def test_rolled_back_save_leaves_search_entry_unchanged(cinnamon, find_slugs):
    cinnamon.title_en = "Star anise"
    with transaction.atomic():
        cinnamon.save()
        transaction.set_rollback(True)

    assert find_slugs("star anise") == []
    assert find_slugs("cinnamon") == ["que-thanh"]


def test_delete_product_deletes_search_entries(lantern):
    lantern.certificates.all().delete()
    lantern.delete()

    assert not SearchEntry.objects.filter(kind="product").exists()


def test_index_twice_changes_nothing_and_returns_count(market):
    before = list(SearchEntry.objects.order_by("pk").values())

    assert index_products(Product.objects.all()) == 6
    assert list(SearchEntry.objects.order_by("pk").values()) == before


def test_index_query_count_is_independent_of_products(
    market, django_assert_num_queries
):
    goods = Product.objects.select_related(
        "producer", "commune__parent"
    ).prefetch_related("commune__successors")

    for some in (goods[:1], goods[:3]):
        with django_assert_num_queries(6):
            index_products(some)
