"""What was sold and what was taken back of it, line by line.

A sale counts from the moment at which goods change hands, never from the order; what
is given back later is a negative entry of its own day, so that a month that was handed
in never changes. The receipt of an order and the bookkeeper's sheets are made of these
entries and of nothing else.
"""

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from catalogue.vat import vat_between, vat_in
from marketplace.order.models import Line
from marketplace.payments.models import Payment, PaymentEvent, Refund, RefundLine
from stores.models import (
    DeskSale,
    DeskSaleLine,
    Fulfilment,
    FulfilmentLine,
    Return,
    SalesPoint,
)

AT_ONCE = 500
Kind = PaymentEvent.Kind
Rows = QuerySet[Any]


class What(StrEnum):
    """What an entry is of."""

    SALE = "sale"
    POSTAGE = "postage"
    RETURN = "return"
    REDUCTION = "reduction"


@dataclass(frozen=True)
class Entry:
    """One line of the books, in whole dong; negative where something goes back.

    `point` is the one that sold, also when the goods came back elsewhere. `way` says
    how it was paid, in words. `rate` is empty where money was given back without goods:
    that is the bookkeeper's to decide.
    """

    at: dt.datetime
    number: str
    point: SalesPoint
    what: What
    name: str
    code: str
    units: int
    price_vnd: int
    gross_vnd: int
    rate: str
    vat_vnd: int
    way: str

    @property
    def net_vnd(self) -> int:
        return self.gross_vnd - self.vat_vnd


@dataclass(frozen=True)
class Period:
    """From one moment up to and without another; None is without end."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None

    def __call__(self, rows: Rows, field: str) -> Rows:
        if self.start:
            rows = rows.filter(**{f"{field}__gte": self.start})
        if self.end:
            rows = rows.filter(**{f"{field}__lt": self.end})
        return rows.order_by(field, "pk")


ALWAYS = Period()


def entries(
    *, period: Period = ALWAYS, point: SalesPoint | None = None
) -> Iterator[Entry]:
    """Everything sold and taken back in a period, oldest first, one after the other.

    Read as it is needed, however many there are: six queries, and one for each 500
    sums of money that went back.
    """
    at_point = (lambda entry: entry.point == point) if point else None
    sources = [
        (given_of(one) for one in streamed(period(given(point), "given_at"))),
        (postage_of(one) for one in streamed(period(posted(point), "given_at"))),
        (unposted_of(one) for one in streamed(period(unposted(point), "given_at"))),
        (returned_of(one) for one in streamed(period(returned(point), "at"))),
        reductions(streamed(period(money_back(), "sold_at"))),
        (at_desk_of(one) for one in streamed(period(at_desk(point), "sale__at"))),
    ]
    merged = heapq.merge(*sources, key=attrgetter("at"))
    return filter(at_point, merged) if at_point else merged


def taken_back(order_id: int) -> list[Entry]:
    """What was taken off an order since it was given, oldest first. Three queries."""
    back = returned().filter(part__fulfilment__order=order_id)
    money = money_back().filter(payment__order=order_id)
    found = [returned_of(one) for one in back.order_by("at", "pk")]
    found += reductions(money.order_by("sold_at", "pk"))
    found += [unposted_of(one) for one in unposted().filter(order=order_id)]
    return sorted(found, key=attrgetter("at"))


def streamed(rows: Rows) -> Iterator[Any]:
    return rows.iterator(chunk_size=AT_ONCE)


def name_of(line: Line) -> str:
    return str(line.product.name if line.product else line.title)


def with_way(rows: Rows, order: str) -> Rows:
    """Each with how its order was paid in the end: by which way, and how at a desk."""
    paid = Payment.objects.filter(order=OuterRef(order), paid_vnd__gt=0).order_by("-pk")
    told = PaymentEvent.objects.filter(
        payment__order=OuterRef(order),
        source=PaymentEvent.Source.DESK,
        kind=Kind.PAID,
        outcome=PaymentEvent.Outcome.APPLIED,
    ).order_by("-pk")
    with_both: Rows = rows.annotate(
        paid_way=Subquery(paid.values("way")[:1]),
        paid_by=Subquery(told.values("paid_by")[:1]),
    )
    return with_both


def way_of(row: Any) -> str:
    """At a counter, how it was paid there; else by which way."""
    if not row.paid_way:
        return _("not paid")
    if row.paid_way == Payment.Way.POINT and row.paid_by:
        return str(DeskSale.PaidBy(row.paid_by).label)
    return str(Payment.Way(row.paid_way).label)


def of_point(rows: Rows, point: SalesPoint | None, path: str) -> Rows:
    return rows.filter(**{path: point}) if point else rows


# --- Goods of orders -----------------------------------------------------------------


def given(point: SalesPoint | None = None) -> Rows:
    """Lines of orders that were handed over, or given to the post."""
    rows = FulfilmentLine.objects.filter(handed_over__gt=0).annotate(
        given_at=F("fulfilment__handed_over_at")
    )
    rows = rows.select_related("line__product", "fulfilment__order")
    return with_way(
        of_point(rows, point, "fulfilment__point").select_related("fulfilment__point"),
        "fulfilment__order",
    )


def given_of(part: Any) -> Entry:
    return sale_of(part, part.handed_over, part.given_at, way_of(part))


def sale_of(part: FulfilmentLine, units: int, at: dt.datetime, way: str) -> Entry:
    """So many units of an order's line, at the price and rate that were kept."""
    line = part.line
    gross = part.price_vnd * units
    return Entry(
        at=at,
        number=part.fulfilment.order.number,
        point=part.fulfilment.point,
        what=What.SALE,
        name=name_of(line),
        code=line.partner_sku,
        units=units,
        price_vnd=part.price_vnd,
        gross_vnd=gross,
        rate=line.tax_code or "",
        vat_vnd=vat_in(gross, line.tax_code or ""),
        way=way,
    )


def returned(point: SalesPoint | None = None) -> Rows:
    """Goods that came back, each with how many of its line had come before."""
    rows = Return.objects.select_related(
        "part__line__product", "part__fulfilment__order", "part__fulfilment__point"
    ).annotate(before=sum_before(Return.objects.all(), "part", "units"))
    return with_way(
        of_point(rows, point, "part__fulfilment__point"), "part__fulfilment__order"
    )


def sum_before(rows: Rows, of: str, field: str) -> Coalesce:
    """The sum of a field over the rows of the same line that were written earlier."""
    earlier = rows.filter(**{of: OuterRef(of)}, pk__lt=OuterRef("pk")).order_by()
    summed = earlier.values(of).annotate(sum=Sum(field))
    return Coalesce(Subquery(summed.values("sum")), 0)


def returned_of(back: Any) -> Entry:
    part = back.part
    rate = part.line.tax_code or ""
    before, price = part.price_vnd * back.before, part.price_vnd
    gross = price * back.units
    return Entry(
        at=back.at,
        number=part.fulfilment.order.number,
        point=part.fulfilment.point,
        what=What.RETURN,
        name=name_of(part.line),
        code=part.line.partner_sku,
        units=-back.units,
        price_vnd=price,
        gross_vnd=-gross,
        rate=rate,
        vat_vnd=-vat_between(before, before + gross, rate),
        way=way_of(back),
    )


# --- Postage -------------------------------------------------------------------------


def posted(point: SalesPoint | None = None) -> Rows:
    """The first parcel of each order with postage, which is sold with it."""
    earlier = Fulfilment.objects.filter(
        order=OuterRef("order"), handed_over_at__isnull=False
    ).filter(
        Q(handed_over_at__lt=OuterRef("handed_over_at"))
        | Q(handed_over_at=OuterRef("handed_over_at"), pk__lt=OuterRef("pk"))
    )
    rows = (
        Fulfilment.objects.filter(
            ~Exists(earlier),
            order__shipping_incl_tax__gt=0,
            handed_over_at__isnull=False,
        )
        .select_related("order", "point")
        .annotate(given_at=F("handed_over_at"))
    )
    return with_way(of_point(rows, point, "point"), "order")


def postage_of(job: Any) -> Entry:
    return postage_entry(job, job.given_at, way_of(job))


def postage_entry(
    job: Fulfilment, at: dt.datetime, way: str, *, sign: int = 1
) -> Entry:
    """The postage of an order, on the books of the point whose parcel collects it."""
    gross = int(job.order.shipping_incl_tax)
    rate = job.order.shipping_tax_code or ""
    return Entry(
        at=at,
        number=job.order.number,
        point=job.point,
        what=What.POSTAGE,
        name=_("Postage"),
        code="",
        units=sign,
        price_vnd=gross,
        gross_vnd=sign * gross,
        rate=rate,
        vat_vnd=sign * vat_in(gross, rate),
        way=way,
    )


def unposted(point: SalesPoint | None = None) -> Rows:
    """Orders whose parcels all came back before anybody had paid: nor is postage."""
    mine = FulfilmentLine.objects.filter(fulfilment__order=OuterRef("order"))
    last = (
        Return.objects.filter(part__fulfilment__order=OuterRef("order"))
        .order_by()
        .values("part__fulfilment__order")
        .annotate(last=Max("at"))
    )
    rows: Rows = posted(point).annotate(given_at=Subquery(last.values("last")))
    open_jobs = Fulfilment.objects.filter(order=OuterRef("order")).open()
    return rows.filter(
        ~Exists(mine.filter(handed_over__gt=F("returned"))),
        ~Exists(open_jobs),
        ~Exists(Payment.objects.filter(order=OuterRef("order"), paid_vnd__gt=0)),
        given_at__isnull=False,
    )


def unposted_of(job: Any) -> Entry:
    return postage_entry(job, job.given_at, way_of(job), sign=-1)


# --- Money given back for other reasons ----------------------------------------------


def money_back() -> Rows:
    """Money that left, or came back to us, for orders whose goods were given.

    `sold_at` is when it counts: never before the sale it is taken off.
    """
    jobs = Fulfilment.objects.filter(
        order=OuterRef("payment__order"), handed_over_at__isnull=False
    ).order_by("handed_over_at", "pk")
    return (
        PaymentEvent.objects.filter(
            outcome=PaymentEvent.Outcome.APPLIED,
            kind__in=[Kind.REFUNDED, Kind.REFUND_FAILED],
        )
        .annotate(
            given_at=Subquery(jobs.values("handed_over_at")[:1]),
            given_by=Subquery(jobs.values("point")[:1]),
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


def refunds_of(events: list[Any]) -> dict[tuple[int, str], Any]:
    """The refunds that the events are of, by payment and name, with their lines."""
    before = sum_before(RefundLine.objects.all(), "line", "amount_vnd")
    lines: dict[int, list[RefundLine]] = {}
    refunds = Refund.objects.filter(
        payment__in={event.payment_id for event in events},
        reference__in={subject_of(event) for event in events},
    )
    for line in (
        RefundLine.objects.filter(refund__in=refunds)
        .select_related("line__product", "line__part__fulfilment__point")
        .annotate(before=before)
        .order_by("pk")
    ):
        lines.setdefault(line.refund_id, []).append(line)
    found: dict[tuple[int, str], Any] = {}
    for refund in refunds:
        refund.of_lines = lines.get(refund.pk, [])  # type: ignore[attr-defined]
        found[refund.payment_id, refund.reference] = refund
    return found


def reductions_of(event: Any, refund: Any, point: SalesPoint) -> Iterator[Entry]:
    """By line where goods were named, else one sum without a rate."""
    sign = -1 if event.kind == Kind.REFUNDED else 1
    way = str(Payment.Way(event.payment.way).label)
    if event.paid_by:
        way = str(DeskSale.PaidBy(event.paid_by).label)
    entry = partial(
        Entry,
        at=event.sold_at,
        number=event.payment.order.number,
        what=What.REDUCTION,
        way=way,
    )
    for line in refund.of_lines if refund else []:
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
    if not (refund and refund.of_lines):
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


# --- The counter ---------------------------------------------------------------------


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
