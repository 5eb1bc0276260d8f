"""Keepers and buyers who touch the same transfer at the same moment."""

import threading
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.orders.models import FulfilmentLine
from marketplace.orders.operations.cancel import cancel_order, cancel_units
from stores.models import LeadTime, Transfer, TransferAsk, TransferLine
from stores.operations import receive_transfer, request_transfer
from stores.operations.transfer import cancel_transfer
from tests.books import books_of
from tests.factories import make_order, put_on_shelf
from tests.stores.test_transfers import ask, at_booth, dispatch, status_of, unpack


@pytest.fixture
def asked(race, centre, booth, tea) -> Transfer:
    """Four of the ten boxes of tea at the centre are to go to the booth."""
    put_on_shelf(centre, tea, 10)
    return ask(centre, booth, tea, 4)


@pytest.fixture
def shelf(asked, centre, tea):
    return centre.partner.stockrecords.get(product=tea)


def again(transfer: Transfer) -> Transfer:
    """As another keeper has it on her screen."""
    return Transfer.objects.get(pk=transfer.pk)


def test_two_who_send_send_once(race, asked, shelf):
    screens = [again(asked) for _keeper in range(4)]

    outcomes = race(*[lambda one=one: dispatch(one) for one in screens])

    assert outcomes == ["MovedOn"] * 3 + ["ok"]
    assert (books_of(shelf).on_hand, books_of(shelf).allocated) == (6, 0)


def test_two_who_receive_receive_once(race, asked, booth, tea):
    dispatch(asked)
    screens = [again(asked) for _keeper in range(4)]

    outcomes = race(*[lambda one=one: unpack(one) for one in screens])

    assert outcomes == ["MovedOn"] * 3 + ["ok"]
    assert books_of(at_booth(booth, tea)).on_hand == 4


def test_it_leaves_or_is_called_off_never_both(race, asked, centre, shelf):
    mine, theirs = again(asked), again(asked)

    outcomes = race(
        lambda: dispatch(mine),
        lambda: cancel_transfer(
            transfer=theirs,
            point=centre,
            reason="Không cần nữa",
            actor=None,
            at=timezone.now(),
        ),
    )

    assert outcomes == ["MovedOn", "ok"]
    left = {"sent": 6, "cancelled": 10}
    assert books_of(shelf).on_hand == left[status_of(asked)]


def test_an_order_and_a_transfer_never_get_the_same_unit(
    race, asked, buying, centre, tea, shelf
):
    buyer = buying({tea: 7}, centre)

    outcomes = race(buyer, lambda: dispatch(asked))

    assert outcomes == ["NotEnoughStock", "ok"] or outcomes == ["CannotBe", "ok"]
    books = books_of(shelf)
    assert (books.on_hand, books.allocated) in [(6, 0), (10, 7)]


def test_an_order_cancelled_while_its_goods_leave_keeps_no_promise(
    race, centre, booth, tea
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    record = put_on_shelf(centre, tea, 10)
    order = make_order({tea: 4}, point=booth, email="")
    asked = Transfer.objects.get()

    outcomes = race(
        lambda: cancel_order(order=order, at=timezone.now()), lambda: dispatch(asked)
    )

    assert outcomes in (["MovedOn", "ok"], ["NotAsAsked", "ok"], ["ok", "ok"])
    gone = status_of(asked) == "sent"
    books = books_of(record)
    assert (books.on_hand, books.allocated) == (6 if gone else 10, 0)
    if gone:
        unpack(again(asked))
        assert books_of(at_booth(booth, tea)).allocated == 0


def test_a_buyer_who_wants_fewer_waits_until_her_goods_are_unpacked(
    race, centre, booth, tea, monkeypatch
):
    LeadTime.objects.create(source=centre, destination=booth, hours=3)
    put_on_shelf(centre, tea, 10)
    make_order({tea: 4}, point=booth, email="")
    dispatch(asked := Transfer.objects.get())
    mine = FulfilmentLine.objects.get()
    unpacking, decided = threading.Event(), threading.Event()
    plain = receive_transfer.put_on_shelf

    def halfway(*given):
        unpacking.set()
        while not decided.is_set() and not somebody_waits():
            pass
        plain(*given)

    monkeypatch.setattr(receive_transfer, "put_on_shelf", halfway)

    def want_one_less():
        unpacking.wait()
        cancel_units(part=mine, units=1, actor=None, at=timezone.now())
        decided.set()

    outcomes = race(lambda: unpack(asked), want_one_less)

    assert outcomes == ["ok", "ok"]
    mine.refresh_from_db()
    assert (mine.allocated, mine.open_units) == (3, 3)
    books = books_of(at_booth(booth, tea))
    assert (books.on_hand, books.allocated) == (4, 3)


def somebody_waits() -> bool:
    """Whether one connection to this database waits for another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def asking(race, centre, booth, tea):
    """Sends a form ten times at once; returns how it ended, and the units asked for."""
    put_on_shelf(centre, tea, 40)

    def run(client_id: str) -> tuple[list[str], list[int]]:
        deed = partial(ask, centre, booth, tea, 4, client_id=client_id)
        outcomes = race(*[deed] * 10)
        return outcomes, list(TransferLine.objects.values_list("units", flat=True))

    return run


def test_a_form_sent_ten_times_at_once_asks_once(asking):
    assert asking("phone-0001") == (["ok"] * 10, [4])


def test_without_its_name_a_form_asks_ten_times(asking):
    assert asking("") == (["ok"] * 10, [40])


def test_without_the_lock_only_the_database_keeps_a_form_from_asking_twice(
    asking, meeting, monkeypatch
):
    monkeypatch.setattr(request_transfer, "lock_point", lambda **_which: None)
    written = meeting(TransferAsk.objects.create, 10)
    monkeypatch.setattr(TransferAsk.objects, "create", written)

    assert asking("phone-0001") == (["IntegrityError"] * 9 + ["ok"], [4])


def test_crossing_transfers_do_not_wait_for_each_other(race, centre, booth, tea, honey):
    for point in (centre, booth):
        for product in (tea, honey):
            put_on_shelf(point, product, 5)
    there, back = ask(centre, booth, tea, 2), ask(booth, centre, honey, 2)
    dispatch(there)
    dispatch(back)
    more = ask(centre, booth, honey, 1), ask(booth, centre, tea, 1)

    outcomes = race(
        lambda: unpack(there),
        lambda: unpack(back),
        lambda: dispatch(more[0]),
        lambda: dispatch(more[1]),
    )

    assert outcomes == ["ok"] * 4
