"""What can no longer be sold leaves the shelf, and the ledger says why."""

import pytest
from django.utils import timezone

from catalogue.refusals import NotEnough, ReasonRequired
from stores.operations.receive import InvalidLot
from stores.operations.write_off import write_off
from tests.factories import expire_lot
from tests.stock_snapshot import get_stock_snapshot


def write_off_units(record, units, kind, reason="", lot="L1"):
    batch = record.lots.get(batch__lot=lot).batch
    return write_off(
        record=record,
        batch=batch,
        units=units,
        kind=kind,
        reason=reason,
        actor=None,
        at=timezone.now(),
    )


def test_write_off_expired_lot(tea_at_centre):
    expire_lot(tea_at_centre)

    write_off_units(tea_at_centre, 10, "expire")

    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("expire", "L1", -10, 0)


def test_write_off_damage_stores_reason(tea_at_centre):
    movement = write_off_units(tea_at_centre, 2, "damage", " Ướt mưa ")

    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("damage", "L1", -2, 8)
    assert movement.reason == "Ướt mưa"


@pytest.mark.parametrize(
    ("units", "kind", "reason", "refusal"),
    [
        (1, "expire", "", InvalidLot),
        (1, "damage", " ", ReasonRequired),
        (0, "damage", "Vỡ", ValueError),
        (-3, "damage", "Vỡ", ValueError),
        (11, "damage", "Vỡ", NotEnough),
    ],
)
def test_write_off_refuses_invalid_request(tea_at_centre, units, kind, reason, refusal):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(refusal):
        write_off_units(tea_at_centre, units, kind, reason)

    assert get_stock_snapshot(tea_at_centre) == before


def test_write_off_refuses_allocated_units(fulfilment, tea_at_centre):
    expire_lot(tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnough, match="hủy đi sẽ thiếu"):
        write_off_units(tea_at_centre, 9, "expire")

    assert get_stock_snapshot(tea_at_centre) == before
    write_off_units(tea_at_centre, 8, "expire")
