"""Bring a job from one state to the next, once."""

from django.db import transaction

from stores.models import Fulfilment


class NotInThatState(Exception):
    """The job is not where this step begins; `fulfilment` is as it now stands."""

    def __init__(self, fulfilment: Fulfilment) -> None:
        super().__init__(f"job {fulfilment.pk} is {fulfilment.status}")
        self.fulfilment = fulfilment


@transaction.atomic
def advance(
    *, fulfilment: Fulfilment, begins: list[str], ends: str, **stamps: object
) -> None:
    """Set the job's status to `ends` if it is in one of `begins`, with its stamps.

    The order follows when all its jobs have come as far; its row is locked first, so
    that of two points who give away the last two parcels at once one sees the other.
    Two keepers who press at the same time are one after the other; the second is
    refused.

    Raises NotInThatState.
    """
    order = fulfilment.order
    type(order).objects.select_for_update().get(pk=order.pk)
    row = Fulfilment.objects.filter(pk=fulfilment.pk)
    changed = row.filter(status__in=begins).update(status=ends, **stamps)
    fulfilment.refresh_from_db()
    if not changed:
        raise NotInThatState(fulfilment)
    if not order.fulfilments.exclude(status=ends).exists():
        order.status = ends
        order.save(update_fields=["status"])
        order.lines.update(status=ends)
