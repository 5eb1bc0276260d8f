"""Goods that an order waits for travel with their promise."""

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.checkout.place_order import place_order
from marketplace.checkout.plan import NotDeliverable
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import AwaitingTransfer
from stores.models import LeadTime, Transfer
from stores.operations.transfer import BuyerWaits, WrongUnitsToSend, cancel_transfer
from stores.partner.models import StockRecord
from tests.books import books_of
from tests.factories import (
    make_basket,
    make_order,
    make_order_request,
    make_point,
    put_on_shelf,
)
from tests.stores.test_transfers import ask, at_booth, dispatch, status_of, unpack

HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def way(centre, booth) -> LeadTime:
    """From the centre to the booth it takes three hours."""
    return LeadTime.objects.create(source=centre, destination=booth, hours=3)


@pytest.fixture
def order(way, booth, tea, tea_at_centre, honey):
    """Four boxes of tea that lie at the centre, and honey that lies at the booth."""
    put_on_shelf(booth, honey, 2)
    return make_order({tea: 4, honey: 1}, point=booth)


@pytest.fixture
def fulfilment(order) -> Fulfilment:
    return order.fulfilments.get()


@pytest.fixture
def asked(order) -> Transfer:
    return Transfer.objects.get()


def part_of(fulfilment, product):
    return fulfilment.parts.get(line__product=product)


def test_the_goods_are_promised_where_they_lie_and_asked_for_once(
    order, fulfilment, asked, centre, booth, tea, tea_at_centre
):
    assert (fulfilment.point, part_of(fulfilment, tea).record) == (booth, tea_at_centre)
    assert books_of(tea_at_centre).allocated == 4
    line = asked.lines.get()
    assert (asked.source, asked.destination) == (centre, booth)
    assert (line.product, line.units, line.part) == (tea, 4, part_of(fulfilment, tea))
    assert asked.due_at == fulfilment.promised_at
    assert (
        HALF_AN_HOUR * 6 <= fulfilment.promised_at - timezone.now() <= HALF_AN_HOUR * 7
    )


def test_what_a_keeper_asks_for_does_not_travel_on_a_buyers_slip(
    asked, centre, booth, honey
):
    put_on_shelf(centre, honey, 1)

    assert ask(centre, booth, honey, 1) != asked


def test_on_the_way_the_promise_is_used_up(fulfilment, asked, tea, tea_at_centre):
    dispatch(asked)

    books = books_of(tea_at_centre)
    assert (books.on_hand, books.allocated) == (6, 0)
    part = part_of(fulfilment, tea)
    assert (part.allocated, part.open_units, part.record) == (0, 4, tea_at_centre)


@pytest.mark.parametrize("lots", [{"L1": 3}, {"L1": 5}])
def test_an_orders_line_goes_whole(fulfilment, asked, tea, tea_at_centre, lots):
    before = books_of(tea_at_centre)

    with pytest.raises(WrongUnitsToSend):
        dispatch(asked, **lots)

    assert (books_of(tea_at_centre), status_of(asked)) == (before, "requested")
    assert part_of(fulfilment, tea).allocated == 4


def test_what_came_is_promised_to_the_order_at_once(fulfilment, asked, booth, tea):
    dispatch(asked)
    unpack(asked)

    record = at_booth(booth, tea)
    assert (books_of(record).on_hand, books_of(record).allocated) == (4, 4)
    assert (part_of(fulfilment, tea).record, part_of(fulfilment, tea).allocated) == (
        record,
        4,
    )


def test_it_is_handed_over_once_all_is_there(fulfilment, asked, booth, tea, keeper):
    for step in (dispatch, unpack):
        with pytest.raises(AwaitingTransfer):
            mark_ready(fulfilment=fulfilment, at=timezone.now())
        step(asked)

    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    record = at_booth(booth, tea)
    assert (books_of(record).on_hand, books_of(record).allocated) == (0, 0)
    assert part_of(fulfilment, tea).handed_over == 4


def test_what_came_short_is_made_good_from_the_shelf(fulfilment, asked, booth, tea):
    dispatch(asked)
    put_on_shelf(booth, tea, 2, lot="OWN")

    unpack(asked, 3, reason="broken")

    books = books_of(at_booth(booth, tea))
    assert (books.on_hand, books.allocated) == (5, 4)
    assert part_of(fulfilment, tea).allocated == 4


def test_what_came_short_waits_until_the_shelf_has_it(fulfilment, asked, booth, tea):
    dispatch(asked)
    unpack(asked, 3, reason="broken")
    with pytest.raises(AwaitingTransfer):
        mark_ready(fulfilment=fulfilment, at=timezone.now())
    assert books_of(at_booth(booth, tea)).allocated == 3

    put_on_shelf(booth, tea, 1, lot="OWN")
    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert books_of(at_booth(booth, tea)).allocated == 4


def test_an_order_whose_goods_are_all_lost_can_still_be_kept(
    fulfilment, asked, booth, tea
):
    dispatch(asked)
    unpack(asked, 0, reason="stolen")
    put_on_shelf(booth, tea, 4, lot="OWN")

    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert part_of(fulfilment, tea).allocated == 4


def test_a_cancelled_order_calls_its_transfer_off(order, asked, tea_at_centre):
    cancel_order(order=order, at=timezone.now())

    assert (status_of(asked), books_of(tea_at_centre).allocated) == ("cancelled", 0)


def test_goods_of_an_order_cancelled_on_the_way_arrive_free(
    order, fulfilment, asked, booth, tea, tea_at_centre
):
    dispatch(asked)
    cancel_order(order=order, at=timezone.now())

    unpack(asked)

    books = books_of(at_booth(booth, tea))
    assert (books.on_hand, books.allocated) == (4, 0)
    assert books_of(tea_at_centre).allocated == 0


def test_keepers_do_not_call_off_what_a_buyer_waits_for(asked, centre, tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(BuyerWaits):
        cancel_transfer(
            transfer=asked,
            point=centre,
            reason="Không cần nữa",
            actor=None,
            at=timezone.now(),
        )

    assert (status_of(asked), books_of(tea_at_centre)) == ("requested", before)


def test_nothing_is_asked_for_before_it_is_paid(
    way, booth, tea, tea_at_centre, time_machine
):
    now = timezone.now()
    order = make_order({tea: 1}, point=booth, pay_until=now + HALF_AN_HOUR)
    assert not Transfer.objects.exists()
    told = order.fulfilments.get().promised_at

    confirm_order(order=order, at=now + 2 * HALF_AN_HOUR)

    asked = Transfer.objects.get()
    assert asked.due_at == order.fulfilments.get().promised_at > told
    assert asked.lines.get().units == 1


def test_without_a_lead_time_nothing_is_promised(booth, tea, tea_at_centre):
    with pytest.raises(NotDeliverable):
        make_order({tea: 1}, point=booth)

    assert books_of(tea_at_centre).allocated == 0


def test_one_source_is_enough_where_it_has_everything(
    way, centre, booth, tea, tea_at_centre, honey, honey_at_centre
):

    near = make_point("near")
    put_on_shelf(near, tea, 5)
    LeadTime.objects.create(source=near, destination=booth, hours=3)
    basket = make_basket({tea: 1, honey: 1})

    place_order(
        basket_id=basket.pk, request=make_order_request(point=booth), now=timezone.now()
    )

    assert Transfer.objects.get().source == centre


def test_the_earliest_source_is_chosen(way, booth, tea, tea_at_centre):

    near = make_point("near")
    put_on_shelf(near, tea, 5)
    LeadTime.objects.create(source=near, destination=booth, hours=1)

    make_order({tea: 1}, point=booth)

    assert Transfer.objects.get().source == near
    assert StockRecord.objects.get(partner=near.partner).num_allocated == 1
