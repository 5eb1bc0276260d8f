"""Two commands that issue invoices at the same moment."""

import pytest
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.operations import issue_invoices as module
from tests.accounting.conftest import hand_over_order, take_back_units
from tests.factories import make_order, put_on_shelf

pytestmark = pytest.mark.postgres


def test_issue_invoices_at_once_issues_each_with_unique_number(
    race, at_barrier, monkeypatch, centre, tea, keeper
):
    put_on_shelf(centre, tea, 50)
    orders = [
        hand_over_order(make_order({tea: 1}, point=centre), keeper)
        for _order in range(12)
    ]
    requests = []
    monkeypatch.setattr(
        module, "get_provider", lambda: lambda content: requests.append(content) or "ok"
    )
    monkeypatch.setattr(
        module, "without_invoice", at_barrier(module.without_invoice, people=4)
    )
    at = timezone.now()

    def issue():
        module.issue_invoices(at=at)

    assert set(race(*[issue] * 4)) == {"ok"}
    assert sorted(content["number"] for content in requests) == list(range(1, 13))
    assert len({content["document"] for content in requests}) == 12
    assert set(Invoice.objects.values_list("state")) == {("issued",)}

    take_back_units(orders[0], tea, 1, keeper)
    assert set(race(*[issue] * 4)) == {"ok"}
    (back,) = Invoice.objects.exclude(adjusts=None)
    assert (back.document, back.number) == (orders[0].number, 13)
    assert len(requests) == 13
