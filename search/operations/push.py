"""Tell Elasticsearch what has changed: at least once, in order, from where we were.

A delivery takes a number before it reads anything, and that number is the version of
the documents it writes: an older delivery that comes late is refused by the index, and
what was refused stays in the outbox. Changes leave the outbox only while the delivery
that read them is still the latest, so a crash at any point repeats and loses nothing.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable

from django.db import OperationalError, close_old_connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from search.documents import documents_of
from search.engines import elasticsearch
from search.models import SearchChange, SearchIndex

logger = logging.getLogger(__name__)

AT_ONCE = 500
LEASE = dt.timedelta(seconds=60)
"""Longer than any delivery takes; after it, another process may deliver."""


class AlreadyDelivering(Exception):
    """Another process is at it."""


class NoIndex(Exception):
    """There is no index to deliver to: `manage.py reindex` makes one."""


def push() -> int:
    """Deliver every change there is; returns how many.

    Raises AlreadyDelivering, NoIndex, or elasticsearch.DoesNotAnswer; the changes stay.
    """
    state = take_turn()
    delivered = 0
    try:
        indices = [name for name in (state.live, state.building) if name]
        if not any(elasticsearch.there_is(name) for name in indices):
            raise NoIndex
        while changes := list(
            SearchChange.objects.order_by("pk").values_list("pk", "kind", "thing")[
                :AT_ONCE
            ]
        ):
            state = next_number(state.number)
            delivered += deliver(changes, state)
    finally:
        SearchIndex.objects.filter(pk=1, number=state.number).update(
            delivering_until=None
        )
    return delivered


def take_turn() -> SearchIndex:
    """Be the only one who delivers, for a while."""
    now = timezone.now()
    free = Q(delivering_until=None) | Q(delivering_until__lt=now)
    taken = SearchIndex.objects.filter(free, pk=1).update(
        number=F("number") + 1, delivering_until=now + LEASE
    )
    if not taken:
        raise AlreadyDelivering
    return SearchIndex.objects.get(pk=1)


def next_number(number: int) -> SearchIndex:
    """Begin the next delivery, if the last one was still the latest."""
    kept = SearchIndex.objects.filter(pk=1, number=number).update(
        number=F("number") + 1, delivering_until=timezone.now() + LEASE
    )
    if not kept:
        raise AlreadyDelivering
    return SearchIndex.objects.get(pk=1)


def deliver(changes: list[tuple[int, str, int]], state: SearchIndex) -> int:
    """Write the documents of these changes to every index; returns how many went."""
    documents = documents_of(
        dict.fromkeys((kind, thing) for _pk, kind, thing in changes)
    )
    refused = set()
    for index in (state.live, state.building):
        if index and elasticsearch.there_is(index):
            refused |= elasticsearch.deliver(index, documents, version=state.number)
    done = [pk for pk, kind, thing in changes if (kind, thing) not in refused]
    with transaction.atomic():
        latest = SearchIndex.objects.filter(
            pk=1, number=state.number, live=state.live, building=state.building
        ).update(delivered_at=timezone.now())
        if not latest:
            return 0  # the indices changed meanwhile: once more, to the new ones
        SearchChange.objects.filter(pk__in=done).delete()
    return len(done)


def keep_pushing(
    *,
    every_s: float = 1,
    rebuild: Callable[[], object],
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Deliver again and again; what fails is tried again, at most a minute later.

    `rebuild` makes the index where there is none.
    """
    pause = every_s
    while goes_on():
        close_old_connections()
        try:
            push()
            pause = every_s
        except AlreadyDelivering:
            pause = every_s
        except NoIndex:
            try:
                rebuild()
            except Exception:
                logger.exception("The index could not be made")
                pause = min(60, 2 * pause)
        except (elasticsearch.DoesNotAnswer, OperationalError) as failure:
            logger.warning("Elasticsearch was not told: %s", str(failure)[:200])
            pause = min(15, 2 * pause)
        time.sleep(pause)
