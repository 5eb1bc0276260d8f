"""Begin to pack a job, so that nobody else does."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import Fulfilment
from stores.operations.advance import NotInThatState, advance

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

__all__ = ["NotInThatState", "prepare"]


@transaction.atomic
def prepare(*, fulfilment: Fulfilment, actor: "_User | None", at: dt.datetime) -> None:
    """The job is this keeper's to pack from now, and every desk of the point sees it.

    Raises NotInThatState unless it was to be prepared.
    """
    advance(
        fulfilment=fulfilment,
        begins=[Fulfilment.Status.CONFIRMED],
        ends=Fulfilment.Status.PREPARING,
        preparing_at=at,
        packed_by=actor,
    )
