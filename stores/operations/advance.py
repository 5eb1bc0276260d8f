"""Bring a job from one state to the next, once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import Fulfilment

if TYPE_CHECKING:
    from oscar.apps.order.models import Order  # noqa: TID251  (marketplace's fork)

PROGRESS = list(Fulfilment.Status.values)
"""Statuses from the first to the last; those that end without goods come last."""

WITHOUT_GOODS = {
    Fulfilment.Status.CANCELLED,
    Fulfilment.Status.LAPSED,
    Fulfilment.Status.NOT_COLLECTED,
}


class NotInThatState(Exception):
    """The job is not where this step begins; `fulfilment` is as it now stands."""

    def __init__(self, fulfilment: Fulfilment) -> None:
        super().__init__(f"job {fulfilment.pk} is {fulfilment.status}")
        self.fulfilment = fulfilment


@transaction.atomic
def advance(
    *, fulfilment: Fulfilment, begins: Iterable[str], ends: str, **stamps: object
) -> None:
    """Set the job's status to `ends` if it is in one of `begins`, with its stamps.

    The order follows; its row is locked first, so that of two points who give away the
    last two parcels at once one sees the other. Two keepers who press at the same time
    are one after the other; the second is refused.

    Raises NotInThatState.
    """
    order = fulfilment.order
    lock(order)
    row = Fulfilment.objects.filter(pk=fulfilment.pk)
    changed = row.filter(status__in=list(begins)).update(status=ends, **stamps)
    fulfilment.refresh_from_db()
    if not changed:
        raise NotInThatState(fulfilment)
    order.status = status_of_order(order.fulfilments.values_list("status", flat=True))
    order.save(update_fields=["status"])
    order.lines.update(status=order.status)


def lock(order: "Order") -> None:
    """Make whoever else changes a job of the order wait until this is done."""
    type(order).objects.select_for_update().get(pk=order.pk)


def status_of_order(jobs: Iterable[str]) -> str:
    """Where an order stands: at its slowest job, of those that still bring goods."""
    statuses = list(jobs)
    going = [status for status in statuses if status not in WITHOUT_GOODS]
    return min(going or statuses, key=PROGRESS.index)
