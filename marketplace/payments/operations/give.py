"""Goods change hands, and so does their money."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.payments.operations.take_money import take_money
from stores.models import Fulfilment
from stores.operations.hand_over import hand_over, meets_buyer


@transaction.atomic
def give(
    *,
    job: Fulfilment,
    code: str,
    actor: User,
    paid_by: str,
    at: dt.datetime,
    at_front_desk: bool = False,
    **said: str,
) -> None:
    """Hand a job over and write down what was collected with it, both or neither.

    Where nobody meets the buyer nothing is collected: the post does that later. `said`
    is what else `hand_over` may be told. Raises what `hand_over` raises.
    """
    hand_over(
        fulfilment=job,
        code=code,
        actor=actor,
        at=at,
        at_front_desk=at_front_desk,
        **said,
    )
    if meets_buyer(job, at_front_desk=at_front_desk):
        take_money(job=job, actor=actor, paid_by=paid_by, at=at)
