"""The command that proves the books, and each lie it has to find."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalogue.models import Batch
from marketplace.orders.models import Fulfilment, FulfilmentLine, Return
from marketplace.orders.operations import accept_return as accept_return_module
from marketplace.orders.operations import hand_over as hand_over_module
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.operations.lapse import lapse_order
from marketplace.orders.reconciliation import reconcile
from stores.models import (
    CountLine,
    DeskSale,
    Reservation,
    StockCount,
    StockLot,
    StockMovement,
    Transfer,
)
from stores.operations import sell as sell_module
from stores.operations.correct import correct
from stores.operations.count import book_count, count_lot, start_count
from stores.operations.move import move
from stores.partner.models import StockRecord
from tests.factories import make_order, make_product, put_on_shelf


def find_faults() -> list[str]:
    return reconcile(at=timezone.now()).faults


def update_stock_record(record, **changed):
    StockRecord.objects.filter(pk=record.pk).update(**changed)


def test_check_ledger_consistent_prints_counts(fulfilment, honey_at_centre):
    output = StringIO()

    call_command("check_ledger", stdout=output)

    assert output.getvalue() == (
        "The books agree: 2 shelves, 2 lots, 2 movements, 1 lines of jobs,"
        " 0 transfers.\n"
    )


def test_check_ledger_inconsistent_exits_1_and_lists_faults(tea_at_centre):
    update_stock_record(tea_at_centre, num_in_stock=12)
    output = StringIO()

    with pytest.raises(CommandError, match=r"2 faults in 1 shelves, ") as refusal:
        call_command("check_ledger", stdout=output)

    assert refusal.value.returncode == 1
    name = f"{tea_at_centre.product.code} Trà rừng Cù Lao Chàm, centre"
    assert output.getvalue().splitlines() == [
        f"{name}: 12 on hand, but the movements add up to 10.",
        f"{name}: 12 on hand, but the lots add up to 10.",
    ]


def test_check_ledger_finds_no_fault_after_every_operation(
    centre, booth, tea, honey, keeper
):
    now = timezone.now()
    record = put_on_shelf(centre, tea, 10)
    put_on_shelf(centre, tea, 5, lot="L2")
    put_on_shelf(booth, honey, 4)
    collected = make_order({tea: 11}, point=centre)
    make_order({honey: 1}, point=booth)
    fulfilment = collected.fulfilments.get()
    hand_over(fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=now)
    cancel_order(order=make_order({tea: 1}, point=centre), at=now)
    soon = now + dt.timedelta(minutes=15)
    make_order({tea: 1}, point=centre, pay_until=soon)
    confirm_order(order=make_order({tea: 1}, point=centre, pay_until=soon), at=now)
    lapse_order(order=make_order({tea: 1}, point=centre, pay_until=now), at=now)
    correct(
        record=record,
        batch=Batch.objects.get(lot="L2"),
        counted=3,
        reason="Vỡ",
        actor=keeper,
        at=now,
    )

    assert find_faults() == []


def test_check_ledger_reports_lot_differing_from_movements(tea_at_centre):
    StockLot.objects.update(on_hand=7)

    assert [fault.split(": ")[1] for fault in find_faults()] == [
        "10 on hand, but the lots add up to 7.",
        "lot L1 has 7, but its movements add up to 10.",
    ]


def test_check_ledger_reports_deleted_lot(tea_at_centre):
    StockLot.objects.all().delete()

    assert "lot L1 has 0, but its movements add up to 10." in find_faults()[-1]


def test_check_ledger_reports_lot_of_another_product(tea_at_centre, honey):
    Batch.objects.update(product=honey)

    assert "lot L1 is of another product." in find_faults()[-1]


def test_check_ledger_reports_wrong_running_balance_once(tea_at_centre):
    for balance in (7, 5):  # where it is 8, and 6
        StockMovement.objects.create(
            record=tea_at_centre,
            batch=Batch.objects.get(),
            kind="expire",
            quantity=-2,
            balance_after=balance,
        )
    update_stock_record(tea_at_centre, num_in_stock=6)
    StockLot.objects.update(on_hand=6)

    (fault,) = find_faults()
    assert "says 7 afterwards, the sum is 8." in fault


def test_check_ledger_reports_unexplained_allocation(tea_at_centre):
    update_stock_record(tea_at_centre, num_allocated=2)

    assert "2 promised, but the lines of orders have 0." in find_faults()[0]


@pytest.mark.parametrize("status", ["cancelled", "lapsed", "not_collected"])
def test_check_ledger_reports_allocation_of_ended_order(fulfilment, status):
    Fulfilment.objects.update(status=status)

    product = fulfilment.lines.get().line.product
    assert find_faults() == [
        f"{product.code} Trà rừng Cù Lao Chàm, centre:"
        f" 2 promised to order {fulfilment.order.number}, which is {status}."
    ]


def test_check_ledger_reports_allocation_of_unpaid_order_without_hold(fulfilment):
    Fulfilment.objects.update(status="awaiting_payment")

    assert "which is awaiting_payment." in find_faults()[0]


def test_check_ledger_reports_hold_on_confirmed_order(centre, tea_at_centre):
    soon = timezone.now() + dt.timedelta(minutes=15)
    make_order({tea_at_centre.product: 1}, point=centre, pay_until=soon)
    Fulfilment.objects.update(status="confirmed")

    assert "which is confirmed with a hold." in find_faults()[0]


def test_check_ledger_reports_confirmed_order_without_allocation(fulfilment):
    Reservation.objects.update(allocated=0)
    StockRecord.objects.update(num_allocated=0)

    assert (
        f"order {fulfilment.order.number} waits for 2, but 0 are promised"
        in find_faults()[0]
    )


def test_check_ledger_reports_held_order_without_allocation(centre, tea_at_centre):
    soon = timezone.now() + dt.timedelta(minutes=15)
    make_order({tea_at_centre.product: 1}, point=centre, pay_until=soon)
    Reservation.objects.update(allocated=0)
    StockRecord.objects.update(num_allocated=0)

    assert "waits for 1, but 0 are promised to it." in find_faults()[0]
    assert reconcile(at=soon).faults == []


def test_check_ledger_reports_order_line_without_fulfilment(fulfilment):
    FulfilmentLine.objects.all().delete()
    Reservation.objects.all().delete()
    StockRecord.objects.update(num_allocated=0)

    assert find_faults() == [
        f"Order {fulfilment.order.number}: no job has its line of Trà rừng Cù Lao Chàm."
    ]


def test_check_ledger_reports_fulfilment_units_that_do_not_add_up(fulfilment):
    FulfilmentLine.objects.update(units=3)

    assert any(
        "asks for 2; its job has 3: 2 promised" in fault for fault in find_faults()
    )


def test_check_ledger_reports_hand_over_missing_in_ledger(fulfilment):
    FulfilmentLine.objects.update(handed_over=2)
    Reservation.objects.update(units=0, allocated=0)
    StockRecord.objects.update(num_allocated=0)
    Fulfilment.objects.update(status="handed_over")

    assert (
        f"order {fulfilment.order.number} has 2 given, the ledger 0."
        in find_faults()[0]
    )


def test_check_ledger_reports_desk_sale_without_record(tea_at_centre, keeper):
    move(
        record=tea_at_centre,
        batch=Batch.objects.get(),
        kind="sell_at_desk",
        quantity=-1,
        at=timezone.now(),
        actor=keeper,
        document=DeskSale(pk=7).number,
    )

    assert "sale BQ-00007 has 0 given, the ledger 1." in find_faults()[0]


def test_check_ledger_reports_hand_over_missing_in_journal(
    fulfilment, keeper, monkeypatch
):
    monkeypatch.setattr(hand_over_module, "record_handed_over", lambda **_: None)

    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    assert find_faults() == [
        f"Order {fulfilment.order.number}: 190000 ₫ handed over,"
        " the journal of sales has 0 ₫."
    ]


def test_check_ledger_reports_return_missing_in_journal(
    fulfilment, centre, keeper, monkeypatch, request
):
    monkeypatch.setattr(accept_return_module, "record_returned", lambda _written: None)

    request.getfixturevalue("returned_box")

    assert find_faults() == [
        f"Order {fulfilment.order.number}: 95000 ₫ brought back,"
        " the journal of sales has 0 ₫."
    ]


def test_check_ledger_reports_desk_sale_missing_in_journal(
    centre, tea_at_centre, keeper, monkeypatch
):
    monkeypatch.setattr(sell_module, "record_sale", lambda _entries: None)

    sale = sell_module.sell_at_desk(
        point=centre,
        units={tea_at_centre.pk: 1},
        paid_by="cash",
        client_id="sale-0001",
        actor=keeper,
        at=timezone.now(),
    )

    assert (
        f"Sale {sale.number}: 95000 ₫ paid, the journal of sales has 0 ₫."
        in find_faults()
    )


@pytest.fixture
def transfer_in_transit(centre, booth, tea_at_centre, keeper):
    """Three boxes of tea left the centre for the booth."""
    now = timezone.now()
    transfer = Transfer.objects.create(
        source=centre,
        destination=booth,
        status="sent",
        requested_at=now,
        sent_at=now,
    )
    line = transfer.lines.create(product=tea_at_centre.product, units=3)
    batch = Batch.objects.get()
    line.lots.create(batch=batch, sent=3)
    move(
        record=tea_at_centre,
        batch=batch,
        kind="transfer_out",
        quantity=-3,
        at=now,
        actor=keeper,
        document=transfer.number,
    )
    return transfer


def test_check_ledger_accepts_goods_in_transit(transfer_in_transit):
    assert find_faults() == []


def test_check_ledger_reports_transfer_differing_from_ledger(transfer_in_transit):
    transfer_in_transit.lines.get().lots.update(sent=4)

    assert f"Transfer {transfer_in_transit.number}: 4 of " in find_faults()[0]
    assert "lot L1, sent at centre, the ledger has 3." in find_faults()[0]


def test_check_ledger_reports_received_transfer_missing_in_ledger(transfer_in_transit):
    Transfer.objects.update(status="received")
    transfer_in_transit.lines.get().lots.update(received=3)

    assert "lot L1, received at booth, the ledger has 0." in find_faults()[0]


def test_check_ledger_reports_received_transfer_without_quantity(transfer_in_transit):
    Transfer.objects.update(status="received")

    assert (
        "is received, but of lot L1 None are written as received." in find_faults()[0]
    )


@pytest.fixture
def returned_box(fulfilment, centre, keeper):
    """One box of tea came back to the centre and was destroyed there."""
    now = timezone.now()
    hand_over(fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=now)
    return accept_return(
        line=fulfilment.lines.get(),
        batch=Batch.objects.get(),
        units=1,
        point=centre,
        decision="destroy",
        reason="Vỡ",
        actor=keeper,
        at=now,
    )


def test_check_ledger_accepts_returned_goods(returned_box):
    assert find_faults() == []


@pytest.mark.parametrize("what", ["brought back", "brought back and destroyed"])
def test_check_ledger_reports_return_differing_from_ledger(returned_box, what):
    Return.objects.update(units=2)
    FulfilmentLine.objects.update(returned=2)

    assert any(
        f" 2 of {returned_box.batch.product.code}, lot L1, {what} at centre, the"
        " ledger has 1." in fault
        for fault in find_faults()
    )


def test_check_ledger_reports_return_without_record(returned_box):
    Return.objects.all().delete()

    number = returned_box.fulfilment_line.fulfilment.order.number
    assert [fault.split(": ")[1] for fault in find_faults()] == [
        f"0 of {returned_box.batch.product.code}, lot L1, brought back at centre, the"
        " ledger has 1.",
        f"0 of {returned_box.batch.product.code}, lot L1, brought back and destroyed at"
        " centre, the ledger has 1.",
        f"order {number} has 1 returned, its slips 0.",
    ]


@pytest.fixture
def booked_count(centre, tea_at_centre, keeper):
    """A count found nine boxes where the books said ten, and was booked."""
    now = timezone.now()
    count = start_count(point=centre, actor=keeper, at=now)
    batch = Batch.objects.get()
    count_lot(count=count, batch=batch, counted=9, seen=0, actor=keeper, at=now)
    book_count(count=count, reason="Vỡ", actor=keeper, at=now)
    return count


def test_check_ledger_accepts_booked_count(booked_count):
    assert find_faults() == []


@pytest.mark.parametrize(
    ("status", "found", "message"),
    [
        ("booked", 8, "differs by -2 of lot L1, the ledger by -1."),
        ("booked", 10, "differs by 0 of lot L1, the ledger by -1."),
        ("abandoned", 9, "differs by 0 of lot L1, the ledger by -1."),
    ],
)
def test_check_ledger_reports_count_differing_from_ledger(
    booked_count, status, found, message
):
    CountLine.objects.update(counted=found)
    StockCount.objects.update(status=status)

    (fault,) = find_faults()
    assert fault.endswith(f"count {booked_count.number} {message}")


def test_check_ledger_query_count_is_independent_of_ledger_size(
    centre, tea, django_assert_num_queries
):
    put_on_shelf(centre, tea, 5)
    with django_assert_num_queries(39):
        assert find_faults() == []
    for number in range(12):
        put_on_shelf(centre, make_product(), 5)
        put_on_shelf(centre, tea, 5, lot=f"L{number}")

    with django_assert_num_queries(39):
        assert find_faults() == []
