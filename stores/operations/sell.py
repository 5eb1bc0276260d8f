"""Sell over the counter."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.queries import check_on_sale
from catalogue.refusals import NothingToDo
from stores.idempotency import FormReused, begin_submission
from stores.models import DeskSale, SalesEntry, SalesPoint, StockMovement
from stores.operations.move import move
from stores.operations.receive import NotSoldHere, check_may_sell
from stores.operations.record_sale import record_sale
from stores.operations.reserve import NotEnoughStock, reserve
from stores.partner.models import StockRecord
from stores.queries.free import explain_shortage, lots_to_take, take_first_expired

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@transaction.atomic
def sell_at_desk(
    *,
    point: SalesPoint,
    units: Mapping[int, int],
    paid_by: str,
    client_id: str,
    actor: "_User",
    at: dt.datetime,
) -> DeskSale:
    """Take the goods off the shelf and write the sale, all or nothing.

    `units` maps stock record id to units (1 or more). First expired, first out; what
    is past its date or allocated to an order stays. A `client_id` that the point has
    sent before returns that sale.

    Raises FormReused, NothingToDo, NotSoldHere, NoLongerSold, or NotEnoughStock for
    the first record that falls short, with the orders and points that have its units.
    """
    submitted = begin_submission(
        scope=f"sale {point.pk}",
        token=client_id,
        content={
            "units": {str(record): number for record, number in units.items()},
            "paid_by": paid_by,
        },
        reused=sold_differently,
    )
    if submitted.result_id:
        return DeskSale.objects.get(pk=submitted.result_id)
    today = timezone.localdate(at)
    records = records_to_sell(point, units, today)
    sale = DeskSale.objects.create(
        point=point,
        actor=actor,
        paid_by=paid_by,
        total_vnd=sum(
            record.product.price_vnd * units[record.pk] for record in records
        ),
        at=at,
    )
    try:
        reserve(lines=units, at=at)
    except NotEnoughStock as short:
        text = _("%(name)s: only %(free)d may be sold here now.")
        why = explain_shortage(short.record, at=at).replace("%", "%%")
        raise NotEnoughStock(short.record, f"{text} {why}") from short
    for record in records:
        lots = lots_to_take([record.pk]).exclude(batch__best_before__lte=today)
        for batch, number in take_first_expired(lots, units[record.pk]):
            move(
                record=record,
                batch=batch,
                kind=StockMovement.Kind.SELL_AT_DESK,
                quantity=-number,
                allocated=-number,
                at=at,
                actor=actor,
                document=sale.number,
            )
    record_sale(desk_entry(sale, record, units[record.pk]) for record in records)
    submitted.finish(sale)
    return sale


def sold_differently(sale_id: int) -> FormReused:
    """What a form says that was another sale before."""
    sale = DeskSale.objects.get(pk=sale_id)
    text = _(
        "This form was sold already as %s, with other goods or paid otherwise. If"
        " this is another sale, press again how it is paid."
    )
    return FormReused(text % sale.number, sale)


def desk_entry(sale: DeskSale, record: StockRecord, units: int) -> SalesEntry:
    """Units of a product in a sale, at the price and VAT rate of that day."""
    today = timezone.localdate(sale.at)
    return SalesEntry(
        kind=SalesEntry.Kind.SALE,
        at=sale.at,
        document=sale.number,
        sale=sale,
        point=sale.point,
        record=record,
        sku=record.partner_sku,
        units=units,
        price_vnd=record.product.price_vnd,
        gross_vnd=record.product.price_vnd * units,
        vat_rate=sale.point.get_vat_rate(record.product, on=today),
        payment_method=sale.paid_by,
        actor=sale.actor,
    )


def records_to_sell(
    point: SalesPoint, units: Mapping[int, int], today: dt.date
) -> list[StockRecord]:
    """The point's records in id order, if all of them may be sold there today."""
    if not units or min(units.values()) < 1:
        raise NothingToDo(_("Choose what is sold first."))
    records = list(
        StockRecord.objects.filter(pk__in=units, partner=point.partner_id)
        .select_related("product")
        .order_by("pk")
    )
    if len(records) < len(units):
        raise NotSoldHere
    products = [record.product for record in records]
    check_may_sell(point, products)
    check_on_sale(products, on=today)
    return records
