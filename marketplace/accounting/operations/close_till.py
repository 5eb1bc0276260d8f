"""Close a till: write down what was counted, once."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import ChangedMeanwhile, NotEnough, ReasonRequired, Refusal
from marketplace.accounting.models import TillClose, TillEntry
from marketplace.accounting.queries.till import (
    expected_till,
    open_payments,
    open_sales,
)
from stores.models import SalesPoint

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


TILL_CHANGED = _(
    "Money came or went while you counted. Look at the sums and count again."
)


class AlreadyClosed(Refusal):
    """Somebody else closed this till meanwhile, with `close`."""

    message = _("This till was closed already, as it stands here.")

    def __init__(self, close: TillClose) -> None:
        super().__init__()
        self.close = close


@transaction.atomic
def close_till(
    *,
    point: SalesPoint,
    number: int,
    expected: str,
    cash_vnd: int,
    card_vnd: int,
    transfer_vnd: int,
    left_in_drawer_vnd: int,
    reason: str,
    actor: "_User",
    at: dt.datetime,
) -> TillClose:
    """Write the close with every sale and payment that it counts.

    `number` and `expected` are those of the form. The point's row is locked,
    weakly enough for sales to go on: what is sold at this moment falls to the next
    close. Nothing is counted twice, and nothing is left out.

    Raises AlreadyClosed, ChangedMeanwhile, NotEnough or ReasonRequired.
    """
    SalesPoint.objects.select_for_update(no_key=True).get(pk=point.pk)
    sales, payments = list(open_sales(point)), list(open_payments(point))
    till = expected_till(point, sales, payments)  # of the very rows that it will count
    if number != till.number and till.last:
        raise AlreadyClosed(till.last)
    if expected != till.expected:
        raise ChangedMeanwhile(TILL_CHANGED)
    if left_in_drawer_vnd > cash_vnd:
        raise NotEnough(
            gettext("More than there is in the drawer."), field="left", status=422
        )
    counted = (cash_vnd, card_vnd, transfer_vnd)
    if counted != till.sums and not reason.strip():
        raise ReasonRequired(
            gettext("Something differs. Write why, as far as you know.")
        )
    close = TillClose.objects.create(
        point=point,
        number=till.number,
        actor=actor,
        at=at,
        opening_cash_vnd=till.opening_cash_vnd,
        expected_cash_vnd=till.cash_vnd,
        counted_cash_vnd=cash_vnd,
        expected_card_vnd=till.card_vnd,
        counted_card_vnd=card_vnd,
        expected_transfer_vnd=till.transfer_vnd,
        counted_transfer_vnd=transfer_vnd,
        left_in_drawer_vnd=left_in_drawer_vnd,
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
