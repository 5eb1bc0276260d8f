"""Parsing and uploading bank statements."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from catalogue.spreadsheets import NO_CSV, TOO_MANY_ROWS, NotASheet
from marketplace.payments.bank.matching import transfer_purpose
from marketplace.payments.bank.statement import (
    MAX_LINES,
    LineError,
    parse_statement,
)
from marketplace.payments.models import PaymentEvent
from tests.marketplace.shopping import get_page_text, parse_page, translate
from tests.payments.stripe_events import get_status, get_sums

HEADING = "Transaction number,Transaction date,Credit,Description"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def make_csv(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


@pytest.fixture(autouse=True)
def clock():
    """Noon of the day after."""
    with time_machine.travel(dt.datetime(2026, 11, 26, 12, tzinfo=VIETNAM), tick=False):
        yield


def make_row(purpose: str, reference: str = "FT1", amount: str = "190000") -> str:
    return f"{reference},25/11/2026 09:43,{amount},{purpose}"


def test_parse_statement_returns_credit_of_each_line():
    (line,) = parse_statement(make_csv(make_row("QN1234567 tra tien")))

    assert line.number == 2
    assert line.credit.reference == "FT1"
    assert line.credit.booked_at == dt.datetime(2026, 11, 25, 9, 43, tzinfo=VIETNAM)
    assert (line.credit.amount_vnd, line.credit.purpose) == (
        190_000,
        "QN1234567 tra tien",
    )
    assert line.credit.raw == "FT1 | 25/11/2026 09:43 | 190000 | QN1234567 tra tien"


@pytest.mark.parametrize(
    "content",
    [
        "Số giao dịch;Ngày giao dịch;Ghi nợ;Ghi có;Nội dung\n"
        "FT1;25/11/2026;;190.000;QN1234567\n",
        "\ufeffSỐ THAM CHIẾU\tNGÀY GIAO DỊCH\tSỐ TIỀN GHI CÓ (VND)\tDIỄN GIẢI\n"
        "FT1\t2026-11-25\t190.000,00\tQN1234567\n",
        "NGÂN HÀNG TMCP\nTài khoản: 0123456789\nTừ ngày 01/11/2026\n\n"
        "Mã giao dịch / Transaction ID,Ngày / Date,Số tiền / Amount,Mô tả / Details\n"
        '="FT1",25-11-2026,"+190,000.00 VND",QN1234567\n',
    ],
)
def test_parse_statement_accepts_formats_of_several_banks(content):
    (line,) = parse_statement(content.encode())

    credit = line.credit
    assert (credit.reference, credit.amount_vnd) == ("FT1", 190_000)
    assert (credit.booked_at.date(), credit.purpose) == (
        dt.date(2026, 11, 25),
        "QN1234567",
    )
    assert line.number == content.count("\n")


def test_parse_statement_ignores_debits_and_empty_rows():
    assert (
        parse_statement(
            make_csv(
                make_row("phi", amount="-11000"), make_row("phi", amount=""), ",,,"
            )
        )
        == []
    )


def test_parse_statement_without_numbers_derives_stable_references():
    same = make_row("QN1234567", reference="")
    other = make_row("QN7654321", reference="")

    names = [
        line.credit.reference for line in parse_statement(make_csv(same, other, same))
    ]

    assert len(set(names)) == 3
    assert [line.credit.reference for line in parse_statement(make_csv(same))] == names[
        :1
    ]
    assert [
        line.credit.reference for line in parse_statement(make_csv(other, same, same))
    ] == [
        names[1],
        names[0],
        names[2],
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("FT1,soon,190000,QN1234567", LineError.NO_DATE),
        ("FT1,31/02/2026,190000,QN1234567", LineError.NO_DATE),
        ("FT1,25/11/9999,190000,QN1234567", LineError.NO_DATE),
        ("FT1,28/11/2026,190000,QN1234567", LineError.IN_FUTURE),
        ("FT1,25/11/2026,much,QN1234567", LineError.NO_AMOUNT),
        ("FT1,25/11/2026,1.5,QN1234567", LineError.NO_AMOUNT),
        ("FT1,25/11/2026,2147483648,QN1234567", LineError.NO_AMOUNT),
        ("FT1,25/11/2026,=1+1,QN1234567", LineError.FORMULA),
        ('FT1,25/11/2026,190000,"=HYPERLINK(""x"")"', LineError.FORMULA),
        ("F" * 101 + ",25/11/2026,190000,QN1234567", LineError.LONG_REFERENCE),
    ],
)
def test_parse_statement_reports_unreadable_row_and_continues(line, why):
    wrong, right = parse_statement(make_csv(line, make_row("QN1234567", "FT2")))

    assert (wrong.number, wrong.credit, wrong.error) == (2, None, why)
    assert right.credit.reference == "FT2"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NO_CSV),
        (b"  \n \n", NO_CSV),
        (b"\x89PNG\r\n\x1a\n\x00\x00", NO_CSV),
        (b"PK\x03\x04\x00\x00", NO_CSV),
        ("<html><p>Xin chào</p></html>".encode(), "These columns are missing: "),
        (b'{"reference": "FT1"}', "These columns are missing: "),
        (b"one line", "These columns are missing: "),
        (b"a,b\n" * 40, "These columns are missing: "),
        (b"Date,Credit\n25/11/2026,1", "These columns are missing: "),
        ("Ngày,Ghi có,Nội dung\n".encode("utf-16"), "Row 1 is not written in UTF-8."),
        (
            HEADING.encode() + b"\nFT1,25/11/2026,1,tr\xe1",
            "Row 2 is not written in UTF-8.",
        ),
        (HEADING.encode() + b"\n" + b'"' + b"x" * 200_000, NO_CSV),
        (
            make_csv(*[make_row("x", f"FT{n}") for n in range(50_000)]),
            f"A file has {MAX_LINES} rows at most.",
        ),
    ],
    ids=range(13),
)
def test_parse_statement_refuses_invalid_file(content, refusal):
    with translation.override("en"), pytest.raises(NotASheet, match=str(refusal)):
        parse_statement(content)


def test_parse_statement_accepts_up_to_row_limit():
    rows = [make_row("x", f"FT{n}") for n in range(MAX_LINES)]

    assert len(parse_statement(make_csv(*rows))) == MAX_LINES
    with pytest.raises(NotASheet, match=str(TOO_MANY_ROWS) % MAX_LINES):
        parse_statement(make_csv(*rows, make_row("x", "one more")))


def upload(browser, content: bytes, base: str = "/en", name: str = "sao kê.csv"):
    file = SimpleUploadedFile(name, content)
    return browser.post(f"{base}/office/transfers/statement/", {"file": file})


@pytest.fixture
def office(signed_in, manager):
    return signed_in(manager)


@pytest.mark.parametrize("base", ["", "/en"])
def test_statement_page_shows_outcome_of_every_row(
    office, pending_transfer, unpaid, base
):
    purpose = transfer_purpose(unpaid.number)
    content = make_csv(
        make_row(f"THANHTOAN{purpose.lower()} FT99", "FT1"),
        make_row(purpose, "FT2", "50000"),
        make_row("lai tien gui", "FT3", "12"),
        "FT4,soon,190000,x",
        make_row(purpose, "FT1"),
    )

    response = upload(office, content, base)

    language = "en" if base else "vi"
    places = [
        " ".join(one.select_one(".state-word").get_text().split())
        for one in parse_page(response).select(".office-rows li")
    ]
    assert response.status_code == 200
    assert places == [
        translate("matched: paid", language),
        translate("paid already", language),
        translate("names no order that is paid by transfer", language),
        translate("unreadable", language),
        translate("known already", language),
    ]
    assert translate("The date cannot be read; write it as 24/12/2027.", language) in (
        get_page_text(response)
    )
    assert get_sums(pending_transfer) == ("paid", 240_000, 0)
    assert get_status(unpaid) == "confirmed"


def test_upload_statement_twice_changes_nothing(
    office, manager, pending_transfer, unpaid
):
    content = make_csv(
        make_row(transfer_purpose(unpaid.number)),
        make_row("x", "", "5"),
        make_row("x", "", "5"),
    )
    upload(office, content)
    before = list(PaymentEvent.objects.values())

    page = get_page_text(upload(office, content))

    assert "3 known already" in page
    assert list(PaymentEvent.objects.values()) == before
    assert len(before) == 3
    assert before[0]["actor_id"] == manager.pk


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\x00", "This is not a CSV file."),
        (b"a,b\n1,2", "These columns are missing: %s."),
        (
            HEADING.encode() + b"\nFT1,25/11/2026,1,tr\xe1",
            "Row %d is not written in UTF-8. Save the file as “CSV UTF-8”.",
        ),
        (
            make_csv(*[make_row("x", f"FT{n}") for n in range(50_000)]),
            "A file has %d rows at most. Please cut it in parts.",
        ),
        (b"", "Choose a file."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is too big: 5 MB at most."),
    ],
    ids=["picture", "columns", "encoding", "rows", "empty", "size"],
)
def test_upload_statement_refuses_invalid_file_with_reason(
    office, db, content, sentence, language
):
    response = upload(office, content, "" if language == "vi" else "/en")

    assert response.status_code == 422
    beginning = translate(sentence, language).split("%")[0]
    assert beginning in parse_page(response).select_one(".wrong").get_text()
    assert not PaymentEvent.objects.exists()


def test_upload_statement_without_file_is_refused(office, db):
    response = office.post("/en/office/transfers/statement/", {})

    assert response.status_code == 422
    assert "Choose a file." in get_page_text(response)
