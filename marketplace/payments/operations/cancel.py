"""Cancel an order, or units of it, and close the payments of what has ended."""

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.orders.models import Fulfilment, FulfilmentLine, Order
from marketplace.orders.operations.cancel import cancel_order, cancel_units
from marketplace.payments.models import Code, Payment
from marketplace.payments.operations.apply_fact import lapse_payment
from marketplace.payments.operations.maintenance import cancel_open_pages

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@transaction.atomic
def cancel_order_and_payment(*, order: Order, at: dt.datetime) -> None:
    """Cancel an order; nothing can be paid for it from this moment.

    Raises what `cancel_order` raises.
    """
    cancel_order(order=order, at=at)
    close_payments(order, at)


@transaction.atomic
def cancel_units_and_payment(
    *,
    line: FulfilmentLine,
    units: int,
    at: dt.datetime,
    actor: "_User | None",
    reason: str = "",
) -> None:
    """Take units out of an order; with the last ones its payment is closed.

    Raises what `cancel_units` raises.
    """
    cancel_units(line=line, units=units, at=at, actor=actor, reason=reason)
    close_payments(line.fulfilment.order, at)


def close_payments(order: Order, at: dt.datetime) -> None:
    """Lapse the pending payments of an order that has ended.

    Their pages at a provider are closed after the commit; where that does not answer,
    `lapse_payments_of_ended_orders` tries again.
    """
    order.refresh_from_db(fields=["status"])
    if order.status not in Fulfilment.WITHOUT_GOODS:
        return
    pending = list(order.payments.filter(state=Payment.State.PENDING).order_by("pk"))
    for payment in pending:
        lapse_payment(payment=payment, at=at, code=Code.ORDER_ENDED)
    with_page = [payment for payment in pending if payment.url]
    if with_page:
        transaction.on_commit(partial(cancel_open_pages, with_page))
