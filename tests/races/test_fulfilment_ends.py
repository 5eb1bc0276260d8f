"""Two who end the same job, or want the same unit, at the same moment."""

import pytest
from django.utils import timezone

from marketplace.orders.models import Fulfilment, FulfilmentLine, RefundDue
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.cancel import cancel_units
from marketplace.orders.operations.hand_over import hand_over
from stores.models import DeskSale
from stores.operations.sell import sell_at_desk
from tests.factories import make_order, put_on_shelf
from tests.stock_snapshot import get_stock_snapshot

pytestmark = pytest.mark.postgres


@pytest.fixture
def fulfilment(transactional_db, centre, tea):
    """Two boxes of tea of ten, to be collected at the centre."""
    put_on_shelf(centre, tea, 10)
    return make_order({tea: 2}, point=centre, email="").fulfilments.get()


def reload(fulfilment):
    return Fulfilment.objects.select_related("order").get(pk=fulfilment.pk)


def make_hand_over(fulfilment, keeper):
    return lambda: hand_over(
        fulfilment=reload(fulfilment),
        code=fulfilment.code,
        actor=keeper,
        at=timezone.now(),
    )


def test_cancel_units_or_hand_over_at_once_stay_consistent(race, fulfilment, keeper):
    fulfilment_line = fulfilment.lines.get()

    def cancelling():
        cancel_units(
            line=FulfilmentLine.objects.get(pk=fulfilment_line.pk),
            units=1,
            actor=keeper,
            reason="Vỡ",
            at=timezone.now(),
        )

    outcomes = race(cancelling, make_hand_over(fulfilment, keeper))

    fulfilment_line.refresh_from_db()
    assert outcomes in (["WrongFulfilmentStatus", "ok"], ["ok", "ok"])
    assert (
        fulfilment_line.cancelled + fulfilment_line.handed_over,
        fulfilment_line.allocated,
    ) == (2, 0)
    assert (
        get_stock_snapshot(fulfilment_line.reservation.record).on_hand
        == 10 - fulfilment_line.handed_over
    )


def test_take_back_same_units_at_once_happens_once(race, fulfilment, keeper, centre):
    make_hand_over(fulfilment, keeper)()
    fulfilment_line = fulfilment.lines.get()
    batch = fulfilment_line.reservation.record.lots.get().batch

    def return_units():
        accept_return(
            line=FulfilmentLine.objects.get(pk=fulfilment_line.pk),
            units=2,
            point=centre,
            batch=batch,
            decision="restock",
            reason="Đổi ý",
            actor=keeper,
            at=timezone.now(),
        )

    assert race(return_units, return_units) == ["NotEnough", "ok"]

    assert get_stock_snapshot(fulfilment_line.reservation.record).on_hand == 10
    assert RefundDue.objects.count() == 1


def make_sale(centre, record, keeper, client_id):
    return lambda: sell_at_desk(
        point=centre,
        units={record.pk: 1},
        paid_by="cash",
        client_id=client_id,
        actor=keeper,
        at=timezone.now(),
    )


def test_sell_last_unit_at_two_desks_happens_once(race, last_jar, centre, keeper):
    outcomes = race(
        make_sale(centre, last_jar, keeper, "phone-0001"),
        make_sale(centre, last_jar, keeper, "phone-0002"),
    )

    assert outcomes == ["NotEnoughStock", "ok"]
    assert get_stock_snapshot(last_jar).on_hand == 0
    assert DeskSale.objects.count() == 1


def test_sell_with_same_client_id_at_once_records_one_sale(
    race, transactional_db, centre, tea, keeper
):
    record = put_on_shelf(centre, tea, 10)
    same = make_sale(centre, record, keeper, "phone-0001")

    assert race(*[same] * 4) == ["ok"] * 4

    assert get_stock_snapshot(record).on_hand == 9
    assert DeskSale.objects.count() == 1


def test_sell_or_order_last_unit_at_once_only_one_happens(
    race, make_checkout, last_jar, honey, centre, keeper
):
    outcomes = race(
        make_sale(centre, last_jar, keeper, "phone-0001"),
        make_checkout({honey: 1}, centre),
    )

    assert outcomes.count("ok") == 1
    snapshot = get_stock_snapshot(last_jar)
    assert snapshot.on_hand - snapshot.allocated == 0
