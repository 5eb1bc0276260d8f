"""Goods come back, at whichever point the buyer is."""

import pytest
from django.utils import timezone

from catalogue.models import Batch
from marketplace.orders.models import Fulfilment, RefundDue, Return
from marketplace.orders.operations.accept_return import (
    AlreadyDelivered,
    NoLicenceForReturn,
    NotRestockable,
    TooFewReturnable,
    accept_return,
)
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_delivered
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import returnable_lots
from stores.operations.move import ReasonRequired
from stores.partner.models import StockRecord
from tests.books import books_of
from tests.factories import (
    let_lot_expire,
    make_order,
    make_point,
    make_product,
    put_on_shelf,
)


def give(fulfilment, keeper):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )
    return fulfilment.parts.get()


@pytest.fixture
def given(fulfilment, keeper):
    """Two boxes of tea that the buyer has in her hands."""
    return give(fulfilment, keeper)


@pytest.fixture
def posted(parcel, keeper):
    """Three boxes of tea that the post has, to be paid to the postman."""
    return give(parcel, keeper)


def bring(part, units, point, actor, **said):
    (batch, *_others) = returnable_lots([part])[part.pk] or Batch.objects.all()
    said = {"decision": "restock", "reason": "Đổi ý", "batch": batch} | said
    return accept_return(
        part=part, units=units, point=point, actor=actor, at=timezone.now(), **said
    )


def state():
    dues = RefundDue.objects.order_by("pk").values_list("amount_vnd", "reason")
    records = {record.pk: books_of(record) for record in StockRecord.objects.all()}
    fulfilments = list(Fulfilment.objects.values_list("status", "to_collect_vnd"))
    return list(dues), Return.objects.count(), records, fulfilments


def test_whole_goods_go_back_on_the_shelf(given, centre, keeper, tea_at_centre):
    written = bring(given, 1, centre, keeper)

    given.refresh_from_db()
    assert (given.returned, written.refund_vnd) == (1, 95_000)
    assert books_of(tea_at_centre).ledger[-1] == ("return", "L1", 1, 9)
    assert state()[0] == [(95_000, "returned")]


def test_what_is_destroyed_comes_in_and_goes_out(given, centre, keeper, tea_at_centre):
    bring(given, 2, centre, keeper, decision="destroy")

    books = books_of(tea_at_centre)
    assert books.ledger[-2:] == [("return", "L1", 2, 10), ("damage", "L1", -2, 8)]
    assert (books.on_hand, state()[0]) == (8, [(190_000, "returned")])


def test_a_point_that_never_had_it_takes_it_back(given, booth, other_keeper, tea):
    bring(given, 1, booth, other_keeper)

    record = StockRecord.objects.get(partner=booth.partner, product=tea)
    assert books_of(record).ledger == [("return", "L1", 1, 1)]


@pytest.mark.parametrize("units", [0, -1, 3])
def test_no_more_comes_back_than_was_given(given, centre, keeper, units):
    before = state()

    with pytest.raises(TooFewReturnable):
        bring(given, units, centre, keeper)

    assert state() == before


def test_nothing_comes_back_twice(given, centre, keeper):
    bring(given, 2, centre, keeper)
    before = state()

    with pytest.raises(TooFewReturnable) as refusal:
        bring(given, 1, centre, keeper)

    assert (refusal.value.left, state()) == (0, before)


def test_nothing_comes_back_that_was_not_handed_over(fulfilment, centre, keeper):
    before = state()

    with pytest.raises(TooFewReturnable):
        bring(fulfilment.parts.get(), 1, centre, keeper)

    assert state() == before


def test_only_the_lot_that_was_given_comes_back(given, centre, keeper, tea):
    put_on_shelf(centre, tea, 5, lot="L2")
    before = state()

    with pytest.raises(TooFewReturnable):
        bring(given, 1, centre, keeper, batch=Batch.objects.get(lot="L2"))

    assert state() == before


def test_each_lot_comes_back_as_often_as_it_was_given(centre, keeper, tea):
    put_on_shelf(centre, tea, 1, lot="A", keeps_days=9)
    put_on_shelf(centre, tea, 5, lot="B", keeps_days=90)
    part = give(make_order({tea: 3}, point=centre).fulfilments.get(), keeper)
    lots = {
        batch.lot: units for batch, units in returnable_lots([part])[part.pk].items()
    }
    assert lots == {"A": 1, "B": 2}

    bring(part, 2, centre, keeper, batch=Batch.objects.get(lot="B"))

    left = {
        batch.lot: units for batch, units in returnable_lots([part])[part.pk].items()
    }
    assert left == {"A": 1}


def test_a_lot_past_its_date_is_never_restocked(given, centre, keeper, tea_at_centre):
    let_lot_expire(tea_at_centre)
    before = state()

    with pytest.raises(NotRestockable):
        bring(given, 1, centre, keeper)

    assert state() == before
    bring(given, 1, centre, keeper, decision="destroy")


@pytest.mark.parametrize("storage", ["chilled", "frozen"])
def test_what_needs_cooling_is_never_restocked(centre, keeper, storage):
    sausage = make_product(storage=storage)
    put_on_shelf(centre, sausage, 3)
    part = give(make_order({sausage: 2}, point=centre).fulfilments.get(), keeper)
    before = state()

    with pytest.raises(NotRestockable):
        bring(part, 1, centre, keeper)

    assert state() == before


def test_alcohol_comes_back_where_it_may_lie(centre, keeper):
    wine = make_product(abv="29.5")
    put_on_shelf(centre, wine, 3)
    part = give(make_order({wine: 2}, point=centre).fulfilments.get(), keeper)
    dry = make_point("dry", alcohol_licence=False)
    before = state()

    with pytest.raises(NoLicenceForReturn):
        bring(part, 1, dry, keeper)

    assert state() == before


def test_a_return_says_why(given, centre, keeper):
    before = state()

    with pytest.raises(ReasonRequired):
        bring(given, 1, centre, keeper, reason=" ")

    assert state() == before


def test_a_parcel_that_nobody_took_owes_nothing(posted, centre, keeper, tea_at_centre):
    before = posted.fulfilment.to_collect_vnd

    written = bring(posted, 3, centre, keeper, undelivered=True)

    fulfilment = Fulfilment.objects.get()
    assert (written.refund_vnd, RefundDue.objects.count()) == (0, 0)
    assert fulfilment.to_collect_vnd == before - 3 * 95_000
    assert books_of(tea_at_centre).on_hand == 10


def test_a_paid_parcel_that_nobody_took_is_due_back(posted, centre, keeper):
    Fulfilment.objects.update(to_collect_vnd=0)
    posted.fulfilment.refresh_from_db()

    bring(posted, 3, centre, keeper, undelivered=True)

    assert state()[0] == [(285_000, "returned")]


def test_who_brings_goods_of_a_parcel_has_received_it(posted, centre, keeper):
    bring(posted, 1, centre, keeper)

    assert Fulfilment.objects.get().status == "delivered"
    assert state()[0] == [(95_000, "returned")]


def test_a_parcel_that_arrived_is_not_undelivered(posted, centre, keeper):
    mark_delivered(fulfilment=posted.fulfilment, at=timezone.now())
    before = state()

    with pytest.raises(AlreadyDelivered):
        bring(posted, 1, centre, keeper, undelivered=True)

    assert state() == before


def test_only_what_the_post_has_is_delivered(fulfilment, parcel, keeper):
    for fulfilment in (fulfilment, parcel):
        with pytest.raises(WrongFulfilmentStatus):
            mark_delivered(fulfilment=fulfilment, at=timezone.now())
    give(fulfilment, keeper)

    with pytest.raises(WrongFulfilmentStatus):
        mark_delivered(fulfilment=fulfilment, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "handed_over"
