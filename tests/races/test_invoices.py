"""Two commands that issue invoices at the same moment."""

import pytest
from django.utils import timezone

from marketplace.papers.models import Invoice
from marketplace.papers.operations import issue_invoices as module
from marketplace.papers.operations.queue_invoice import queue_invoice
from stores.models import Fulfilment
from tests.factories import make_order, put_on_shelf

pytestmark = pytest.mark.postgres


def test_each_invoice_is_asked_for_once_under_its_own_number(
    race, monkeypatch, centre, tea
):
    put_on_shelf(centre, tea, 50)
    for _order in range(12):
        order = make_order({tea: 1}, point=centre)
        done = {"status": Fulfilment.Status.HANDED_OVER}
        order.fulfilments.update(handed_over_at=timezone.now(), **done)
        queue_invoice(order=order, at=timezone.now())
    asked = []
    monkeypatch.setattr(
        module, "provider_at", lambda _: lambda content: asked.append(content) or "ok"
    )
    at = timezone.now()

    outcomes = race(*(lambda: module.issue_invoices(at=at) for _ in range(4)))

    assert set(outcomes) == {"ok"}
    assert sorted(content["number"] for content in asked) == list(range(1, 13))
    assert len({content["order"] for content in asked}) == 12
    assert set(Invoice.objects.values_list("state")) == {("issued",)}
