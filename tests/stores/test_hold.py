"""An order that is not paid keeps its goods for a while, and not a moment longer."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.models import Product
from catalogue.refusals import WrongStatus
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations import add_to_basket
from marketplace.checkout.place_order import place_order
from marketplace.checkout.plan import CertificateEnded
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold, Order
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.hold import extend_hold
from marketplace.orders.operations.lapse import lapse_order, lapse_unpaid_orders
from stores.models import SalesPoint
from stores.operations.reserve import NotEnoughStock
from stores.queries.free import free_records
from tests.factories import make_basket, make_order, make_order_request
from tests.stock_snapshot import get_stock_snapshot

MINUTE = dt.timedelta(minutes=1)
HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def unpaid(centre, honey: Product, honey_at_centre, now) -> Order:
    """All three jars of honey, to be paid within half an hour."""
    return make_order({honey: 3}, point=centre, pay_until=now + HALF_AN_HOUR)


def list_free_units(record, at):
    return free_records(at=at).filter(pk=record.pk).values_list("free", flat=True)


def get_statuses(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.status, order.fulfilments.get().status


def test_place_unpaid_order_awaits_payment(unpaid, centre):
    assert get_statuses(unpaid) == ("awaiting_payment", "awaiting_payment")
    assert not centre.fulfilments.open().exists()


def test_place_unpaid_order_sends_no_email(
    centre, honey, honey_at_centre, now, mailoutbox
):
    make_order({honey: 1}, point=centre, pay_until=now + HALF_AN_HOUR)

    assert mailoutbox == []


def test_hold_frees_goods_when_it_ends(unpaid, honey_at_centre, now):
    until = now + HALF_AN_HOUR

    assert list(list_free_units(honey_at_centre, until - MINUTE)) == []
    assert list(list_free_units(honey_at_centre, until)) == [3]


def test_place_order_after_hold_ended_needs_no_sweep(
    unpaid, centre, honey, honey_at_centre, now, time_machine
):
    time_machine.move_to(now + HALF_AN_HOUR)

    make_order({honey: 2}, point=centre)

    assert get_stock_snapshot(honey_at_centre).allocated == 2
    assert FulfilmentLine.objects.get(fulfilment__order=unpaid).allocated == 0


def test_confirm_order_in_time_makes_allocation_permanent(unpaid, honey_at_centre, now):
    confirm_order(order=unpaid, at=now)

    assert get_statuses(unpaid) == ("confirmed", "confirmed")
    assert get_stock_snapshot(honey_at_centre).allocated == 3
    assert list(list_free_units(honey_at_centre, now + dt.timedelta(days=1))) == []
    assert not Hold.objects.exists()


def test_confirm_order_late_reallocates_available_goods(unpaid, honey_at_centre, now):
    late = now + dt.timedelta(hours=3)
    lapse_unpaid_orders(at=late)
    assert get_stock_snapshot(honey_at_centre).allocated == 0

    confirm_order(order=unpaid, at=late)

    assert get_statuses(unpaid) == ("confirmed", "confirmed")
    assert get_stock_snapshot(honey_at_centre).allocated == 3


def test_confirm_order_late_with_goods_sold_is_refused(
    unpaid, centre, honey, honey_at_centre, now, time_machine
):
    time_machine.move_to(now + HALF_AN_HOUR)
    make_order({honey: 1}, point=centre)

    with pytest.raises(NotEnoughStock):
        confirm_order(order=unpaid, at=now + HALF_AN_HOUR)

    assert get_statuses(unpaid)[0] == "awaiting_payment"
    assert get_stock_snapshot(honey_at_centre).allocated == 1


def test_confirm_order_twice_is_refused(unpaid, now):
    confirm_order(order=unpaid, at=now)

    with pytest.raises(WrongFulfilmentStatus):
        confirm_order(order=unpaid, at=now)


def test_lapse_unpaid_orders_ends_hold_and_emails_buyer(
    unpaid,
    honey_at_centre,
    now,
    mailoutbox,
):
    assert lapse_unpaid_orders(at=now) == 0

    assert lapse_unpaid_orders(at=now + HALF_AN_HOUR) == 1

    assert get_statuses(unpaid) == ("lapsed", "lapsed")
    assert get_stock_snapshot(honey_at_centre).allocated == 0
    (letter,) = mailoutbox
    assert letter.subject == f"Đơn {unpaid.number} đã quá hạn thanh toán"
    assert lapse_unpaid_orders(at=now + HALF_AN_HOUR) == 0


def test_lapse_order_refuses_running_hold(unpaid, honey_at_centre, now):
    with pytest.raises(WrongStatus):
        lapse_order(order=unpaid, at=now)

    assert get_statuses(unpaid)[0] == "awaiting_payment"
    assert get_stock_snapshot(honey_at_centre).allocated == 3


def test_extend_hold_twice_is_refused(unpaid, honey_at_centre, now):
    extend_hold(order=unpaid, by=10 * MINUTE, at=now)

    assert list(list_free_units(honey_at_centre, now + HALF_AN_HOUR)) == []
    assert list(list_free_units(honey_at_centre, now + HALF_AN_HOUR + 10 * MINUTE)) == [
        3
    ]
    with pytest.raises(WrongStatus):
        extend_hold(order=unpaid, by=10 * MINUTE, at=now)


def test_extend_hold_after_its_end_is_refused(unpaid, now):
    with pytest.raises(WrongStatus):
        extend_hold(order=unpaid, by=10 * MINUTE, at=now + HALF_AN_HOUR)

    assert Hold.objects.get().until == now + HALF_AN_HOUR


def test_place_order_instead_of_own_unpaid_order_reuses_goods(
    centre, honey, honey_at_centre, now
):
    second_basket = make_basket({honey: 3}, point=centre)
    unpaid = make_order({honey: 3}, point=centre, pay_until=now + HALF_AN_HOUR)

    second = place_order(
        basket_id=second_basket.pk,
        request=make_order_request(point=centre),
        now=now,
        replaced_order=unpaid,
    )

    assert get_statuses(second) == ("confirmed", "confirmed")
    assert get_stock_snapshot(honey_at_centre).allocated == 3
    lapse_unpaid_orders(at=timezone.now())
    assert get_statuses(unpaid) == ("lapsed", "lapsed")
    assert get_stock_snapshot(honey_at_centre).allocated == 3


def test_failed_replacement_order_leaves_hold_unchanged(
    unpaid, centre, tea, tea_at_centre, now
):
    basket = make_basket({tea: 1})
    tea.certificates.update(expires_on=timezone.localdate(now))

    with pytest.raises(CertificateEnded):
        place_order(
            basket_id=basket.pk,
            request=make_order_request(point=centre),
            now=now,
            replaced_order=unpaid,
        )

    assert Hold.objects.get().until == now + HALF_AN_HOUR


def test_cancel_order_when_unpaid_sends_no_email(
    unpaid, honey_at_centre, now, mailoutbox
):
    cancel_order(order=unpaid, at=now)

    assert get_statuses(unpaid) == (
        Fulfilment.Status.CANCELLED,
        Fulfilment.Status.CANCELLED,
    )
    assert get_stock_snapshot(honey_at_centre).allocated == 0
    assert mailoutbox == []


def test_extend_hold_refuses_goods_sold_by_a_later_clock(unpaid, centre, honey, now):
    place_order(
        basket_id=make_basket_at(honey, centre, now + HALF_AN_HOUR).pk,
        request=make_order_request(point=centre),
        now=now + HALF_AN_HOUR,
    )

    with pytest.raises(WrongStatus):
        extend_hold(order=unpaid, by=10 * MINUTE, at=now + HALF_AN_HOUR - MINUTE)

    assert Hold.objects.get().until == now + HALF_AN_HOUR


def make_basket_at(product: Product, point: SalesPoint, at: dt.datetime) -> Basket:
    basket = Basket.objects.create()
    add_to_basket(basket=basket, product=product, quantity=1, at=at, point=point)
    return basket
