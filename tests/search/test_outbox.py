"""Elasticsearch hears of every change: at least once, in order, and after a fall."""

import pytest
from django.utils import timezone

from catalogue.models import Product
from search.documents import documents_of, free_until, identity
from search.engines import elasticsearch
from search.models import SearchChange, SearchEntry, SearchIndex
from search.operations import push as pushing
from search.operations import rebuild as rebuilding
from search.operations.push import AlreadyDelivering, NoIndex, push
from search.operations.rebuild import AlreadyRebuilding, begin, rebuild
from tests.factories import let_certificate_lapse, put_on_shelf


def disagreements() -> dict[str, tuple[object, object]]:
    """Documents that are not as the rows are now."""
    elasticsearch.refresh()
    keys = set(SearchEntry.objects.values_list("kind", "thing"))
    told = {identity(key): told for key, told in documents_of(keys).items()}
    kept = elasticsearch.all_documents()
    return {
        name: (told.get(name), kept.get(name))
        for name in told.keys() | kept.keys()
        if told.get(name) != kept.get(name)
    }


def test_without_an_index_nothing_is_noted(market):
    assert not SearchChange.objects.exists()


def test_there_is_nothing_to_deliver_to_before_the_first_index(cluster, market):
    with pytest.raises(NoIndex):
        push()

    assert SearchIndex.objects.get(pk=1).delivering_until is None


@pytest.mark.parametrize(
    "change", ["name", "price by update", "certificate", "stock", "point", "gone"]
)
def test_whatever_changes_is_delivered(cluster, market, cinnamon, centre, change):
    put_on_shelf(centre, cinnamon, 2)
    rebuild()
    assert disagreements() == {}

    if change == "name":
        cinnamon.title = "Quế mới"
        cinnamon.save()
    elif change == "price by update":
        Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    elif change == "certificate":
        let_certificate_lapse(cinnamon)
    elif change == "stock":
        put_on_shelf(centre, cinnamon, 3, lot="L2")
    elif change == "point":
        centre.is_open = False
        centre.save()
    else:
        SearchEntry.objects.filter(product=cinnamon).delete()
    assert disagreements() or change == "stock"
    assert push() > 0

    assert disagreements() == {}
    assert not SearchChange.objects.exists()


def test_what_was_not_delivered_stays_and_goes_next_time(
    cluster, cinnamon, monkeypatch
):
    rebuild()
    Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    with monkeypatch.context() as broken:
        broken.setattr(elasticsearch, "deliver", refuse)
        with pytest.raises(elasticsearch.DoesNotAnswer):
            push()

    assert SearchChange.objects.count() == 1
    assert push() == 1
    assert disagreements() == {}


def refuse(*_args: object, **_more: object) -> None:
    raise elasticsearch.DoesNotAnswer


def test_a_late_delivery_does_not_undo_a_later_one(cluster, cinnamon):
    rebuild()
    key = ("product", cinnamon.pk)
    old = documents_of([key])
    Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    push()
    state = SearchIndex.objects.get(pk=1)

    assert elasticsearch.deliver(state.live, old, version=state.number - 1) == {key}
    assert disagreements() == {}


def test_one_delivers_at_a_time_and_another_takes_over_from_the_dead(cluster, cinnamon):
    rebuild()
    Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    pushing.take_turn()  # and dies

    with pytest.raises(AlreadyDelivering):
        push()
    SearchIndex.objects.update(delivering_until=timezone.now() - pushing.LEASE)
    assert push() == 1


def test_one_builds_at_a_time(cluster, cinnamon):
    rebuild()
    begin("another")

    with pytest.raises(AlreadyRebuilding):
        rebuild()


def test_a_build_that_fails_leaves_the_old_index_answering(
    cluster, cinnamon, monkeypatch
):
    rebuild()
    live = SearchIndex.objects.get(pk=1).live
    with monkeypatch.context() as broken:
        broken.setattr(elasticsearch, "deliver", refuse)
        with pytest.raises(elasticsearch.DoesNotAnswer):
            rebuild()

    state = SearchIndex.objects.get(pk=1)
    assert (state.live, state.building) == (live, "")
    assert disagreements() == {}


def test_an_edit_during_a_build_is_in_the_new_index(cluster, market, monkeypatch):
    rebuild()

    def read_and_edit(keys: list) -> dict:
        documents = documents_of(keys)
        Product.objects.update(price_vnd=7)  # after it was read, before the swap
        return documents

    monkeypatch.setattr(rebuilding, "documents_of", read_and_edit)
    rebuild()

    assert disagreements() == {}
    prices = {doc.get("price") for doc in elasticsearch.all_documents().values()}
    assert prices - {None} == {7}


def test_a_shelf_is_free_until_its_last_good_lot_runs_out():
    import datetime as dt

    first, second = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    lots = [(first, 3), (second, 2)]
    assert free_until(5, lots) == "2026-02-01"
    assert free_until(2, lots) == "2026-01-01"
    assert free_until(6, lots) == "9999-12-31"
    assert free_until(0, lots) is None
