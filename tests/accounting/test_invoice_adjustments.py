"""Electronic invoices of what was taken back, each adjusting the one of the sale."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.operations.issue_invoices import issue_invoices
from marketplace.accounting.providers import NotIssued
from marketplace.accounting.queries.sales import Days, sales_entries
from marketplace.payments.operations.refund import (
    create_refund,
    process_due_refunds,
    record_manual_refund,
)
from stores.models import vat_sums
from stores.operations.undo_sale import undo_sale
from stores.queries.sales import sold_lots
from tests.accounting.conftest import MINUTE, NOON, take_back_units

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def refund(manager):
    """Money that is given back by hand, for goods that stay or for none."""

    def made(order, amount_vnd=0, units=None):
        payment = order.payments.get()
        intended = create_refund(
            payment=payment,
            amount_vnd=amount_vnd,
            units=units,
            reason="came late",
            key=uuid4().hex,
            actor=manager,
            at=timezone.now(),
        )
        record_manual_refund(refund=intended, actor=manager, at=timezone.now())

    return made


def test_returned_goods_are_adjusted_on_one_invoice(
    make_collected_order, invoice_provider, tea, keeper
):
    order = make_collected_order()
    issue_invoices(at=timezone.now())
    take_back_units(order, tea, 1, keeper)
    process_due_refunds(at=timezone.now())
    (paid,) = order.payments.get().refunds.all()
    record_manual_refund(refund=paid, actor=keeper, at=timezone.now())

    for _minute in range(3):
        issue_invoices(at=timezone.now())

    _first, back = invoice_provider.requests
    assert (back["number"], back["adjusts"]) == (2, "C26TQN 00000001")
    assert back["document"] == order.number
    (line,) = back["lines"]
    assert (line["units"], line["price_vnd"], line["rate"]) == (-1, 95_000, "8")
    assert (line["gross_vnd"], line["vat_vnd"]) == (-95_000, -7_037)
    assert back["by_rate"] == [
        {"rate": "8", "gross_vnd": -95_000, "net_vnd": -87_963, "vat_vnd": -7_037}
    ]
    assert list(Invoice.objects.values_list("state")) == [("issued",)] * 2


def test_refunds_are_adjusted_on_one_invoice_each(
    make_collected_order, invoice_provider, refund, wine
):
    order = make_collected_order()
    issue_invoices(at=timezone.now())
    refund(order, units={order.lines.get(product=wine): 1})
    refund(order, amount_vnd=11_111)

    for _minute in range(3):
        issue_invoices(at=timezone.now())

    _first, goods, lump = invoice_provider.requests
    assert [one["adjusts"] for one in (goods, lump)] == ["C26TQN 00000001"] * 2
    assert goods["lines"][0]["rate"] == "10"
    assert (goods["gross_vnd"], goods["vat_vnd"]) == (-120_000, -10_909)
    assert (lump["lines"][0]["rate"], lump["gross_vnd"]) == ("", -11_111)


def test_adjustment_waits_for_its_original_invoice(
    make_collected_order, invoice_provider, tea, keeper
):
    take_back_units(make_collected_order(tea=1), tea, 1, keeper)
    invoice_provider.refuses = NotIssued("no")
    issue_invoices(at=NOON)
    issue_invoices(at=NOON + MINUTE)
    assert [one["adjusts"] for one in invoice_provider.requests] == ["", ""]

    invoice_provider.refuses = None
    for minutes in (10, 11):
        issue_invoices(at=NOON + minutes * MINUTE)

    assert [one["number"] for one in invoice_provider.requests] == [1, 1, 1, 2]
    assert (
        invoice_provider.requests[-1]["gross_vnd"]
        == -invoice_provider.requests[0]["gross_vnd"]
    )


def test_invoice_sums_by_rate_equal_sales_report(
    make_collected_order, sell, refund, invoice_provider, tea, wine, pomelo, keeper
):
    picked = make_collected_order(tea=7, wine=2)
    sell({tea: 3, pomelo: 2})
    issue_invoices(at=timezone.now())
    for units in (1, 2, 3):
        take_back_units(picked, tea, units, keeper)
    refund(picked, units={picked.lines.get(product=wine): 1})
    refund(picked, amount_vnd=11_111)

    issue_invoices(at=timezone.now())

    day = dt.date(2026, 11, 30)
    snapshot = vat_sums(sales_entries(days=Days(day, day)))
    assert {one.rate for one in snapshot} == {"10", "8", "5", ""}
    for one in snapshot:
        invoiced = [
            line
            for request in invoice_provider.requests
            for line in request["by_rate"]
            if line["rate"] == one.rate
        ]
        assert sum(line["gross_vnd"] for line in invoiced) == one.gross_vnd
        assert sum(line["vat_vnd"] for line in invoiced) == one.vat_vnd


def test_invoice_constraint_refuses_second_invoice_per_reference(
    make_collected_order, invoice_provider
):
    order = make_collected_order()
    issue_invoices(at=NOON)
    first = Invoice.objects.get()
    times = {"queued_at": NOON, "try_after": NOON}

    for wrong in (
        {"document": order.number},
        {"document": ""},
        {"document": order.number, "reference": "return-1"},  # and adjusts nothing
        {"document": make_collected_order().number, "adjusts": first},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.create(**wrong, **times)

    assert Invoice.objects.count() == 1


def test_undone_desk_sale_is_adjusted_on_invoice(sell, invoice_provider, tea, keeper):
    sale = sell({tea: 2})
    issue_invoices(at=timezone.now())
    undo_sale(
        sale=sale,
        units={lot.field: lot.units for lot in sold_lots(sale)},
        decision="mistake",
        reason="wrong buyer",
        refunded_by="cash",
        client_id=uuid4().hex,
        actor=keeper,
        at=timezone.now(),
    )

    for _minute in range(2):
        issue_invoices(at=timezone.now())

    first, back = invoice_provider.requests
    assert (back["number"], back["adjusts"]) == (2, "C26TQN 00000001")
    assert (back["gross_vnd"], back["vat_vnd"]) == (
        -first["gross_vnd"],
        -first["vat_vnd"],
    )
