"""Whatever happens in the market, and wherever it is broken off, the books agree.

A machine takes steps at random. After each of them the ledger is proved, nothing is
oversold, and a step that was refused or died has moved nothing at all. A new verb of
the stores joins as a `@rule` that calls `self.step`.

`--hypothesis-profile many` takes a hundred times as many steps.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
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
from marketplace.basket.models import Basket
from marketplace.checkout.operations.place_order import (
    BasketIsEmpty,
    CannotBe,
    place_order,
)
from marketplace.order.models import Order
from stores.models import Fulfilment, FulfilmentLine, SalesPoint
from stores.operations.cancel import cancel
from stores.operations.confirm import confirm
from stores.operations.correct import AlreadyRight, correct
from stores.operations.extend import CannotExtend, extend, let_go
from stores.operations.hand_over import LotsRanOut, StillOnTheWay, hand_over
from stores.operations.import_stock import RowsAreWrong, import_stock, plan_import
from stores.operations.lapse import NotInThatState, StillHeld, lapse
from stores.operations.mark_ready import mark_ready
from stores.operations.move import NotOnTheShelf
from stores.operations.receive import LotHasOtherDates, LotIsPastItsDate, receive
from stores.operations.reserve import NotEnoughStock
from stores.operations.sweep import sweep
from stores.partner.models import StockRecord
from stores.proof import prove
from stores.sheets import Row
from tests.factories import make_point, make_product, make_user, make_wish

EXAMPLES, STEPS = 50, 50

REFUSALS = (
    AlreadyRight,
    BasketIsEmpty,
    CannotBe,
    CannotExtend,
    LotHasOtherDates,
    LotIsPastItsDate,
    LotsRanOut,
    NotEnoughStock,
    NotInThatState,
    NotOnTheShelf,
    RowsAreWrong,
    StillHeld,
    StillOnTheWay,
)

WANTED = st.lists(st.integers(0, 2), min_size=3, max_size=3).filter(any)
"""Units of each of the three kinds of goods."""

LOTS = {"A": 1, "B": 30, "C": None}
"""Lot to the days it keeps, from the day the market opens."""

TABLES = """
SELECT string_agg(format(
    'SELECT md5(string_agg(t::text, chr(10) ORDER BY id)) FROM %I t', relname
), ' UNION ALL ' ORDER BY relname)
FROM pg_class
WHERE relkind = 'r' AND relname ~ '^((stores|order|basket)_|partner_stockrecord$)'
"""


class Died(Exception):
    """The process was killed here."""


@contextmanager
def dying_at_write(number: int | None) -> Iterator[None]:
    """The process dies when it is about to write for the so-manieth time, from 0."""
    left = number

    def die(execute: Callable, sql: str, params: object, many: bool, context: object):
        nonlocal left
        if left is not None and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            if not left:
                raise Died
            left -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die):
        yield


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
        self.goods = [make_product(price_vnd=10_000 * n) for n in (1, 2, 3)]
        self.orders: list[int] = []
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
            with dying_at_write(dies_at), transaction.atomic():
                deed()
        except (Died, *REFUSALS):
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
        wanted: list[int],
        point: SalesPoint,
        *,
        way: str = "pickup",
        pay_in: int = 0,
        instead_of: Order | None = None,
    ) -> None:
        shelves = {
            record.product_id: record for record in point.partner.stockrecords.all()
        }

        def order() -> None:
            basket = Basket.objects.create()
            for product, units in zip(self.goods, wanted, strict=True):
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
                wish=make_wish(way, point=point, email=""),
                now=self.now,
                pay_until=self.now + dt.timedelta(minutes=pay_in) if pay_in else None,
                instead_of=instead_of,
            )
            self.orders.append(placed.pk)

        self.step(order)

    @rule(wanted=WANTED, point=st.integers(0, 1))
    def order_to_pay_at_the_point(self, wanted: list[int], point: int) -> None:
        self.place(wanted, self.points[point])

    @rule(wanted=WANTED, point=st.integers(0, 1))
    def order_to_pay_soon(self, wanted: list[int], point: int) -> None:
        self.place(wanted, self.points[point], pay_in=15)

    @rule(wanted=WANTED)
    def order_by_post(self, wanted: list[int]) -> None:
        self.place(wanted, self.points[0], way="post")

    @precondition(lambda self: self.orders)
    @rule(wanted=WANTED, point=st.integers(0, 1), number=st.integers(0, 9))
    def order_anew(self, wanted: list[int], point: int, number: int) -> None:
        before = self.order(number)
        self.place(wanted, self.points[point], pay_in=15, instead_of=before)

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def pay(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: confirm(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def ask_for_more_time(self, number: int) -> None:
        order, by = self.order(number), dt.timedelta(minutes=15)
        self.step(lambda: extend(order=order, by=by, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def give_up(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: let_go(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def call_off(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: cancel(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def let_lapse(self, number: int) -> None:
        order = self.order(number)
        self.step(lambda: lapse(order=order, at=self.now))

    @precondition(lambda self: self.orders)
    @rule()
    def sweep_up(self) -> None:
        self.step(lambda: sweep(at=self.now), all_or_nothing=False)

    # --- Keepers ----------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def pack(self, number: int) -> None:
        for job in self.order(number).fulfilments.all():
            self.step(lambda job=job: mark_ready(fulfilment=job, at=self.now))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 9))
    def give(self, number: int) -> None:
        for job in self.order(number).fulfilments.all():
            self.step(
                lambda job=job: hand_over(
                    fulfilment=job, code=job.code, actor=self.keeper, at=self.now
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
        records = list(StockRecord.objects.order_by("pk"))
        record = records[number % len(records)]
        lots = list(record.lots.select_related("batch").order_by("pk"))
        lot = lots[number % len(lots)]
        self.step(
            lambda: correct(
                record=record,
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
        lies=st.dictionaries(
            st.tuples(st.integers(0, 2), st.sampled_from("ABC")),
            st.integers(0, 5),
            min_size=1,
            max_size=4,
        ),
    )
    def bring_a_file(self, point: int, lies: dict[tuple[int, str], int]) -> None:
        rows = []
        for number, ((product, lot), units) in enumerate(lies.items(), start=2):
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

    # --- What is always true ----------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        if self.proved != (self.before, self.now):
            assert prove(at=self.now).faults == []
            assert self.oversold() == {}
        self.proved = self.before, self.now

    def oversold(self) -> dict[int, int]:
        """Record to units waited for, where fewer lie; lapsed holds count as free."""
        waiting: dict[int, int] = {}
        for part in FulfilmentLine.objects.select_related("hold", "fulfilment"):
            status = part.fulfilment.status
            held = status == Fulfilment.Status.AWAITING_PAYMENT and (
                part.hold and part.hold.until > self.now
            )
            if held or status in Fulfilment.AT_THE_DESK:
                waiting[part.record_id] = (
                    waiting.get(part.record_id, 0) + part.open_units
                )
        lies = dict(StockRecord.objects.values_list("pk", "num_in_stock"))
        return {pk: units for pk, units in waiting.items() if units > lies[pk]}


@pytest.mark.postgres
def test_the_books_agree_after_every_step(db):
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
