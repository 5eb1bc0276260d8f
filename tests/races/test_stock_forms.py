"""A form of the stock desk, sent many times at once."""

import datetime as dt
from functools import partial

import pytest
from django.core.management import call_command
from django.utils import timezone

from stores import idempotency
from stores.models import StockForm, StockMovement
from stores.operations import receive
from stores.operations.write_off import write_off
from tests.books import books_of
from tests.factories import put_on_shelf

pytestmark = pytest.mark.postgres


@pytest.fixture
def tea_there(transactional_db, centre, tea):
    return put_on_shelf(centre, tea, 50)


@pytest.fixture
def receiving(race, centre, tea, tea_there):
    """Sends a form five times at once; returns how it ended, and what lies there."""

    def run(client_id: str) -> tuple[list[str], int]:
        deed = partial(
            receive.receive,
            point=centre,
            product=tea,
            lot="L1",
            best_before=timezone.localdate() + dt.timedelta(days=365),
            quantity=4,
            client_id=client_id,
            actor=None,
            at=timezone.now(),
        )
        return race(*[deed] * 5), books_of(tea_there).on_hand

    return run


def test_a_delivery_sent_at_once_comes_once(receiving):
    assert receiving("phone-0001") == (["ok"] * 5, 54)
    call_command("check_ledger")


def test_without_its_name_a_delivery_comes_each_time(receiving):
    assert receiving("") == (["ok"] * 5, 70)


def test_without_the_lock_only_the_database_keeps_it_from_coming_twice(
    receiving, meeting, monkeypatch
):
    monkeypatch.setattr(idempotency, "lock_point", lambda **_which: None)
    monkeypatch.setattr(receive, "move", meeting(receive.move, 5))

    assert receiving("phone-0001") == (["IntegrityError"] * 4 + ["ok"], 54)


def test_damage_sent_at_once_is_written_off_once(race, tea_there):
    deed = partial(
        write_off,
        record=tea_there,
        batch=tea_there.lots.get().batch,
        units=3,
        kind=StockMovement.Kind.DAMAGE,
        reason="wet",
        client_id="phone-0001",
        actor=None,
        at=timezone.now(),
    )

    assert race(*[deed] * 5) == ["ok"] * 5

    assert books_of(tea_there).on_hand == 47
    assert StockForm.objects.count() == 1
    call_command("check_ledger")
