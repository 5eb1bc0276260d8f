"""A parcel has arrived, and the postman has its money."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.payments.operations.take_money import take_money
from stores.models import Fulfilment
from stores.operations.deliver import deliver


@transaction.atomic
def arrive(*, job: Fulfilment, actor: User, at: dt.datetime) -> None:
    """Write down that it was brought and what was collected for it, both or neither.

    Raises NotInThatState unless it was given to the post.
    """
    deliver(fulfilment=job, at=at)
    take_money(job=job, actor=actor, paid_by="", at=at)
