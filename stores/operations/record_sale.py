"""Append to the journal of sales."""

from collections.abc import Iterable

from django.db.models import Sum

from catalogue.vat import vat_between
from stores.models import SalesEntry


def record_sale(entries: Iterable[SalesEntry]) -> None:
    """Write entries in the transaction that sells or takes back, with their VAT.

    Whoever takes back holds the lock of the order. The VAT is that of the sum taken
    back so far, so that what comes back in parts takes the VAT of the whole along.
    At most two queries.
    """
    rows = list(entries)
    sums: dict[tuple[str, ...], int] = {}
    if documents := {entry.document for entry in rows if entry.reference}:
        taken_back = (
            SalesEntry.objects.filter(document__in=documents)
            .exclude(reference="")
            .order_by()
            .values_list("document", "kind", "sku", "order_line")
            .annotate(sum=Sum("gross_vnd"))
        )
        sums = {tuple(map(str, key)): sum_ for *key, sum_ in taken_back}
    for entry in rows:
        key = (entry.document, entry.kind, entry.sku, str(entry.order_line))
        before = sums.get(key, 0)
        sums[key] = before + entry.gross_vnd
        entry.vat_vnd = vat_between(before, sums[key], entry.vat_rate)
    SalesEntry.objects.bulk_create(rows)
