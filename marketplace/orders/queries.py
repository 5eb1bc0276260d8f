"""What points have to do for buyers, and what an order costs by now."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import Batch
from catalogue.refusals import Refusal
from catalogue.text import fold
from marketplace.orders.models import Fulfilment, FulfilmentLine, Return
from stores.models import SalesPoint, StockMovement, Transfer
from stores.queries.free import lots_to_take, take_first_expired
from stores.queries.transfers import OpenTransfers, open_transfers


class NotPackable(Refusal):
    """Units of `line` are not at its point, or not enough of them within their date."""

    def __init__(self, line: FulfilmentLine) -> None:
        super().__init__(line)
        self.line = line

    @property
    def product_name(self) -> str:
        line = self.line.line
        return line.product.name if line.product else line.title


class TooFewWithinDate(NotPackable):
    @property
    def message(self) -> str:
        return _("Too few of %s here are within their date.") % self.product_name


class AwaitingTransfer(NotPackable):
    """Goods are not at the point yet, or came short."""

    @property
    def message(self) -> str:
        line = self.line
        at_point = line.reservation.record.partner_id
        if at_point == line.fulfilment.point.partner_id:
            return _(
                "%(name)s: %(short)d came short. Put them on the shelf, then mark it"
                " ready; or the order is cancelled."
            ) % {"name": self.product_name, "short": line.open_units - line.allocated}
        return _("%s is still on its way from another point.") % self.product_name


@dataclass(frozen=True)
class Pick:
    """Take `units` of this lot for a line of the fulfilment."""

    line: FulfilmentLine
    batch: Batch
    units: int


def pick_lots(fulfilment: Fulfilment, *, on: dt.date) -> list[Pick]:
    """Which lots the keeper takes for a fulfilment: first expired, first out.

    Lots at or past their best-before are left out. Two queries.

    Raises TooFewWithinDate, or AwaitingTransfer while a transfer carries something.
    """
    lines = [line for line in fulfilment.lines.all() if line.open_units]
    for line in lines:
        here = line.reservation.record.partner_id == fulfilment.point.partner_id
        if not here or line.allocated < line.open_units:
            raise AwaitingTransfer(line)
    records = [line.reservation.record_id for line in lines]
    lots = list(lots_to_take(records).exclude(batch__best_before__lte=on))
    picks = []
    for line in lines:
        mine = [lot for lot in lots if lot.record_id == line.reservation.record_id]
        taken = take_first_expired(mine, line.open_units)
        if sum(units for _batch, units in taken) < line.open_units:
            raise TooFewWithinDate(line)
        picks += [Pick(line, batch, units) for batch, units in taken]
    return picks


@dataclass(frozen=True)
class OpenWork:
    """What a point has to do, each list in the order in which to do it."""

    rooms_today: list[Fulfilment]
    to_prepare: list[Fulfilment]
    ready: list[Fulfilment]
    late: frozenset[int]
    transfers: "OpenTransfers"

    @property
    def number(self) -> int:
        orders = len(self.rooms_today) + len(self.to_prepare) + len(self.ready)
        return orders + self.transfers.number


def open_work(point: SalesPoint, *, now: dt.datetime) -> OpenWork:
    """The point's open fulfilments and transfers; rooms due before today are late."""
    today = timezone.localdate(now)
    fulfilments = list(
        point.fulfilments.open()
        .select_related("order", "hotel", "point", "packed_by")
        .prefetch_related("lines__line__product")
        .order_by("pk")
    )
    rooms = [
        one
        for one in fulfilments
        if one.delivery_method == Fulfilment.DeliveryMethod.ROOM
        and one.handover_on
        and one.handover_on <= today
    ]
    others = [one for one in fulfilments if one not in rooms]
    return OpenWork(
        rooms_today=rooms,
        to_prepare=[one for one in others if one.status != Fulfilment.Status.READY],
        ready=[one for one in others if one.status == Fulfilment.Status.READY],
        late=frozenset(
            one.pk for one in rooms if one.handover_on and one.handover_on < today
        ),
        transfers=open_transfers(point, now=now),
    )


@dataclass(frozen=True)
class WorkCount:
    """How many jobs a point has; `version` differs once any of them has changed."""

    number: int
    version: str


def count_open_work(point: SalesPoint) -> WorkCount:
    """Open fulfilments, and transfers that the point sends or receives. One query."""
    transfers = Transfer.objects.open().filter(Q(source=point) | Q(destination=point))
    jobs = sorted(
        point.fulfilments.open()
        .order_by()
        .values_list(Value("fulfilment"), "pk", "status")
        .union(transfers.order_by().values_list(Value("transfer"), "pk", "status"))
    )
    return WorkCount(
        number=len(jobs),
        version=hashlib.sha256(repr(jobs).encode()).hexdigest()[:12],
    )


def returnable_lots(
    lines: Sequence[FulfilmentLine],
) -> dict[int, dict[Batch, int]]:
    """Line id to the lots handed over for it, with the units that did not come back.

    The ledger knows them by the order's number; the first to expire leads. Three
    queries.
    """
    by_document = {
        (line.reservation.record_id, line.fulfilment.order.number): line
        for line in lines
    }
    left: dict[tuple[int, int], int] = {}
    sold = StockMovement.objects.filter(
        kind=StockMovement.Kind.SELL,
        record__in={record for record, _number in by_document},
        document__in={number for _record, number in by_document},
    ).values_list("record", "document", "batch", "quantity")
    for record_id, number, batch_id, quantity in sold:
        if line := by_document.get((record_id, number)):
            key = line.pk, batch_id
            left[key] = left.get(key, 0) - quantity
    returned = Return.objects.filter(fulfilment_line__in=lines)
    for line_id, batch_id, units in returned.values_list(
        "fulfilment_line", "batch", "units"
    ):
        left[line_id, batch_id] -= units
    batches = Batch.objects.filter(pk__in={batch for _line, batch in left})
    lots: dict[int, dict[Batch, int]] = {line.pk: {} for line in lines}
    for batch in sorted(
        batches.select_related("product"),
        key=lambda one: (one.best_before or dt.date.max, one.pk),
    ):
        for line in lines:
            if left.get((line.pk, batch.pk)):
                lots[line.pk][batch] = left[line.pk, batch.pk]
    return lots


@dataclass(frozen=True)
class Bill:
    """What an order costs by now, in whole dong."""

    goods_vnd: int
    postage_vnd: int
    to_collect_vnd: int
    due_back_vnd: int

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.postage_vnd


def current_bill(fulfilments: Iterable[Fulfilment]) -> Bill:
    """The bill of an order, given every fulfilment with its lines loaded.

    Cancelled units are left out; returned ones are not: they are due back. One query.
    """
    fulfilments = list(fulfilments)
    goods = sum(line.live_vnd for one in fulfilments for line in one.lines.all())
    order = fulfilments[0].order
    due = order.refunds_due.filter(settled_at=None).aggregate(sum=Sum("amount_vnd"))
    return Bill(
        goods_vnd=goods,
        postage_vnd=int(order.shipping_incl_tax) if goods else 0,
        to_collect_vnd=sum(
            one.to_collect_vnd for one in fulfilments if one.is_payment_pending
        ),
        due_back_vnd=due["sum"] or 0,
    )


def parcels_to_send(point: SalesPoint) -> QuerySet[Fulfilment]:
    """The point's parcels that are not with the post yet, the oldest first."""
    return (
        point.fulfilments.open()
        .filter(delivery_method=Fulfilment.DeliveryMethod.POST)
        .select_related("order__shipping_address", "point")
        .prefetch_related("lines__line__product")
        .order_by("pk")
    )


def parcels_in_transit(point: SalesPoint) -> QuerySet[Fulfilment]:
    """The point's parcels that the post has and has not delivered yet."""
    return (
        point.fulfilments.filter(
            delivery_method=Fulfilment.DeliveryMethod.POST,
            status=Fulfilment.Status.HANDED_OVER,
            lines__handed_over__gt=F("lines__returned"),
        )
        .distinct()
        .select_related("order")
        .order_by("handed_over_at", "pk")
    )


def handed_over_lines(text: str) -> list[FulfilmentLine]:
    """The lines of an order, by number or code, of which something was handed over.

    For the keeper of any point: a buyer returns goods where they are.
    """
    return list(
        FulfilmentLine.objects.filter(
            Q(fulfilment__order__number__iexact=text)
            | Q(fulfilment__code__iexact="".join(text.split())),
            handed_over__gt=0,
        )
        .select_related("line__product__picture", "fulfilment__order", "reservation")
        .prefetch_related("line__product__picture__renditions")
        .order_by("pk")
    )


def may_cancel(fulfilments: Iterable[Fulfilment]) -> bool:
    """Whether something of an order is left to cancel and nothing of it is packed."""
    statuses = {one.status for one in fulfilments} - {Fulfilment.Status.CANCELLED}
    return bool(statuses) and statuses <= set(Fulfilment.CANCELLABLE)


NUMBER_DIGITS, FEWEST_DIGITS = 7, 3
MOST_FOUND = 50
FOUND_WITHIN = dt.timedelta(days=180)
"""How long after its placing an order is found by a name."""


def find_fulfilments(
    point: SalesPoint, text: str, *, at: dt.datetime
) -> list[Fulfilment]:
    """The point's share of orders by number, buyer's name or last digits of the phone.

    The newest first, MOST_FOUND at most. Names are compared without accents, each word
    by its beginning. Two queries.
    """
    digits = re.sub(r"\D", "", text)
    phone = Replace(Replace("phone", Value(" ")), Value("-"))
    rows = point.fulfilments.annotate(digits=phone)
    found = Q(order__number__iexact=text)
    if len(digits) == NUMBER_DIGITS:
        found |= Q(order__number=f"QN-{digits}")
    if len(digits) >= FEWEST_DIGITS:  # written at home with a 0, stored as +84
        last = digits[1:] if digits.startswith("0") and len(digits) > 8 else digits
        found |= Q(digits__endswith=last)
    if words := [f" {word}" for word in fold(text).split()]:
        since = point.fulfilments.filter(order__date_placed__gt=at - FOUND_WITHIN)
        found |= Q(
            pk__in=[
                pk
                for pk, name in since.values_list("pk", "name")
                if all(word in f" {fold(name)}" for word in words)
            ]
        )
    return list(rows.filter(found).select_related("order").order_by("-pk")[:MOST_FOUND])
