"""Goods change hands, and so does their money."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.hand_over import hand_over, needs_code
from marketplace.payments.operations.record_reductions import record_reductions
from marketplace.payments.operations.take_money import take_money


@transaction.atomic
def give(
    *,
    fulfilment: Fulfilment,
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
        fulfilment=fulfilment,
        code=code,
        actor=actor,
        at=at,
        at_front_desk=at_front_desk,
        **said,
    )
    record_reductions(order=fulfilment.order)
    if needs_code(fulfilment, at_front_desk=at_front_desk):
        take_money(fulfilment=fulfilment, actor=actor, paid_by=paid_by, at=at)
