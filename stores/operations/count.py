"""Count a shelf: start, enter the lots, book the differences or abandon."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Batch, Product
from catalogue.refusals import (
    ChangedMeanwhile,
    NotEnough,
    NothingToDo,
    ReasonRequired,
    Refusal,
    WrongStatus,
)
from stores.models import CountLine, SalesPoint, StockCount, StockLot, StockMovement
from stores.operations.move import move
from stores.operations.reserve import deallocate_expired
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class CountEnded(WrongStatus):
    """The count was booked or abandoned; `count` is as it now stands."""

    messages: Mapping[str, Promise] = {
        StockCount.Status.BOOKED: gettext_lazy(
            "This count is booked already. Nothing changed."
        ),
        StockCount.Status.ABANDONED: gettext_lazy(
            "This count was given up. Nothing changed."
        ),
    }

    def __init__(self, count: StockCount) -> None:
        super().__init__(count)
        self.count = count

    @property
    def message(self) -> Promise:
        return self.messages[self.count.status]


def unknown_here(product: Product, lot: str = "") -> Refusal:
    """The point never had the product, or never received that `lot` of it."""
    if lot:
        text = _(
            "Lot %(lot)s of %(product)s is not in the books of this point. Receive"
            " it first, then count it."
        )
        return Refusal(text % {"lot": lot, "product": product.name})
    text = _(
        "%s has never been at this point, so it cannot be counted here. If it"
        " has just come, receive it first."
    )
    return Refusal(text % product.name)


def counted_meanwhile(line: CountLine) -> ChangedMeanwhile:
    """Somebody else has counted the lot since it was opened; `line` is their entry."""
    text = _(
        "This lot was counted a moment ago, at %(time)s by %(who)s. If you count it"
        " anew, write what you find now."
    )
    time = date_format(timezone.localtime(line.counted_at), "H:i")
    names = {"time": time, "who": line.counted_by or "–"}
    return ChangedMeanwhile(text % names, field="counted")


def corrected_meanwhile(line: CountLine) -> ChangedMeanwhile:
    """The lot was corrected by hand, or handed out beyond the count, since counted."""
    text = _(
        "%(product)s, lot %(lot)s, was put right by hand or given out since it was"
        " counted. Count it again. Nothing was booked."
    )
    names = {"product": line.record.product.name, "lot": line.batch.lot}
    return ChangedMeanwhile(text % names)


def product_names(products: Iterable[Product]) -> str:
    """Each name once."""
    return ", ".join(dict.fromkeys(product.name for product in products))


@transaction.atomic
def start_count(*, point: SalesPoint, actor: "_User", at: dt.datetime) -> StockCount:
    """Open a count; goods may be sold and received while it goes on.

    Raises WrongStatus if one is open.
    """
    try:
        with transaction.atomic():
            return StockCount.objects.create(
                point=point, started_at=at, started_by=actor
            )
    except IntegrityError:
        if not point.counts.filter(status=StockCount.Status.OPEN).exists():
            raise
        raise WrongStatus(
            _("A count of this point is open already. Go on with it.")
        ) from None


@transaction.atomic
def count_lot(
    *,
    count: StockCount,
    batch: Batch,
    counted: int,
    seen: int,
    actor: "_User | None",
    at: dt.datetime,
) -> CountLine:
    """Record the `counted` units (0 or more) beside what the books say at this moment.

    The record is locked while both are written, so that goods sold before and after
    change the books and the shelf alike, and the difference stays true. `seen` is how
    often the lot had been counted when the keeper opened it: an entry that is sent
    twice does not pass for the second count.

    Raises CountEnded, ChangedMeanwhile, or Refusal for what was never here.
    """
    if counted < 0:
        raise ValueError("fewer than no units cannot be found")
    lock_open_count(count)
    record = (
        StockRecord.objects.select_for_update()
        .filter(partner=count.point.partner_id, product=batch.product_id)
        .first()
    )
    lots = dict(
        StockLot.objects.filter(record=record).values_list("batch", "on_hand")
        if record
        else ()
    )
    if record is None or not lots:
        raise unknown_here(batch.product)
    if batch.pk not in lots:
        raise unknown_here(batch.product, batch.lot)
    line = CountLine.objects.filter(count=count, record=record, batch=batch).first()
    times = line.times if line else 0
    if line and times != seen:
        raise counted_meanwhile(line)
    line, _created = CountLine.objects.update_or_create(
        count=count,
        record=record,
        batch=batch,
        defaults={
            "counted": counted,
            "expected": lots[batch.pk],
            "price_vnd": batch.product.price_vnd,
            "times": times + 1,
            "counted_at": at,
            "counted_by": actor,
        },
    )
    return line


@transaction.atomic
def book_count(
    *, count: StockCount, reason: str, actor: "_User", at: dt.datetime
) -> list[StockMovement]:
    """End the count: each difference moves its lot, all of them or none.

    The difference is moved, not the number set: what was sold or received since the
    lot was counted stays as it is. Lots that nobody counted stay as they are.

    Raises CountEnded, NothingToDo, WrongStatus while lots wait for their second count,
    ReasonRequired, NotEnough or ChangedMeanwhile.
    """
    lock_open_count(count)
    lines = CountLine.objects.filter(count=count)
    if not lines.exists():
        raise NothingToDo(_("No lot is counted yet. Nothing was booked."))
    waiting = lines.to_recount().select_related("record__product", "batch")
    if waiting:
        text = _("Please count these once more first: %s. Nothing was booked.")
        raise WrongStatus(text % product_names(one.record.product for one in waiting))
    off = lines.differing().select_related("record__product", "batch")
    differing = list(off)
    if differing and not reason.strip():
        raise ReasonRequired(_("Say why the numbers differ."))
    check_allocated(differing, at)
    refuse_corrected_since(off)
    # What was found more comes first: units that only lay in another lot of the same
    # product are there before they leave the first.
    differing.sort(key=lambda line: (line.record_id, -line.difference))
    movements = [
        move(
            record=line.record,
            batch=line.batch,
            kind=StockMovement.Kind.COUNT,
            quantity=line.difference,
            at=at,
            actor=actor,
            reason=reason.strip(),
            document=count.number,
            refusal=corrected_meanwhile(line),
        )
        for line in differing
    ]
    StockCount.objects.filter(pk=count.pk).update(
        status=StockCount.Status.BOOKED,
        ended_at=at,
        ended_by=actor,
        reason=reason.strip(),
    )
    return movements


@transaction.atomic
def abandon_count(*, count: StockCount, actor: "_User", at: dt.datetime) -> None:
    """End an open count without booking; its entries can still be read.

    Raises CountEnded.
    """
    lock_open_count(count)
    StockCount.objects.filter(pk=count.pk).update(
        status=StockCount.Status.ABANDONED, ended_at=at, ended_by=actor
    )


def lock_open_count(count: StockCount) -> None:
    """Keep others from ending the count; locked before any stock record.

    Raises CountEnded.
    """
    locked = StockCount.objects.select_for_update().get(pk=count.pk)
    if locked.status != StockCount.Status.OPEN:
        raise CountEnded(locked)


def check_allocated(differing: Sequence[CountLine], at: dt.datetime) -> None:
    """Lock the records in id order, and check that each still covers its allocations.

    What expired reservations allocate is freed first.

    Raises NotEnough.
    """
    change: Counter[int] = Counter()
    for line in differing:
        change[line.record_id] += line.difference
    records = StockRecord.objects.filter(pk__in=change).order_by("pk")
    short = allocating_too_much(records.select_for_update(), change)
    for record in short:
        deallocate_expired(record.pk, at)
    still_short = allocating_too_much(
        records.filter(pk__in=[record.pk for record in short]), change
    )
    if still_short:
        text = _(
            "Buyers have ordered more than was found of: %s. Nothing was "
            "booked. Look once more, or cancel such an order first."
        )
        raise NotEnough(text % product_names(one.product for one in still_short))


def allocating_too_much(
    records: QuerySet[StockRecord], change: Counter[int]
) -> list[StockRecord]:
    return [
        record
        for record in records
        if (record.num_in_stock or 0) + change[record.pk] < (record.num_allocated or 0)
    ]


def refuse_corrected_since(lines: QuerySet[CountLine]) -> None:
    """A lot that was corrected since it was counted would be corrected twice.

    Raises ChangedMeanwhile.
    """
    corrections = StockMovement.objects.filter(
        record=OuterRef("record"),
        batch=OuterRef("batch"),
        kind=StockMovement.Kind.CORRECT,
        at__gte=OuterRef("counted_at"),
    )
    twice = lines.filter(Exists(corrections)).first()
    if twice:
        raise corrected_meanwhile(twice)
