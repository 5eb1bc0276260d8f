"""Electronic invoices: one for all that was sold or taken back, tried until issued."""

import datetime as dt
import json
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.papers.models import Invoice
from marketplace.papers.operations import issue_invoices as module
from marketplace.papers.operations.issue_invoices import issue_invoices
from marketplace.papers.providers import NotIssued, provider_at
from marketplace.papers.queries.entries.entry import sums_of
from marketplace.papers.queries.sales import Days, sales_of
from marketplace.payments.models import Payment
from marketplace.payments.operations.give_by_hand import give_by_hand
from marketplace.payments.operations.intend import intend
from marketplace.payments.operations.settle import settle
from marketplace.payments.operations.take_money import take_money
from stores.operations.deliver import deliver
from stores.operations.hand_over import hand_over
from stores.operations.sell_at_desk import sell_at_desk
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


@pytest.fixture
def sell(full_shelf, centre, keeper, folder):
    """A sale at the desk."""

    def made(units):
        return sell_at_desk(
            point=centre,
            units={full_shelf[one].pk: count for one, count in units.items()},
            paid_by="cash",
            client_id=uuid4().hex,
            actor=keeper,
            at=timezone.now(),
        )

    return made


@pytest.fixture
def refund(manager):
    """Money that is given back by hand, for goods that stay or for none."""

    def made(order, amount_vnd=0, units=None):
        payment = order.payments.get()
        intended = intend(
            payment=payment,
            amount_vnd=amount_vnd,
            units=units,
            reason="came late",
            key=uuid4().hex,
            actor=manager,
            at=timezone.now(),
        )
        give_by_hand(refund=intended, actor=manager, at=timezone.now())

    return made


# --- What gets one -------------------------------------------------------------------


def test_an_order_and_a_sale_at_the_desk_get_one_each(sold, sell, tea, provider):
    order, sale = sold(), sell({tea: 1})

    for _minute in range(3):
        issue_invoices(at=timezone.now())

    of = [asked["document"] for asked in provider.asked]
    assert of == [order.number, sale.number]
    assert [asked["adjusts"] for asked in provider.asked] == ["", ""]
    assert provider.asked[1]["gross_vnd"] == 95_000
    assert Invoice.objects.get(sale=sale).document == sale.number


def test_what_is_not_paid_gets_none(full_shelf, centre, tea, keeper, provider):
    make_order({tea: 1}, point=centre)
    given = make_order({tea: 1}, point=centre)
    job = given.fulfilments.get()
    hand_over(fulfilment=job, code=job.code, actor=keeper, at=timezone.now())

    issue_invoices(at=timezone.now())
    assert not Invoice.objects.exists()

    take_money(job=job, actor=keeper, paid_by="cash", at=timezone.now())
    issue_invoices(at=timezone.now())
    assert Invoice.objects.get().order == given


def test_what_is_paid_and_waits_at_the_counter_is_not_invoiced_yet(
    full_shelf, centre, tea, keeper, provider
):
    order = make_order({tea: 1}, point=centre)
    job = order.fulfilments.get()
    Payment.objects.filter(order=order).update(paid_at=timezone.now(), state="paid")

    issue_invoices(at=timezone.now())
    assert not Invoice.objects.exists()

    hand_over(fulfilment=job, code=job.code, actor=keeper, at=timezone.now())
    issue_invoices(at=timezone.now())
    assert Invoice.objects.get().order == order


def test_postage_is_on_it(full_shelf, tea, keeper, provider):
    order = give(make_order({tea: 2}, way="post"), keeper)
    job = order.fulfilments.get()
    deliver(fulfilment=job, at=timezone.now())
    take_money(job=job, actor=keeper, paid_by="", at=timezone.now())

    issue_invoices(at=timezone.now())

    (asked,) = provider.asked
    assert asked["gross_vnd"] == int(order.total_incl_tax)
    assert asked["lines"][-1]["gross_vnd"] == int(order.shipping_incl_tax) > 0


# --- What is taken back --------------------------------------------------------------


def test_goods_that_come_back_adjust_the_invoice_once(sold, provider, tea, keeper):
    order = sold()
    issue_invoices(at=timezone.now())
    bring_back(order, tea, 1, keeper)
    settle(at=timezone.now())
    (paid,) = order.payments.get().refunds.all()
    give_by_hand(refund=paid, actor=keeper, at=timezone.now())

    for _minute in range(3):
        issue_invoices(at=timezone.now())

    _first, back = provider.asked
    assert (back["number"], back["adjusts"]) == (2, "C26TQN 00000001")
    assert back["document"] == order.number
    (line,) = back["lines"]
    assert (line["units"], line["price_vnd"], line["rate"]) == (-1, 95_000, "8")
    assert (line["gross_vnd"], line["vat_vnd"]) == (-95_000, -7_037)
    assert back["by_rate"] == [
        {"rate": "8", "gross_vnd": -95_000, "net_vnd": -87_963, "vat_vnd": -7_037}
    ]
    assert sorted(Invoice.objects.values_list("state", flat=True)) == [
        "issued",
        "issued",
        "needless",  # the money for these goods
    ]


def test_money_given_back_adjusts_the_invoice_once(sold, provider, refund, wine):
    order = sold()
    issue_invoices(at=timezone.now())
    refund(order, units={order.lines.get(product=wine): 1})
    refund(order, amount_vnd=11_111)

    for _minute in range(3):
        issue_invoices(at=timezone.now())

    _first, goods, lump = provider.asked
    assert [one["adjusts"] for one in (goods, lump)] == ["C26TQN 00000001"] * 2
    assert goods["lines"][0]["rate"] == "10"
    assert (goods["gross_vnd"], goods["vat_vnd"]) == (-120_000, -10_909)
    assert (lump["lines"][0]["rate"], lump["gross_vnd"]) == ("", -11_111)


def test_nothing_is_adjusted_before_its_invoice_is_issued(sold, provider, tea, keeper):
    bring_back(sold(tea=1), tea, 1, keeper)
    provider.refuses = NotIssued("no")
    issue_invoices(at=NOON)
    issue_invoices(at=NOON + MINUTE)
    assert [one["adjusts"] for one in provider.asked] == ["", ""]

    provider.refuses = None
    for minutes in (10, 11):
        issue_invoices(at=NOON + minutes * MINUTE)

    assert [one["number"] for one in provider.asked] == [1, 1, 1, 2]
    assert provider.asked[-1]["gross_vnd"] == -provider.asked[0]["gross_vnd"]


def test_by_rate_invoices_add_up_to_the_sales_of_the_bookkeeper(
    sold, sell, refund, provider, tea, wine, pomelo, keeper
):
    picked = sold(tea=7, wine=2)
    sell({tea: 3, pomelo: 2})
    issue_invoices(at=timezone.now())
    for units in (1, 2, 3):
        bring_back(picked, tea, units, keeper)
    refund(picked, units={picked.lines.get(product=wine): 1})
    refund(picked, amount_vnd=11_111)

    issue_invoices(at=timezone.now())

    day = dt.date(2026, 11, 30)
    books = sums_of(sales_of(days=Days(day, day)))
    assert {one.rate for one in books} == {"10", "8", "5", ""}
    for one in books:
        papers = [
            line
            for asked in provider.asked
            for line in asked["by_rate"]
            if line["rate"] == one.rate
        ]
        assert sum(line["gross_vnd"] for line in papers) == one.gross_vnd
        assert sum(line["vat_vnd"] for line in papers) == one.vat_vnd


def test_the_database_knows_one_invoice_for_each_thing(sold, provider, tea, keeper):
    order = sold()
    issue_invoices(at=NOON)
    first = Invoice.objects.get()
    times = {"queued_at": NOON, "try_after": NOON}

    for wrong in (
        {"order": order},
        {"order": None},
        {"goods_back": bring_back(order, tea, 1, keeper)},  # and adjusts nothing
        {"order": sold(), "adjusts": first},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.create(**wrong, **times)

    assert Invoice.objects.count() == 1


def test_what_earlier_invoices_took_off_is_not_taken_off_again(
    sold, provider, tea, wine, keeper, refund
):
    """Until then an invoice was of what was left of an order when it got its number."""
    order, waits = sold(), sold()
    Invoice.objects.create(order=waits, queued_at=NOON, try_after=NOON)
    on_it = bring_back(order, tea, 1, keeper)
    refund(order, units={order.lines.get(product=wine): 1})
    refund(order, amount_vnd=1_000)
    later = bring_back(order, tea, 1, keeper)
    made = Invoice.objects.create(
        order=order,
        state="issued",
        series="C26TQN",
        number=1,
        content={
            "lines": [
                {"code": tea.code, "units": -1, "gross_vnd": -95_000},
                {"code": wine.code, "units": -1, "gross_vnd": -120_000},
            ]
        },
        queued_at=NOON,
        try_after=NOON,
    )

    migration = "marketplace.papers.migrations.0006_what_invoices_took_off"
    import_module(migration).tell(apps, None)

    assert not Invoice.objects.filter(order=waits).exists()
    needless = made.adjusted_by.filter(state="needless")
    assert [one.goods_back for one in needless if one.goods_back] == [on_it]
    assert [one.money_back.amount_vnd for one in needless if one.money_back] == [
        -120_000
    ]
    issue_invoices(at=timezone.now())
    adjusting = made.adjusted_by.filter(state="issued")
    assert adjusting.get(goods_back=later).content["gross_vnd"] == -95_000
    assert adjusting.get(goods_back=None).content["gross_vnd"] == -1_000
    assert Invoice.objects.get(order=waits).state == "issued"


# --- The file ------------------------------------------------------------------------


def test_an_invoice_is_a_file_with_all_that_was_sold(sold, folder):
    order = sold()

    call_command("issue_invoices")

    assert files(folder) == ["C26TQN-00000001.json"]
    said = json.loads((folder / "C26TQN-00000001.json").read_text())
    assert (said["document"], said["issued_on"]) == (order.number, "2026-11-30")
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


def test_the_office_sees_what_fails_and_tries_again(
    sold, provider, signed_in, manager, tea, keeper
):
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

    bring_back(order, tea, 1, keeper)
    page = text_of(office.get(OFFICE))
    assert "1 is yet to be written." in page
    issue_invoices(at=timezone.now())
    page = text_of(office.get(OFFICE))
    assert f"C26TQN 00000002 · {order.number} · adjusts C26TQN 00000001" in page


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
