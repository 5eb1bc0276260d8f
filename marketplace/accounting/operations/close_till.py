"""Close a till: write down what was counted, once."""

import datetime as dt

from django.db import transaction

from marketplace.accounting.models import TillClose, TillEntry
from marketplace.accounting.queries.till import Till, open_payments, open_sales, till_of
from marketplace.accounts.models import User
from stores.models import SalesPoint


class AlreadyClosed(Exception):
    """Somebody else closed this till meanwhile; `close` is what she wrote."""

    def __init__(self, close: TillClose) -> None:
        super().__init__(str(close))
        self.close = close


class TillMoved(Exception):
    """Money came or went since the keeper saw what should be there; `till` is now."""

    def __init__(self, till: Till) -> None:
        super().__init__(till.seen)
        self.till = till


class NoReason(Exception):
    """What was counted differs from what should be there, and nobody says why."""


class LeavesTooMuch(Exception):
    """More cash stays in the drawer than was counted."""


@transaction.atomic
def close_till(
    *,
    point: SalesPoint,
    number: int,
    seen: str,
    cash_vnd: int,
    card_vnd: int,
    transfer_vnd: int,
    left_vnd: int,
    reason: str,
    actor: User,
    at: dt.datetime,
) -> TillClose:
    """Write the close with every sale and payment that it counts.

    `number` and `seen` are what the keeper had before her. The point's row is locked,
    weakly enough for sales to go on: what is sold at this moment falls to the next
    close. Nothing is counted twice, and nothing is left out.

    Raises AlreadyClosed, TillMoved, LeavesTooMuch or NoReason.
    """
    SalesPoint.objects.select_for_update(no_key=True).get(pk=point.pk)
    sales, payments = list(open_sales(point)), list(open_payments(point))
    till = till_of(point, sales, payments)  # of the very rows that it will count
    if number != till.number and till.last:
        raise AlreadyClosed(till.last)
    if seen != till.seen:
        raise TillMoved(till)
    if left_vnd > cash_vnd:
        raise LeavesTooMuch
    counted = (cash_vnd, card_vnd, transfer_vnd)
    expected = (till.cash_vnd, till.card_vnd, till.transfer_vnd)
    if counted != expected and not reason.strip():
        raise NoReason
    close = TillClose.objects.create(
        point=point,
        number=till.number,
        actor=actor,
        at=at,
        began_with_vnd=till.began_with_vnd,
        expected_cash_vnd=till.cash_vnd,
        counted_cash_vnd=cash_vnd,
        expected_card_vnd=till.card_vnd,
        counted_card_vnd=card_vnd,
        expected_transfer_vnd=till.transfer_vnd,
        counted_transfer_vnd=transfer_vnd,
        left_vnd=left_vnd,
        reason=reason.strip(),
    )
    TillEntry.objects.bulk_create(
        [
            *(TillEntry(close=close, sale=sale) for sale in sales),
            *(TillEntry(close=close, event=event) for event in payments),
        ],
        batch_size=1000,
    )
    return close
