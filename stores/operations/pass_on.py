"""Bring a transfer from one state to the next, once."""

from django.db import transaction

from stores.models import Fulfilment, SalesPoint, Transfer


class MovedOn(Exception):
    """The transfer is not where this step begins; `transfer` is as it now stands."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(f"{transfer.number} is {transfer.status}")
        self.transfer = transfer


class WrongPoint(Exception):
    """That is done at the desk of another point, `point`."""

    def __init__(self, point: SalesPoint) -> None:
        super().__init__(f"only at {point.slug}")
        self.point = point


@transaction.atomic
def pass_on(*, transfer: Transfer, begins: str, ends: str, **stamps: object) -> None:
    """Set the transfer's status to `ends` if it is `begins`, with its stamps.

    The jobs that wait for it are locked first, as whoever cancels or packs them does.
    Two who press at the same time meet at the row; the second is refused.

    Raises MovedOn.
    """
    waiting = transfer.lines.exclude(part=None).values("part__fulfilment")
    jobs = Fulfilment.objects.filter(pk__in=waiting)
    list(jobs.order_by("pk").select_for_update())
    row = Transfer.objects.filter(pk=transfer.pk, status=begins)
    changed = row.update(status=ends, **stamps)
    transfer.refresh_from_db()
    if not changed:
        raise MovedOn(transfer)
