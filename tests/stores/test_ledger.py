"""The database keeps the ledger as it was written, and no shelf oversold."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from catalogue.models import Batch
from marketplace.orders.reconciliation import reconcile
from stores.models import StockMovement
from stores.operations.move import ShelfChanged, move, move_all
from stores.operations.reserve import reserve
from stores.partner.models import StockRecord
from tests.factories import put_on_shelf
from tests.stock_snapshot import get_stock_snapshot


def execute_sql(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def assert_refused(sql: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        execute_sql(sql, *values)


@pytest.mark.parametrize(
    "change", ["quantity = 3", "balance_after = 3", "reason = 'x'", "actor_id = NULL"]
)
def test_ledger_refuses_update(tea_at_centre, change):
    before = get_stock_snapshot(tea_at_centre)

    assert_refused(f"UPDATE stores_stockmovement SET {change}")  # noqa: S608  (our own)

    assert get_stock_snapshot(tea_at_centre) == before
    assert tea_at_centre.movements.get().reason == ""


def test_ledger_refuses_delete(tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    assert_refused("DELETE FROM stores_stockmovement")

    assert get_stock_snapshot(tea_at_centre) == before


def test_ledger_refuses_saving_movement_again(tea_at_centre):
    movement = tea_at_centre.movements.get()
    movement.quantity = 99

    with pytest.raises(IntegrityError), transaction.atomic():
        movement.save()

    assert tea_at_centre.movements.get().quantity == 10


def test_stock_record_with_movements_cannot_be_deleted(tea_at_centre):
    with pytest.raises(ProtectedError):
        tea_at_centre.delete()

    assert get_stock_snapshot(tea_at_centre).on_hand == 10


@pytest.mark.parametrize("allocated", [11, -1])
def test_stock_constraint_refuses_allocated_above_on_hand(tea_at_centre, allocated):
    assert_refused(
        "UPDATE partner_stockrecord SET num_allocated = %s WHERE id = %s",
        allocated,
        tea_at_centre.pk,
    )

    assert get_stock_snapshot(tea_at_centre).allocated == 0


def test_stock_constraint_refuses_on_hand_below_allocated(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 4}, at=timezone.now())

    for on_hand in (3, None):
        assert_refused(
            "UPDATE partner_stockrecord SET num_in_stock = %s WHERE id = %s",
            on_hand,
            tea_at_centre.pk,
        )

    assert get_stock_snapshot(tea_at_centre).on_hand == 10


def test_stock_constraint_refuses_oversold_new_record(centre, tea):
    with pytest.raises(IntegrityError), transaction.atomic():
        StockRecord.objects.create(
            partner=centre.partner,
            product=tea,
            partner_sku="X",
            num_in_stock=1,
            num_allocated=2,
        )

    assert not StockRecord.objects.exists()


def test_stock_constraint_refuses_negative_lot(tea_at_centre):
    assert_refused("UPDATE stores_stocklot SET on_hand = -1")

    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 10}


@pytest.mark.parametrize(
    ("kind", "quantity", "reason"), [("receive", 0, ""), ("correct", 1, "")]
)
def test_ledger_constraint_refuses_zero_or_unexplained_movement(
    tea_at_centre, kind, quantity, reason
):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(IntegrityError), transaction.atomic():
        move(
            record=tea_at_centre,
            batch=tea_at_centre.lots.get().batch,
            kind=kind,
            quantity=quantity,
            at=timezone.now(),
            actor=None,
            reason=reason,
        )

    assert get_stock_snapshot(tea_at_centre) == before


def test_move_refuses_more_than_lot_contains(tea_at_centre, centre, tea):
    put_on_shelf(centre, tea, 2, lot="L2")
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(ShelfChanged):
        move(
            record=tea_at_centre,
            batch=Batch.objects.get(lot="L2"),
            kind=StockMovement.Kind.SELL,
            quantity=-3,
            at=timezone.now(),
            actor=None,
        )

    assert get_stock_snapshot(tea_at_centre) == before


def make_movements(record, *steps):
    """Unsaved movements: of these lots so many units, down or up."""
    return [
        StockMovement(
            record=record,
            batch=Batch.objects.get(product=record.product, lot=lot),
            kind=StockMovement.Kind.CORRECT,
            quantity=quantity,
            reason="Đếm lại",
        )
        for lot, quantity in steps
    ]


def test_move_all_writes_movements_in_order(
    tea_at_centre, honey_at_centre, centre, tea
):
    put_on_shelf(centre, tea, 2, lot="L2")
    more, less = make_movements(tea_at_centre, ("L2", 5), ("L2", -3))

    move_all([more, *make_movements(honey_at_centre, ("L1", -1)), less])

    tea_books = get_stock_snapshot(tea_at_centre)
    assert tea_books.ledger[2:] == [("correct", "L2", 5, 17), ("correct", "L2", -3, 14)]
    assert (tea_books.on_hand, tea_books.lots) == (14, {"L1": 10, "L2": 4})
    assert get_stock_snapshot(honey_at_centre).lots == {"L1": 2}
    assert reconcile(at=timezone.now()).faults == []


@pytest.mark.parametrize(
    "steps",
    [
        [("L1", 5), ("L2", -3)],  # the lot has two
        [("L1", -5), ("L1", 5)],  # nine are promised meanwhile
        [("L2", -2), ("L1", -2)],  # nine are promised in the end
    ],
)
def test_move_all_with_one_impossible_movement_moves_nothing(
    tea_at_centre, centre, tea, steps
):
    put_on_shelf(centre, tea, 2, lot="L2")
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(ShelfChanged):
        move_all(make_movements(tea_at_centre, *steps))

    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.postgres
def test_ledger_refuses_truncate(tea_at_centre):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL append_only.allow_truncate = ''")
        assert_refused("TRUNCATE stores_stockmovement CASCADE")

    assert tea_at_centre.movements.count() == 1
