"""Fill a new index and let it answer in place of the old one."""

import datetime as dt
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from search.documents import Key, documents_of
from search.engines import elasticsearch
from search.models import Kind, SearchEntry, SearchIndex
from search.operations.push import AlreadyDelivering, push
from search.schema import FIRST_INDEX_LOCK

AT_ONCE = 500
LEASE = dt.timedelta(minutes=5)
GRACE_S = 2
"""So long the old index stays, for whoever asked it just before the swap."""


class AlreadyRebuilding(Exception):
    """Another process is filling an index."""


def rebuild() -> int:
    """Build the index anew; returns how many documents it has.

    Until it is full the old one answers; from the beginning every change is delivered
    to both, under a higher version than what is read here. Raises AlreadyRebuilding,
    or elasticsearch.DoesNotAnswer; then the old index goes on.
    """
    name = f"{elasticsearch.ALIAS}-{timezone.now():%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    record_changes()
    state = begin(name)
    try:
        elasticsearch.make_index(name)
        number = fill(name, version=state.number)
        catch_up()
        elasticsearch.open_index(name)
    except BaseException:
        SearchIndex.objects.filter(pk=1, building=name).update(building="")
        drop_quietly(name)
        raise
    SearchIndex.objects.filter(pk=1).update(live=name, building="")
    if state.live:
        time.sleep(GRACE_S)
        drop_quietly(state.live)
    return number


def fill(name: str, *, version: int) -> int:
    """Write every document to an index; returns how many.

    While the cluster takes in some, the next are read already.
    """
    number = 0
    with ThreadPoolExecutor(1) as courier:
        under_way: Future[object] | None = None
        for keys in all_keys():
            documents = documents_of(keys)
            number += len(documents)
            if under_way:
                under_way.result()
            under_way = courier.submit(
                elasticsearch.deliver, name, documents, version=version
            )
            go_on(name)
        if under_way:
            under_way.result()
    return number


def record_changes() -> None:
    """Have changes noted from now on, whoever is in the middle of one."""
    if SearchIndex.objects.filter(pk=1, records=True).exists():
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Nobody may have passed the triggers unnoted and not have committed yet.
            # Trying, not waiting: a queue here would hold up those in front of it.
            with connection.cursor() as cursor:
                free = False
                while not free:
                    cursor.execute(
                        "SELECT pg_try_advisory_xact_lock(%s)", [FIRST_INDEX_LOCK]
                    )
                    (free,) = cursor.fetchone()
        SearchIndex.objects.update_or_create(pk=1, defaults={"records": True})


def begin(name: str) -> SearchIndex:
    now = timezone.now()
    free = Q(building="") | Q(building_until__lt=now)
    taken = SearchIndex.objects.filter(free, pk=1).update(
        building=name, building_until=now + LEASE, number=F("number") + 1
    )
    if not taken:
        raise AlreadyRebuilding
    return SearchIndex.objects.get(pk=1)


def go_on(name: str) -> None:
    kept = SearchIndex.objects.filter(pk=1, building=name).update(
        building_until=timezone.now() + LEASE
    )
    if not kept:
        raise AlreadyRebuilding


def all_keys() -> Iterator[list[Key]]:
    """Every thing that has entries, some at once, each once."""
    for kind in Kind.values:
        after = 0
        things = SearchEntry.objects.filter(kind=kind).order_by("thing")
        while some := list(
            things.filter(thing__gt=after)
            .values_list("thing", flat=True)
            .distinct()[:AT_ONCE]
        ):
            yield [(kind, thing) for thing in some]
            after = some[-1]


def catch_up() -> None:
    """Deliver what changed meanwhile, before the new index answers."""
    with suppress(AlreadyDelivering):  # who is at it writes to the new index as well
        push()


def drop_quietly(name: str) -> None:
    with suppress(elasticsearch.DoesNotAnswer):  # it is never asked anyway
        elasticsearch.drop_index(name)
