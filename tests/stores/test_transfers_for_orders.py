"""Goods that an order waits for travel with their promise."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.refusals import NotEnough, WrongStatus
from marketplace.checkout.place_order import place_order
from marketplace.checkout.plan import NotDeliverable
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import AwaitingTransfer
from stores.models import LeadTime, Transfer
from stores.operations.transfer import cancel_transfer
from stores.partner.models import StockRecord
from tests.factories import (
    make_basket,
    make_order,
    make_order_request,
    make_point,
    put_on_shelf,
)
from tests.stock_snapshot import get_stock_snapshot
from tests.stores.test_transfers import (
    get_booth_record,
    get_status,
    receive_units,
    request_units,
    send_units,
)

HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def lead_time(centre, booth) -> LeadTime:
    """From the centre to the booth it takes three hours."""
    return LeadTime.objects.create(source=centre, destination=booth, hours=3)


@pytest.fixture
def order(lead_time, booth, tea, tea_at_centre, honey):
    """Four boxes of tea that lie at the centre, and honey that lies at the booth."""
    put_on_shelf(booth, honey, 2)
    return make_order({tea: 4, honey: 1}, point=booth)


@pytest.fixture
def fulfilment(order) -> Fulfilment:
    return order.fulfilments.get()


@pytest.fixture
def order_transfer(order) -> Transfer:
    return Transfer.objects.get()


def get_line(fulfilment, product):
    return fulfilment.lines.get(line__product=product)


def test_place_order_allocates_at_source_and_requests_transfer(
    order, fulfilment, order_transfer, centre, booth, tea, tea_at_centre
):
    assert (fulfilment.point, get_line(fulfilment, tea).reservation.record) == (
        booth,
        tea_at_centre,
    )
    assert get_stock_snapshot(tea_at_centre).allocated == 4
    line = order_transfer.lines.get()
    assert (order_transfer.source, order_transfer.destination) == (centre, booth)
    reservation = get_line(fulfilment, tea).reservation
    assert (line.product, line.units, line.reservation) == (tea, 4, reservation)
    assert order_transfer.due_at == fulfilment.promised_at
    assert (
        HALF_AN_HOUR * 6 <= fulfilment.promised_at - timezone.now() <= HALF_AN_HOUR * 7
    )


def test_request_transfer_by_keeper_does_not_join_order_transfer(
    order_transfer, centre, booth, honey
):
    put_on_shelf(centre, honey, 1)

    assert request_units(centre, booth, honey, 1) != order_transfer


def test_send_order_transfer_consumes_allocation(
    fulfilment, order_transfer, tea, tea_at_centre
):
    send_units(order_transfer)

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.allocated) == (6, 0)
    fulfilment_line = get_line(fulfilment, tea)
    assert (
        fulfilment_line.allocated,
        fulfilment_line.open_units,
        fulfilment_line.reservation.record,
    ) == (0, 4, tea_at_centre)


@pytest.mark.parametrize("lots", [{"L1": 3}, {"L1": 5}])
def test_send_order_transfer_refuses_incomplete_line(
    fulfilment, order_transfer, tea, tea_at_centre, lots
):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnough, match="khách đang chờ đủ 4"):
        send_units(order_transfer, **lots)

    assert (get_stock_snapshot(tea_at_centre), get_status(order_transfer)) == (
        before,
        "requested",
    )
    assert get_line(fulfilment, tea).allocated == 4


def test_receive_order_transfer_allocates_to_order(
    fulfilment, order_transfer, booth, tea
):
    send_units(order_transfer)
    receive_units(order_transfer)

    record = get_booth_record(booth, tea)
    assert (
        get_stock_snapshot(record).on_hand,
        get_stock_snapshot(record).allocated,
    ) == (4, 4)
    assert (
        get_line(fulfilment, tea).reservation.record,
        get_line(fulfilment, tea).allocated,
    ) == (
        record,
        4,
    )


def test_hand_over_waits_for_order_transfer(
    fulfilment, order_transfer, booth, tea, keeper
):
    for step in (send_units, receive_units):
        with pytest.raises(AwaitingTransfer):
            mark_ready(fulfilment=fulfilment, at=timezone.now())
        step(order_transfer)

    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    record = get_booth_record(booth, tea)
    assert (
        get_stock_snapshot(record).on_hand,
        get_stock_snapshot(record).allocated,
    ) == (0, 0)
    assert get_line(fulfilment, tea).handed_over == 4


def test_receive_order_transfer_short_is_filled_from_shelf(
    fulfilment, order_transfer, booth, tea
):
    send_units(order_transfer)
    put_on_shelf(booth, tea, 2, lot="OWN")

    receive_units(order_transfer, 3, reason="broken")

    snapshot = get_stock_snapshot(get_booth_record(booth, tea))
    assert (snapshot.on_hand, snapshot.allocated) == (5, 4)
    assert get_line(fulfilment, tea).allocated == 4


def test_mark_ready_after_shortage_waits_for_stock(
    fulfilment, order_transfer, booth, tea
):
    send_units(order_transfer)
    receive_units(order_transfer, 3, reason="broken")
    with pytest.raises(AwaitingTransfer):
        mark_ready(fulfilment=fulfilment, at=timezone.now())
    assert get_stock_snapshot(get_booth_record(booth, tea)).allocated == 3

    put_on_shelf(booth, tea, 1, lot="OWN")
    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert get_stock_snapshot(get_booth_record(booth, tea)).allocated == 4


def test_mark_ready_after_total_loss_uses_shelf(fulfilment, order_transfer, booth, tea):
    send_units(order_transfer)
    receive_units(order_transfer, 0, reason="stolen")
    put_on_shelf(booth, tea, 4, lot="OWN")

    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert get_line(fulfilment, tea).allocated == 4


def test_cancel_order_cancels_its_transfer(order, order_transfer, tea_at_centre):
    cancel_order(order=order, at=timezone.now())

    assert (
        get_status(order_transfer),
        get_stock_snapshot(tea_at_centre).allocated,
    ) == ("cancelled", 0)


def test_cancel_order_in_transit_receives_goods_unallocated(
    order, fulfilment, order_transfer, booth, tea, tea_at_centre
):
    send_units(order_transfer)
    cancel_order(order=order, at=timezone.now())

    receive_units(order_transfer)

    snapshot = get_stock_snapshot(get_booth_record(booth, tea))
    assert (snapshot.on_hand, snapshot.allocated) == (4, 0)
    assert get_stock_snapshot(tea_at_centre).allocated == 0


def test_cancel_transfer_for_order_is_refused(order_transfer, centre, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongStatus, match="Có khách đang chờ"):
        cancel_transfer(
            transfer=order_transfer,
            point=centre,
            reason="Không cần nữa",
            actor=None,
            at=timezone.now(),
        )

    assert (get_status(order_transfer), get_stock_snapshot(tea_at_centre)) == (
        "requested",
        before,
    )


def test_order_transfer_is_requested_after_payment(
    lead_time, booth, tea, tea_at_centre, time_machine
):
    now = timezone.now()
    order = make_order({tea: 1}, point=booth, pay_until=now + HALF_AN_HOUR)
    assert not Transfer.objects.exists()
    promised_before = order.fulfilments.get().promised_at

    confirm_order(order=order, at=now + 2 * HALF_AN_HOUR)

    order_transfer = Transfer.objects.get()
    assert (
        order_transfer.due_at == order.fulfilments.get().promised_at > promised_before
    )
    assert order_transfer.lines.get().units == 1


def test_place_order_without_lead_time_is_refused(booth, tea, tea_at_centre):
    with pytest.raises(NotDeliverable):
        make_order({tea: 1}, point=booth)

    assert get_stock_snapshot(tea_at_centre).allocated == 0


def test_plan_prefers_single_source_with_everything(
    lead_time, centre, booth, tea, tea_at_centre, honey, honey_at_centre
):

    near = make_point("near")
    put_on_shelf(near, tea, 5)
    LeadTime.objects.create(source=near, destination=booth, hours=3)
    basket = make_basket({tea: 1, honey: 1})

    place_order(
        basket_id=basket.pk, request=make_order_request(point=booth), now=timezone.now()
    )

    assert Transfer.objects.get().source == centre


def test_plan_prefers_earliest_source(lead_time, booth, tea, tea_at_centre):

    near = make_point("near")
    put_on_shelf(near, tea, 5)
    LeadTime.objects.create(source=near, destination=booth, hours=1)

    make_order({tea: 1}, point=booth)

    assert Transfer.objects.get().source == near
    assert StockRecord.objects.get(partner=near.partner).num_allocated == 1
