"""What was sold and what was taken back of it, line by line.

A sale counts from the moment at which goods change hands, never from the order; what
is given back later is a negative entry of its own day, so that a month that was handed
in never changes. The receipt of an order and the bookkeeper's sheets are made of these
entries and of nothing else.
"""

import heapq
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from marketplace.accounting.queries.entries.counter import at_desk, at_desk_of
from marketplace.accounting.queries.entries.entry import (
    ALWAYS,
    AT_ONCE,
    Entry,
    Period,
    Rows,
)
from marketplace.accounting.queries.entries.goods import (
    given,
    given_of,
    returned,
    returned_of,
)
from marketplace.accounting.queries.entries.postage import (
    postage_of,
    posted,
    unposted,
    unposted_of,
)
from marketplace.accounting.queries.entries.reductions import (
    money_back,
    reductions,
)
from stores.models import SalesPoint


def entries(
    *, period: Period = ALWAYS, point: SalesPoint | None = None
) -> Iterator[Entry]:
    """Everything sold and taken back in a period, oldest first, one after the other.

    Read as it is needed, however many there are: six queries, and one for each 500
    sums of money that went back.
    """
    at_point = (lambda entry: entry.point == point) if point else None
    sources = [
        (given_of(one) for one in streamed(period(given(point), "given_at"))),
        (postage_of(one) for one in streamed(period(posted(point), "given_at"))),
        (unposted_of(one) for one in streamed(period(unposted(point), "given_at"))),
        (returned_of(one) for one in streamed(period(returned(point), "at"))),
        reductions(streamed(period(money_back(), "sold_at"))),
        (at_desk_of(one) for one in streamed(period(at_desk(point), "sale__at"))),
    ]
    merged = heapq.merge(*sources, key=attrgetter("at"))
    return filter(at_point, merged) if at_point else merged


def taken_back(order_id: int) -> list[Entry]:
    """What was taken off an order since it was given, oldest first. Three queries."""
    back = returned().filter(part__fulfilment__order=order_id)
    money = money_back().filter(payment__order=order_id)
    found = [returned_of(one) for one in back.order_by("at", "pk")]
    found += reductions(money.order_by("sold_at", "pk"))
    found += [unposted_of(one) for one in unposted().filter(order=order_id)]
    return sorted(found, key=attrgetter("at"))


def streamed(rows: Rows) -> Iterator[Any]:
    return rows.iterator(chunk_size=AT_ONCE)
