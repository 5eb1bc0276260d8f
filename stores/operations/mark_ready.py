"""Say that a job is packed and waits for its buyer."""

import datetime as dt

from django.db import transaction

from stores.mail import tell_buyer
from stores.models import Fulfilment
from stores.operations.advance import NotInThatState, advance

__all__ = ["NotInThatState", "mark_ready"]


@transaction.atomic
def mark_ready(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """The job is ready from now; its buyer is told.

    Raises NotInThatState unless it was to be prepared.
    """
    advance(
        fulfilment=fulfilment,
        begins=[Fulfilment.Status.CONFIRMED],
        ends=Fulfilment.Status.READY,
        ready_at=at,
    )
    tell_buyer(fulfilment=fulfilment, news="ready")
