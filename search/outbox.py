"""Deliver changes to Elasticsearch at least once and in order, and rebuild the index.

A delivery takes a version number before it reads anything, and writes its documents
under that version: the index refuses an older delivery that arrives late, and what it
refused stays in the outbox. Changes are deleted only while the delivery that read them
is still the latest, so a crash at any point repeats deliveries and loses none.
"""

import datetime as dt
import logging
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from catalogue.refusals import Refusal
from search import elasticsearch
from search.index import DocumentKey, build_documents
from search.models import Kind, SearchChange, SearchEntry, SearchIndex
from search.schema import FIRST_INDEX_LOCK

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
DELIVERY_LEASE = dt.timedelta(seconds=60)
"""Longer than any delivery takes; after it, another process may deliver."""

BUILD_LEASE = dt.timedelta(minutes=5)
SWAP_GRACE_S = 2
"""How long the old index stays for requests that began before the swap."""


class IndexBusy(Refusal):
    message = "Another process is writing to the index just now."


class IndexMissing(Refusal):
    message = "There is no index yet: run manage.py reindex."


# --- Delivering ----------------------------------------------------------------------


def deliver_changes() -> int:
    """Deliver every change in the outbox; returns how many.

    Raises IndexBusy, IndexMissing or ElasticsearchUnavailable; the changes stay.
    """
    state = acquire_lease()
    delivered = 0
    try:
        if not list_existing_indices(state):
            raise IndexMissing
        while changes := list(
            SearchChange.objects.order_by("pk").values_list("pk", "kind", "object_id")[
                :BATCH_SIZE
            ]
        ):
            state = renew_lease(state.version)
            delivered += deliver_batch(changes, state)
    finally:
        SearchIndex.objects.filter(pk=1, version=state.version).update(
            delivering_until=None
        )
    return delivered


def acquire_lease() -> SearchIndex:
    """Be the only process that delivers, until the lease ends. Raises IndexBusy."""
    free = Q(delivering_until=None) | Q(delivering_until__lt=timezone.now())
    return take_version(free)


def renew_lease(version: int) -> SearchIndex:
    """Begin the next delivery. Raises IndexBusy if another process began one."""
    return take_version(Q(version=version))


def take_version(condition: Q) -> SearchIndex:
    updated = SearchIndex.objects.filter(condition, pk=1).update(
        version=F("version") + 1, delivering_until=timezone.now() + DELIVERY_LEASE
    )
    if not updated:
        raise IndexBusy
    return SearchIndex.objects.get(pk=1)


def list_existing_indices(state: SearchIndex) -> list[str]:
    names = [name for name in (state.live, state.building) if name]
    return [name for name in names if elasticsearch.index_exists(name)]


def deliver_batch(changes: list[tuple[int, str, int]], state: SearchIndex) -> int:
    """Write the documents of changes to every index; returns how many were written."""
    documents = build_documents(
        dict.fromkeys((kind, object_id) for _pk, kind, object_id in changes)
    )
    refused = set()
    for name in list_existing_indices(state):
        refused |= elasticsearch.write_documents(name, documents, version=state.version)
    done = [pk for pk, *key in changes if tuple(key) not in refused]
    with transaction.atomic():
        is_latest = SearchIndex.objects.filter(
            pk=1, version=state.version, live=state.live, building=state.building
        ).update(delivered_at=timezone.now())
        if not is_latest:
            return 0  # the indices have changed: deliver to the new ones
        SearchChange.objects.filter(pk__in=done).delete()
    return len(done)


def has_work() -> bool:
    """Whether a change waits, or there is no index yet."""
    return (
        SearchChange.objects.exists()
        or not SearchIndex.objects.filter(pk=1).exclude(live="").exists()
    )


def deliver_or_rebuild() -> None:
    """Deliver what waits; make the index if there is none.

    What does not work is logged, for the next run to try; nothing is lost.
    """
    try:
        with suppress(IndexBusy):
            deliver_changes()
    except IndexMissing:
        with suppress(IndexBusy):
            rebuild_index()
    except elasticsearch.ElasticsearchUnavailable as failure:
        logger.warning("Changes were not delivered: %s", str(failure)[:200])


# --- Rebuilding ----------------------------------------------------------------------


def rebuild_index() -> int:
    """Build a new index and swap it in; returns how many documents it has.

    Meanwhile the old index answers, and every change is delivered to both, under a
    higher version than what is read here. Raises IndexBusy or ElasticsearchUnavailable;
    then the old index stays.
    """
    name = f"{elasticsearch.ALIAS}-{timezone.now():%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    start_recording()
    state = begin_build(name)
    try:
        elasticsearch.create_index(name)
        number = fill_index(name, version=state.version)
        with suppress(IndexBusy):  # whoever delivers writes to the new index as well
            deliver_changes()
        elasticsearch.activate_index(name)
    except BaseException:
        SearchIndex.objects.filter(pk=1, building=name).update(building="")
        drop_index_quietly(name)
        raise
    SearchIndex.objects.filter(pk=1).update(live=name, building="")
    if state.live:
        time.sleep(SWAP_GRACE_S)
        drop_index_quietly(state.live)
    return number


def start_recording() -> None:
    """Have every change recorded from now on, including those not yet committed."""
    if SearchIndex.objects.filter(pk=1, is_recording=True).exists():
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # No transaction may have passed the triggers unrecorded and commit later.
            # Polled: a blocking request would queue every writer behind it.
            with connection.cursor() as cursor:
                is_locked = False
                while not is_locked:
                    cursor.execute(
                        "SELECT pg_try_advisory_xact_lock(%s)", [FIRST_INDEX_LOCK]
                    )
                    (is_locked,) = cursor.fetchone()
        SearchIndex.objects.update_or_create(pk=1, defaults={"is_recording": True})


def begin_build(name: str) -> SearchIndex:
    """Be the only process that builds an index. Raises IndexBusy."""
    now = timezone.now()
    free = Q(building="") | Q(building_until__lt=now)
    updated = SearchIndex.objects.filter(free, pk=1).update(
        building=name, building_until=now + BUILD_LEASE, version=F("version") + 1
    )
    if not updated:
        raise IndexBusy
    return SearchIndex.objects.get(pk=1)


def renew_build(name: str) -> None:
    updated = SearchIndex.objects.filter(pk=1, building=name).update(
        building_until=timezone.now() + BUILD_LEASE
    )
    if not updated:
        raise IndexBusy


def fill_index(name: str, *, version: int) -> int:
    """Write every document to an index; returns how many.

    The next batch is read while the cluster writes one.
    """
    number = 0
    with ThreadPoolExecutor(1) as executor:
        pending: Future[object] | None = None
        for keys in iterate_keys():
            documents = build_documents(keys)
            number += len(documents)
            if pending:
                pending.result()
            pending = executor.submit(
                elasticsearch.write_documents, name, documents, version=version
            )
            renew_build(name)
        if pending:
            pending.result()
    return number


def iterate_keys() -> Iterator[list[DocumentKey]]:
    """The key of every item that has entries, in batches."""
    for kind in Kind.values:
        last_id = 0
        entries = SearchEntry.objects.filter(kind=kind).order_by("object_id")
        while ids := list(
            entries.filter(object_id__gt=last_id)
            .values_list("object_id", flat=True)
            .distinct()[:BATCH_SIZE]
        ):
            yield [(kind, object_id) for object_id in ids]
            last_id = ids[-1]


def drop_index_quietly(name: str) -> None:
    with suppress(elasticsearch.ElasticsearchUnavailable):  # it is never searched
        elasticsearch.drop_index(name)
