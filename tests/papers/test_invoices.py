"""Electronic invoices: queued with the payment, numbered once, tried until issued."""

import datetime as dt
import json
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.papers.models import Invoice
from marketplace.papers.operations import issue_invoices as module
from marketplace.papers.operations.issue_invoices import issue_invoices
from marketplace.papers.operations.queue_invoice import queue_invoice
from marketplace.papers.providers import NotIssued, provider_at
from marketplace.payments.operations import apply_event as payments
from marketplace.payments.operations.take_money import take_money
from stores.operations.hand_over import hand_over
from tests.factories import make_order
from tests.marketplace.shopping import text_of
from tests.papers.conftest import bring_back, give

OFFICE = "/en/office/invoices/"
NOON = dt.datetime(2026, 11, 30, 12, tzinfo=dt.timezone(dt.timedelta(hours=7)))
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    """The last of November, at noon in Việt Nam."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.INVOICE_URL = f"file://{tmp_path}/invoices"
    return tmp_path / "invoices"


@pytest.fixture
def sold(full_shelf, centre, keeper, tea, wine, folder):
    """An order that was paid and handed over."""

    def make(**units):
        units = units or {"tea": 2, "wine": 1}
        goods = {"tea": tea, "wine": wine}
        wish = {goods[name]: number for name, number in units.items()}
        return give(make_order(wish, point=centre), keeper)

    return make


@pytest.fixture
def provider(monkeypatch):
    """Keeps what it was asked; refuses while told to."""

    class Provider:
        def __init__(self):
            self.asked, self.refuses = [], None

        def __call__(self, content):
            self.asked.append(content)
            if self.refuses:
                raise self.refuses
            return f"ref-{content['number']}"

    one = Provider()
    monkeypatch.setattr(module, "provider_at", lambda _address: one)
    return one


def files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- The queue -----------------------------------------------------------------------


def test_a_paid_order_is_queued_once(sold):
    order = sold()

    queue_invoice(order=order, at=timezone.now())

    invoice = Invoice.objects.get()
    assert (invoice.order, invoice.state) == (order, Invoice.State.WAITING)
    assert invoice.number is None


def test_it_is_queued_with_the_payment_or_not_at_all(
    full_shelf, centre, tea, keeper, monkeypatch
):
    order = make_order({tea: 1}, point=centre)
    job = order.fulfilments.get()
    hand_over(fulfilment=job, code=job.code, actor=keeper, at=timezone.now())
    monkeypatch.setattr(payments, "close_refund", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        take_money(job=job, actor=keeper, paid_by="cash", at=timezone.now())

    assert not Invoice.objects.exists()
    assert order.payments.get().paid_vnd == 0


def test_what_is_not_paid_gets_none(full_shelf, centre, tea, folder):
    make_order({tea: 1}, point=centre)

    issue_invoices(at=timezone.now())

    assert not Invoice.objects.exists()
    assert files(folder) == []


def test_what_is_paid_and_waits_at_the_counter_is_not_invoiced_yet(
    full_shelf, centre, tea, folder
):
    order = make_order({tea: 1}, point=centre)
    queue_invoice(order=order, at=timezone.now())

    assert issue_invoices(at=timezone.now()).issued == 0

    assert Invoice.objects.get().number is None


# --- The file ------------------------------------------------------------------------


def test_an_invoice_is_a_file_with_all_that_was_sold(sold, folder):
    order = sold()

    call_command("issue_invoices")

    assert files(folder) == ["C26TQN-00000001.json"]
    said = json.loads((folder / "C26TQN-00000001.json").read_text())
    assert (said["order"], said["issued_on"]) == (order.number, "2026-11-30")
    assert said["buyer"] == {"kind": "retail", "name": "Khách lẻ"}
    assert [(one["name"], one["units"], one["rate"]) for one in said["lines"]] == [
        ("Trà rừng Cù Lao Chàm", 2, "8"),
        ("Rượu cần", 1, "10"),
    ]
    assert said["gross_vnd"] == 310_000 == said["net_vnd"] + said["vat_vnd"]
    assert said["vat_vnd"] == 14_074 + 10_909
    assert sum(one["gross_vnd"] for one in said["by_rate"]) == 310_000
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.reference) == ("issued", "C26TQN-00000001.json")


def test_issued_once_it_is_not_issued_again(sold, provider):
    sold()

    for minutes in range(30):
        issue_invoices(at=timezone.now() + minutes * MINUTE)

    assert len(provider.asked) == 1


def test_numbers_follow_each_other_and_begin_anew_each_year(sold, provider, clock):
    for _order in range(3):
        sold()
    issue_invoices(at=timezone.now())
    clock.move_to(NOON + dt.timedelta(days=60))
    sold()
    issue_invoices(at=timezone.now())

    numbers = [(asked["series"], asked["number"]) for asked in provider.asked]
    assert numbers == [("C26TQN", 1), ("C26TQN", 2), ("C26TQN", 3), ("C27TQN", 1)]


def test_what_came_back_whole_needs_none_and_takes_no_number(
    sold, provider, tea, keeper
):
    bring_back(sold(tea=1), tea, 1, keeper)
    sold()

    issue_invoices(at=timezone.now())

    assert [asked["number"] for asked in provider.asked] == [1]
    states = list(Invoice.objects.order_by("pk").values_list("state", "number"))
    assert states == [("needless", None), ("issued", 1)]


def test_a_file_is_never_written_over(sold, folder):
    folder.mkdir()
    (folder / "C26TQN-00000001.json").write_text("of another shop")
    sold()

    assert issue_invoices(at=timezone.now()).failed == 1

    assert (folder / "C26TQN-00000001.json").read_text() == "of another shop"
    assert files(folder) == ["C26TQN-00000001.json"]
    assert "another invoice" in Invoice.objects.get().why


def test_the_same_file_twice_is_one(sold, folder, settings):
    sold()
    issue_invoices(at=timezone.now())
    content = Invoice.objects.get().content

    assert provider_at(settings.INVOICE_URL)(content) == "C26TQN-00000001.json"

    assert len(files(folder)) == 1


# --- Failures ------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", [NotIssued("tax code"), OSError("no network")])
def test_what_fails_is_tried_again_as_the_same_invoice(sold, provider, refusal):
    sold()
    sold(tea=1)
    provider.refuses = refusal

    done = issue_invoices(at=NOON)

    assert (done.issued, done.failed) == (0, 2)
    assert set(Invoice.objects.values_list("tries", "why")) == {(1, str(refusal))}
    provider.refuses = None
    assert issue_invoices(at=NOON + MINUTE / 2).issued == 0  # not yet
    assert issue_invoices(at=NOON + MINUTE).issued == 2
    assert provider.asked[:2] == provider.asked[2:]


def test_it_waits_longer_each_time_and_an_hour_at_most(sold, provider):
    sold()
    provider.refuses = NotIssued("no")

    waited, at = [], NOON
    for _try in range(9):
        issue_invoices(at=at)
        after = Invoice.objects.get().try_after
        waited.append((after - at) // MINUTE)
        at = after

    assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_one_who_dies_at_work_leaves_it_to_the_next(sold, provider, monkeypatch):
    sold()
    monkeypatch.setattr(module, "close", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue_invoices(at=NOON)
    monkeypatch.undo()
    again = []
    monkeypatch.setattr(
        module, "provider_at", lambda _: lambda c: again.append(c) or ""
    )

    assert issue_invoices(at=NOON + 9 * MINUTE).issued == 0
    assert issue_invoices(at=NOON + 10 * MINUTE).issued == 1

    assert again == provider.asked


def test_the_command_says_that_something_failed(sold, provider):
    sold()
    provider.refuses = NotIssued("no")

    with pytest.raises(CommandError, match="0 invoices issued, 1 not"):
        call_command("issue_invoices")


def test_the_database_knows_each_number_once(sold, provider):
    sold()
    sold()
    issue_invoices(at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(number=2).update(number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(number=2).update(number=None)


# --- The office ----------------------------------------------------------------------


def test_the_office_sees_what_fails_and_tries_again(sold, provider, signed_in, manager):
    order = sold()
    provider.refuses = NotIssued("the tax office does not answer")
    issue_invoices(at=timezone.now())
    office = signed_in(manager)

    page = text_of(office.get(OFFICE))
    assert "Invoices that could not be issued" in page
    assert f"C26TQN 00000001 · {order.number} tried 1 time" in page
    assert "the tax office does not answer" in page

    provider.refuses = None
    office.post(f"{OFFICE}{Invoice.objects.get().pk}/again/")
    assert issue_invoices(at=timezone.now()).issued == 1
    assert "Every invoice was issued" in text_of(office.get(OFFICE))
    assert "C26TQN 00000001" in text_of(office.get(OFFICE))


@pytest.mark.parametrize("who", ["stranger", "keeper", "other_keeper"])
def test_only_who_manages_money_sees_invoices(
    sold, provider, who, request, signed_in, client
):
    sold()
    provider.refuses = NotIssued("no")
    issue_invoices(at=timezone.now())
    invoice = Invoice.objects.get()
    again = f"{OFFICE}{invoice.pk}/again/"
    person = signed_in(request.getfixturevalue(who))

    assert person.get(OFFICE).status_code == 403
    assert person.post(again).status_code == 403
    assert client.get(OFFICE).status_code == client.post(again).status_code == 302

    after = Invoice.objects.get()
    assert (after.try_after, after.state) == (invoice.try_after, invoice.state)
