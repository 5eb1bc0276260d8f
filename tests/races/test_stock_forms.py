"""A form of the stock desk, sent many times at once."""

import datetime as dt
from functools import partial

import pytest
from django.core.management import call_command
from django.utils import timezone

from stores.models import StockMovement, SubmittedForm
from stores.operations import receive
from stores.operations.write_off import write_off
from tests.factories import put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


@pytest.fixture
def tea_stock(transactional_db, centre, tea):
    return put_on_shelf(centre, tea, 50)


def create_form(
    *, scope: str, token: str, defaults: dict
) -> tuple[SubmittedForm, bool]:
    """Write the form without looking for an earlier one."""
    return SubmittedForm.objects.create(scope=scope, token=token, **defaults), True


@pytest.fixture
def receive_five_times(race, centre, tea, tea_stock):
    """Sends a form five times at once; returns how it ended, and what lies there."""

    def run(client_id: str) -> tuple[list[str], int]:
        action = partial(
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
        return race(*[action] * 5), get_stock_snapshot(tea_stock).on_hand

    return run


def test_receive_form_sent_at_once_receives_once(receive_five_times):
    assert receive_five_times("phone-0001") == (["ok"] * 5, 54)
    call_command("check_ledger")


def test_receive_without_client_id_receives_each_time(receive_five_times):
    assert receive_five_times("") == (["ok"] * 5, 70)


def test_control_receive_without_lookup_violates_constraint(
    receive_five_times, at_barrier, monkeypatch
):
    """The control: each begins as if no other had sent the form."""
    monkeypatch.setattr(
        SubmittedForm.objects, "get_or_create", at_barrier(create_form, 5)
    )

    assert receive_five_times("phone-0001") == (["IntegrityError"] * 4 + ["ok"], 54)


def test_write_off_form_sent_at_once_writes_off_once(race, tea_stock):
    action = partial(
        write_off,
        record=tea_stock,
        batch=tea_stock.lots.get().batch,
        units=3,
        kind=StockMovement.Kind.DAMAGE,
        reason="wet",
        client_id="phone-0001",
        actor=None,
        at=timezone.now(),
    )

    assert race(*[action] * 5) == ["ok"] * 5

    assert get_stock_snapshot(tea_stock).on_hand == 47
    assert SubmittedForm.objects.count() == 1
    call_command("check_ledger")
