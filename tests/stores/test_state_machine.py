"""Whatever happens in the market, and wherever it is broken off, the books agree.

A machine takes steps at random. After each of them the ledger is proved, nothing is
oversold, and a step that was refused or died has moved nothing at all. A new verb of
the stores joins as a `@rule` that calls `self.step`.

`--hypothesis-profile many` takes a hundred times as many steps.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalogue.models import Product
from catalogue.refusals import (
    ChangedMeanwhile,
    NotEnough,
    NothingToDo,
    WrongStatus,
)
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.place_order import BasketIsEmpty, place_order
from marketplace.checkout.plan import NotDeliverable
from marketplace.orders.models import Fulfilment, FulfilmentLine, Order, Return
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.cancel import cancel_order, cancel_units
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.operations.hold import end_hold, extend_hold
from marketplace.orders.operations.lapse import (
    lapse_order,
    lapse_unpaid_orders,
    release_all_uncollected,
)
from marketplace.orders.queries import AwaitingTransfer, TooFewWithinDate
from marketplace.orders.reconciliation import reconcile
from stores.models import (
    LeadTime,
    SalesPoint,
    StockCount,
    StockLot,
    StockMovement,
    Transfer,
    TransferLot,
)
from stores.operations.correct import correct
from stores.operations.count import (
    abandon_count,
    book_count,
    count_lot,
    start_count,
)
from stores.operations.import_stock import ShelfMoved, import_stock, plan_import
from stores.operations.receive import InvalidLot, receive
from stores.operations.sell import sell_at_desk
from stores.operations.transfer import (
    PackedLot,
    cancel_transfer,
    receive_transfer,
    request_transfer,
    send_transfer,
)
from stores.operations.write_off import write_off
from stores.partner.models import StockRecord
from stores.queries.transfers import lines_to_send
from stores.sheets import Row
from tests.factories import make_order_request, make_point, make_product, make_user

EXAMPLES, STEPS = 50, 50

REFUSALS = (
    ChangedMeanwhile,
    InvalidLot,
    NotEnough,
    NothingToDo,
    WrongStatus,
    BasketIsEmpty,
    NotDeliverable,
    AwaitingTransfer,
    TooFewWithinDate,
    ShelfMoved,
)

QUANTITIES = st.lists(st.integers(0, 2), min_size=3, max_size=3).filter(any)
"""Units of each of the three kinds of goods."""

LOTS = MappingProxyType({"A": 1, "B": 30, "C": None})
"""Lot to the days it keeps, from the day the market opens."""

TABLES = """
SELECT string_agg(format(
    'SELECT md5(string_agg(t::text, chr(10) ORDER BY id)) FROM %I t', relname
), ' UNION ALL ' ORDER BY relname)
FROM pg_class
WHERE relkind = 'r' AND relname ~ '^((stores|order|basket)_|partner_stockrecord$)'
"""


class Killed(Exception):
    """The process was killed here."""


@contextmanager
def killed_at_write(number: int | None) -> Iterator[None]:
    """The process dies when it is about to write for the so-manieth time, from 0."""
    left = number

    def kill(execute: Callable, sql: str, params: object, many: bool, context: object):
        nonlocal left
        if left is not None and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            if not left:
                raise Killed
            left -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(kill):
        yield


def get_nth(rows: QuerySet, number: int) -> Any:
    """One of them, the same for the same number; None of none."""
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


def get_nth_lot(records: QuerySet[StockRecord], number: int) -> StockLot:
    """One lot of one of the records, each of which has some."""
    return get_nth(
        get_nth(records, number).lots.select_related("record", "batch"), number
    )


class Market(RuleBasedStateMachine):
    """Two points, three kinds of goods, buyers, keepers, and a clock of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = timezone.now()
        self.opened_on = timezone.localdate(self.now)
        self.keeper = make_user()
        self.points = [make_point(), make_point()]
        for source, destination in (self.points, self.points[::-1]):
            LeadTime.objects.create(source=source, destination=destination, hours=3)
        self.goods = [make_product(price_vnd=10_000 * n) for n in (1, 2, 3)]
        self.orders: list[int] = []
        self.sales = 0
        self.dies_at: int | None = None
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            self.digests = cursor.fetchone()[0]
        for point in self.points:
            for product in self.goods:
                self.take_in(point, product, "B", 4)
        self.before = self.everything()
        self.proved: object = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def everything(self) -> list[tuple[str | None]]:
        """A fingerprint of each table, to tell whether anything at all has changed."""
        with connection.cursor() as cursor:
            cursor.execute(self.digests)
            return cursor.fetchall()

    def step(self, deed: Callable[[], object], *, all_or_nothing: bool = True) -> None:
        """Do it, and let the process die in the middle if it is to."""
        dies_at, self.dies_at = self.dies_at, None
        moved_nothing = False
        try:
            with killed_at_write(dies_at), transaction.atomic():
                deed()
        except (Killed, *REFUSALS):
            moved_nothing = all_or_nothing
        after = self.everything()
        assert after == self.before or not moved_nothing
        self.before = after

    def order(self, number: int) -> Order:
        return Order.objects.get(pk=self.orders[number % len(self.orders)])

    def take_in(
        self, point: SalesPoint, product: Product, lot: str, units: int
    ) -> None:
        days = LOTS[lot]
        receive(
            point=point,
            product=product,
            lot=lot,
            best_before=days and self.opened_on + dt.timedelta(days=days),
            quantity=units,
            at=self.now,
            actor=self.keeper,
        )

    # --- The clock, and death ---------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(minutes=st.sampled_from([1, 10, 20, 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @rule(write=st.integers(0, 3))
    def the_next_step_will_die_early(self, write: int) -> None:
        self.dies_at = write

    @rule(write=st.integers(3, 12))
    def the_next_step_will_die_late(self, write: int) -> None:
        self.dies_at = write

    # --- Buyers -----------------------------------------------------------------------

    def place(
        self,
        quantities: list[int],
        point: SalesPoint,
        *,
        method: str = "pickup",
        pay_in: int = 0,
        replaced_order: Order | None = None,
    ) -> None:
        shelves = {
            record.product_id: record for record in point.partner.stockrecords.all()
        }

        def order() -> None:
            basket = Basket.objects.create()
            for product, units in zip(self.goods, quantities, strict=True):
                if units:
                    basket.lines.create(
                        product=product,
                        stockrecord=shelves[product.pk],
                        quantity=units,
                        line_reference=str(product.pk),
                        price_currency="VND",
                    )
            placed = place_order(
                basket_id=basket.pk,
                request=make_order_request(method, point=point, email=""),
                now=self.now,
                pay_until=self.now + dt.timedelta(minutes=pay_in) if pay_in else None,
                replaced_order=replaced_order,
            )
            self.orders.append(placed.pk)

        self.step(order)

    @rule(quantities=QUANTITIES, point=st.integers(0, 1))
    def order_to_pay_at_the_point(self, quantities: list[int], point: int) -> None:
        self.place(quantities, self.points[point])

    @rule(quantities=QUANTITIES, point=st.integers(0, 1))
    def order_to_pay_soon(self, quantities: list[int], point: int) -> None:
        self.place(quantities, self.points[point], pay_in=15)

    @rule(quantities=QUANTITIES)
    def order_by_post(self, quantities: list[int]) -> None:
        self.place(quantities, self.points[0], method="post")

    @precondition(lambda self: self.orders)
    @rule(quantities=QUANTITIES, point=st.integers(0, 1), number=st.integers(0, 9))
    def order_anew(self, quantities: list[int], point: int, number: int) -> None:
        before = self.order(number)
        self.place(quantities, self.points[point], pay_in=15, replaced_order=before)

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def pay(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: confirm_order(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def ask_for_more_time(self, number: int) -> None:
        order, by = self.order(number), dt.timedelta(minutes=15)
        self.step(lambda: extend_hold(order=order, by=by, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def give_up(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: end_hold(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def call_off(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: cancel_order(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def let_lapse(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: lapse_order(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule()
    def sweep_up(self) -> None:
        self.step(lambda: lapse_unpaid_orders(at=self.now), all_or_nothing=False)

    # --- Keepers ----------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def pack(self, number: int) -> None:
        for fulfilment in self.order(number).fulfilments.all():
            self.step(
                lambda fulfilment=fulfilment: mark_ready(
                    fulfilment=fulfilment, at=self.now
                )
            )

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def give(self, number: int) -> None:
        for fulfilment in self.order(number).fulfilments.all():
            self.step(
                lambda fulfilment=fulfilment: hand_over(
                    fulfilment=fulfilment,
                    code=fulfilment.code,
                    actor=self.keeper,
                    at=self.now,
                )
            )

    @rule(
        point=st.integers(0, 1),
        product=st.integers(0, 2),
        lot=st.sampled_from("ABC"),
        units=st.integers(1, 4),
    )
    def goods_arrive(self, point: int, product: int, lot: str, units: int) -> None:
        self.step(
            lambda: self.take_in(self.points[point], self.goods[product], lot, units)
        )

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 99), counted=st.integers(0, 6))
    def put_right(self, number: int, counted: int) -> None:
        lot = get_nth_lot(StockRecord.objects.all(), number)
        self.step(
            lambda: correct(
                record=lot.record,
                batch=lot.batch,
                counted=counted,
                reason="Đếm lại",
                actor=self.keeper,
                at=self.now,
            )
        )

    @precondition(lambda self: self.orders)
    @rule(
        point=st.integers(0, 1),
        counts=st.dictionaries(
            st.tuples(st.integers(0, 2), st.sampled_from("ABC")),
            st.integers(0, 5),
            min_size=1,
            max_size=4,
        ),
    )
    def upload_stock_file(self, point: int, counts: dict[tuple[int, str], int]) -> None:
        rows = []
        for number, ((product, lot), units) in enumerate(counts.items(), start=2):
            days = LOTS[lot]
            best_before = days and self.opened_on + dt.timedelta(days=days)
            code = self.goods[product].code
            rows.append(Row(number, code, lot, best_before, units, None))
        place = self.points[point]
        plan = plan_import(point=place, rows=rows, at=self.now)
        self.step(
            lambda: import_stock(
                point=place,
                rows=rows,
                seal=plan.seal,
                file_name="kệ.csv",
                actor=self.keeper,
                at=self.now,
            )
        )

    @precondition(lambda self: self.orders)
    @rule()
    def put_back_what_nobody_collected(self) -> None:
        self.step(lambda: release_all_uncollected(at=self.now), all_or_nothing=False)

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 99), units=st.integers(1, 2), keeper=st.booleans())
    def want_fewer(self, number: int, units: int, keeper: bool) -> None:
        fulfilment_line = get_nth(FulfilmentLine.objects.all(), number)
        self.step(
            lambda: cancel_units(
                line=fulfilment_line,
                units=units,
                at=self.now,
                actor=self.keeper if keeper else None,
                reason="Vỡ mất",
            )
        )

    @rule(point=st.integers(0, 1), quantities=QUANTITIES, cash=st.booleans())
    def sell_over_the_counter(
        self, point: int, quantities: list[int], cash: bool
    ) -> None:
        shelves = self.points[point].partner.stockrecords.order_by("pk")
        units = dict(zip(shelves.values_list("pk", flat=True), quantities, strict=True))
        self.sales += 1
        self.step(
            lambda: sell_at_desk(
                point=self.points[point],
                units={record: number for record, number in units.items() if number},
                paid_by="cash" if cash else "card",
                client_id=f"device-{self.sales}",
                actor=self.keeper,
                at=self.now,
            )
        )

    @precondition(lambda self: self.orders)
    @rule(
        number=st.integers(0, 99),
        units=st.integers(1, 2),
        point=st.integers(0, 1),
        decision=st.sampled_from(Return.Decision.values),
    )
    def take_goods_back(
        self, number: int, units: int, point: int, decision: str
    ) -> None:
        sold = StockMovement.objects.filter(kind=StockMovement.Kind.SELL)
        left = get_nth(sold.select_related("batch"), number)
        if left is None:
            return
        fulfilment_line = FulfilmentLine.objects.get(
            fulfilment__order__number=left.document,
            line__product=left.batch.product_id,
        )
        self.step(
            lambda: accept_return(
                line=fulfilment_line,
                units=units,
                point=self.points[point],
                batch=left.batch,
                decision=decision,
                reason="Không vừa ý",
                actor=self.keeper,
                at=self.now,
            )
        )

    @precondition(lambda self: self.orders)
    @rule(
        number=st.integers(0, 99),
        units=st.integers(1, 2),
        kind=st.sampled_from(["expire", "damage"]),
    )
    def throw_away(self, number: int, units: int, kind: str) -> None:
        lot = get_nth_lot(StockRecord.objects.all(), number)
        self.step(
            lambda: write_off(
                record=lot.record,
                batch=lot.batch,
                units=units,
                kind=kind,
                reason="Vỡ",
                actor=self.keeper,
                at=self.now,
            )
        )

    # --- Transfers --------------------------------------------------------------------

    @rule(source=st.integers(0, 1), quantities=QUANTITIES)
    def ask_another_point(self, source: int, quantities: list[int]) -> None:
        goods = dict(zip(self.goods, quantities, strict=True))
        self.step(
            lambda: request_transfer(
                source=self.points[source],
                destination=self.points[1 - source],
                units={product: units for product, units in goods.items() if units},
                actor=self.keeper,
                at=self.now,
            )
        )

    @rule(number=st.integers(0, 99), fewer=st.integers(0, 1))
    def send_goods(self, number: int, fewer: int) -> None:
        transfer = get_nth(Transfer.objects.all(), number)
        if transfer is None:
            return
        lots = [
            PackedLot(line.line, lot.batch, max(0, lot.suggested - fewer))
            for line in lines_to_send(transfer, at=self.now)
            for lot in line.lots
        ]
        self.step(
            lambda: send_transfer(
                transfer=transfer,
                point=transfer.source,
                lots=lots,
                actor=self.keeper,
                at=self.now,
            )
        )

    @rule(number=st.integers(0, 99), missing=st.integers(0, 2))
    def unpack_goods(self, number: int, missing: int) -> None:
        transfer = get_nth(
            Transfer.objects.filter(lines__lots__gt=0).distinct(), number
        )
        if transfer is None:
            return
        lots = TransferLot.objects.filter(line__transfer=transfer)
        self.step(
            lambda: receive_transfer(
                transfer=transfer,
                point=transfer.destination,
                counted={lot.pk: max(0, lot.sent - missing) for lot in lots},
                actor=self.keeper,
                at=self.now,
                reason="Vỡ dọc đường",
            )
        )

    @rule(number=st.integers(0, 99))
    def call_off_a_transfer(self, number: int) -> None:
        transfer = get_nth(Transfer.objects.all(), number)
        if transfer is None:
            return
        self.step(
            lambda: cancel_transfer(
                transfer=transfer,
                point=transfer.destination,
                reason="Không cần nữa",
                actor=self.keeper,
                at=self.now,
            )
        )

    # --- Counts -----------------------------------------------------------------------

    @rule(point=st.integers(0, 1))
    def begin_a_count(self, point: int) -> None:
        place = self.points[point]
        self.step(lambda: start_count(point=place, actor=self.keeper, at=self.now))

    @rule(number=st.integers(0, 99), off=st.integers(-4, 2))
    def count_a_lot(self, number: int, off: int) -> None:
        count = get_nth(StockCount.objects.all(), number % 3)
        if count is None:
            return
        lot = get_nth_lot(count.point.partner.stockrecords.all(), number)
        line = count.lines.filter(record=lot.record, batch=lot.batch).first()
        self.step(
            lambda: count_lot(
                count=count,
                batch=lot.batch,
                counted=max(0, lot.on_hand + off),
                seen=line.times if line else 0,
                actor=self.keeper,
                at=self.now,
            )
        )

    @rule(number=st.integers(0, 2))
    def book_a_count(self, number: int) -> None:
        count = get_nth(StockCount.objects.all(), number)
        if count is None:
            return
        self.step(
            lambda: book_count(
                count=count, reason="Đếm", actor=self.keeper, at=self.now
            )
        )

    @rule(number=st.integers(0, 2))
    def give_up_a_count(self, number: int) -> None:
        count = get_nth(StockCount.objects.all(), number)
        if count is None:
            return
        self.step(lambda: abandon_count(count=count, actor=self.keeper, at=self.now))

    # --- What is always true ----------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        if self.proved != (self.before, self.now):
            assert reconcile(at=self.now).faults == []
            assert self.oversold() == {}
        self.proved = self.before, self.now

    def oversold(self) -> dict[int, int]:
        """Record to units waited for, where fewer lie; lapsed holds count as free.

        What travels to a buyer lies nowhere yet, and is not waited for on a shelf.
        """
        waiting: dict[int, int] = {}
        lines = FulfilmentLine.objects.select_related(
            "fulfilment__order__hold", "reservation"
        )
        for line in lines.prefetch_related("reservation__transfer_lines"):
            status = line.fulfilment.status
            held = status == Fulfilment.Status.AWAITING_PAYMENT and (
                line.fulfilment.order.hold.until > self.now
            )
            if held or status in Fulfilment.OPEN:
                travels = bool(line.reservation.transfer_lines.all())
                units = line.allocated if travels else line.open_units
                record = line.reservation.record_id
                waiting[record] = waiting.get(record, 0) + units
        on_hand = dict(StockRecord.objects.values_list("pk", "num_in_stock"))
        return {pk: units for pk, units in waiting.items() if units > on_hand[pk]}


@pytest.mark.postgres
def test_market_state_machine_stays_consistent(db):
    many = settings.get_current_profile_name() == "many"
    run_state_machine_as_test(
        Market,
        settings=settings(
            max_examples=100 * EXAMPLES if many else EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
