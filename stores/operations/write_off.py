"""Take off the shelf what can no longer be sold."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import Batch
from catalogue.refusals import NotEnough, ReasonRequired
from stores.idempotency import begin_submission
from stores.models import StockLot, StockMovement
from stores.operations.move import ShelfChanged, move
from stores.operations.receive import InvalidLot, booked_differently
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@transaction.atomic
def write_off(
    *,
    record: StockRecord,
    batch: Batch,
    units: int,
    kind: str,
    reason: str,
    actor: "_User | None",
    at: dt.datetime,
    client_id: str = "",
) -> StockMovement:
    """Remove `units` (1 or more) of a lot; `kind` is StockMovement's EXPIRE or DAMAGE.

    A `client_id` under which the point wrote off the same before returns that movement.

    Raises FormReused, InvalidLot, ReasonRequired or NotEnough.
    """
    if units < 1:
        raise ValueError("1 unit or more is written off")
    submitted = begin_submission(
        scope=f"write-off {record.partner_id}",
        token=client_id,
        content={
            "record": record.pk,
            "batch": batch.pk,
            "kind": str(kind),
            "units": units,
            "reason": reason.strip(),
        },
        reused=booked_differently,
    )
    if submitted.result_id:
        return StockMovement.objects.get(pk=submitted.result_id)
    is_past = batch.is_past(on=timezone.localdate(at))
    if kind == StockMovement.Kind.EXPIRE and not is_past:
        raise InvalidLot(
            _("This lot still keeps. What is broken is written off as damaged.")
        )
    if kind == StockMovement.Kind.DAMAGE and not reason.strip():
        raise ReasonRequired(_("Say what happened to it."))
    try:
        movement = move(
            record=record,
            batch=batch,
            kind=kind,
            quantity=-units,
            at=at,
            actor=actor,
            reason=reason.strip(),
        )
    except ShelfChanged as changed:
        lot = StockLot.objects.filter(record=record, batch=batch).first()
        on_hand = lot.on_hand if lot else 0
        text = _("Only %d of this lot are here.") % on_hand
        if units <= on_hand:
            text = _(
                "Buyers have ordered %s and would get too few. First remove it "
                "from their orders."
            ) % (record.product.name)
        raise NotEnough(text, field="units") from changed
    submitted.finish(movement)
    return movement
