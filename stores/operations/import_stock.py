"""Set a point's stock to what a file says, lot by lot."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Batch, Product
from catalogue.refusals import Refusal
from stores.models import SalesPoint, StockLot, StockMovement
from stores.operations.move import BATCH, move_all, open_shelves
from stores.partner.models import StockRecord
from stores.sheets import Problem, ProblemKind, Row

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@dataclass(frozen=True)
class Change:
    """What booking a row would do; `before` is None where the lot is new there."""

    row: Row
    product: Product
    record: StockRecord | None
    batch: Batch | None
    before: int | None

    @property
    def threshold_before(self) -> int | None:
        return self.record.low_stock_threshold if self.record else None

    @property
    def difference(self) -> int:
        return self.row.on_hand - (self.before or 0)

    @property
    def threshold_changes(self) -> bool:
        return self.row.threshold not in (None, self.threshold_before)


@dataclass(frozen=True)
class Plan:
    """What is wrong with the rows, what the right ones change, how many change nothing.

    `seal` stands for all of it: another plan of the same rows has the same seal only
    if it would do the same to the same shelves.
    """

    problems: list[Problem]
    changes: list[Change]
    unchanged: int

    @property
    def seal(self) -> str:
        changes = [
            (c.row.number, c.product.pk, c.before, c.row.on_hand, c.threshold_before)
            for c in self.changes
        ]
        return hashlib.sha256(repr((self.problems, changes)).encode()).hexdigest()


class ShelfMoved(Refusal):
    """The shelf is not as it was when the file was checked; `plan` is the new check."""

    message = gettext_lazy(
        "The shelf has changed since this file was checked. Nothing was booked;"
        " this is what it would do now."
    )

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.plan = plan


class OtherPointsFile(Refusal):
    """The file is of another point's shelf; booked here, it would empty this one."""

    field = "file"
    status = 422


def check_own_file(point: SalesPoint, slugs: set[str]) -> None:
    """Raises OtherPointsFile if the rows name a point that is not this one."""
    if others := slugs - {point.slug}:
        names = [one.name for one in SalesPoint.objects.filter(slug__in=others)]
        sentence = _(
            "This file is of %(other)s, and this is the desk of %(here)s. Nothing was"
            " booked."
        )
        other = ", ".join(names) or f"“{min(others)[:60]}”"
        raise OtherPointsFile(sentence % {"other": other, "here": point.name})


def plan_import(*, point: SalesPoint, rows: Sequence[Row], at: dt.datetime) -> Plan:
    """Compare the rows with the stock of the point. Four queries."""
    products = {
        (product.code or "").upper(): product
        for product in Product.objects.filter(code__in={row.code for row in rows})
    }
    records = {
        record.product_id: record
        for record in StockRecord.objects.filter(partner=point.partner_id)
    }
    batches = {
        (batch.product_id, batch.lot): batch
        for batch in Batch.objects.filter(product__code__in={row.code for row in rows})
    }
    on_hand = {
        (record, batch): units
        for record, batch, units in StockLot.objects.filter(
            record__partner=point.partner_id
        ).values_list("record", "batch", "on_hand")
    }
    today = timezone.localdate(at)
    problems, changes, unchanged = [], [], 0
    for row in rows:
        product = products.get(row.code)
        if product is None:
            problems.append(Problem(row.number, ProblemKind.UNKNOWN, row.code))
            continue
        record = records.get(product.pk)
        batch = batches.get((product.pk, row.lot))
        before = on_hand.get((record.pk, batch.pk)) if record and batch else None
        change = Change(row, product, record, batch, before)
        problem = find_problem(change, point, today)
        if problem:
            problems.append(problem)
        elif change.difference or (record and change.threshold_changes):
            changes.append(change)
        else:
            unchanged += 1
    problems += find_too_few(changes, records)
    problems.sort(key=lambda problem: problem.row)
    return Plan(problems, changes, unchanged)


def find_problem(change: Change, point: SalesPoint, today: dt.date) -> Problem | None:
    """Why a row cannot be booked; stock on hand may stay or decrease."""
    row, product, batch = change.row, change.product, change.batch
    if change.difference > 0 and not point.may_sell(product):
        return Problem(row.number, ProblemKind.NOT_SOLD_HERE, product.name)
    if batch and batch.best_before != row.best_before:
        return Problem(row.number, ProblemKind.OTHER_DATE, batch.best_before)
    comes = change.before is None and change.difference > 0
    if comes and row.best_before and row.best_before <= today:
        return Problem(row.number, ProblemKind.PAST, row.best_before)
    return None


def find_too_few(
    changes: list[Change], records: dict[int, StockRecord]
) -> list[Problem]:
    """A problem for each row that leaves fewer units than are allocated."""
    less: dict[int, int] = defaultdict(int)
    for change in changes:
        less[change.product.pk] += change.difference
    short = {
        pk: records[pk].num_allocated or 0
        for pk, difference in less.items()
        if pk in records
        and (records[pk].num_in_stock or 0) + difference
        < (records[pk].num_allocated or 0)
    }
    return [
        Problem(change.row.number, ProblemKind.ALLOCATED, short[change.product.pk])
        for change in changes
        if change.product.pk in short and change.difference < 0
    ]


@transaction.atomic
def import_stock(
    *,
    point: SalesPoint,
    rows: Sequence[Row],
    seal: str,
    file_name: str,
    actor: "_User",
    at: dt.datetime,
) -> Plan:
    """Book every row or none, as the check with that seal changes; returns what it did.

    A lot on hand is corrected with the file's name as the reason, another one
    is received; lots that the file does not name stay as they are.

    Raises ShelfMoved if the plan is another by now, or if it has problems.
    """
    create_missing_lots(point, rows)
    list(
        StockRecord.objects.filter(
            partner=point.partner_id, product__code__in={row.code for row in rows}
        )
        .order_by("pk")
        .select_for_update()
        .values_list("pk")
    )
    plan = plan_import(point=point, rows=rows, at=at)
    if plan.seal != seal or plan.problems:
        raise ShelfMoved(plan)
    move_all(
        [
            StockMovement(
                record=change.record,
                batch=change.batch,
                quantity=change.difference,
                actor=actor,
                at=at,
                **movement_fields(change, file_name),
            )
            for change in sorted(plan.changes, key=increases_first)
            if change.difference
        ]
    )
    StockRecord.objects.bulk_update(
        [
            StockRecord(pk=change.record.pk, low_stock_threshold=change.row.threshold)
            for change in plan.changes
            if change.record and change.threshold_changes
        ],
        ["low_stock_threshold"],
        BATCH,
    )
    return plan


def create_missing_lots(point: SalesPoint, rows: Sequence[Row]) -> None:
    """Make the lots and the empty shelves of what comes, where they are missing.

    By product and lot, so that two files do not wait for each other's.
    """
    coming = {(row.code, row.lot): row for row in rows if row.on_hand}
    products = Product.objects.in_bulk({code for code, _ in coming}, field_name="code")
    Batch.objects.bulk_create(
        [
            Batch(product=products[code], lot=lot, best_before=row.best_before)
            for (code, lot), row in sorted(coming.items())
            if code in products
        ],
        BATCH,
        ignore_conflicts=True,
    )
    open_shelves(point, products.values())


def increases_first(change: Change) -> tuple[int, int]:
    """Sort key: a shelf never falls below what it allocates between two of its rows."""
    return change.product.pk, -change.difference


def movement_fields(change: Change, file_name: str) -> dict[str, str]:
    """A lot on hand is corrected for a reason; another one is received."""
    if change.before is None:
        return {"kind": StockMovement.Kind.RECEIVE, "document": file_name[:60]}
    return {"kind": StockMovement.Kind.CORRECT, "reason": file_name[:200]}
