"""A parcel has arrived."""

import datetime as dt

from django.db import transaction

from stores.models import Fulfilment
from stores.operations.advance import NotInThatState, advance

__all__ = ["NotInThatState", "deliver"]


@transaction.atomic
def deliver(*, fulfilment: Fulfilment, at: dt.datetime) -> None:
    """Write down that the post has brought a parcel to its buyer.

    Raises NotInThatState unless it was given to the post.
    """
    if fulfilment.way != Fulfilment.Way.POST:
        raise NotInThatState(fulfilment)
    advance(
        fulfilment=fulfilment,
        begins=[Fulfilment.Status.HANDED_OVER],
        ends=Fulfilment.Status.DELIVERED,
        delivered_at=at,
    )
