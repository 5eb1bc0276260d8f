"""A person has given money back."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.orders.models import Order
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.operations.intend import TooMuch
from marketplace.payments.operations.send import gone
from marketplace.payments.queries import refundable_vnd
from stores.models import SalesPoint


class NotInThatState(Exception):
    """The refund is done, or on its way."""


def give_by_hand(
    *,
    refund: Refund,
    actor: User,
    at: dt.datetime,
    paid_by: str = "",
    point: SalesPoint | None = None,
) -> Refund:
    """Write down that a person has given the money back.

    Also for what failed elsewhere. Raises NotInThatState when it is done or going, or
    `intend`'s TooMuch.
    """
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=refund.payment.order_id)
        refund = Refund.objects.select_for_update().get(pk=refund.pk)
        if refund.state not in (Refund.State.INTENDED, Refund.State.FAILED):
            raise NotInThatState
        if refund.state == Refund.State.FAILED:
            left_vnd = refundable_vnd(refund.payment)
            if refund.amount_vnd > left_vnd:
                raise TooMuch(left_vnd)
        refund.state, refund.actor = Refund.State.SENT, actor
        refund.save(update_fields=["state", "actor"])
        gone(
            refund,
            f"refund-{refund.pk}",
            PaymentEvent.Source.DESK if point else PaymentEvent.Source.OURS,
            at,
            actor=actor,
            point=point,
            paid_by=paid_by,
        )
    refund.refresh_from_db()
    return refund
