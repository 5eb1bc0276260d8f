"""What time has ended: goods that nobody collected, and the command that says so."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from catalogue.refusals import WrongStatus
from marketplace.orders.models import Fulfilment, RefundDue
from marketplace.orders.operations.fulfil import (
    COLLECT_WITHIN,
    WrongFulfilmentStatus,
    mark_ready,
)
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.operations.lapse import (
    release_all_uncollected,
    release_uncollected,
)
from tests.stock_snapshot import get_stock_snapshot

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture
def ready_fulfilment(fulfilment):
    """Two boxes of tea that wait for their buyer since this moment."""
    mark_ready(fulfilment=fulfilment, at=timezone.now())
    return fulfilment


def test_release_uncollected_before_deadline_is_refused(
    ready_fulfilment, tea_at_centre
):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongStatus):
        release_uncollected(
            fulfilment=ready_fulfilment,
            at=ready_fulfilment.collect_until - dt.timedelta(seconds=1),
        )

    assert Fulfilment.objects.get().status == "ready"
    assert get_stock_snapshot(tea_at_centre) == before


def test_release_all_uncollected_frees_stock_and_emails_buyer(
    ready_fulfilment, tea_at_centre, mailoutbox
):
    assert release_all_uncollected(at=ready_fulfilment.collect_until) == 1

    fulfilment = Fulfilment.objects.select_related("order").get()
    assert (fulfilment.status, fulfilment.order.status) == (
        "not_collected",
        "not_collected",
    )
    assert (fulfilment.to_collect_vnd, fulfilment.lines.get().cancelled) == (0, 2)
    assert get_stock_snapshot(tea_at_centre).allocated == 0
    assert not RefundDue.objects.exists()
    letter = mailoutbox[-1]
    assert letter.subject == f"Đơn {fulfilment.order.number} chưa có người nhận"
    assert release_all_uncollected(at=ready_fulfilment.collect_until) == 0


def test_release_all_uncollected_of_paid_order_creates_refund_due(ready_fulfilment):
    Fulfilment.objects.update(to_collect_vnd=0)

    release_all_uncollected(at=ready_fulfilment.collect_until)

    assert RefundDue.objects.get().amount_vnd == 190_000


def test_release_uncollected_refuses_collected_order(ready_fulfilment, keeper):
    hand_over(
        fulfilment=ready_fulfilment,
        code=ready_fulfilment.code,
        actor=keeper,
        at=timezone.now(),
    )

    with pytest.raises(WrongFulfilmentStatus):
        release_uncollected(
            fulfilment=ready_fulfilment,
            at=ready_fulfilment.handed_over_at + COLLECT_WITHIN,
        )

    assert Fulfilment.objects.get().status == "handed_over"


def test_release_all_uncollected_skips_parcels(parcel):
    mark_ready(fulfilment=parcel, at=timezone.now())

    assert release_all_uncollected(at=timezone.now() + 30 * COLLECT_WITHIN) == 0

    assert Fulfilment.objects.get().status == "ready"
