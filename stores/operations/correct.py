"""Correct a number that does not match the shelf."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.models import Batch
from catalogue.refusals import NotEnough, NothingToDo, ReasonRequired
from stores.models import StockLot, StockMovement
from stores.operations.move import move
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@transaction.atomic
def correct(
    *,
    record: StockRecord,
    batch: Batch,
    counted: int,
    reason: str,
    actor: "_User",
    at: dt.datetime,
) -> StockMovement:
    """Set a lot to the `counted` units (0 or more) that are really on hand.

    Raises ReasonRequired, NothingToDo or NotEnough.
    """
    if not reason.strip():
        raise ReasonRequired(_("Say why."))
    record = StockRecord.objects.select_for_update().get(pk=record.pk)
    on_hand = (
        StockLot.objects.filter(record=record, batch=batch)
        .values_list("on_hand", flat=True)
        .first()
    )
    difference = counted - (on_hand or 0)
    if not difference:
        text = _("There are that many already; nothing to put right.")
        raise NothingToDo(text, field="counted")
    text = _("Buyers have ordered %d, so there cannot be fewer here. Call the centre.")
    return move(
        record=record,
        batch=batch,
        kind=StockMovement.Kind.CORRECT,
        quantity=difference,
        at=at,
        actor=actor,
        reason=reason.strip(),
        refusal=NotEnough(text % (record.num_allocated or 0), field="counted"),
    )
