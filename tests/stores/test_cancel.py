"""An order is called off before any of it is packed."""

import pytest
from django.utils import timezone, translation

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_ready
from marketplace.orders.operations.hand_over import hand_over
from tests.factories import make_order
from tests.stock_snapshot import get_stock_snapshot


def test_cancel_order_releases_allocated_stock(order, tea_at_centre):
    on_hand = get_stock_snapshot(tea_at_centre).on_hand

    cancel_order(order=order, at=timezone.now())

    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.allocated) == (on_hand, 0)
    assert [kind for kind, *_rest in snapshot.ledger] == ["receive"]


def test_cancel_order_sets_order_and_fulfilment_status(order, fulfilment):
    now = timezone.now()

    cancel_order(order=order, at=now)

    fulfilment = Fulfilment.objects.select_related("order").get(pk=fulfilment.pk)
    assert (fulfilment.status, fulfilment.ended_at) == ("cancelled", now)
    assert fulfilment.order.status == "cancelled"


@pytest.mark.parametrize(
    ("language", "subject"),
    [("vi", "Đơn {} đã hủy"), ("en", "Order {} is cancelled")],
)
def test_cancel_order_sends_email_in_order_language(
    centre,
    tea,
    tea_at_centre,
    mailoutbox,
    language,
    subject,
):
    order = make_order({tea: 2}, point=centre, language=language)
    code = order.fulfilments.get().spaced_code

    with translation.override({"vi": "en", "en": "vi"}[language]):
        cancel_order(order=order, at=timezone.now())

    (letter,) = mailoutbox
    assert letter.subject == subject.format(order.number)
    assert code not in letter.body


def test_cancel_order_refuses_packed_order(order, fulfilment, tea_at_centre):
    mark_ready(fulfilment=fulfilment, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongFulfilmentStatus):
        cancel_order(order=order, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "ready"
    assert get_stock_snapshot(tea_at_centre) == before


def test_cancel_order_refuses_handed_over_order(
    order, fulfilment, keeper, tea_at_centre
):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongFulfilmentStatus):
        cancel_order(order=order, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "handed_over"
    assert get_stock_snapshot(tea_at_centre) == before


def test_cancel_order_twice_is_refused(order, tea, centre, tea_at_centre, mailoutbox):
    make_order({tea: 5}, point=centre)
    cancel_order(order=order, at=timezone.now())

    with pytest.raises(WrongFulfilmentStatus):
        cancel_order(order=order, at=timezone.now())

    assert get_stock_snapshot(tea_at_centre).allocated == 5  # the other buyer's
    assert len(mailoutbox) == 1


def test_cancel_order_cancels_every_parcel(two_parcels):
    first, second = two_parcels
    records = [
        fulfilment.order.lines.get(partner=fulfilment.point.partner)
        for fulfilment in two_parcels
    ]

    cancel_order(order=first.order, at=timezone.now())

    assert first.order.fulfilments.filter(status="cancelled").count() == 2
    assert [get_stock_snapshot(line.stockrecord).allocated for line in records] == [
        0,
        0,
    ]


def test_cancel_order_with_one_packed_parcel_changes_nothing(two_parcels):
    first, second = two_parcels
    mark_ready(fulfilment=second, at=timezone.now())
    lines = list(first.order.lines.select_related("stockrecord"))
    allocated = [get_stock_snapshot(line.stockrecord).allocated for line in lines]

    with pytest.raises(WrongFulfilmentStatus):
        cancel_order(order=first.order, at=timezone.now())

    assert allocated == [1, 1]
    assert [
        get_stock_snapshot(line.stockrecord).allocated for line in lines
    ] == allocated
    assert Fulfilment.objects.get(pk=first.pk).status == "confirmed"
