"""A point's stock goes out as a file and comes back, checked first, all or nothing."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from openpyxl import Workbook

from catalogue.models import Batch
from marketplace.orders.reconciliation import reconcile
from stores.operations.reserve import reserve
from stores.partner.models import StockRecord
from tests.factories import expire_lot, make_product, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot

HEADING = ("Number", "Name", "Lot", "Best before", "On hand", "Threshold")


def date_in_a_year() -> str:
    return (timezone.localdate() + dt.timedelta(days=365)).isoformat()


def make_row(product, lot="L1", units="8", *, date=None, threshold=""):
    date = date_in_a_year() if date is None else date
    return [product.code, product.title, lot, date, units, threshold]


def make_csv(*rows: list) -> bytes:
    return "".join(",".join(map(str, r)) + "\n" for r in [HEADING, *rows]).encode()


def submit_check(
    desk, content: bytes, name: str = "kệ tháng 11.csv", base: str = "/en"
):
    file = SimpleUploadedFile(name, content)
    return desk.post(f"{base}/desk/centre/shelf/file/", {"file": file})


def submit_booking(desk, checked, base: str = "/en"):
    """Presses the button of a page that shows what booking would do."""
    return desk.post(
        f"{base}/desk/centre/shelf/file/book/",
        {"checked": checked.context["checked"]},
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("base", ["", "/en"])
def test_exported_stock_file_imports_without_changes(
    desk, centre, tea, tea_at_centre, honey_at_centre, kind, base
):
    put_on_shelf(centre, tea, 4, lot="-5", keeps_days=None)
    expire_lot(honey_at_centre)
    StockRecord.objects.filter(pk=tea_at_centre.pk).update(low_stock_threshold=3)
    taken = desk.get(f"{base}/desk/centre/shelf/stock.{kind}")

    response = submit_check(desk, taken.content, f"x.{kind}", base)

    assert taken["Content-Disposition"].startswith('attachment; filename="centre-')
    assert response.status_code == 200
    assert (response.context["unchanged"], response.context["changes"]) == (3, [])
    assert response.context["checked"] == ""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        (
            "",
            "Tệp này là của {booth}, còn đây là quầy của {here}. Chưa ghi gì cả.",
        ),
        (
            "/en",
            "This file is of {booth}, and this is the desk of {here}."
            " Nothing was booked.",
        ),
    ],
)
def test_check_stock_file_of_another_point_is_refused_with_both_names(
    desk,
    centre,
    booth,
    tea,
    tea_at_centre,
    signed_in,
    other_keeper,
    kind,
    base,
    sentence,
):
    put_on_shelf(booth, tea, 4)
    before = get_stock_snapshot(tea_at_centre)
    browser = signed_in(other_keeper)
    taken = browser.get(f"{base}/desk/booth/shelf/stock.{kind}")

    response = submit_check(desk, taken.content, f"renamed.{kind}", base)

    with override("en" if base else "vi"):
        expected = sentence.format(booth=booth.name, here=centre.name)
    assert response.status_code == 422
    assert expected in get_page_text(response)
    assert "checked" not in response.context
    assert get_stock_snapshot(tea_at_centre) == before


def test_check_stock_file_of_unknown_point_is_refused(desk, tea, tea_at_centre):
    row = [*make_row(tea), "ha-noi"]
    content = make_csv(row).replace(b"Threshold", b"Threshold,Sales point")

    response = submit_check(desk, content)

    assert response.status_code == 422
    assert "This file is of “ha-noi”, and this is the desk of" in get_page_text(
        response
    )


@pytest.mark.parametrize("date", ["31/12/9999", "9999-12-31", "0001-01-01"])
def test_check_stock_file_names_impossible_date(desk, tea, date):
    response = submit_check(desk, make_csv(make_row(tea, "L9", 5, date=date)))

    assert response.status_code == 422
    assert f"“{date}” is not a date." in get_page_text(response)


def test_check_stock_file_shows_changes_and_books_none(
    desk, tea, honey, tea_at_centre, honey_at_centre
):
    before = get_stock_snapshot(tea_at_centre)

    page = get_page_text(
        submit_check(
            desk,
            make_csv(
                make_row(tea),
                make_row(tea, "L2", 5),
                make_row(honey, units=3, threshold=2),
            ),
        )
    )

    assert "Booking it changes this:" in page
    assert "2 Forest tea lot L1 10 8" in page
    assert "3 Forest tea lot L2 , new here – 5" in page
    assert "4 Forest honey lot L1 runs low from 2 3 3" in page
    assert "Book 3 rows" in page
    assert get_stock_snapshot(tea_at_centre) == before


def test_book_stock_file_writes_movements_with_file_name(
    desk, keeper, tea, honey, tea_at_centre, honey_at_centre
):
    rows = [
        make_row(tea),
        make_row(tea, "L2", 5, threshold="4"),
        make_row(honey, units=0),
    ]
    rows[0][5] = "4"

    response = submit_booking(desk, submit_check(desk, make_csv(*rows)))

    assert response.status_code == 302
    assert get_stock_snapshot(tea_at_centre).ledger[1:] == [
        ("receive", "L2", 5, 15),
        ("correct", "L1", -2, 13),
    ]
    assert get_stock_snapshot(honey_at_centre).on_hand == 0
    came, less = tea_at_centre.movements.order_by("pk")[1:]
    assert (came.document, came.actor) == ("kệ tháng 11.csv", keeper)
    assert (less.reason, less.actor) == ("kệ tháng 11.csv", keeper)
    tea_at_centre.refresh_from_db()
    assert tea_at_centre.low_stock_threshold == 4
    assert reconcile(at=timezone.now()).faults == []


def test_book_stock_file_accepts_workbook(desk, tea, tea_at_centre):
    workbook = Workbook()
    for line in (HEADING, make_row(tea)):
        workbook.active.append(line)
    file = io.BytesIO()
    workbook.save(file)

    response = submit_booking(desk, submit_check(desk, file.getvalue(), "x.xlsx"))

    assert response.status_code == 302
    assert get_stock_snapshot(tea_at_centre).on_hand == 8


def test_book_stock_file_adds_new_product(desk, centre, tea):
    response = submit_booking(
        desk, submit_check(desk, make_csv(make_row(tea, threshold=3)))
    )

    record = StockRecord.objects.get(partner=centre.partner, product=tea)
    assert response.status_code == 302
    assert get_stock_snapshot(record).ledger == [("receive", "L1", 8, 8)]
    assert record.low_stock_threshold == 3


def test_book_stock_file_leaves_absent_rows_unchanged(
    desk, tea, tea_at_centre, honey_at_centre
):
    before = get_stock_snapshot(honey_at_centre)

    submit_booking(desk, submit_check(desk, make_csv(make_row(tea))))

    assert get_stock_snapshot(honey_at_centre) == before


def test_book_stock_file_replaces_allocated_lot(desk, centre, tea, tea_at_centre):
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())

    response = submit_booking(
        desk,
        submit_check(desk, make_csv(make_row(tea, units=0), make_row(tea, "L2", 9))),
    )

    assert response.status_code == 302
    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 0, "L2": 9}


def test_book_stock_file_twice_books_once(desk, tea, tea_at_centre):
    checked = submit_check(desk, make_csv(make_row(tea)))
    submit_booking(desk, checked)
    before = get_stock_snapshot(tea_at_centre)

    response = submit_booking(desk, checked)

    assert response.status_code == 409
    assert "The shelf is as the file says." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


def test_book_stock_file_after_stock_moved_requires_new_check(
    desk, centre, tea, tea_at_centre
):
    checked = submit_check(desk, make_csv(make_row(tea)))
    put_on_shelf(centre, tea, 1)
    before = get_stock_snapshot(tea_at_centre)

    response = submit_booking(desk, checked)

    assert response.status_code == 409
    assert "The shelf has changed since this file was checked." in get_page_text(
        response
    )
    assert "2 Forest tea lot L1 11 8" in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before
    assert submit_booking(desk, response).status_code == 302
    assert get_stock_snapshot(tea_at_centre).on_hand == 8


def test_book_stock_file_ignores_movement_of_absent_rows(
    desk, centre, tea, tea_at_centre, honey
):
    checked = submit_check(desk, make_csv(make_row(tea)))
    put_on_shelf(centre, honey, 1)

    assert submit_booking(desk, checked).status_code == 302


def test_book_stock_file_refuses_units_allocated_meanwhile(desk, tea, tea_at_centre):
    checked = submit_check(desk, make_csv(make_row(tea)))
    reserve(lines={tea_at_centre.pk: 9}, at=timezone.now())
    before = get_stock_snapshot(tea_at_centre)

    response = submit_booking(desk, checked)

    assert response.status_code == 409
    assert "Row 2: buyers have ordered 9" in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.fixture
def wine(centre):
    """Asks for a licence that the centre no longer has."""
    wine = make_product("ruou-can", title_en="Jar wine", abv="29.5")
    put_on_shelf(centre, wine, 4)
    centre.alcohol_licence = False
    centre.save()
    return wine


YESTERDAY = (timezone.localdate() - dt.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"code": "QN-9999"}, "no product has the number “QN-9999”."),
        ({"units": "-3"}, "there cannot be -3 units."),
        ({"units": "2.5"}, "“2.5” is not a whole number of units."),
        ({"lot": "L9", "date": YESTERDAY}, "has passed already, and the lot is new"),
        ({"date": "2031-01-02"}, "this lot is known with the date"),
        ({"date": ""}, "this lot is known with the date"),
        ({"units": "2"}, "buyers have ordered 3"),
        ({"lot": "lô 9"}, "“lô 9” is not a lot number."),
        ({"units": "=1+1"}, "has a formula."),
    ],
    ids=str,
)
def test_check_stock_file_names_wrong_row_and_books_none(
    desk, tea, honey, tea_at_centre, honey_at_centre, bad, message
):
    reserve(lines={honey_at_centre.pk: 3}, at=timezone.now())
    before = [get_stock_snapshot(tea_at_centre), get_stock_snapshot(honey_at_centre)]
    wrong = make_row(
        honey, bad.get("lot", "L1"), bad.get("units", "3"), date=bad.get("date")
    )
    wrong[0] = bad.get("code", honey.code)

    response = submit_check(desk, make_csv(make_row(tea), wrong))

    assert response.status_code == 422
    assert message in get_page_text(response)
    assert "Row 3: " in get_page_text(response)
    assert response.context["checked"] == ""
    assert [
        get_stock_snapshot(tea_at_centre),
        get_stock_snapshot(honey_at_centre),
    ] == before


def test_check_stock_file_without_licence_allows_less_alcohol_only(desk, wine):
    more = submit_check(desk, make_csv(make_row(wine, units=5)))
    less = submit_check(desk, make_csv(make_row(wine, units=3)))

    assert (more.status_code, less.status_code) == (422, 200)
    assert "this point may not sell Jar wine" in get_page_text(more)


def test_check_stock_file_refuses_service(desk, centre):
    tour = make_product("tour", group="tourism", subgroup="community", weight_g=0)

    assert submit_check(desk, make_csv(make_row(tour))).status_code == 422


def test_check_stock_file_names_wrong_rows_in_page_language(desk, tea, honey):
    response = submit_check(
        desk,
        make_csv(
            make_row(tea, units="-1"),
            make_row(honey),
            make_row(honey),
            make_row(honey, "L2", "x"),
        ),
        base="",
    )

    page = get_page_text(response)
    assert "Dòng 2: số lượng không thể là -1." in page
    assert "Dòng 4: trùng sản phẩm và lô với dòng 3." in page
    assert "Dòng 5: “x” không phải số nguyên." in page


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "neither a CSV nor an XLSX"),
        (b"%PDF-1.7", "These columns are missing: Number, Lot, Best before, On hand."),
        (b"%PDF-1.7\xe2", "neither a CSV nor an XLSX"),
        ("Number\nCà phê".encode("cp1258"), "Row 2 is not written in UTF-8."),
        (b"Number,Lot,On hand\n", "These columns are missing: Best before."),
        (
            b"Number,Number,Lot,Best before,On hand\n",
            "These columns are there twice: Number.",
        ),
        (
            b"Number,Lot,Best before,On hand\n" + b"a,b,,1\n" * 50_000,
            "A file has 20000 rows at most.",
        ),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is too big: 5 MB at most."),
    ],
    ids=lambda value: str(value[:30]),
)
def test_check_stock_file_refuses_unreadable_file_with_reason(
    desk, tea_at_centre, content, message
):
    before = get_stock_snapshot(tea_at_centre)

    response = submit_check(desk, content)

    assert response.status_code == 422
    assert message in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


def test_check_stock_file_without_file_is_refused(desk, centre):
    response = desk.post("/en/desk/centre/shelf/file/")

    assert response.status_code == 422
    assert "Choose a file." in get_page_text(response)


@pytest.mark.parametrize("checked", ["", "x", "a:b:c", "\x00"])
def test_book_stock_file_with_forged_check_is_refused(desk, tea_at_centre, checked):
    before = get_stock_snapshot(tea_at_centre)

    response = desk.post("/en/desk/centre/shelf/file/book/", {"checked": checked})

    assert response.status_code == 409
    assert get_stock_snapshot(tea_at_centre) == before


def test_book_stock_file_after_an_hour_is_refused(
    desk, tea, tea_at_centre, time_machine
):
    checked = submit_check(desk, make_csv(make_row(tea)))
    before = get_stock_snapshot(tea_at_centre)
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=61))
    desk.force_login(tea_at_centre.partner.sales_point.keepers.get())

    response = submit_booking(desk, checked)

    assert response.status_code == 409
    assert "This check is too old, or not yours." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


def test_book_stock_file_by_other_point_or_person_is_refused(
    desk, signed_in, manager, booth, tea, tea_at_centre
):
    checked = submit_check(desk, make_csv(make_row(tea)))
    before = get_stock_snapshot(tea_at_centre)

    other = signed_in(manager)
    token = {"checked": checked.context["checked"]}
    answers = [
        other.post("/en/desk/centre/shelf/file/book/", token),
        other.post("/en/desk/booth/shelf/file/book/", token),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize(
    "path", ["file/", "file/book/", "stock.csv", "stock.xlsx", "1/everywhere/"]
)
def test_stock_files_of_another_point_return_404(
    signed_in, other_keeper, stranger, centre, path
):
    address = f"/en/desk/centre/shelf/{path}"

    assert signed_in(other_keeper).get(address).status_code == 404
    assert signed_in(stranger).get(address).status_code == 403


def test_check_stock_file_query_count_is_independent_of_rows(
    desk, centre, django_assert_max_num_queries
):
    goods = [make_product() for _number in range(12)]
    with django_assert_max_num_queries(12):
        submit_check(desk, make_csv(make_row(goods[0])))

    with django_assert_max_num_queries(12):
        response = submit_check(
            desk, make_csv(*(make_row(p, f"L{n}") for p in goods for n in range(9)))
        )

    assert len(response.context["changes"]) == 108


def test_book_stock_file_query_count_is_independent_of_rows(desk, centre):
    goods = [make_product() for _number in range(12)]
    short = [make_row(goods[0]), make_row(goods[1])]
    long = [make_row(product, f"L{n}") for product in goods for n in range(2, 9)]
    costs = []

    for rows in (short, long):  # what comes, and then fewer of it
        for units in (9, 7):
            checked = submit_check(desk, make_csv(*([*r[:4], units, 3] for r in rows)))
            with CaptureQueriesContext(connection) as queries:
                assert submit_booking(desk, checked).status_code == 302
            costs.append(len(queries))

    assert costs[2:] == costs[:2]
    assert reconcile(at=timezone.now()).faults == []


def test_check_stock_file_refuses_other_date_of_known_lot(desk, booth, centre, tea):
    put_on_shelf(booth, tea, 3)

    good, bad = (
        submit_check(desk, make_csv(make_row(tea))),
        submit_check(desk, make_csv(make_row(tea, date=""))),
    )

    assert (good.status_code, bad.status_code) == (200, 422)
    assert Batch.objects.count() == 1
