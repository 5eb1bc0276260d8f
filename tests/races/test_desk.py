"""Keepers, buyers and the van with new goods, all at the same shelf."""

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.orders.operations.hand_over import hand_over
from stores.operations.correct import correct
from stores.operations.import_stock import import_stock, plan_import
from stores.operations.sell import sell_at_desk
from stores.operations.undo_sale import undo_sale
from stores.partner.models import StockRecord
from stores.queries.sales import sold_lots
from stores.sheets import Row
from tests.factories import make_order, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


def is_consistent(record):
    """Whether ledger, balance and lots of a record tell the same story."""
    snapshot = get_stock_snapshot(record)
    moved = [quantity for _kind, _lot, quantity, _after in snapshot.ledger]
    after = [after for _kind, _lot, _quantity, after in snapshot.ledger]
    return (
        sum(moved) == snapshot.on_hand == sum(snapshot.lots.values())
        and list(itertools.accumulate(moved)) == after
        and 0 <= snapshot.allocated <= snapshot.on_hand
    )


def make_hand_over(fulfilment, keeper):
    """A keeper with the job on her screen, about to press the button."""
    on_screen = Fulfilment.objects.get(pk=fulfilment.pk)
    return lambda: hand_over(
        fulfilment=on_screen, code=fulfilment.code, actor=keeper, at=timezone.now()
    )


@pytest.fixture
def order(honey, honey_at_centre, centre) -> Order:
    """One jar of honey, held for Hannah."""
    return make_order({honey: 1}, point=centre, email="")


def test_hand_over_by_two_keepers_happens_once(
    race, order, honey_at_centre, keeper, manager
):
    fulfilment = order.fulfilments.get()

    outcomes = race(
        make_hand_over(fulfilment, keeper), make_hand_over(fulfilment, manager)
    )

    assert outcomes == ["WrongFulfilmentStatus", "ok"]
    snapshot = get_stock_snapshot(honey_at_centre)
    assert (snapshot.on_hand, snapshot.allocated) == (2, 0)
    assert [line[0] for line in snapshot.ledger] == ["receive", "sell"]
    order.refresh_from_db()
    assert order.status == "handed_over"


def test_mark_ready_by_two_keepers_happens_once(race, order, mailoutbox):
    fulfilment = order.fulfilments.get()
    screens = [Fulfilment.objects.get(pk=fulfilment.pk) for _keeper in range(2)]

    outcomes = race(
        *(
            lambda fulfilment=fulfilment: mark_ready(
                fulfilment=fulfilment, at=timezone.now()
            )
            for fulfilment in screens
        )
    )

    assert outcomes == ["WrongFulfilmentStatus", "ok"]


def test_cancel_or_hand_over_at_once_only_one_happens(
    race, order, honey_at_centre, keeper
):
    fulfilment = order.fulfilments.get()

    outcomes = race(
        lambda: cancel_order(order=order, at=timezone.now()),
        make_hand_over(fulfilment, keeper),
    )

    assert outcomes in (["AlreadyPacked", "ok"], ["WrongFulfilmentStatus", "ok"])
    order.refresh_from_db()
    fulfilment.refresh_from_db()
    snapshot = get_stock_snapshot(honey_at_centre)
    assert order.status == fulfilment.status
    assert (fulfilment.status, snapshot.on_hand, snapshot.allocated) in [
        ("cancelled", 3, 0),
        ("handed_over", 2, 0),
    ]
    assert is_consistent(honey_at_centre)


def test_hand_over_of_two_parcels_at_once_completes_order(
    race, tea, honey, tea_at_centre, booth, keeper, manager
):
    put_on_shelf(booth, honey, 2)
    order = make_order({tea: 1, honey: 1}, method="post")
    first, second = order.fulfilments.order_by("pk")

    outcomes = race(make_hand_over(first, keeper), make_hand_over(second, manager))

    assert outcomes == ["ok", "ok"]
    order.refresh_from_db()
    assert order.status == "handed_over"
    assert set(order.lines.values_list("status", flat=True)) == {"handed_over"}


def test_receive_sell_and_correct_at_once_balance_stock(
    race, make_checkout, honey, honey_at_centre, order, centre, keeper
):
    lot = honey_at_centre.lots.get().batch

    outcomes = race(
        lambda: put_on_shelf(centre, honey, 5, lot="L1"),
        lambda: put_on_shelf(centre, honey, 4, lot="L2"),
        lambda: put_on_shelf(centre, honey, 3, lot="L2"),
        lambda: correct(
            record=honey_at_centre,
            batch=lot,
            counted=9,
            reason="Đếm lại",
            actor=keeper,
            at=timezone.now(),
        ),
        make_checkout({honey: 1}, centre),
        make_checkout({honey: 1}, centre),
        make_hand_over(order.fulfilments.get(), keeper),
    )

    assert outcomes == ["ok"] * 7
    assert is_consistent(honey_at_centre)
    snapshot = get_stock_snapshot(honey_at_centre)
    assert snapshot.allocated == 2
    assert snapshot.lots["L2"] == 7
    assert sorted(line[0] for line in snapshot.ledger) == sorted(
        ["receive"] * 4 + ["correct", "sell"]
    )


def make_import(point, keeper, *rows):
    """A checked stock file, about to be booked."""
    now = timezone.now()
    plan = plan_import(point=point, rows=rows, at=now)
    return lambda: import_stock(
        point=point, rows=rows, seal=plan.seal, file_name="x.csv", actor=keeper, at=now
    )


def make_row(number, product, units, lot="L1"):
    day = timezone.localdate() + dt.timedelta(days=365)
    return Row(number, product.code, lot, day, units, None)


@pytest.mark.parametrize("_time", range(4))
def test_import_stock_during_sale_books_all_or_nothing(
    race,
    centre,
    tea,
    honey,
    tea_at_centre,
    honey_at_centre,
    keeper,
    make_checkout,
    _time,
):
    rows = [make_row(2, honey, 5), make_row(3, tea, 4)]

    outcomes = race(
        make_import(centre, keeper, *rows),
        lambda: put_on_shelf(centre, tea, 1),
        make_checkout({tea: 1, honey: 1}, centre),
    )

    snapshot = get_stock_snapshot(tea_at_centre), get_stock_snapshot(honey_at_centre)
    booked = outcomes == ["ok"] * 3
    assert booked or outcomes == ["ShelfMoved", "ok", "ok"]
    assert [one.on_hand for one in snapshot] == ([5, 5] if booked else [11, 3])
    assert [one.allocated for one in snapshot] == [1, 1]
    assert is_consistent(tea_at_centre)
    assert is_consistent(honey_at_centre)


def test_import_stock_twice_into_empty_point_books_once(
    race, centre, tea, honey, keeper
):
    there = [make_row(2, tea, 4), make_row(3, honey, 5)]
    back = [make_row(2, honey, 5), make_row(3, tea, 4)]

    outcomes = race(
        make_import(centre, keeper, *there), make_import(centre, keeper, *back)
    )

    assert outcomes == ["ShelfMoved", "ok"]
    shelves = StockRecord.objects.order_by("num_in_stock")
    assert [get_stock_snapshot(shelf).on_hand for shelf in shelves] == [4, 5]
    assert all(is_consistent(shelf) for shelf in shelves)


def test_receive_new_product_at_once_creates_one_stock_record(race, honey, centre):
    outcomes = race(*[lambda: put_on_shelf(centre, honey, 2, lot="N1")] * 4)

    assert outcomes == ["ok"] * 4
    shelf = StockRecord.objects.get(product=honey)
    assert get_stock_snapshot(shelf).lots == {"N1": 8}
    assert is_consistent(shelf)


def test_correct_lot_by_two_keepers_leaves_one_counted_number(
    race, honey_at_centre, keeper
):
    lot = honey_at_centre.lots.get().batch

    outcomes = race(
        *(
            lambda counted=counted: correct(
                record=honey_at_centre,
                batch=lot,
                counted=counted,
                reason="Đếm lại",
                actor=keeper,
                at=timezone.now(),
            )
            for counted in (7, 8)
        )
    )

    assert outcomes == ["ok", "ok"]
    assert get_stock_snapshot(honey_at_centre).on_hand in (7, 8)
    assert is_consistent(honey_at_centre)


def test_undo_sale_by_two_keepers_happens_once(
    race, centre, honey_at_centre, keeper, manager
):
    sale = sell_at_desk(
        point=centre,
        units={honey_at_centre.pk: 1},
        paid_by="cash",
        client_id="phone-0001",
        actor=keeper,
        at=timezone.now(),
    )
    (lot,) = sold_lots(sale)

    def make_undo(actor):
        return lambda: undo_sale(
            sale=sale,
            units={lot.field: 1},
            decision="mistake",
            reason="wrong buyer",
            refunded_by="cash",
            client_id=f"undo-{actor.pk:04}",
            actor=actor,
            at=timezone.now(),
        )

    assert race(make_undo(keeper), make_undo(manager)) == ["NotEnough", "ok"]

    assert is_consistent(honey_at_centre)
    assert get_stock_snapshot(honey_at_centre).on_hand == 3
    assert sale.lines.exclude(reference="").count() == 1
