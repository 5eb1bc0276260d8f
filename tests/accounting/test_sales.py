"""What was sold, as the bookkeeper gets it: the same sums as the ledger of money."""

import csv
import datetime as dt
import io
from itertools import groupby
from types import MappingProxyType

import pytest
from django.db.models import Sum
from django.utils import timezone
from openpyxl import load_workbook

from catalogue.models import Product
from catalogue.vat import vat_between, vat_in
from marketplace.accounting.queries.sales import Days, sales_entries, sums_by_point
from marketplace.orders.operations.fulfil import mark_delivered
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.collect import collect_payment
from marketplace.payments.operations.refund import (
    create_refund,
    process_due_refunds,
    record_manual_refund,
)
from stores.models import SalesEntry, vat_sums
from tests.accounting.conftest import HCM, NOON, hand_over_order, take_back_units
from tests.factories import make_order, make_product, put_on_shelf
from tests.marketplace.shopping import get_page_text, parse_page

OFFICE = "/en/office/sales/"
DAY = MappingProxyType({"first": "2026-11-30", "last": "2026-11-30"})
MONTH = Days(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def mixed_sales(sell, centre, booth, full_shelf, tea, wine, pomelo, keeper, manager):
    """Sales of every kind at two points, and some of them taken back."""
    sell({tea: 3, wine: 1})
    sell({pomelo: 2}, "card")
    sell({tea: 1}, "cash", booth, {tea: put_on_shelf(booth, tea, 9)})
    picked = hand_over_order(make_order({tea: 7, pomelo: 2}, point=centre), keeper)
    posted = hand_over_order(make_order({wine: 2}, method="post"), keeper)
    fulfilment = posted.fulfilments.get()
    mark_delivered(fulfilment=fulfilment, at=timezone.now())
    collect_payment(fulfilment=fulfilment, actor=keeper, paid_by="", at=timezone.now())
    for units in (1, 2, 3):
        take_back_units(picked, tea, units, keeper)
    process_due_refunds(at=timezone.now())
    for refund in picked.payments.get().refunds.all():
        record_manual_refund(refund=refund, actor=manager, at=timezone.now())
    for amount, order in ((20_000, picked), (11_111, posted)):
        made = create_refund(
            payment=order.payments.get(),
            amount_vnd=amount,
            reason="came late",
            key=str(amount),
            actor=manager,
            at=timezone.now(),
        )
        record_manual_refund(refund=made, actor=manager, at=timezone.now())


def read_csv_rows(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


# --- Sums ----------------------------------------------------------------------------


def test_sales_sums_equal_payment_ledger(mixed_sales):
    entries = sales_entries(days=MONTH)

    money = PaymentEvent.objects.filter(outcome="applied").aggregate(
        s=Sum("amount_vnd")
    )
    desk = sum(line.gross_vnd for line in SalesEntry.objects.exclude(sale=None))
    assert sum(entry.gross_vnd for entry in entries) == money["s"] + desk > 0
    sums = vat_sums(entries)
    assert {one.rate for one in sums} == {"10", "8", "5", ""}
    assert sum(one.gross_vnd for one in sums) == money["s"] + desk
    assert all(one.net_vnd + one.vat_vnd == one.gross_vnd for one in sums)


def test_sales_sums_by_point_add_up_to_total(mixed_sales):
    entries = sales_entries(days=MONTH)

    of_points = [
        one for point_sums in sums_by_point(entries) for one in point_sums.sums
    ]

    assert len(sums_by_point(entries)) == 2
    for whole in vat_sums(entries):
        rate_sums = [one for one in of_points if one.rate == whole.rate]
        assert sum(one.vat_vnd for one in rate_sums) == whole.vat_vnd
        assert sum(one.gross_vnd for one in rate_sums) == whole.gross_vnd


def test_partial_returns_subtract_their_exact_vat(mixed_sales):
    """Seven teas went, six came back one, two and three at a time: one is left."""
    of_orders = [e for e in sales_entries(days=MONTH) if e.document.startswith("QN")]

    keyed = sorted(
        of_orders, key=lambda entry: (entry.document, entry.sku, entry.vat_rate)
    )
    for (_number, code, rate), group in groupby(
        keyed, key=lambda entry: (entry.document, entry.sku, entry.vat_rate)
    ):
        entries_of_line = list(group)
        gross = sum(entry.gross_vnd for entry in entries_of_line)
        if code:
            assert sum(entry.vat_vnd for entry in entries_of_line) == vat_in(
                gross, rate
            )
    back = [entry for entry in of_orders if entry.kind == "return"]
    assert [entry.units for entry in back] == [-1, -2, -3]
    assert [entry.vat_vnd for entry in back] == [
        -vat_between(0, 95_000, "8"),
        -vat_between(95_000, 285_000, "8"),
        -vat_between(285_000, 570_000, "8"),
    ]


def test_sales_are_filtered_by_point_and_rate(mixed_sales, booth):
    (only,) = sales_entries(days=MONTH, point=booth)
    assert (only.point, only.gross_vnd) == (booth, 95_000)

    assert {one.vat_rate for one in sales_entries(days=MONTH, rate="10")} == {"10"}
    to_decide = sales_entries(days=MONTH, rate="")
    assert [one.gross_vnd for one in to_decide] == [-20_000, -11_111]


def test_sales_day_begins_and_ends_at_midnight_in_vietnam(sell, tea, noon):
    for hour in ((30, 0, 0), (30, 23, 59)):
        noon.move_to(dt.datetime(2026, 11, *hour, tzinfo=HCM))
        sell({tea: 1})
    for outside in ((2026, 11, 29, 23, 59), (2026, 12, 1, 0, 0)):
        noon.move_to(dt.datetime(*outside, tzinfo=HCM))
        sell({tea: 5})

    day = dt.date(2026, 11, 30)

    assert [one.units for one in sales_entries(days=Days(day, day))] == [1, 1]


def test_later_return_leaves_reported_month_unchanged(
    full_shelf, centre, tea, keeper, noon
):
    order = hand_over_order(make_order({tea: 2}, point=centre), keeper)
    before = sales_entries(days=MONTH)
    noon.move_to(NOON + dt.timedelta(days=40))

    take_back_units(order, tea, 2, keeper)

    assert sales_entries(days=MONTH) == before
    (back,) = sales_entries(days=Days(dt.date(2027, 1, 1), dt.date(2027, 1, 31)))
    assert (back.gross_vnd, back.vat_rate) == (-190_000, "8")  # the rate of the sale


def test_sales_query_count_is_independent_of_lines(
    mixed_sales, sell, tea, wine, django_assert_max_num_queries
):
    for _sale in range(20):
        sell({tea: 1, wine: 1})

    with django_assert_max_num_queries(10):
        assert len(sales_entries(days=MONTH)) > 40


# --- Files ---------------------------------------------------------------------------


@pytest.fixture
def office(signed_in, manager):
    return signed_in(manager)


def test_office_sales_page_defaults_to_current_month(office, mixed_sales):
    page = parse_page(office.get(OFFICE))

    assert page.select_one("[name=first]")["value"] == "2026-11-01"
    whole = get_page_text(office.get(OFFICE))
    assert "From 1 Nov 2026 to 30 Nov 2026" in whole
    assert "Rate to be decided -31,111 ₫ 0 ₫ -31,111 ₫" in whole
    assert "All points" in whole


def test_sales_csv_contains_every_line(office, sell, tea):
    sale = sell({tea: 3}, "card")

    response = office.get(f"{OFFICE}sales.csv", DAY)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    name = "sales-2026-11-30-2026-11-30.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    heading, line = read_csv_rows(response)
    assert dict(zip(heading, line, strict=True)) == {
        "Date": "2026-11-30",
        "Document": sale.number,
        "Point of sale": sale.point.name_en,
        "Kind of line": "sale",
        "Product number": line[4],
        "Product": "Forest tea",
        "Quantity": "3",
        "Price (₫)": "95000",
        "VAT rate": "8%",
        "Without VAT (₫)": "263889",
        "VAT (₫)": "21111",
        "With VAT (₫)": "285000",
        "Paid by": "card",
    }


def test_sales_csv_in_vietnamese_uses_semicolons_for_excel(office, sell, tea):
    sell({tea: 3})

    text = office.get("/office/sales/sales.csv", DAY).content.decode("utf-8-sig")

    heading, line = text.splitlines()
    assert heading.startswith("Ngày;Số chứng từ;Điểm bán;")
    assert ";Trà rừng Cù Lao Chàm;3;95000;8%;263889;21111;285000;tiền mặt" in line


def test_sales_xlsx_has_typed_cells_and_sums(office, mixed_sales):
    response = office.get(f"{OFFICE}sales.xlsx", DAY)

    book = load_workbook(io.BytesIO(response.content))
    lines, sums = (list(page.values) for page in book)
    entries = sales_entries(days=Days(dt.date(2026, 11, 30), dt.date(2026, 11, 30)))
    assert len(lines) == len(entries) + 1
    assert lines[1][0] == dt.datetime(2026, 11, 30)
    gross = lines[0].index("With VAT (₫)")
    assert sum(line[gross] for line in lines[1:]) == sum(e.gross_vnd for e in entries)
    assert sum(row[-1] for row in sums[1:]) == sum(e.gross_vnd for e in entries)
    assert min(line[gross] for line in lines[1:]) < 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_sales_export_escapes_formulas(office, sell, centre, kind):
    bad = make_product("xau", title="Xấu", title_en='=HYPERLINK("http://evil")\x0b')
    sell({bad: 1}, records={bad: put_on_shelf(centre, bad, 3)})
    Product.objects.filter(pk=bad.pk).update(upc=None)

    response = office.get(f"{OFFICE}sales.{kind}", DAY)

    escaped = '\'=HYPERLINK("http://evil")'
    if kind == "csv":
        assert escaped in read_csv_rows(response)[1]
        return
    page = load_workbook(io.BytesIO(response.content)).worksheets[0]
    (cell,) = [one for one in page[2] if "HYPER" in str(one.value)]
    assert (cell.value, cell.data_type) == (escaped, "s")


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": "2026-12-01"},
        {"first": "2025-01-01"},
        {"first": ""},
        {"last": "9999-12-31"},
        {"first": "0001-01-01"},
        {"point": "nowhere"},
        {"rate": "7"},
    ],
)
@pytest.mark.parametrize("address", ["", "sales.csv", "sales.xlsx"])
def test_office_sales_refuse_invalid_filter(office, mixed_sales, address, wrong):
    response = office.get(f"{OFFICE}{address}", DAY | wrong)

    assert response.status_code == 422
    assert parse_page(response).select(".wrong")


def test_sales_csv_filename_contains_filter(office, booth):
    query = {"point": "booth", "rate": "open"}

    response = office.get(f"{OFFICE}sales.csv", DAY | query)

    assert (
        'sales-2026-11-30-2026-11-30-booth-open.csv"'
        in response.headers["Content-Disposition"]
    )
    assert len(read_csv_rows(response)) == 1


@pytest.mark.parametrize("who", ["stranger", "keeper", "other_keeper"])
@pytest.mark.parametrize("address", ["", "sales.csv", "sales.xlsx"])
def test_office_sales_refuse_users_without_money_permission(
    who, address, request, signed_in, client
):
    person = request.getfixturevalue(who)

    assert signed_in(person).get(f"{OFFICE}{address}", DAY).status_code == 403
    assert client.get(f"{OFFICE}{address}", DAY).status_code == 302
