"""A parcel has arrived, and the postman has its money."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.fulfil import mark_delivered
from marketplace.payments.operations.take_money import take_money


@transaction.atomic
def arrive(*, fulfilment: Fulfilment, actor: User, at: dt.datetime) -> None:
    """Write down that it was brought and what was collected for it, both or neither.

    Raises NotInThatState unless it was given to the post.
    """
    mark_delivered(fulfilment=fulfilment, at=at)
    take_money(fulfilment=fulfilment, actor=actor, paid_by="", at=at)
