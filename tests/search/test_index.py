"""Search entries follow their product."""

from django.db import transaction

from catalogue.models import Product
from search.index import index_products
from search.models import SearchEntry


def test_a_saved_product_has_one_entry_for_each_language(cinnamon):
    cinnamon.save()
    cinnamon.save()

    entries = SearchEntry.objects.filter(product=cinnamon).order_by("language")
    assert [(entry.language, entry.title) for entry in entries] == [
        ("en", " cinnamon sticks "),
        ("vi", " que thanh "),
    ]


def test_a_new_name_is_found_and_the_old_one_no_longer(cinnamon, find_slugs):
    cinnamon.title = "Vỏ hồi"
    cinnamon.title_en = "Star anise"
    cinnamon.save()

    assert find_slugs("star anise") == find_slugs("vo hoi") == ["que-thanh"]
    assert find_slugs("cinnamon") == []


def test_a_save_that_is_undone_leaves_the_words_as_they_were(cinnamon, find_slugs):
    cinnamon.title_en = "Star anise"
    with transaction.atomic():
        cinnamon.save()
        transaction.set_rollback(True)

    assert find_slugs("star anise") == []
    assert find_slugs("cinnamon") == ["que-thanh"]


def test_a_deleted_product_takes_its_words_with_it(lantern):
    lantern.certificates.all().delete()
    lantern.delete()

    assert not SearchEntry.objects.filter(kind="product").exists()


def test_indexing_again_changes_nothing_and_says_how_many(market):
    before = list(SearchEntry.objects.order_by("pk").values())

    assert index_products(Product.objects.all()) == 6
    assert list(SearchEntry.objects.order_by("pk").values()) == before


def test_indexing_many_costs_the_same_as_indexing_few(
    market, django_assert_num_queries
):
    goods = Product.objects.select_related(
        "producer", "commune__parent"
    ).prefetch_related("commune__successors")

    for some in (goods[:1], goods[:3]):
        with django_assert_num_queries(6):
            index_products(some)
