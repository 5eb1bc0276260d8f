"""The office sees which invoices were issued, and which could not be."""

import pytest
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.operations.issue_invoices import issue_invoices
from marketplace.accounting.providers import NotIssued
from tests.accounting.conftest import take_back_units
from tests.marketplace.shopping import get_page_text

OFFICE = "/en/office/invoices/"
pytestmark = pytest.mark.usefixtures("noon")


def test_office_lists_failed_invoices_and_retries_them(
    make_collected_order, invoice_provider, signed_in, manager, tea, keeper
):
    order = make_collected_order()
    invoice_provider.refuses = NotIssued("the tax office does not answer")
    issue_invoices(at=timezone.now())
    office = signed_in(manager)

    page = get_page_text(office.get(OFFICE))
    assert "Invoices that could not be issued" in page
    assert f"C26TQN 00000001 · {order.number} tried 1 time" in page
    assert "the tax office does not answer" in page

    invoice_provider.refuses = None
    office.post(f"{OFFICE}{Invoice.objects.get().pk}/again/")
    assert issue_invoices(at=timezone.now()).issued == 1
    assert "Every invoice was issued" in get_page_text(office.get(OFFICE))
    assert "C26TQN 00000001" in get_page_text(office.get(OFFICE))

    take_back_units(order, tea, 1, keeper)
    page = get_page_text(office.get(OFFICE))
    assert "1 is yet to be written." in page
    issue_invoices(at=timezone.now())
    page = get_page_text(office.get(OFFICE))
    assert f"C26TQN 00000002 · {order.number} · adjusts C26TQN 00000001" in page


@pytest.mark.parametrize("who", ["stranger", "keeper", "other_keeper"])
def test_office_invoices_refuse_users_without_money_permission(
    make_collected_order, invoice_provider, who, request, signed_in, client
):
    make_collected_order()
    invoice_provider.refuses = NotIssued("no")
    issue_invoices(at=timezone.now())
    invoice = Invoice.objects.get()
    again = f"{OFFICE}{invoice.pk}/again/"
    person = signed_in(request.getfixturevalue(who))

    assert person.get(OFFICE).status_code == 403
    assert person.post(again).status_code == 403
    assert client.get(OFFICE).status_code == client.post(again).status_code == 302

    after = Invoice.objects.get()
    assert (after.try_after, after.state) == (invoice.try_after, invoice.state)
