"""Whatever happens at a point, the ledger explains every number on its shelves."""

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.refusals import NotEnough, NothingToDo
from marketplace.checkout.basket.operations import (
    TooFewAtOnePoint,
    Unavailable,
)
from marketplace.checkout.place_order import BasketIsEmpty
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_ready
from marketplace.orders.operations.hand_over import hand_over
from stores.models import StockLot
from stores.operations.correct import correct
from tests.factories import make_order, make_point, make_product, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

REFUSALS = (
    NotEnough,
    NothingToDo,
    BasketIsEmpty,
    WrongFulfilmentStatus,
    TooFewAtOnePoint,
    Unavailable,
    StockLot.DoesNotExist,
)


class Shop:
    """Two products at one point, and the orders of its buyers."""

    def __init__(self) -> None:
        self.point = make_point()
        self.goods = [make_product(), make_product()]
        self.records = [put_on_shelf(self.point, p, 2, lot="A") for p in self.goods]
        self.orders: list = []

    def receive(self, number: int, lot: str, units: int) -> None:
        put_on_shelf(self.point, self.goods[number], units, lot=lot)

    def correct(self, number: int, lot: str, units: int) -> None:
        record = self.records[number]
        correct(
            record=record,
            batch=record.lots.get(batch__lot=lot).batch,
            counted=units,
            reason="Đếm lại",
            actor=None,
            at=timezone.now(),
        )

    def order(self, first: int, second: int) -> None:
        quantities = dict(zip(self.goods, (first, second), strict=True))
        goods = {product: units for product, units in quantities.items() if units}
        self.orders.append(make_order(goods, point=self.point, email=""))

    def pack(self, number: int) -> None:
        for order in self.orders[number : number + 1]:
            mark_ready(fulfilment=order.fulfilments.get(), at=timezone.now())

    def hand_over(self, number: int) -> None:
        for order in self.orders[number : number + 1]:
            fulfilment = order.fulfilments.get()
            hand_over(
                fulfilment=fulfilment,
                code=fulfilment.code,
                actor=None,
                at=timezone.now(),
            )

    def cancel_order(self, number: int) -> None:
        for order in self.orders[number : number + 1]:
            cancel_order(order=order, at=timezone.now())

    def get_allocated(self, number: int) -> int:
        """Units of a product in the orders that are still open."""
        return sum(
            line.quantity
            for order in self.orders
            for line in order.lines.filter(product=self.goods[number])
            if order.fulfilments.get().status in ("confirmed", "ready")
        )


PRODUCTS, LOTS, ORDERS = st.integers(0, 1), st.sampled_from("AB"), st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("receive"), PRODUCTS, LOTS, st.integers(1, 5)),
    st.tuples(st.just("correct"), PRODUCTS, LOTS, st.integers(0, 6)),
    st.tuples(st.just("order"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.sampled_from(["pack", "hand_over", "cancel_order"]), ORDERS),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_random_operations_balance_ledger_and_stock(db, steps):
    with transaction.atomic():
        shop = Shop()

        for verb, *what in steps:
            try:
                getattr(shop, verb)(*what)
            except REFUSALS:
                continue

        for number, record in enumerate(shop.records):
            snapshot = get_stock_snapshot(record)
            quantities = [quantity for _kind, _lot, quantity, _after in snapshot.ledger]
            sums = [sum(quantities[: n + 1]) for n in range(len(quantities))]
            assert [after for *_line, after in snapshot.ledger] == sums
            assert snapshot.on_hand == sum(quantities) == sum(snapshot.lots.values())
            assert (
                0
                <= snapshot.allocated
                == shop.get_allocated(number)
                <= snapshot.on_hand
            )
        transaction.set_rollback(True)
