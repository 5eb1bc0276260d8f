"""Goods and their money move together, or neither does."""

import pytest
from django.utils import timezone

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.check_code import WrongCode
from marketplace.orders.operations.hand_over import hand_over
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations import collect
from stores.models import StockMovement
from tests.factories import make_order, put_on_shelf


@pytest.fixture
def shelf(centre, tea):
    return put_on_shelf(centre, tea, 5)


def hand_over_and_pay(fulfilment, keeper, code=""):
    collect.hand_over_and_collect(
        fulfilment=fulfilment,
        code=code or fulfilment.code,
        actor=keeper,
        paid_by="cash",
        at=timezone.now(),
    )


def test_hand_over_and_collect_records_payment(centre, tea, shelf, keeper):
    fulfilment = make_order({tea: 2}, point=centre).fulfilments.get()

    hand_over_and_pay(fulfilment, keeper)

    fulfilment.refresh_from_db()
    assert fulfilment.status == Fulfilment.Status.HANDED_OVER
    event = PaymentEvent.objects.get(kind="paid")
    assert (event.amount_vnd, event.paid_by, event.point) == (190_000, "cash", centre)


def test_hand_over_and_collect_without_payment_rolls_back(
    centre, tea, shelf, keeper, monkeypatch
):
    fulfilment = make_order({tea: 2}, point=centre).fulfilments.get()
    moved = StockMovement.objects.count()
    monkeypatch.setattr(collect, "collect_payment", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        hand_over_and_pay(fulfilment, keeper)

    fulfilment.refresh_from_db()
    assert fulfilment.handed_over_at is None
    assert StockMovement.objects.count() == moved


def test_hand_over_and_collect_with_wrong_code_records_no_payment(
    centre, tea, shelf, keeper
):
    fulfilment = make_order({tea: 2}, point=centre).fulfilments.get()

    with pytest.raises(WrongCode):
        hand_over_and_pay(fulfilment, keeper, code="222222")

    assert not PaymentEvent.objects.filter(kind="paid").exists()


def test_confirm_delivery_without_payment_rolls_back(
    centre, tea, shelf, keeper, monkeypatch
):
    fulfilment = make_order({tea: 2}, method="post").fulfilments.get()
    hand_over(fulfilment=fulfilment, code="", actor=keeper, at=timezone.now())
    monkeypatch.setattr(collect, "collect_payment", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        collect.confirm_delivery(fulfilment=fulfilment, actor=keeper, at=timezone.now())

    fulfilment.refresh_from_db()
    assert fulfilment.delivered_at is None


def test_confirm_delivery_of_last_parcel_records_whole_payment(
    centre, booth, tea, honey, keeper
):
    put_on_shelf(centre, tea, 5)
    put_on_shelf(booth, honey, 5)
    order = make_order({tea: 1, honey: 1}, method="post", payment="cod")
    parcels = list(order.fulfilments.order_by("pk"))
    assert len(parcels) == 2
    for parcel in parcels:
        hand_over(fulfilment=parcel, code="", actor=keeper, at=timezone.now())

    collect.confirm_delivery(fulfilment=parcels[0], actor=keeper, at=timezone.now())
    payment = order.payments.get()
    assert payment.state == Payment.State.PENDING
    collect.confirm_delivery(fulfilment=parcels[1], actor=keeper, at=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.PAID
    assert payment.paid_vnd == payment.amount_vnd == order.total_incl_tax
    assert not order.refunds_due.exists()
