"""What was sold over the counter, without an order."""

from marketplace.accounting.queries.entries.entry import Entry, Rows, What, of_point
from stores.models import DeskSaleLine, SalesPoint


def at_desk(point: SalesPoint | None = None) -> Rows:
    rows = DeskSaleLine.objects.select_related("sale__point", "record__product")
    return of_point(rows, point, "sale__point")


def at_desk_of(line: DeskSaleLine) -> Entry:
    return Entry(
        at=line.sale.at,
        number=line.sale.number,
        point=line.sale.point,
        what=What.SALE,
        name=line.record.product.name,
        code=line.record.partner_sku,
        units=line.units,
        price_vnd=line.price_vnd,
        gross_vnd=line.gross_vnd,
        rate=line.vat,
        vat_vnd=line.vat_vnd,
        way=line.sale.get_paid_by_display(),
    )
