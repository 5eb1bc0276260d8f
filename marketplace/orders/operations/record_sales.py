"""Write what fulfilments sold and took back in the journal of sales."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F

from catalogue.vat import vat_in
from marketplace.orders.models import Fulfilment, FulfilmentLine, Return
from stores.models import SalesEntry
from stores.operations.record_sale import record_sale

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

Kind = SalesEntry.Kind


def line_entry(
    line: FulfilmentLine,
    units: int,
    *,
    at: dt.datetime,
    kind: str = Kind.SALE,
    reference: str = "",
    actor: "_User | None" = None,
) -> SalesEntry:
    """Units of an order's line at its price and VAT rate; negative units come back."""
    gross, rate = line.price_vnd * units, line.line.tax_code or ""
    return SalesEntry(
        kind=kind,
        at=at,
        document=line.fulfilment.order.number,
        reference=reference,
        order_line=line.line_id,
        point=line.fulfilment.point,
        record=line.reservation.record,
        sku=line.line.partner_sku,
        units=units,
        price_vnd=line.price_vnd,
        gross_vnd=gross,
        vat_rate=rate,
        vat_vnd=vat_in(gross, rate),
        actor=actor,
    )


def postage_entry(
    fulfilment: Fulfilment,
    *,
    at: dt.datetime,
    units: int = 1,
    reference: str = "",
    actor: "_User | None" = None,
) -> SalesEntry:
    """The order's postage, sold by the point of this fulfilment; -1 unit comes back."""
    price = int(fulfilment.order.shipping_incl_tax)
    rate = fulfilment.order.shipping_tax_code or ""
    return SalesEntry(
        kind=Kind.POSTAGE,
        at=at,
        document=fulfilment.order.number,
        reference=reference,
        point=fulfilment.point,
        units=units,
        price_vnd=price,
        gross_vnd=price * units,
        vat_rate=rate,
        vat_vnd=vat_in(price * units, rate),
        actor=actor,
    )


def record_handed_over(
    *, fulfilment: Fulfilment, at: dt.datetime, actor: "_User"
) -> None:
    """Each line that was handed over, and the postage with the order's first parcel."""
    lines = fulfilment.lines.filter(handed_over__gt=0).order_by("pk")
    entries = []
    for line in lines.select_related("line", "reservation__record"):
        line.fulfilment = fulfilment
        entries.append(line_entry(line, line.handed_over, at=at, actor=actor))
    if fulfilment.order.shipping_incl_tax and not postage_entries(fulfilment):
        entries.append(postage_entry(fulfilment, at=at, actor=actor))
    record_sale(entries)


def record_returned(accepted: Return) -> None:
    """Goods that came back, on the books of the point that sold them."""
    entry = line_entry(
        accepted.fulfilment_line,
        -accepted.units,
        at=accepted.at,
        kind=Kind.RETURN,
        reference=f"return-{accepted.pk}",
        actor=accepted.actor,
    )
    record_sale([entry])


def record_postage_returned(
    *, fulfilment: Fulfilment, reference: str, at: dt.datetime
) -> None:
    """Take the postage of an unpaid order back once none of its parcels is left.

    Whoever calls it knows that the fulfilment's money was never collected.
    """
    every = fulfilment.order.fulfilments.all()
    with_buyers = FulfilmentLine.objects.filter(
        fulfilment__in=every, handed_over__gt=F("returned")
    )
    paid = every.filter(status=Fulfilment.Status.DELIVERED)
    entries = postage_entries(fulfilment)
    if (
        len(entries) != 1
        or every.open().exists()
        or with_buyers.exists()
        or paid.exists()
    ):
        return
    entry = postage_entry(fulfilment, at=at, units=-1, reference=reference)
    entry.point = entries[0].point
    record_sale([entry])


def postage_entries(fulfilment: Fulfilment) -> list[SalesEntry]:
    """The journal's entries of the order's postage: sold, and taken back."""
    rows = SalesEntry.objects.filter(
        document=fulfilment.order.number, kind=Kind.POSTAGE
    )
    return list(rows.order_by("pk"))
