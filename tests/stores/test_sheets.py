"""A file of stock: what is written is read back, and what cannot be read is said."""

import datetime as dt
import io
import zipfile

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from catalogue.spreadsheets import (
    MOST_BYTES,
    MOST_ROWS,
    NO_SHEET,
    NOT_UTF8,
    TOO_BIG,
    TOO_MANY_ROWS,
    NotASheet,
)
from stores.sheets import (
    MOST_UNITS,
    LotRow,
    Problem,
    ProblemKind,
    Row,
    as_csv,
    as_xlsx,
    read,
)

HEADING = "Number,Name,Lot,Best before,On hand,Threshold\n"
DAY = dt.date(2027, 12, 24)


def make_csv(*lines: str, heading: str = HEADING) -> bytes:
    return (heading + "".join(f"{line}\n" for line in lines)).encode()


def make_xlsx(*lines: list, heading: str = HEADING) -> bytes:
    book = Workbook()
    book.active.append(heading.strip().split(","))
    for line in lines:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def make_zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def replace_zip_member(content: bytes, name: str, change: object) -> bytes:
    """An XLSX with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    members[name] = change(members[name])
    return make_zip(**members)


def test_read_sheet_accepts_both_languages():
    vietnamese = "Mã số;Tên sản phẩm;Lô;Hạn dùng;Số lượng hiện có;Ngưỡng sắp hết\n"
    row = Row(2, "QN-0001", "L1", DAY, 8, 3)

    assert read(make_csv("QN-0001,Tea,L1,2027-12-24,8,3")).rows == [row]
    assert read(make_csv("qn-0001;Trà;L1;24/12/2027;8;3", heading=vietnamese)).rows == [
        row
    ]


@pytest.mark.parametrize(
    "heading",
    ["NUMBER,lot,best BEFORE,on hand\n", "ma so\tlo\than dung\tso luong hien co\n"],
)
def test_read_sheet_recognises_heading_variants(heading):
    separator = "\t" if "\t" in heading else ","
    line = separator.join(["QN-0001", "L1", "", "8"])

    sheet = read(make_csv(line, heading=heading))

    assert sheet.rows == [Row(2, "QN-0001", "L1", None, 8, None)]


def test_read_sheet_reads_typed_workbook_cells():
    content = make_xlsx(
        ["QN-0001", "Tea", 12, dt.datetime(2027, 12, 24), 8.0, None],
        [None, None, None, None, None, None],
        ["QN-0002", "Honey", "L1", "24/12/2027", "7", 0],
    )

    assert read(content).rows == [
        Row(2, "QN-0001", "12", DAY, 8, None),
        Row(4, "QN-0002", "L1", DAY, 7, 0),
    ]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cc"]),
    max_size=40,
)
STOCK_ROWS = st.builds(
    LotRow,
    code=st.from_regex(r"QN-[0-9]{4}", fullmatch=True),
    name=st.one_of(TEXTS, st.builds("{}{}".format, st.sampled_from("=+-@'\t"), TEXTS)),
    lot=st.from_regex(r"[A-Za-z0-9./_-]{1,20}", fullmatch=True),
    best_before=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)),
    on_hand=st.integers(0, MOST_UNITS),
    threshold=st.none() | st.integers(0, 99),
    point=st.just("booth"),
)


@given(
    lots=st.lists(STOCK_ROWS, max_size=5, unique_by=lambda lot: lot.code),
    language=st.sampled_from(["vi", "en"]),
    write=st.sampled_from([as_csv, as_xlsx]),
)
def test_sheet_round_trips_any_lots(lots, language, write):
    sheet = read(write(lots, language=language))

    assert sheet.problems == []
    assert sheet.rows == [
        Row(n, lot.code, lot.lot, lot.best_before, lot.on_hand, lot.threshold)
        for n, lot in enumerate(lots, start=2)
    ]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_sheet_escapes_formulas(name):
    lot = LotRow("QN-0001", name, "-5", None, 8, None, "booth")

    text = as_csv([lot], language="en").decode("utf-8-sig")
    page = load_workbook(io.BytesIO(as_xlsx([lot], language="en"))).active

    assert f",'{name},'-5," in text.replace('"', "")
    assert [page["B2"].data_type, page["C2"].data_type] == ["s", "s"]
    assert page["B2"].value.startswith("'")
    assert read(as_csv([lot], language="en")).rows[0].lot == "-5"


def test_csv_starts_with_utf8_bom():
    assert as_csv([], language="vi").startswith(b"\xef\xbb\xbfM\xc3\xa3 s\xe1\xbb\x91;")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",Tea,L1,,8,", Problem(2, ProblemKind.NO_NUMBER)),
        ("QN-1,Tea,,,8,", Problem(2, ProblemKind.NO_LOT, "")),
        ("QN-1,Tea,lô 1,,8,", Problem(2, ProblemKind.NO_LOT, "lô 1")),
        ("QN-1,Tea," + "L" * 21 + ",,8,", Problem(2, ProblemKind.NO_LOT, "L" * 21)),
        ("QN-1,Tea,L1,31/02/2027,8,", Problem(2, ProblemKind.NO_DATE, "31/02/2027")),
        ("QN-1,Tea,L1,12/24/2027,8,", Problem(2, ProblemKind.NO_DATE, "12/24/2027")),
        ("QN-1,Tea,L1,,2.5,", Problem(2, ProblemKind.NOT_WHOLE, "2.5")),
        ('QN-1,Tea,L1,,"2,5",', Problem(2, ProblemKind.NOT_WHOLE, "2,5")),
        ("QN-1,Tea,L1,,,", Problem(2, ProblemKind.NOT_WHOLE, "")),
        ("QN-1,Tea,L1,,eight,", Problem(2, ProblemKind.NOT_WHOLE, "eight")),
        ("QN-1,Tea,L1,,1e3,", Problem(2, ProblemKind.NOT_WHOLE, "1e3")),
        ("QN-1,Tea,L1,,٣,", Problem(2, ProblemKind.NOT_WHOLE, "٣")),
        ("QN-1,Tea,L1,,-3,", Problem(2, ProblemKind.NEGATIVE, "-3")),
        ("QN-1,Tea,L1,,100001,", Problem(2, ProblemKind.TOO_MANY, "100001")),
        ("QN-1,Tea,L1,,8,-1", Problem(2, ProblemKind.NEGATIVE, "-1")),
        ("QN-1,Tea,L1,,=4+4,", Problem(2, ProblemKind.FORMULA, "on_hand")),
        ("=cmd|' /C calc'!A0,Tea,L1,,8,", Problem(2, ProblemKind.FORMULA, "code")),
        ("QN-1,Tea", Problem(2, ProblemKind.NO_LOT, "")),
    ],
    ids=str,
)
def test_read_sheet_names_unreadable_row(line, problem):
    sheet = read(make_csv(line, "QN-2,Honey,L1,,8,"))

    assert problem in sheet.problems
    assert [row.code for row in sheet.rows] == ["QN-2"]


def test_read_sheet_names_fractional_workbook_units():
    assert read(make_xlsx(["QN-1", "Tea", "L1", None, 2.5, None])).problems == [
        Problem(2, ProblemKind.NOT_WHOLE, "2.5")
    ]


def test_read_sheet_refuses_workbook_formula():
    assert read(make_xlsx(["QN-1", "Tea", "L1", None, "=4+4", None])).problems == [
        Problem(2, ProblemKind.FORMULA, "on_hand")
    ]


def test_read_sheet_names_repeated_lot():
    sheet = read(make_csv("QN-1,Tea,L1,,8,", "QN-1,Tea,L2,,8,", "qn-1,Tea,L1,,9,"))

    assert sheet.problems == [Problem(4, ProblemKind.REPEATED, 2)]


def test_read_sheet_names_conflicting_thresholds():
    sheet = read(make_csv("QN-1,Tea,L1,,8,3", "QN-1,Tea,L2,,8,4"))

    assert sheet.problems == [Problem(3, ProblemKind.OTHER_THRESHOLD, 2)]


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("Number,Name,Lot,On hand\n", "These columns are missing: Best before."),
        ("a,b\n", "These columns are missing: Number, Lot, Best before, On hand."),
        (
            "Number,Lot,Best before,On hand,Số lượng hiện có\n",
            "These columns are there twice: On hand.",
        ),
    ],
)
def test_read_sheet_names_missing_or_repeated_columns(heading, sentence):
    with translation.override("en"), pytest.raises(NotASheet) as refusal:
        read(make_csv("QN-1,L1,,8,9", heading=heading))

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "utf-16-be", "latin-1"])
def test_read_sheet_names_wrong_encoding(encoding):
    text = HEADING + "QN-1,Tea,L1,,8,\nQN-2,Cà phê,L1,,8,\n"
    content = text.encode(encoding)
    if encoding == "utf-16-be":
        content = b"\xfe\xff" + content

    with pytest.raises(NotASheet) as refusal:
        read(content)

    row = 1 if encoding.startswith("utf-16") else 3
    assert str(refusal.value) == str(NOT_UTF8) % row


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"%PDF-1.7\n\xe2\xe3",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
        b"PK\x03\x04",
        make_zip(**{"a.txt": b"no workbook"}),
        make_zip(**{"[Content_Types].xml": b"<a/>"}),
        make_xlsx()[:-100],
        make_csv('QN-1,"' + "x" * 200_000 + '",L1,,8,'),
        replace_zip_member(
            make_xlsx(["QN-1"]), "xl/worksheets/sheet1.xml", lambda xml: xml[:-40]
        ),
        replace_zip_member(
            make_xlsx(["QN-1"]), "xl/workbook.xml", lambda _xml: b"<x/>"
        ),
        replace_zip_member(
            make_xlsx(["QN-1"]),
            "xl/worksheets/sheet1.xml",
            lambda xml: b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>' + xml,
        ),
    ],
    ids=[
        "nothing",
        "blanks",
        "a PDF",
        "a picture",
        "an old workbook",
        "the beginning of a ZIP",
        "a ZIP of something else",
        "a ZIP with types only",
        "a workbook cut short",
        "an open quotation",
        "a page cut short",
        "a workbook without pages",
        "entities",
    ],
)
def test_read_sheet_refuses_files_that_are_no_sheet(content):
    with pytest.raises(NotASheet, match=str(NO_SHEET)):
        read(content)


def test_read_sheet_refuses_more_than_maximum_rows():
    lines = [f"QN-{n},Tea,L1,,8," for n in range(MOST_ROWS)]

    assert len(read(make_csv(*lines)).rows) == MOST_ROWS
    with pytest.raises(NotASheet, match=str(TOO_MANY_ROWS) % MOST_ROWS):
        read(make_csv(*lines, "QN-0,Tea,L2,,8,"))


def test_read_sheet_refuses_row_number_out_of_range():
    content = replace_zip_member(
        make_xlsx(["QN-1", "Tea", "L1", None, 8, None]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<row r="2"', b'<row r="4000000000"'),
    )

    with pytest.raises(NotASheet, match=str(TOO_MANY_ROWS) % MOST_ROWS):
        read(content)


def test_read_sheet_refuses_row_with_millions_of_cells():
    cells = b"<c/>" * 2_000_000
    content = replace_zip_member(
        make_xlsx(["QN-1", "Tea", "L1", None, 8, None]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</row>", cells + b"</row>", 1),
    )

    assert len(content) < 50_000
    with pytest.raises(NotASheet, match=str(TOO_BIG)):
        read(content)


@pytest.mark.parametrize("byte", range(0, 1200, 40))
def test_read_sheet_survives_damaged_workbook(byte):
    content = bytearray(make_xlsx(["QN-1", "Tea", "L1", None, 8, None]))
    start = content.index(b"PK\x01\x02") - 1300  # the last parts that are packed
    content[start + byte] ^= 0xFF

    try:
        sheet = read(bytes(content))
    except NotASheet:
        sheet = None
    assert sheet is None or sheet.rows is not None


def test_read_sheet_refuses_zip_bomb():
    spaces = b" " * (MOST_BYTES * 10)
    content = replace_zip_member(
        make_xlsx(), "xl/worksheets/sheet1.xml", lambda xml: xml + spaces
    )

    assert len(content) < MOST_BYTES
    with pytest.raises(NotASheet, match=str(TOO_BIG)):
        read(content)
    with pytest.raises(NotASheet, match=str(TOO_BIG)):
        read(b"x" * (MOST_BYTES + 1))
