"""Money given back for other reasons than goods that came back."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import OuterRef, Prefetch, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from catalogue.vat import vat_between
from marketplace.accounting.queries.entries.entry import (
    AT_ONCE,
    Entry,
    Rows,
    What,
    name_of,
    sum_before,
)
from marketplace.orders.models import Fulfilment
from marketplace.payments.models import PaymentEvent, Refund, RefundLine
from stores.models import SalesPoint

Kind = PaymentEvent.Kind


def money_back() -> Rows:
    """Money that left, or came back to us, for orders whose goods were given.

    `sold_at` is when it counts: never before the sale it is taken off.
    """
    fulfilments = Fulfilment.objects.filter(
        order=OuterRef("payment__order"), handed_over_at__isnull=False
    ).order_by("handed_over_at", "pk")
    return (
        PaymentEvent.objects.filter(
            outcome=PaymentEvent.Outcome.APPLIED,
            kind__in=[Kind.REFUNDED, Kind.REFUND_FAILED],
        )
        .annotate(
            given_at=Subquery(fulfilments.values("handed_over_at")[:1]),
            given_by=Subquery(fulfilments.values("point")[:1]),
            sold_at=Greatest("happened_at", "given_at"),
        )
        .filter(given_at__isnull=False)
        .select_related("payment__order")
    )


def reductions(events: Iterable[Any]) -> Iterator[Entry]:
    """What each of these sums takes off a sale.

    What pays for goods that came back, were cancelled, or for what came too much is
    no reduction: the goods have entries of their own, or none.
    """
    events = iter(events)
    while some := list(islice(events, AT_ONCE)):
        found = refunds_of(some)
        points = SalesPoint.objects.in_bulk({event.given_by for event in some})
        for event in some:
            refund = found.get((event.payment_id, subject_of(event)))
            if refund is None or refund.due_id is None:
                yield from reductions_of(event, refund, points[event.given_by])


def subject_of(event: PaymentEvent) -> str:
    return event.external_id.rsplit(":", 1)[0]


def refunds_of(events: list[Any]) -> dict[tuple[int, str], Refund]:
    """The refunds that the events are of, by payment and name, with their lines."""
    before = sum_before(RefundLine.objects.all(), "line", "amount_vnd")
    lines = (
        RefundLine.objects.select_related(
            "line__product", "line__part__fulfilment__point"
        )
        .annotate(before=before)
        .order_by("pk")
    )
    refunds = Refund.objects.filter(
        payment__in={event.payment_id for event in events},
        reference__in={subject_of(event) for event in events},
    ).prefetch_related(Prefetch("lines", lines))
    return {(refund.payment_id, refund.reference): refund for refund in refunds}


def reductions_of(event: Any, refund: Any, point: SalesPoint) -> Iterator[Entry]:
    """By line where goods were named, else one sum without a rate."""
    sign = -1 if event.kind == Kind.REFUNDED else 1
    entry = partial(
        Entry,
        at=event.sold_at,
        number=event.payment.order.number,
        what=What.REDUCTION,
        way=event.means,
    )
    lines = refund.lines.all() if refund else ()
    for line in lines:
        rate = line.line.tax_code or ""
        vat = vat_between(line.before, line.before + line.amount_vnd, rate)
        yield entry(
            point=line.line.part.fulfilment.point,
            name=name_of(line.line),
            code=line.line.partner_sku,
            units=sign * line.units,
            price_vnd=line.amount_vnd // line.units,
            gross_vnd=sign * line.amount_vnd,
            rate=rate,
            vat_vnd=sign * vat,
        )
    if not lines:
        yield entry(
            point=point,
            name=_("Money given back"),
            code="",
            units=0,
            price_vnd=0,
            gross_vnd=event.amount_vnd,
            rate="",
            vat_vnd=0,
        )
