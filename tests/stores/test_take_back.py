"""Goods come back, at whichever point the buyer is."""

import pytest
from django.utils import timezone

from catalogue.models import Batch
from catalogue.refusals import NotEnough, ReasonRequired, WrongStatus
from marketplace.orders.models import Fulfilment, RefundDue, Return
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_delivered
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import returnable_lots
from stores.operations.receive import InvalidLot, NotSoldHere
from stores.partner.models import StockRecord
from tests.factories import (
    expire_lot,
    make_order,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.stock_snapshot import get_stock_snapshot


def hand_over_fulfilment(fulfilment, keeper):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )
    return fulfilment.lines.get()


@pytest.fixture
def collected_line(fulfilment, keeper):
    """Two boxes of tea that were handed over."""
    return hand_over_fulfilment(fulfilment, keeper)


@pytest.fixture
def posted_line(parcel, keeper):
    """Three boxes of tea that the post has, to be paid to the postman."""
    return hand_over_fulfilment(parcel, keeper)


def take_back_units(fulfilment_line, units, point, actor, **fields):
    (batch, *_others) = (
        returnable_lots([fulfilment_line])[fulfilment_line.pk] or Batch.objects.all()
    )
    fields = {"decision": "restock", "reason": "Đổi ý", "batch": batch} | fields
    return accept_return(
        line=fulfilment_line,
        units=units,
        point=point,
        actor=actor,
        at=timezone.now(),
        **fields,
    )


def get_state():
    dues = RefundDue.objects.order_by("pk").values_list("amount_vnd", "reason")
    records = {
        record.pk: get_stock_snapshot(record) for record in StockRecord.objects.all()
    }
    fulfilments = list(Fulfilment.objects.values_list("status", "to_collect_vnd"))
    return list(dues), Return.objects.count(), records, fulfilments


def test_take_back_restock_adds_to_shelf_and_refunds(
    collected_line, centre, keeper, tea_at_centre
):
    written = take_back_units(collected_line, 1, centre, keeper)

    collected_line.refresh_from_db()
    assert (collected_line.returned, written.refund_vnd) == (1, 95_000)
    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("return", "L1", 1, 9)
    assert get_state()[0] == [(95_000, "returned")]


def test_take_back_destroy_writes_return_and_damage(
    collected_line, centre, keeper, tea_at_centre
):
    take_back_units(collected_line, 2, centre, keeper, decision="destroy")

    snapshot = get_stock_snapshot(tea_at_centre)
    assert snapshot.ledger[-2:] == [("return", "L1", 2, 10), ("damage", "L1", -2, 8)]
    assert (snapshot.on_hand, get_state()[0]) == (8, [(190_000, "returned")])


def test_take_back_at_another_point_creates_record(
    collected_line, booth, other_keeper, tea
):
    take_back_units(collected_line, 1, booth, other_keeper)

    record = StockRecord.objects.get(partner=booth.partner, product=tea)
    assert get_stock_snapshot(record).ledger == [("return", "L1", 1, 1)]


@pytest.mark.parametrize("units", [0, -1, 3])
def test_take_back_refuses_invalid_number_of_units(
    collected_line, centre, keeper, units
):
    before = get_state()

    with pytest.raises(NotEnough):
        take_back_units(collected_line, units, centre, keeper)

    assert get_state() == before


def test_take_back_twice_is_refused(collected_line, centre, keeper):
    take_back_units(collected_line, 2, centre, keeper)
    before = get_state()

    with pytest.raises(NotEnough, match="Lô này chỉ còn nhận lại được 0."):
        take_back_units(collected_line, 1, centre, keeper)

    assert get_state() == before


def test_take_back_refuses_goods_not_handed_over(fulfilment, centre, keeper):
    before = get_state()

    with pytest.raises(NotEnough):
        take_back_units(fulfilment.lines.get(), 1, centre, keeper)

    assert get_state() == before


def test_take_back_refuses_other_lot(collected_line, centre, keeper, tea):
    put_on_shelf(centre, tea, 5, lot="L2")
    before = get_state()

    with pytest.raises(NotEnough):
        take_back_units(
            collected_line, 1, centre, keeper, batch=Batch.objects.get(lot="L2")
        )

    assert get_state() == before


def test_take_back_is_limited_per_lot(centre, keeper, tea):
    put_on_shelf(centre, tea, 1, lot="A", keeps_days=9)
    put_on_shelf(centre, tea, 5, lot="B", keeps_days=90)
    fulfilment_line = hand_over_fulfilment(
        make_order({tea: 3}, point=centre).fulfilments.get(), keeper
    )
    lots = {
        batch.lot: units
        for batch, units in returnable_lots([fulfilment_line])[
            fulfilment_line.pk
        ].items()
    }
    assert lots == {"A": 1, "B": 2}

    take_back_units(
        fulfilment_line, 2, centre, keeper, batch=Batch.objects.get(lot="B")
    )

    left = {
        batch.lot: units
        for batch, units in returnable_lots([fulfilment_line])[
            fulfilment_line.pk
        ].items()
    }
    assert left == {"A": 1}


def test_take_back_refuses_to_restock_expired_lot(
    collected_line, centre, keeper, tea_at_centre
):
    expire_lot(tea_at_centre)
    before = get_state()

    with pytest.raises(InvalidLot):
        take_back_units(collected_line, 1, centre, keeper)

    assert get_state() == before
    take_back_units(collected_line, 1, centre, keeper, decision="destroy")


@pytest.mark.parametrize("storage", ["chilled", "frozen"])
def test_take_back_refuses_to_restock_chilled_goods(centre, keeper, storage):
    sausage = make_product(storage=storage)
    put_on_shelf(centre, sausage, 3)
    fulfilment_line = hand_over_fulfilment(
        make_order({sausage: 2}, point=centre).fulfilments.get(), keeper
    )
    before = get_state()

    with pytest.raises(InvalidLot):
        take_back_units(fulfilment_line, 1, centre, keeper)

    assert get_state() == before


def test_take_back_refuses_alcohol_without_licence(centre, keeper):
    wine = make_product(abv="29.5")
    put_on_shelf(centre, wine, 3)
    fulfilment_line = hand_over_fulfilment(
        make_order({wine: 2}, point=centre).fulfilments.get(), keeper
    )
    dry = make_point("dry", alcohol_licence=False)
    before = get_state()

    with pytest.raises(NotSoldHere):
        take_back_units(fulfilment_line, 1, dry, keeper)

    assert get_state() == before


def test_take_back_requires_reason(collected_line, centre, keeper):
    before = get_state()

    with pytest.raises(ReasonRequired):
        take_back_units(collected_line, 1, centre, keeper, reason=" ")

    assert get_state() == before


def test_take_back_undelivered_unpaid_parcel_refunds_nothing(
    posted_line, centre, keeper, tea_at_centre
):
    before = posted_line.fulfilment.to_collect_vnd

    written = take_back_units(posted_line, 3, centre, keeper, undelivered=True)

    fulfilment = Fulfilment.objects.get()
    assert (written.refund_vnd, RefundDue.objects.count()) == (0, 0)
    assert fulfilment.to_collect_vnd == before - 3 * 95_000
    assert get_stock_snapshot(tea_at_centre).on_hand == 10


def test_take_back_undelivered_paid_parcel_refunds(posted_line, centre, keeper):
    Fulfilment.objects.update(to_collect_vnd=0)
    posted_line.fulfilment.refresh_from_db()

    take_back_units(posted_line, 3, centre, keeper, undelivered=True)

    assert get_state()[0] == [(285_000, "returned")]


def test_take_back_of_posted_goods_marks_parcel_delivered(posted_line, centre, keeper):
    take_back_units(posted_line, 1, centre, keeper)

    assert Fulfilment.objects.get().status == "delivered"
    assert get_state()[0] == [(95_000, "returned")]


def test_take_back_refuses_delivered_parcel_as_undelivered(posted_line, centre, keeper):
    mark_delivered(fulfilment=posted_line.fulfilment, at=timezone.now())
    before = get_state()

    with pytest.raises(WrongStatus):
        take_back_units(posted_line, 1, centre, keeper, undelivered=True)

    assert get_state() == before


def test_mark_delivered_refuses_fulfilment_not_posted(fulfilment, parcel, keeper):
    for one in (fulfilment, parcel):
        with pytest.raises(WrongFulfilmentStatus):
            mark_delivered(fulfilment=one, at=timezone.now())
    hand_over_fulfilment(fulfilment, keeper)

    with pytest.raises(WrongFulfilmentStatus):
        mark_delivered(fulfilment=fulfilment, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "handed_over"
