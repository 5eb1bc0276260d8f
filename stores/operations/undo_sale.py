"""Take a sale at the desk back, or some of it: sold by mistake, or brought back."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.refusals import NotEnough, NothingToDo, ReasonRequired
from stores.idempotency import FormReused, begin_submission
from stores.models import DeskSale, SalesEntry, StockMovement
from stores.operations.move import move
from stores.operations.receive import InvalidLot
from stores.operations.record_sale import record_sale
from stores.queries.sales import SoldLot, sold_lots

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class Decision(models.TextChoices):
    """Why goods come back to a desk, and what becomes of them."""

    MISTAKE = "mistake", gettext_lazy("Rung up by mistake: the goods are still here")
    RESTOCK = "restock", gettext_lazy("Brought back, whole and sealed: on the shelf")
    DESTROY = "destroy", gettext_lazy("Brought back: destroy it")


@transaction.atomic
def undo_sale(
    *,
    sale: DeskSale,
    units: Mapping[str, int],
    decision: str,
    reason: str,
    refunded_by: str,
    client_id: str,
    actor: "_User",
    at: dt.datetime,
) -> int:
    """Put the goods back into their lots and the money out of the till now open.

    `units` maps the `field` of a `SoldLot` to its units. The journal gets entries of
    the opposite sign, at the price and VAT rate of the sale, under a reference of their
    own; the next close counts them. Returns the money to give back, in whole dong.

    Raises ReasonRequired, FormReused, NothingToDo, NotEnough or InvalidLot.
    """
    if not reason.strip():
        raise ReasonRequired(_("Say why the sale is taken back."))
    DeskSale.objects.select_for_update().get(pk=sale.pk)
    chosen = {name: number for name, number in units.items() if number}
    submitted = begin_submission(
        scope=f"undo sale {sale.point_id}",
        token=client_id,
        content={"sale": sale.pk, "units": chosen, "decision": str(decision)},
        reused=lambda _pk: FormReused(_("This was taken back already."), sale),
    )
    if submitted.result_id:
        return 0
    if not chosen:
        raise NothingToDo(_("Choose what is taken back."))
    left = {lot.field: lot for lot in sold_lots(sale)}
    for name, number in chosen.items():
        if name not in left or not 0 < number <= left[name].units:
            raise NotEnough(_("This was taken back already, or was never in the sale."))
    lots = [(left[name], number) for name, number in sorted(chosen.items())]
    for lot, number in lots:
        put_back(lot, number, sale, decision, reason.strip(), actor, at)
    entries = returned_entries(sale, lots, refunded_by, actor, at)
    record_sale(entries)
    submitted.finish(sale)
    return -sum(entry.gross_vnd for entry in entries)


def put_back(
    lot: SoldLot,
    units: int,
    sale: DeskSale,
    decision: str,
    reason: str,
    actor: "_User",
    at: dt.datetime,
) -> None:
    """Write the units of a lot back in the ledger, and off again if destroyed."""
    is_past = lot.batch.is_past(on=timezone.localdate(at))
    if decision == Decision.RESTOCK and (lot.batch.product.needs_cooling or is_past):
        raise InvalidLot(
            _(
                "Chilled goods and lots past their date never go back on the shelf."
                " Choose “destroyed”."
            )
        )
    moves = [(StockMovement.Kind.UNDO_SALE, units, reason, sale.number)]
    if decision == Decision.DESTROY:  # as what is damaged on the shelf
        why = f"{sale.number}: {reason}"[:200]
        moves.append((StockMovement.Kind.DAMAGE, -units, why, ""))
    for kind, quantity, why, document in moves:
        move(
            record=lot.record,
            batch=lot.batch,
            kind=kind,
            quantity=quantity,
            at=at,
            actor=actor,
            reason=why,
            document=document,
        )


def returned_entries(
    sale: DeskSale,
    lots: list[tuple[SoldLot, int]],
    refunded_by: str,
    actor: "_User",
    at: dt.datetime,
) -> list[SalesEntry]:
    """The sale's entries with the opposite sign, for so many units of each record."""
    units: Counter[int | None] = Counter()
    for lot, number in lots:
        units[lot.record.pk] += number
    before = sale.lines.exclude(reference="").order_by().values("reference").distinct()
    reference = f"return-{before.count() + 1}"
    return [
        SalesEntry(
            kind=SalesEntry.Kind.RETURN,
            at=at,
            document=sale.number,
            reference=reference,
            sale=sale,
            point_id=sold.point_id,
            record_id=sold.record_id,
            sku=sold.sku,
            units=-units[sold.record_id],
            price_vnd=sold.price_vnd,
            gross_vnd=-units[sold.record_id] * sold.price_vnd,
            vat_rate=sold.vat_rate,
            payment_method=refunded_by,
            actor=actor,
        )
        for sold in sale.lines.filter(reference="", record__in=units).order_by("pk")
    ]
