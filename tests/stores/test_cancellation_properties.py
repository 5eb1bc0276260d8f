"""Whatever is cancelled, given and brought back, units and money add up."""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.refusals import NotEnough
from marketplace.orders.models import Fulfilment, RefundDue
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.cancel import cancel_units
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import returnable_lots
from stores.models import StockMovement
from tests.factories import (
    make_order,
    make_point,
    make_product,
    make_user,
    put_on_shelf,
)
from tests.stock_snapshot import get_stock_snapshot

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("fewer"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("short"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("give")),
        st.tuples(st.just("take_back_units"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("destroy"), st.integers(0, 1), st.integers(1, 4)),
    ),
    min_size=1,
    max_size=8,
)


class RandomOrder:
    """Three and two units of two products, each lying there in two lots."""

    def __init__(self, *, paid: bool) -> None:
        self.point = make_point()
        self.keeper = make_user()
        goods = [make_product(price_vnd=price) for price in (70_000, 95_000)]
        for lot, days in (("A", 9), ("B", 90)):
            records = [
                put_on_shelf(self.point, product, 2, lot=lot, keeps_days=days)
                for product in goods
            ]
        self.records = records
        quantities = dict(zip(goods, (3, 2), strict=True))
        order = make_order(quantities, point=self.point, email="")
        if paid:
            order.fulfilments.update(to_collect_vnd=0)
        self.fulfilment = order.fulfilments.get()

    def lines(self) -> list:
        return list(self.fulfilment.lines.order_by("reservation__record"))

    def fewer(self, number: int, units: int) -> None:
        line = self.lines()[number]
        cancel_units(line=line, units=units, actor=None, at=timezone.now())

    def short(self, number: int, units: int) -> None:
        cancel_units(
            line=self.lines()[number],
            units=units,
            actor=self.keeper,
            reason="Vỡ",
            at=timezone.now(),
        )

    def give(self) -> None:
        fulfilment = Fulfilment.objects.get(pk=self.fulfilment.pk)
        hand_over(
            fulfilment=fulfilment,
            code=fulfilment.code,
            actor=self.keeper,
            at=timezone.now(),
        )

    def take_back_units(
        self, number: int, units: int, decision: str = "restock"
    ) -> None:
        line = self.lines()[number]
        for batch in list(returnable_lots([line])[line.pk])[:1]:
            accept_return(
                line=line,
                units=units,
                point=self.point,
                batch=batch,
                decision=decision,
                reason="Đổi ý",
                actor=self.keeper,
                at=timezone.now(),
            )

    def destroy(self, number: int, units: int) -> None:
        self.take_back_units(number, units, "destroy")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, paid=st.booleans())
def test_random_cancellations_and_returns_balance_units_and_money(db, steps, paid):
    with transaction.atomic():
        order = RandomOrder(paid=paid)

        for verb, *what in steps:
            try:
                getattr(order, verb)(*what)
            except (NotEnough, WrongFulfilmentStatus):
                continue

        fulfilment = Fulfilment.objects.get(pk=order.fulfilment.pk)
        lines = order.lines()
        for line, record in zip(lines, order.records, strict=True):
            snapshot = get_stock_snapshot(record)
            destroyed = -(
                record.movements.filter(kind=StockMovement.Kind.DAMAGE).aggregate(
                    sum=Sum("quantity")
                )["sum"]
                or 0
            )
            assert line.units == line.allocated + line.cancelled + line.handed_over
            assert line.returned <= line.handed_over
            assert snapshot.allocated == line.allocated
            assert snapshot.on_hand == 4 - line.handed_over + line.returned - destroyed
            assert snapshot.on_hand == sum(snapshot.lots.values())
            assert snapshot.on_hand == sum(line[2] for line in snapshot.ledger)
        taken_out = sum(line.price_vnd * line.cancelled for line in lines)
        came_back = sum(line.price_vnd * line.returned for line in lines)
        due = sum(
            one.amount_vnd for one in RefundDue.objects.filter(order=fulfilment.order)
        )
        if paid:
            assert (fulfilment.to_collect_vnd, due) == (0, taken_out + came_back)
        else:
            assert fulfilment.to_collect_vnd == 400_000 - taken_out
            assert due == came_back
        all_cancelled = all(line.cancelled == line.units for line in lines)
        assert (fulfilment.status == "cancelled") == all_cancelled
        transaction.set_rollback(True)
