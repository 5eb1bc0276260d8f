"""Change what is on hand and write in the ledger why.

The one place that changes a quantity on hand; the other operations call it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from catalogue.models import Batch, Product
from catalogue.refusals import ChangedMeanwhile, Refusal
from stores.models import SalesPoint, StockLot, StockMovement
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

BATCH = 500
"""Rows in one statement."""


class ShelfChanged(ChangedMeanwhile):
    """More was to leave than is on hand, of the lot or beyond what is allocated."""

    message = gettext_lazy(
        "The shelf changed at this very moment. Look at the lots and try again."
    )


def lock_point(**lookup: object) -> SalesPoint:
    """Let a point do one thing at a time; whoever only refers to it need not wait."""
    return SalesPoint.objects.select_for_update(no_key=True).get(**lookup)


def shelf_sku(product: Product) -> str:
    """The SKU of a product at every point: its code, or its slug while it has none."""
    return product.code or product.slug


def open_shelf(point: SalesPoint, product: Product) -> StockRecord:
    """The point's record of a product, made empty where it had none."""
    record, _created = StockRecord.objects.get_or_create(
        partner=point.partner,
        partner_sku=shelf_sku(product),
        defaults={"product": product, "num_in_stock": 0, "num_allocated": 0},
    )
    return record


def open_shelves(point: SalesPoint, products: Iterable[Product]) -> None:
    """Make the records that the point has not, by product; so no two wait crosswise."""
    StockRecord.objects.bulk_create(
        [
            StockRecord(
                partner=point.partner,
                partner_sku=shelf_sku(product),
                product=product,
                num_in_stock=0,
                num_allocated=0,
            )
            for product in sorted(products, key=lambda product: product.pk)
        ],
        BATCH,
        ignore_conflicts=True,
    )


@transaction.atomic
def move(
    *,
    record: StockRecord,
    batch: Batch,
    kind: str,
    quantity: int,
    at: dt.datetime,
    actor: "_User | None",
    allocated: int = 0,
    reason: str = "",
    document: str = "",
    refusal: Refusal | None = None,
) -> StockMovement:
    """Move `quantity` units (signed) of a lot and write the movement.

    `allocated` is the change, in units, of what the record allocates: a hand-over
    takes both at once. The record is changed first, which locks it, so that
    balances follow the order of the ledger.

    Raises ShelfChanged, or the `refusal` given, when the lot has too few or when fewer
    would be on hand than are allocated; nothing has moved then.
    """
    row = StockRecord.objects.filter(pk=record.pk)
    in_stock = Coalesce(F("num_in_stock"), 0) + quantity
    reserved = Coalesce(F("num_allocated"), 0) + allocated
    changed = (
        row.annotate(new_in_stock=in_stock, new_allocated=reserved)
        .filter(new_in_stock__gte=F("new_allocated"), new_allocated__gte=0)
        .update(num_in_stock=in_stock, num_allocated=reserved)
    )
    if not changed:
        raise refusal or ShelfChanged
    lot, _created = StockLot.objects.get_or_create(record=record, batch=batch)
    enough = StockLot.objects.filter(pk=lot.pk, on_hand__gte=-quantity)
    if not enough.update(on_hand=F("on_hand") + quantity):
        raise refusal or ShelfChanged
    return StockMovement.objects.create(
        record=record,
        batch=batch,
        kind=kind,
        quantity=quantity,
        balance_after=row.values_list("num_in_stock", flat=True).get() or 0,
        actor=actor,
        reason=reason,
        document=document,
        at=at,
    )


@transaction.atomic
def move_all(movements: Sequence[StockMovement]) -> None:
    """Make many unsaved movements in their order, as `move` does each, or none.

    The records are locked in id order, and with them their lots; what each movement
    leaves is filled in. The number of queries grows by the batch.

    Raises ShelfChanged as `move` does.
    """
    rows = StockRecord.objects.filter(pk__in={one.record_id for one in movements})
    records = {record.pk: record for record in rows.order_by("pk").select_for_update()}
    lots_on_hand = {
        (lot.record_id, lot.batch_id): lot
        for lot in StockLot.objects.filter(record__in=records)
    }
    lots: dict[tuple[int, int], StockLot] = {}
    for one in movements:
        record, place = records[one.record_id], (one.record_id, one.batch_id)
        lot = lots.setdefault(
            place, lots_on_hand.get(place) or StockLot(record=record, batch=one.batch)
        )
        lot.on_hand += one.quantity
        one.balance_after = (record.num_in_stock or 0) + one.quantity
        record.num_in_stock = one.balance_after
        if lot.on_hand < 0 or one.balance_after < (record.num_allocated or 0):
            raise ShelfChanged
    StockRecord.objects.bulk_update(records.values(), ["num_in_stock"], BATCH)
    known = [lot for lot in lots.values() if lot.pk]
    StockLot.objects.bulk_update(known, ["on_hand"], BATCH)
    StockLot.objects.bulk_create([lot for lot in lots.values() if not lot.pk], BATCH)
    StockMovement.objects.bulk_create(movements, BATCH)
