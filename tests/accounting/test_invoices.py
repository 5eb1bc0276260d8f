"""Electronic invoices: one for all that was sold, tried until it is issued."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.operations import issue_invoices as module
from marketplace.accounting.operations.issue_invoices import issue_invoices
from marketplace.accounting.providers import NotIssued, get_provider
from marketplace.orders.operations.fulfil import mark_delivered
from marketplace.orders.operations.hand_over import hand_over
from marketplace.payments.models import Payment
from marketplace.payments.operations.collect import collect_payment
from tests.accounting.conftest import MINUTE, NOON, hand_over_order
from tests.factories import make_order

pytestmark = pytest.mark.usefixtures("noon")


def list_files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- What gets one -------------------------------------------------------------------


def test_issue_invoices_issues_one_per_order_and_desk_sale(
    make_collected_order, sell, tea, invoice_provider
):
    order, sale = make_collected_order(), sell({tea: 1})

    for _minute in range(3):
        issue_invoices(at=timezone.now())

    documents = [request["document"] for request in invoice_provider.requests]
    assert documents == [order.number, sale.number]
    assert [request["adjusts"] for request in invoice_provider.requests] == ["", ""]
    assert invoice_provider.requests[1]["gross_vnd"] == 95_000
    assert Invoice.objects.filter(document=sale.number).count() == 1


def test_issue_invoices_skips_unpaid_order(
    full_shelf, centre, tea, keeper, invoice_provider
):
    make_order({tea: 1}, point=centre)
    collected = make_order({tea: 1}, point=centre)
    fulfilment = collected.fulfilments.get()
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    issue_invoices(at=timezone.now())
    assert not Invoice.objects.exists()

    collect_payment(
        fulfilment=fulfilment, actor=keeper, paid_by="cash", at=timezone.now()
    )
    issue_invoices(at=timezone.now())
    assert Invoice.objects.get().document == collected.number


def test_issue_invoices_skips_paid_order_not_handed_over(
    full_shelf, centre, tea, keeper, invoice_provider
):
    order = make_order({tea: 1}, point=centre)
    fulfilment = order.fulfilments.get()
    Payment.objects.filter(order=order).update(paid_at=timezone.now(), state="paid")

    issue_invoices(at=timezone.now())
    assert not Invoice.objects.exists()

    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )
    issue_invoices(at=timezone.now())
    assert Invoice.objects.get().document == order.number


def test_issue_invoices_includes_postage(full_shelf, tea, keeper, invoice_provider):
    order = hand_over_order(make_order({tea: 2}, method="post"), keeper)
    fulfilment = order.fulfilments.get()
    mark_delivered(fulfilment=fulfilment, at=timezone.now())
    collect_payment(fulfilment=fulfilment, actor=keeper, paid_by="", at=timezone.now())

    issue_invoices(at=timezone.now())

    (request,) = invoice_provider.requests
    assert request["gross_vnd"] == int(order.total_incl_tax)
    assert request["lines"][-1]["gross_vnd"] == int(order.shipping_incl_tax) > 0


# --- The file ------------------------------------------------------------------------


def test_issue_invoices_writes_file_with_lines_and_vat(make_collected_order, folder):
    order = make_collected_order()

    issue_invoices(at=timezone.now())

    assert list_files(folder) == ["C26TQN-00000001.json"]
    content = json.loads((folder / "C26TQN-00000001.json").read_text())
    assert (content["document"], content["issued_on"]) == (order.number, "2026-11-30")
    assert content["buyer"] == {"kind": "retail", "name": "Khách lẻ"}
    assert [(one["name"], one["units"], one["rate"]) for one in content["lines"]] == [
        ("Trà rừng Cù Lao Chàm", 2, "8"),
        ("Rượu cần", 1, "10"),
    ]
    assert content["gross_vnd"] == 310_000 == content["net_vnd"] + content["vat_vnd"]
    assert content["vat_vnd"] == 14_074 + 10_909
    assert sum(one["gross_vnd"] for one in content["by_rate"]) == 310_000
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.provider_reference) == (
        "issued",
        "C26TQN-00000001.json",
    )


def test_issue_invoices_twice_issues_each_once(make_collected_order, invoice_provider):
    make_collected_order()

    for minutes in range(30):
        issue_invoices(at=timezone.now() + minutes * MINUTE)

    assert len(invoice_provider.requests) == 1


def test_invoice_numbers_are_consecutive_and_restart_each_year(
    make_collected_order, invoice_provider, noon
):
    for _order in range(3):
        make_collected_order()
    issue_invoices(at=timezone.now())
    noon.move_to(NOON + dt.timedelta(days=60))
    make_collected_order()
    issue_invoices(at=timezone.now())

    numbers = [
        (request["series"], request["number"]) for request in invoice_provider.requests
    ]
    assert numbers == [("C26TQN", 1), ("C26TQN", 2), ("C26TQN", 3), ("C27TQN", 1)]


def test_file_provider_never_overwrites_another_invoice(make_collected_order, folder):
    folder.mkdir()
    (folder / "C26TQN-00000001.json").write_text("of another shop")
    make_collected_order()

    assert issue_invoices(at=timezone.now()).failed == 1

    assert (folder / "C26TQN-00000001.json").read_text() == "of another shop"
    assert list_files(folder) == ["C26TQN-00000001.json"]
    assert "another invoice" in Invoice.objects.get().why


def test_file_provider_accepts_same_invoice_twice(
    make_collected_order, folder, settings
):
    make_collected_order()
    issue_invoices(at=timezone.now())
    content = Invoice.objects.get().content

    assert get_provider()(content) == "C26TQN-00000001.json"

    assert len(list_files(folder)) == 1


# --- Failures ------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", [NotIssued("tax code"), OSError("no network")])
def test_issue_invoices_retries_failed_invoice_with_same_content(
    make_collected_order, invoice_provider, refusal
):
    make_collected_order()
    make_collected_order(tea=1)
    invoice_provider.refuses = refusal

    done = issue_invoices(at=NOON)

    assert (done.issued, done.failed) == (0, 2)
    assert set(Invoice.objects.values_list("tries", "why")) == {(1, str(refusal))}
    invoice_provider.refuses = None
    assert issue_invoices(at=NOON + MINUTE / 2).issued == 0  # not yet
    assert issue_invoices(at=NOON + MINUTE).issued == 2
    assert invoice_provider.requests[:2] == invoice_provider.requests[2:]


def test_issue_invoices_backs_off_up_to_one_hour(
    make_collected_order, invoice_provider
):
    make_collected_order()
    invoice_provider.refuses = NotIssued("no")

    waited, at = [], NOON
    for _try in range(9):
        issue_invoices(at=at)
        after = Invoice.objects.get().try_after
        waited.append((after - at) // MINUTE)
        at = after

    assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_issue_invoices_resumes_after_crash_with_same_content(
    make_collected_order, invoice_provider, monkeypatch
):
    make_collected_order()
    monkeypatch.setattr(module, "mark_issued", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue_invoices(at=NOON)
    monkeypatch.undo()
    again = []
    monkeypatch.setattr(module, "get_provider", lambda: lambda c: again.append(c) or "")

    assert issue_invoices(at=NOON + 9 * MINUTE).issued == 0
    assert issue_invoices(at=NOON + 10 * MINUTE).issued == 1

    assert again == invoice_provider.requests


def test_invoice_constraint_refuses_duplicate_or_missing_number(
    make_collected_order, invoice_provider
):
    make_collected_order()
    make_collected_order()
    issue_invoices(at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(number=2).update(number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(number=2).update(number=None)
