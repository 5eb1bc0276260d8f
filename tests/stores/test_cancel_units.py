"""Some of an order is taken out: by its buyer, or by a keeper who cannot give it."""

import pytest
from django.utils import timezone

from catalogue.refusals import NotEnough, ReasonRequired
from marketplace.orders.models import Fulfilment, FulfilmentLine, RefundDue
from marketplace.orders.operations.cancel import cancel_order, cancel_units
from marketplace.orders.operations.fulfil import (
    WrongFulfilmentStatus,
    mark_ready,
    prepare,
)
from marketplace.orders.operations.hand_over import hand_over
from tests.factories import make_order
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def fulfilment_line(fulfilment):
    """Two boxes of tea, 95,000 ₫ each, paid when they are collected."""
    return fulfilment.lines.get()


@pytest.fixture
def paid_fulfilment(fulfilment):
    """The buyer has paid before."""
    Fulfilment.objects.filter(pk=fulfilment.pk).update(to_collect_vnd=0)
    fulfilment.refresh_from_db()
    return fulfilment


def cancel_some_units(fulfilment_line, units, **fields):
    fields = {"actor": None, "at": timezone.now()} | fields
    cancel_units(line=fulfilment_line, units=units, **fields)


def get_state(fulfilment):
    fulfilment = Fulfilment.objects.get(pk=fulfilment.pk)
    lines = fulfilment.lines.order_by("pk").values_list(
        "units", "reservation__allocated", "cancelled"
    )
    dues = RefundDue.objects.order_by("pk").values_list("amount_vnd", "reason")
    return fulfilment.status, fulfilment.to_collect_vnd, list(lines), list(dues)


def test_cancel_units_reduces_amount_due(fulfilment, fulfilment_line, tea_at_centre):
    cancel_some_units(fulfilment_line, 1)

    assert get_state(fulfilment) == ("confirmed", 95_000, [(2, 1, 1)], [])
    assert get_stock_snapshot(tea_at_centre).allocated == 1


def test_cancel_units_of_paid_order_creates_refund_due(
    paid_fulfilment, fulfilment_line
):
    cancel_some_units(fulfilment_line, 1)

    assert get_state(paid_fulfilment) == (
        "confirmed",
        0,
        [(2, 1, 1)],
        [(95_000, "cancelled")],
    )


def test_cancel_units_of_all_units_cancels_order(
    fulfilment, fulfilment_line, tea_at_centre
):
    cancel_some_units(fulfilment_line, 2)

    assert get_state(fulfilment) == ("cancelled", 0, [(2, 0, 2)], [])
    fulfilment.order.refresh_from_db()
    assert fulfilment.order.status == "cancelled"
    assert get_stock_snapshot(tea_at_centre).allocated == 0


@pytest.mark.parametrize("units", [0, -1, 3])
def test_cancel_units_refuses_invalid_number(
    fulfilment, fulfilment_line, tea_at_centre, units
):
    before = get_state(fulfilment), get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnough):
        cancel_some_units(fulfilment_line, units)

    assert (get_state(fulfilment), get_stock_snapshot(tea_at_centre)) == before


@pytest.mark.parametrize("step", ["packing", "ready"])
def test_cancel_units_by_buyer_refuses_packed_fulfilment(
    fulfilment, fulfilment_line, keeper, tea_at_centre, step
):
    now = timezone.now()
    prepare(fulfilment=fulfilment, actor=keeper, at=now)
    if step == "ready":
        mark_ready(fulfilment=fulfilment, at=now)
    before = get_state(fulfilment), get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongFulfilmentStatus):
        cancel_some_units(fulfilment_line, 1)

    assert (get_state(fulfilment), get_stock_snapshot(tea_at_centre)) == before


def test_cancel_units_by_keeper_is_allowed_until_hand_over(
    fulfilment, fulfilment_line, keeper
):
    mark_ready(fulfilment=fulfilment, at=timezone.now())

    cancel_some_units(fulfilment_line, 1, actor=keeper, reason="Vỡ")

    assert get_state(fulfilment) == ("ready", 95_000, [(2, 1, 1)], [])
    note = fulfilment.order.notes.get()
    assert (note.user, "Vỡ" in note.message) == (keeper, True)


def test_cancel_units_by_keeper_refunds_as_unavailable(
    paid_fulfilment, fulfilment_line, keeper
):
    cancel_some_units(fulfilment_line, 2, actor=keeper, reason="Hết hàng")

    assert get_state(paid_fulfilment)[3] == [(190_000, "not_there")]


def test_cancel_units_by_keeper_requires_reason(fulfilment, fulfilment_line, keeper):
    before = get_state(fulfilment)

    with pytest.raises(ReasonRequired):
        cancel_some_units(fulfilment_line, 1, actor=keeper, reason="  ")

    assert get_state(fulfilment) == before


def test_cancel_units_refuses_handed_over_fulfilment(
    fulfilment, fulfilment_line, keeper, tea_at_centre
):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )
    before = get_state(fulfilment), get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongFulfilmentStatus):
        cancel_some_units(fulfilment_line, 1, actor=keeper, reason="Vỡ")

    assert (get_state(fulfilment), get_stock_snapshot(tea_at_centre)) == before


def test_hand_over_after_cancel_units_moves_remaining_units(
    fulfilment, fulfilment_line, keeper, tea_at_centre
):
    cancel_some_units(fulfilment_line, 1)

    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    assert get_stock_snapshot(tea_at_centre).ledger[-1] == ("sell", "L1", -1, 9)
    assert FulfilmentLine.objects.get(pk=fulfilment_line.pk).handed_over == 1


def test_cancel_units_of_whole_parcel_moves_postage_to_next(two_parcels):
    first, second = two_parcels
    postage = int(first.order.shipping_incl_tax)
    assert (first.to_collect_vnd, second.to_collect_vnd) == (95_000 + postage, 95_000)

    cancel_some_units(first.lines.get(), 1)

    assert get_state(first)[:2] == ("cancelled", 0)
    assert get_state(second)[:2] == ("confirmed", 95_000 + postage)
    cancel_some_units(second.lines.get(), 1)
    assert get_state(second)[:2] == ("cancelled", 0)
    assert not RefundDue.objects.exists()


def test_cancel_units_of_last_parcel_refunds_postage(two_parcels):
    first, second = two_parcels
    first.order.fulfilments.update(to_collect_vnd=0)
    postage = int(first.order.shipping_incl_tax)

    cancel_some_units(first.lines.get(), 1)
    assert sum(due.amount_vnd for due in RefundDue.objects.all()) == 95_000
    cancel_some_units(second.lines.get(), 1)

    dues = sum(due.amount_vnd for due in RefundDue.objects.all())
    assert dues == 190_000 + postage == int(first.order.total_incl_tax)


def test_cancel_order_after_cancel_units_cancels_other_parcels(two_parcels):
    first, second = two_parcels
    cancel_some_units(first.lines.get(), 1)

    cancel_order(order=first.order, at=timezone.now())

    assert get_state(second)[:2] == ("cancelled", 0)


def test_cancel_order_when_paid_creates_refund_due_of_total(paid_fulfilment):
    cancel_order(order=paid_fulfilment.order, at=timezone.now())

    assert get_state(paid_fulfilment) == (
        "cancelled",
        0,
        [(2, 0, 2)],
        [(190_000, "cancelled")],
    )


@pytest.mark.parametrize(
    ("units", "subject"), [(1, "Order {} has changed"), (2, "Order {} is cancelled")]
)
def test_cancel_units_sends_email(
    centre,
    tea,
    tea_at_centre,
    mailoutbox,
    units,
    subject,
):
    order = make_order({tea: 2}, point=centre, language="en")
    mailoutbox.clear()

    cancel_some_units(order.fulfilments.get().lines.get(), units)

    (letter,) = mailoutbox
    assert letter.subject == subject.format(order.number)
    assert ("1 × Forest tea, 100 g box: 95,000\xa0₫" in letter.body) == (units == 1)
