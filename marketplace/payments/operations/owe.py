"""Write down that money has to go back."""

import datetime as dt

from marketplace.orders.models import RefundDue
from marketplace.payments.models import Payment


def owe(
    *, payment: Payment, amount_vnd: int, reason: str, at: dt.datetime
) -> RefundDue:
    """Whole dong of a payment, owed to its buyer; whoever holds the order's lock asks.

    `settle` gives it back, or a person does where the way gives nothing by itself.
    """
    return RefundDue.objects.create(
        order=payment.order, amount_vnd=amount_vnd, reason=reason, at=at
    )
