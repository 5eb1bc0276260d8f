"""Move goods from one point to another: request, send, receive or cancel."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Batch, Product
from catalogue.refusals import (
    NotEnough,
    NothingToDo,
    ReasonRequired,
    Refusal,
    WrongStatus,
)
from stores.idempotency import FormReused, begin_submission
from stores.models import (
    Reservation,
    SalesPoint,
    StockMovement,
    Transfer,
    TransferLine,
    TransferLot,
)
from stores.operations.move import ShelfChanged, lock_point, move, open_shelves
from stores.operations.receive import NotSoldHere, check_may_sell
from stores.operations.reserve import fill_shortages, reserve
from stores.partner.models import StockRecord
from stores.queries.free import free_records
from stores.queries.low import open_transfer_lines

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class WrongTransferStatus(WrongStatus):
    """The transfer is not where this step begins; `transfer` is as it now stands."""

    messages: Mapping[str, Promise] = {
        Transfer.Status.REQUESTED: gettext_lazy("It has not left yet."),
        Transfer.Status.SENT: gettext_lazy("It is on the way already."),
        Transfer.Status.RECEIVED: gettext_lazy("It was received already."),
        Transfer.Status.CANCELLED: gettext_lazy("It was called off."),
    }

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer)
        self.transfer = transfer

    @property
    def message(self) -> Promise:
        return self.messages[self.transfer.status]


class WrongPoint(Refusal):
    """That step is taken at the desk of another point."""


class NotCounted(Refusal):
    """Of these lots the units that came are missing, or more than were sent."""

    status = 422
    message = gettext_lazy("Not counted yet.")

    def __init__(self, lots: list[TransferLot]) -> None:
        super().__init__(lots)
        self.lots = lots


@dataclass(frozen=True)
class PackedLot:
    """Send `units` of this lot for a line of the transfer."""

    line: TransferLine
    batch: Batch
    units: int


@transaction.atomic
def request_transfer(
    *,
    source: SalesPoint,
    destination: SalesPoint,
    units: Mapping[Product, int],
    actor: "_User | None",
    at: dt.datetime,
    note: str = "",
    client_id: str = "",
) -> Transfer:
    """Request so many units (1 or more) of each product; nothing is reserved there.

    What is requested of the same source before it has packed goes on the same
    transfer; what reservations wait for travels on one of its own. A transfer never
    requests more than is free at the source now. A `client_id` under which the
    destination requested the same before returns that transfer.

    Raises FormReused, WrongPoint, NotSoldHere, or NotEnough.
    """
    if not units or min(units.values()) < 1:
        raise ValueError("a transfer requests 1 unit or more of each product")
    lock_point(pk=destination.pk)
    submitted = begin_submission(
        scope=f"transfer to {destination.pk}",
        token=client_id,
        content={
            "source": source.pk,
            "units": {str(product.pk): number for product, number in units.items()},
        },
        reused=requested_differently,
    )
    if submitted.result_id:
        return Transfer.objects.get(pk=submitted.result_id)
    if source == destination:
        raise WrongPoint(_("Goods are not sent from a point to itself."))
    check_may_sell(destination, units)
    transfer = (
        Transfer.objects.filter(
            source=source,
            destination=destination,
            status=Transfer.Status.REQUESTED,
            due_at=None,
        )
        .exclude(lines__reservation__isnull=False)
        .order_by("pk")
        .select_for_update()
        .first()
    )
    check_free(source, units, transfer, at)
    if transfer is None:
        transfer = Transfer.objects.create(
            source=source,
            destination=destination,
            requested_at=at,
            requested_by=actor,
            note=note.strip(),
        )
    elif note.strip():
        transfer.note = "; ".join(filter(None, [transfer.note, note.strip()]))[:200]
        transfer.save(update_fields=["note"])
    for product, number in units.items():
        line = transfer.lines.filter(product=product)
        if not line.update(units=F("units") + number):
            TransferLine.objects.create(
                transfer=transfer, product=product, units=number
            )
    submitted.finish(transfer)
    return transfer


def requested_differently(transfer_id: int) -> FormReused:
    """What a form says that made another transfer before."""
    transfer = Transfer.objects.get(pk=transfer_id)
    text = _(
        "This form asked for something else already: %s. If you want this too,"
        " press again."
    )
    return FormReused(text % transfer.number, transfer)


def check_free(
    source: SalesPoint,
    units: Mapping[Product, int],
    transfer: Transfer | None,
    at: dt.datetime,
) -> None:
    """Raises NotEnough if the transfer would come to request more than is free."""
    there = free_records(at=at).filter(partner=source.partner_id, product__in=units)
    free = dict(there.values_list("product", "free"))
    requested = dict(transfer.lines.values_list("product", "units")) if transfer else {}
    for product, number in units.items():
        before = requested.get(product.pk, 0)
        left = max(0, free.get(product.pk, 0) - before)
        if number > left:
            text = _("%(point)s has only %(free)d of %(product)s to give now.")
            if before:
                text = _(
                    "Only %(free)d more of %(product)s can be asked for there now."
                )
            raise NotEnough(
                text
                % {"point": source.short_name, "free": left, "product": product.name}
            )


@transaction.atomic
def restock(
    *,
    record: StockRecord,
    source: SalesPoint,
    units: int,
    actor: "_User",
    at: dt.datetime,
) -> Transfer:
    """Request `units` of the record's product from the source, once.

    The requesting point is locked, so that two taps make one request.

    Raises WrongStatus if an open transfer has it, or what `request_transfer` raises.
    """
    point = lock_point(partner=record.partner_id)
    coming = open_transfer_lines(point, products=[record.product_id]).first()
    if coming:
        text = _("%(product)s was asked for already: %(number)s.")
        names = {"product": record.product.name, "number": coming.transfer.number}
        raise WrongStatus(text % names)
    return request_transfer(
        source=source,
        destination=point,
        units={record.product: units},
        actor=actor,
        at=at,
    )


@transaction.atomic
def send_transfer(
    *,
    transfer: Transfer,
    point: SalesPoint,
    lots: Iterable[PackedLot],
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The lots leave the shelf of `point` and are nobody's stock until received.

    Of a reservation all that is allocated goes; of other lines at most what was
    requested, and never what buyers have reserved.

    Raises WrongPoint unless `point` is the source, WrongTransferStatus unless it was
    requested, NothingToDo, NotEnough, ShelfChanged or NotSoldHere.
    """
    check_point(point, transfer.source)
    set_transfer_status(
        transfer=transfer,
        begins=Transfer.Status.REQUESTED,
        ends=Transfer.Status.SENT,
        sent_at=at,
        sent_by=actor,
    )
    records = lock_records(point, transfer)
    rows = transfer.lines.select_related("product", "reservation").order_by("pk")
    lines = {line.pk: line for line in rows}
    units = units_by_lot(lots, on=timezone.localdate(at))
    check_units(transfer, lines, units)
    reserve(
        lines=unreserved_units(lines, units, records),
        at=at,
        short=_("%(name)s: only %(free)d are free; buyers have ordered the others."),
    )
    for (line_id, batch), number in sorted(
        units.items(), key=lambda one: records[lines[one[0][0]].product_id].pk
    ):
        line = lines[line_id]
        move(
            record=records[line.product_id],
            batch=batch,
            kind=StockMovement.Kind.TRANSFER_OUT,
            quantity=-number,
            allocated=-number,
            at=at,
            actor=actor,
            document=transfer.number,
        )
        TransferLot.objects.create(line=line, batch=batch, sent=number)
        if line.reservation:
            Reservation.objects.filter(pk=line.reservation.pk).update(
                allocated=F("allocated") - number
            )


def units_by_lot(
    lots: Iterable[PackedLot], *, on: dt.date
) -> Counter[tuple[int, Batch]]:
    """Line id and batch to units, lots of zero left out."""
    units: Counter[tuple[int, Batch]] = Counter()
    nothing = NothingToDo(_("Nothing would be sent. Say how many of at least one lot."))
    for lot in lots:
        if lot.units < 0:
            raise nothing
        if lot.units and lot.batch.is_past(on=on):
            raise ShelfChanged
        units[lot.line.pk, lot.batch] += lot.units
    if not +units:
        raise nothing
    return +units


def check_units(
    transfer: Transfer,
    lines: Mapping[int, TransferLine],
    units: Counter[tuple[int, Batch]],
) -> None:
    """Raises NotEnough for more than is to be sent, or not all that a buyer waits for.

    NotSoldHere if the destination may not sell it.
    """
    sums: Counter[int] = Counter()
    for (line_id, _batch), number in units.items():
        sums[line_id] += number
    for line in lines.values():
        number = sums[line.pk]
        if number > line.units_to_send or (
            line.reservation and number != line.units_to_send
        ):
            text = _("%(name)s: %(units)d are asked for; no more can be sent.")
            if line.reservation:
                text = _(
                    "%(name)s: a buyer waits for all %(units)d; send exactly those."
                )
            names = {"name": line.product.name, "units": line.units_to_send}
            raise NotEnough(text % names)
        if number and not transfer.destination.may_sell(line.product):
            raise NotSoldHere(
                _("The other point may not sell alcohol: it has no licence.")
            )


def lock_records(point: SalesPoint, transfer: Transfer) -> dict[int, StockRecord]:
    """Product id to the point's record of what a transfer carries, locked by id."""
    records = StockRecord.objects.filter(
        partner=point.partner_id, product__in=transfer.lines.values("product")
    )
    locked = records.order_by("pk").select_for_update()
    return {record.product_id: record for record in locked}


def unreserved_units(
    lines: Mapping[int, TransferLine],
    units: Counter[tuple[int, Batch]],
    records: Mapping[int, StockRecord],
) -> dict[int, int]:
    """Record id to the units that no reservation has allocated yet."""
    extra: Counter[int] = Counter()
    for (line_id, _batch), number in units.items():
        if lines[line_id].reservation is None:
            extra[records[lines[line_id].product_id].pk] += number
    return dict(extra)


@transaction.atomic
def receive_transfer(
    *,
    transfer: Transfer,
    point: SalesPoint,
    counted: Mapping[int, int | None],
    actor: "_User | None",
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Put what came on the shelf of `point`; what did not come is lost on the way.

    `counted` maps the id of every lot sent to the units that came; None is not
    counted. What a reservation waits for is allocated to it here at once, and what
    came short is filled from the shelf where it has that many. Goods whose
    reservation was released meanwhile are free.

    Raises WrongPoint unless `point` is the destination, WrongTransferStatus unless it
    is on the way, NotCounted, or ReasonRequired when something is missing.
    """
    check_point(point, transfer.destination)
    set_transfer_status(
        transfer=transfer,
        begins=Transfer.Status.SENT,
        ends=Transfer.Status.RECEIVED,
        received_at=at,
        received_by=actor,
    )
    lots = list(
        TransferLot.objects.filter(line__transfer=transfer)
        .select_related("batch", "line__product")
        .order_by("pk")
    )
    check_counted(lots, counted, reason)
    for lot in lots:
        lot.received = counted[lot.pk]
        lot.save(update_fields=["received"])
    if any(lot.missing for lot in lots):
        transfer.difference_reason = reason.strip()
        transfer.save(update_fields=["difference_reason"])
    open_shelves(point, {lot.line.product for lot in lots})
    records = lock_records(point, transfer)
    waiting = Reservation.objects.filter(transfer_lines__transfer=transfer)
    reservations = {
        one.pk: one for one in waiting.order_by("pk").select_for_update(of=("self",))
    }
    for lot in sorted(lots, key=lambda lot: (records[lot.line.product_id].pk, lot.pk)):
        record = records[lot.line.product_id]
        reservation = reservations.get(lot.line.reservation_id or 0)
        put_on_shelf(lot, record, reservation, transfer, actor, at)
    fill_shortages(reservations=waiting.filter(record__in=records.values()), at=at)


def check_counted(
    lots: list[TransferLot], counted: Mapping[int, int | None], reason: str
) -> None:
    wrong = [lot for lot in lots if not 0 <= (counted.get(lot.pk) or 0) <= lot.sent] + [
        lot for lot in lots if counted.get(lot.pk) is None
    ]
    if wrong:
        raise NotCounted(wrong)
    if not reason.strip() and any(counted[lot.pk] != lot.sent for lot in lots):
        raise ReasonRequired(_("Fewer came than were sent: say why."))


def put_on_shelf(
    lot: TransferLot,
    record: StockRecord,
    reservation: Reservation | None,
    transfer: Transfer,
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The lot's units come in; the reservation that waits for them moves here."""
    received = lot.received or 0
    allocated = 0
    if reservation and reservation.units:
        if not lot.batch.is_past(on=timezone.localdate(at)):
            allocated = min(received, reservation.units - reservation.allocated)
        reservation.record = record
        reservation.allocated += allocated
        reservation.save(update_fields=["record", "allocated"])
    if received:
        move(
            record=record,
            batch=lot.batch,
            kind=StockMovement.Kind.TRANSFER_IN,
            quantity=received,
            allocated=allocated,
            at=at,
            actor=actor,
            document=transfer.number,
        )


@transaction.atomic
def cancel_transfer(
    *,
    transfer: Transfer,
    point: SalesPoint,
    reason: str,
    actor: "_User | None",
    at: dt.datetime,
) -> None:
    """The goods stay where they are; source and destination may cancel.

    Raises WrongPoint, ReasonRequired, WrongTransferStatus unless it was requested, or
    WrongStatus while a reservation waits for the goods.
    """
    check_point(point, transfer.source, transfer.destination)
    if not reason.strip():
        raise ReasonRequired(_("Say why it is called off."))
    set_transfer_status(
        transfer=transfer,
        begins=Transfer.Status.REQUESTED,
        ends=Transfer.Status.CANCELLED,
        cancelled_at=at,
        cancelled_by=actor,
        cancel_reason=reason.strip(),
    )
    if transfer.lines.filter(reservation__allocated__gt=0).exists():
        raise WrongStatus(
            _("A buyer waits for it. It ends when the order is cancelled.")
        )


def check_point(point: SalesPoint, *allowed: SalesPoint) -> None:
    """Raises WrongPoint, which names the first one allowed, unless `point` is one."""
    if point not in allowed:
        raise WrongPoint(_("That is done at %s.") % allowed[0].name)


@transaction.atomic
def set_transfer_status(
    *, transfer: Transfer, begins: str, ends: str, **stamps: object
) -> None:
    """Set the transfer's status to `ends` if it is `begins`, with its stamps.

    The row stays locked, so that of two who press at the same time the second is
    refused, and whoever releases its reservations waits.

    Raises WrongTransferStatus.
    """
    row = Transfer.objects.filter(pk=transfer.pk, status=begins)
    changed = row.update(status=ends, **stamps)
    transfer.refresh_from_db()
    if not changed:
        raise WrongTransferStatus(transfer)
