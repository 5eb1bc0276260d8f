"""Keepers and buyers who touch the same transfer at the same moment."""

import threading
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.orders.models import FulfilmentLine
from marketplace.orders.operations.cancel import cancel_order, cancel_units
from stores.models import LeadTime, SubmittedForm, Transfer, TransferLine
from stores.operations import transfer as operations
from stores.operations.transfer import cancel_transfer
from tests.factories import make_order, put_on_shelf
from tests.races.test_stock_forms import create_form
from tests.stock_snapshot import get_stock_snapshot
from tests.stores.test_transfers import (
    get_booth_record,
    get_status,
    receive_units,
    request_units,
    send_units,
)


@pytest.fixture
def requested_transfer(race, centre, booth, tea) -> Transfer:
    """Four of the ten boxes of tea at the centre are to go to the booth."""
    put_on_shelf(centre, tea, 10)
    return request_units(centre, booth, tea, 4)


@pytest.fixture
def shelf(requested_transfer, centre, tea):
    return centre.partner.stockrecords.get(product=tea)


def reload(transfer: Transfer) -> Transfer:
    """As another keeper has it on her screen."""
    return Transfer.objects.get(pk=transfer.pk)


def test_send_transfer_by_several_keepers_happens_once(race, requested_transfer, shelf):
    screens = [reload(requested_transfer) for _keeper in range(4)]

    outcomes = race(*[lambda one=one: send_units(one) for one in screens])

    assert outcomes == ["WrongTransferStatus"] * 3 + ["ok"]
    assert (get_stock_snapshot(shelf).on_hand, get_stock_snapshot(shelf).allocated) == (
        6,
        0,
    )


def test_receive_transfer_by_several_keepers_happens_once(
    race, requested_transfer, booth, tea
):
    send_units(requested_transfer)
    screens = [reload(requested_transfer) for _keeper in range(4)]

    outcomes = race(*[lambda one=one: receive_units(one) for one in screens])

    assert outcomes == ["WrongTransferStatus"] * 3 + ["ok"]
    assert get_stock_snapshot(get_booth_record(booth, tea)).on_hand == 4


def test_send_or_cancel_transfer_at_once_only_one_happens(
    race, requested_transfer, centre, shelf
):
    mine, theirs = reload(requested_transfer), reload(requested_transfer)

    outcomes = race(
        lambda: send_units(mine),
        lambda: cancel_transfer(
            transfer=theirs,
            point=centre,
            reason="Không cần nữa",
            actor=None,
            at=timezone.now(),
        ),
    )

    assert outcomes == ["WrongTransferStatus", "ok"]
    left = {"sent": 6, "cancelled": 10}
    assert get_stock_snapshot(shelf).on_hand == left[get_status(requested_transfer)]


def test_place_order_and_send_transfer_never_allocate_same_unit(
    race, requested_transfer, make_checkout, centre, tea, shelf
):
    buyer = make_checkout({tea: 7}, centre)

    outcomes = race(buyer, lambda: send_units(requested_transfer))

    assert outcomes == ["NotEnoughStock", "ok"] or outcomes == ["NotDeliverable", "ok"]
    snapshot = get_stock_snapshot(shelf)
    assert (snapshot.on_hand, snapshot.allocated) in [(6, 0), (10, 7)]


def test_cancel_order_during_send_transfer_leaves_no_allocation(
    race, centre, booth, tea
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    record = put_on_shelf(centre, tea, 10)
    order = make_order({tea: 4}, point=booth, email="")
    order_transfer = Transfer.objects.get()

    outcomes = race(
        lambda: cancel_order(order=order, at=timezone.now()),
        lambda: send_units(order_transfer),
    )

    assert outcomes in (
        ["WrongTransferStatus", "ok"],
        ["NotEnough", "ok"],
        ["ok", "ok"],
    )
    is_sent = get_status(order_transfer) == "sent"
    snapshot = get_stock_snapshot(record)
    assert (snapshot.on_hand, snapshot.allocated) == (6 if is_sent else 10, 0)
    if is_sent:
        receive_units(reload(order_transfer))
        assert get_stock_snapshot(get_booth_record(booth, tea)).allocated == 0


def test_cancel_units_waits_for_receive_transfer(race, centre, booth, tea, monkeypatch):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    put_on_shelf(centre, tea, 10)
    make_order({tea: 4}, point=booth, email="")
    send_units(order_transfer := Transfer.objects.get())
    mine = FulfilmentLine.objects.get()
    unpacking, decided = threading.Event(), threading.Event()
    plain = operations.put_on_shelf

    def halfway(*args):
        unpacking.set()
        while not decided.is_set() and not has_waiting_connection():
            pass
        plain(*args)

    monkeypatch.setattr(operations, "put_on_shelf", halfway)

    def want_one_less():
        unpacking.wait()
        cancel_units(line=mine, units=1, actor=None, at=timezone.now())
        decided.set()

    outcomes = race(lambda: receive_units(order_transfer), want_one_less)

    assert outcomes == ["ok", "ok"]
    mine.refresh_from_db()
    assert (mine.allocated, mine.open_units) == (3, 3)
    snapshot = get_stock_snapshot(get_booth_record(booth, tea))
    assert (snapshot.on_hand, snapshot.allocated) == (4, 3)


def has_waiting_connection() -> bool:
    """Whether one connection to this database waits for another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def request_ten_times(race, centre, booth, tea):
    """Sends a form ten times at once; returns how it ended, and the units asked for."""
    put_on_shelf(centre, tea, 40)

    def run(client_id: str) -> tuple[list[str], list[int]]:
        action = partial(request_units, centre, booth, tea, 4, client_id=client_id)
        outcomes = race(*[action] * 10)
        return outcomes, list(TransferLine.objects.values_list("units", flat=True))

    return run


def test_request_transfer_form_sent_at_once_requests_once(request_ten_times):
    assert request_ten_times("phone-0001") == (["ok"] * 10, [4])


def test_request_transfer_without_client_id_requests_each_time(request_ten_times):
    assert request_ten_times("") == (["ok"] * 10, [40])


def test_control_request_transfer_without_lock_violates_constraint(
    request_ten_times, at_barrier, monkeypatch
):
    """The control: each begins at once, as if no other had sent the form."""
    monkeypatch.setattr(operations, "lock_point", lambda **_lookup: None)
    monkeypatch.setattr(
        SubmittedForm.objects, "get_or_create", at_barrier(create_form, 10)
    )

    assert request_ten_times("phone-0001") == (["IntegrityError"] * 9 + ["ok"], [4])


def test_crossing_transfers_never_deadlock(race, centre, booth, tea, honey):
    for point in (centre, booth):
        for product in (tea, honey):
            put_on_shelf(point, product, 5)
    there, back = (
        request_units(centre, booth, tea, 2),
        request_units(booth, centre, honey, 2),
    )
    send_units(there)
    send_units(back)
    more = request_units(centre, booth, honey, 1), request_units(booth, centre, tea, 1)

    outcomes = race(
        lambda: receive_units(there),
        lambda: receive_units(back),
        lambda: send_units(more[0]),
        lambda: send_units(more[1]),
    )

    assert outcomes == ["ok"] * 4
