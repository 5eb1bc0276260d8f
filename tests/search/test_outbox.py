"""Every change is delivered at least once, in order, and after a failure."""

import pytest
from django.utils import timezone

from catalogue.models import Product
from search import elasticsearch, outbox
from search.index import build_documents, compute_available_until
from search.models import SearchChange, SearchEntry, SearchIndex
from search.outbox import (
    IndexBusy,
    IndexMissing,
    begin_build,
    deliver_changes,
    rebuild_index,
)
from tests.elasticsearch.index import (
    build_expected_documents,
    fetch_documents,
    refresh_index,
)
from tests.factories import expire_certificate, put_on_shelf


def find_outdated_documents() -> dict[str, tuple[object, object]]:
    """Indexed documents that differ from what the rows make now."""
    refresh_index()
    expected = build_expected_documents()
    indexed = fetch_documents()
    return {
        name: (expected.get(name), indexed.get(name))
        for name in expected.keys() | indexed.keys()
        if expected.get(name) != indexed.get(name)
    }


def test_save_without_index_records_no_search_change(market):
    assert not SearchChange.objects.exists()


def test_deliver_changes_without_index_is_refused(cluster, market):
    with pytest.raises(IndexMissing):
        deliver_changes()

    assert SearchIndex.objects.get(pk=1).delivering_until is None


@pytest.mark.parametrize(
    "change", ["name", "price by update", "certificate", "stock", "point", "gone"]
)
def test_deliver_changes_delivers_every_kind_of_change(
    cluster, market, cinnamon, centre, change
):
    put_on_shelf(centre, cinnamon, 2)
    rebuild_index()
    assert find_outdated_documents() == {}

    if change == "name":
        cinnamon.title = "Quế mới"
        cinnamon.save()
    elif change == "price by update":
        Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    elif change == "certificate":
        expire_certificate(cinnamon)
    elif change == "stock":
        put_on_shelf(centre, cinnamon, 3, lot="L2")
    elif change == "point":
        centre.is_open = False
        centre.save()
    else:
        SearchEntry.objects.filter(product=cinnamon).delete()
    assert find_outdated_documents() or change == "stock"
    assert deliver_changes() > 0

    assert find_outdated_documents() == {}
    assert not SearchChange.objects.exists()


def test_failed_delivery_is_repeated_next_time(cluster, cinnamon, monkeypatch):
    rebuild_index()
    Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    with monkeypatch.context() as broken:
        broken.setattr(elasticsearch, "write_documents", raise_no_answer)
        with pytest.raises(elasticsearch.ElasticsearchUnavailable):
            deliver_changes()

    assert SearchChange.objects.count() == 1
    assert deliver_changes() == 1
    assert find_outdated_documents() == {}


def raise_no_answer(*_args: object, **_more: object) -> None:
    raise elasticsearch.ElasticsearchUnavailable


def test_late_delivery_never_overwrites_newer_document(cluster, cinnamon):
    rebuild_index()
    key = ("product", cinnamon.pk)
    old = build_documents([key])
    Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    deliver_changes()
    state = SearchIndex.objects.get(pk=1)

    assert elasticsearch.write_documents(
        state.live, old, version=state.version - 1
    ) == {key}
    assert find_outdated_documents() == {}


def test_deliver_changes_is_exclusive_until_lease_expires(cluster, cinnamon):
    rebuild_index()
    Product.objects.filter(pk=cinnamon.pk).update(price_vnd=1)
    outbox.acquire_lease()  # and dies

    with pytest.raises(IndexBusy):
        deliver_changes()
    SearchIndex.objects.update(delivering_until=timezone.now() - outbox.DELIVERY_LEASE)
    assert deliver_changes() == 1


def test_rebuild_index_is_exclusive(cluster, cinnamon):
    rebuild_index()
    begin_build("another")

    with pytest.raises(IndexBusy):
        rebuild_index()


def test_failed_rebuild_index_leaves_old_index_live(cluster, cinnamon, monkeypatch):
    rebuild_index()
    live = SearchIndex.objects.get(pk=1).live
    with monkeypatch.context() as broken:
        broken.setattr(elasticsearch, "write_documents", raise_no_answer)
        with pytest.raises(elasticsearch.ElasticsearchUnavailable):
            rebuild_index()

    state = SearchIndex.objects.get(pk=1)
    assert (state.live, state.building) == (live, "")
    assert find_outdated_documents() == {}


def test_rebuild_index_includes_edits_made_meanwhile(cluster, market, monkeypatch):
    rebuild_index()

    def read_and_edit(keys: list) -> dict:
        documents = build_documents(keys)
        monkeypatch.setattr(outbox, "build_documents", build_documents)
        Product.objects.update(price_vnd=7)  # after it was read, before the swap
        return documents

    monkeypatch.setattr(outbox, "build_documents", read_and_edit)
    rebuild_index()

    assert find_outdated_documents() == {}
    prices = {doc.get("price") for doc in fetch_documents().values()}
    assert prices - {None} == {7}


def test_available_until_is_last_date_with_enough_units():
    import datetime as dt

    first, second = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    lots = [(first, 3), (second, 2)]
    assert compute_available_until(5, lots) == "2026-02-01"
    assert compute_available_until(2, lots) == "2026-01-01"
    assert compute_available_until(6, lots) == "9999-12-31"
    assert compute_available_until(0, lots) is None
