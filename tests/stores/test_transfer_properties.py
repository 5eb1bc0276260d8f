"""Whatever is sent, lost or called off: no unit appears, none goes without a line."""

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.refusals import NotEnough, NothingToDo, ReasonRequired, WrongStatus
from marketplace.checkout.basket.operations import TooFewAtOnePoint, Unavailable
from marketplace.checkout.plan import NotDeliverable
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import AwaitingTransfer, TooFewWithinDate
from stores.models import LeadTime, StockLot, Transfer, TransferLot
from stores.operations.move import ShelfChanged
from stores.operations.transfer import (
    PackedLot,
    WrongPoint,
    WrongTransferStatus,
    cancel_transfer,
    receive_transfer,
    request_transfer,
    send_transfer,
)
from stores.partner.models import StockRecord
from stores.queries.transfers import lines_to_send
from tests.factories import make_order, make_point, make_product, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

REFUSALS = (
    NotEnough,
    NothingToDo,
    WrongPoint,
    WrongStatus,
    NotDeliverable,
    TooFewWithinDate,
    WrongTransferStatus,
    ReasonRequired,
    WrongFulfilmentStatus,
    ShelfChanged,
    TooFewAtOnePoint,
    Unavailable,
    AwaitingTransfer,
)
UNITS = 8


class TransferMarket:
    """One product in two lots, and three points that fetch it from each other."""

    def __init__(self) -> None:
        self.points = [make_point() for _number in range(3)]
        self.tea = make_product()
        put_on_shelf(self.points[0], self.tea, 5, lot="A", keeps_days=30)
        put_on_shelf(self.points[1], self.tea, 3, lot="B", keeps_days=60)
        LeadTime.objects.bulk_create(
            LeadTime(source=source, destination=destination, hours=1)
            for source in self.points
            for destination in self.points
            if source != destination
        )
        self.orders: list = []

    def transfer(self, number: int) -> Transfer:
        transfers = list(Transfer.objects.order_by("pk"))
        if not transfers:
            raise NothingToDo
        return transfers[number % len(transfers)]

    def request(self, source: int, destination: int, units: int) -> None:
        request_transfer(
            source=self.points[source],
            destination=self.points[destination],
            units={self.tea: units},
            actor=None,
            at=timezone.now(),
        )

    def order(self, point: int, units: int) -> None:
        goods = {self.tea: units}
        self.orders.append(make_order(goods, point=self.points[point], email=""))

    def send_transfer(self, number: int, fewer: int) -> None:
        transfer = self.transfer(number)
        now = timezone.now()
        lots = [
            PackedLot(row.line, lot.batch, max(0, lot.suggested - fewer))
            for row in lines_to_send(transfer, at=now)
            for lot in row.lots
        ]
        send_transfer(
            transfer=transfer,
            point=transfer.source,
            lots=lots,
            actor=None,
            at=now,
        )

    def receive(self, number: int, lost: int) -> None:
        transfer = self.transfer(number)
        lots = TransferLot.objects.filter(line__transfer=transfer)
        receive_transfer(
            transfer=transfer,
            point=transfer.destination,
            counted={lot.pk: max(0, lot.sent - lost) for lot in lots},
            reason="lost" if lost else "",
            actor=None,
            at=timezone.now(),
        )

    def cancel_transfer(self, number: int) -> None:
        transfer = self.transfer(number)
        cancel_transfer(
            transfer=transfer,
            point=transfer.source,
            reason="Không cần nữa",
            actor=None,
            at=timezone.now(),
        )

    def cancel_order(self, number: int) -> None:
        for order in self.orders[number : number + 1]:
            cancel_order(order=order, at=timezone.now())

    def hand_over(self, number: int) -> None:
        for order in self.orders[number : number + 1]:
            fulfilment = order.fulfilments.get()
            hand_over(
                fulfilment=fulfilment,
                code=fulfilment.code,
                actor=None,
                at=timezone.now(),
            )

    def accounts(self) -> int:
        """Units on every shelf, on the way, lost, and given to buyers."""
        lots = TransferLot.objects.all()
        in_transit = lots.filter(received=None).aggregate(n=Sum("sent"))["n"] or 0
        lost = lots.aggregate(n=Sum(F("sent") - F("received")))["n"] or 0
        on_hand = StockLot.objects.aggregate(n=Sum("on_hand"))["n"] or 0
        handed_over = sum(
            line.quantity
            for order in self.orders
            for line in order.lines.all()
            if order.fulfilments.get().status == "handed_over"
        )
        return on_hand + in_transit + lost + handed_over


POINTS, FEW, SMALL = st.integers(0, 2), st.integers(1, 4), st.integers(0, 1)
STEPS = st.one_of(
    st.tuples(st.just("request"), POINTS, POINTS, FEW),
    st.tuples(st.just("order"), POINTS, FEW),
    st.tuples(st.sampled_from(["send_transfer", "receive"]), st.integers(0, 5), SMALL),
    st.tuples(
        st.sampled_from(["cancel_transfer", "cancel_order", "hand_over"]),
        st.integers(0, 5),
    ),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=2, max_size=16))
def test_random_transfers_preserve_total_units(db, steps):
    with transaction.atomic():
        market = TransferMarket()

        for verb, *what in steps:
            try:
                getattr(market, verb)(*what)
            except REFUSALS:
                continue

        assert market.accounts() == UNITS
        for record in StockRecord.objects.all():
            snapshot = get_stock_snapshot(record)
            quantities = [quantity for _kind, _lot, quantity, _after in snapshot.ledger]
            allocated = record.reservations.aggregate(n=Sum("allocated"))["n"] or 0
            assert snapshot.on_hand == sum(quantities) == sum(snapshot.lots.values())
            assert 0 <= snapshot.allocated == allocated <= snapshot.on_hand
        transaction.set_rollback(True)
