"""Whatever is cancelled, given and brought back, units and money add up."""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.orders.models import Fulfilment, RefundDue
from marketplace.orders.operations.accept_return import TooFewReturnable, accept_return
from marketplace.orders.operations.cancel import TooFewOpenUnits, cancel_units
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import returnable_lots
from stores.models import StockMovement
from tests.books import books_of
from tests.factories import (
    make_order,
    make_point,
    make_product,
    make_user,
    put_on_shelf,
)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("fewer"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("short"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("give")),
        st.tuples(st.just("bring"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("destroy"), st.integers(0, 1), st.integers(1, 4)),
    ),
    min_size=1,
    max_size=8,
)


class Order:
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
        wanted = dict(zip(goods, (3, 2), strict=True))
        order = make_order(wanted, point=self.point, email="")
        if paid:
            order.fulfilments.update(to_collect_vnd=0)
        self.fulfilment = order.fulfilments.get()

    def parts(self) -> list:
        return list(self.fulfilment.parts.order_by("record"))

    def fewer(self, number: int, units: int) -> None:
        part = self.parts()[number]
        cancel_units(part=part, units=units, actor=None, at=timezone.now())

    def short(self, number: int, units: int) -> None:
        cancel_units(
            part=self.parts()[number],
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

    def bring(self, number: int, units: int, decision: str = "restock") -> None:
        part = self.parts()[number]
        for batch in list(returnable_lots([part])[part.pk])[:1]:
            accept_return(
                part=part,
                units=units,
                point=self.point,
                batch=batch,
                decision=decision,
                reason="Đổi ý",
                actor=self.keeper,
                at=timezone.now(),
            )

    def destroy(self, number: int, units: int) -> None:
        self.bring(number, units, "destroy")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, paid=st.booleans())
def test_units_and_money_add_up(db, steps, paid):
    with transaction.atomic():
        order = Order(paid=paid)

        for verb, *what in steps:
            try:
                getattr(order, verb)(*what)
            except (TooFewReturnable, WrongFulfilmentStatus, TooFewOpenUnits):
                continue

        fulfilment = Fulfilment.objects.get(pk=order.fulfilment.pk)
        parts = order.parts()
        for part, record in zip(parts, order.records, strict=True):
            books = books_of(record)
            destroyed = -(
                record.movements.filter(kind=StockMovement.Kind.DAMAGE).aggregate(
                    sum=Sum("quantity")
                )["sum"]
                or 0
            )
            assert part.units == part.allocated + part.cancelled + part.handed_over
            assert part.returned <= part.handed_over
            assert books.allocated == part.allocated
            assert books.on_hand == 4 - part.handed_over + part.returned - destroyed
            assert books.on_hand == sum(books.lots.values())
            assert books.on_hand == sum(line[2] for line in books.ledger)
        taken_out = sum(part.price_vnd * part.cancelled for part in parts)
        came_back = sum(part.price_vnd * part.returned for part in parts)
        due = sum(
            one.amount_vnd for one in RefundDue.objects.filter(order=fulfilment.order)
        )
        if paid:
            assert (fulfilment.to_collect_vnd, due) == (0, taken_out + came_back)
        else:
            assert fulfilment.to_collect_vnd == 400_000 - taken_out
            assert due == came_back
        gone = all(part.cancelled == part.units for part in parts)
        assert (fulfilment.status == "cancelled") == gone
        transaction.set_rollback(True)
