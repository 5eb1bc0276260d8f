"""The journal of sales: what is written in it, and when."""

import uuid

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.vat import vat_between, vat_in
from marketplace.accounting.queries.receipt import get_receipt
from marketplace.orders.operations.cancel import cancel_units
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.apply_fact import apply_fact
from marketplace.payments.operations.collect import hand_over_and_collect
from marketplace.payments.operations.refund import create_refund, record_manual_refund
from marketplace.payments.states import PaymentFact
from stores.models import SalesEntry
from tests.accounting.conftest import hand_over_order, take_back_units
from tests.factories import make_order, put_on_shelf


def journal(order):
    rows = SalesEntry.objects.filter(document=order.number).order_by("pk")
    return list(rows.values_list("kind", "units", "gross_vnd", "vat_vnd"))


def refund(order, manager, **what):
    made = create_refund(
        payment=order.payments.get(),
        reason="late",
        key=uuid.uuid4().hex,
        actor=manager,
        at=timezone.now(),
        **what,
    )
    return record_manual_refund(refund=made, actor=manager, at=timezone.now())


def test_journal_refuses_update_and_delete(sell, tea):
    sell({tea: 1})
    before = list(SalesEntry.objects.values())

    for change in (
        lambda: SalesEntry.objects.update(gross_vnd=1),
        lambda: SalesEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert list(SalesEntry.objects.values()) == before


def test_hand_over_records_each_line_and_postage_once(
    full_shelf, booth, tea, honey, keeper
):
    put_on_shelf(booth, honey, 4)
    order = hand_over_order(make_order({tea: 2, honey: 1}, method="post"), keeper)

    rows = SalesEntry.objects.filter(document=order.number).order_by("pk")

    assert order.fulfilments.count() == 2
    assert [row.kind for row in rows] == ["sale", "postage", "sale"]
    assert sum(row.gross_vnd for row in rows) == order.total_incl_tax
    assert {row.order_line for row in rows} - {0} == set(
        order.lines.values_list("pk", flat=True)
    )


def test_refund_before_hand_over_is_recorded_with_hand_over(
    full_shelf, centre, tea, wine, keeper, manager
):
    order = make_order({tea: 2, wine: 1}, point=centre)
    paid(order)
    refund(order, manager, units={order.lines.get(product=wine): 1})
    refund(order, manager, amount_vnd=5_000)
    assert journal(order) == []

    fulfilment = order.fulfilments.get()
    hand_over_and_collect(
        fulfilment=fulfilment,
        code=fulfilment.code,
        actor=keeper,
        paid_by="",
        at=timezone.now(),
    )

    assert journal(order) == [
        ("sale", 2, 190_000, vat_in(190_000, "8")),
        ("sale", 1, 120_000, vat_in(120_000, "10")),
        ("reduction", -1, -120_000, -vat_in(120_000, "10")),
        ("reduction", 0, -5_000, 0),
    ]
    fulfilment.refresh_from_db()
    assert set(SalesEntry.objects.filter(document=order.number).values_list("at")) == {
        (fulfilment.handed_over_at,)
    }


def test_failed_refund_is_reversed_in_journal(make_collected_order, tea, manager):
    order = make_collected_order()
    done = refund(order, manager, units={order.lines.get(product=tea): 1})
    event = PaymentEvent.objects.get(kind="refunded")
    failed = PaymentFact(
        event.source,
        done.reference,
        PaymentEvent.Kind.REFUND_FAILED,
        timezone.now(),
        amount_vnd=95_000,
    )

    apply_fact(payment=done.payment, fact=failed, at=timezone.now())

    vat = vat_between(0, 95_000, "8")
    assert journal(order)[2:] == [
        ("reduction", -1, -95_000, -vat),
        ("reduction", 1, 95_000, vat),
    ]


def test_return_of_last_unpaid_parcel_reverses_postage(full_shelf, tea, wine, keeper):
    order = hand_over_order(make_order({tea: 1, wine: 1}, method="post"), keeper)
    take_back_units(order, tea, 1, keeper, undelivered=True)
    assert get_receipt(order).total_vnd > 120_000

    take_back_units(order, wine, 1, keeper, undelivered=True)

    receipt = get_receipt(order)
    assert (receipt.total_vnd, receipt.vat_vnd) == (0, 0)
    assert journal(order)[-1][:2] == ("postage", -1)


def test_cancel_units_of_last_parcel_reverses_postage(
    full_shelf, booth, tea, honey, keeper
):
    put_on_shelf(booth, honey, 4)
    order = make_order({tea: 1, honey: 1}, method="post")
    first, second = order.fulfilments.order_by("pk")
    sent = first if first.lines.filter(line__product=tea).exists() else second
    waits = second if sent == first else first
    hand_over_and_collect(
        fulfilment=sent, code="", actor=keeper, paid_by="", at=timezone.now()
    )
    take_back_units(order, tea, 1, keeper, undelivered=True)
    assert journal(order)[-1][0] == "return"

    cancel_units(
        line=waits.lines.get(),
        units=1,
        actor=keeper,
        reason="broken",
        at=timezone.now(),
    )

    assert journal(order)[-1][:2] == ("postage", -1)
    assert sum(row[2] for row in journal(order)) == 0


def test_return_of_paid_parcel_retains_postage(full_shelf, tea, keeper):
    order = make_order({tea: 1}, method="post")
    paid(order)
    hand_over_order(order, keeper)

    take_back_units(order, tea, 1, keeper, undelivered=True)

    assert journal(order)[-1][0] == "return"


def paid(order):
    """The money came before the goods changed hands."""
    payment = order.payments.get()
    came = PaymentFact(
        PaymentEvent.Source.BANK,
        uuid.uuid4().hex,
        PaymentEvent.Kind.PAID,
        timezone.now(),
        amount_vnd=payment.amount_vnd,
    )
    apply_fact(payment=payment, fact=came, at=timezone.now())
    order.fulfilments.update(to_collect_vnd=0)
