"""Template filters: names, spans of time and addresses."""

import datetime as dt

import pytest
from django.utils.translation import override

from catalogue.forms import WholeNumberField
from catalogue.models import Certificate
from marketplace.templatetags.formatting import (
    date_range,
    in_sentence,
    nonbreaking_names,
    shelf_life,
)
from stores.addresses import in_english


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Nước mắm Cửa Khe - Hai Hiền", ["Nước", "mắm", "Cửa Khe –", "Hai Hiền"]),
        ("Trà rừng Cù Lao Chàm", ["Trà", "rừng", "Cù Lao Chàm"]),
        ("Đèn lồng Hội An Dé Lantana", ["Đèn", "lồng", "Hội An", "Dé Lantana"]),
        ("Festival in Hồ Chí Minh City", ["Festival", "in", "Hồ Chí Minh", "City"]),
    ],
)
def test_nonbreaking_names_joins_the_words_of_a_name(title, names):
    lines = nonbreaking_names(title).split(" ")

    assert [line.replace("\u00a0", " ") for line in lines] == names


@pytest.mark.parametrize(
    ("days", "english", "vietnamese"),
    [
        (6, "6 days from making", "6 ngày từ ngày sản xuất"),
        (45, "45 days from making", "45 ngày từ ngày sản xuất"),
        (180, "6 months from making", "6 tháng từ ngày sản xuất"),
        (730, "24 months from making", "24 tháng từ ngày sản xuất"),
    ],
)
def test_shelf_life_counts_in_months_when_long(days, english, vietnamese):
    with override("en"):
        assert shelf_life(days) == english
    with override("vi"):
        assert shelf_life(days) == vietnamese


def test_date_range_names_the_month_once():
    first, last = dt.date(2026, 12, 11), dt.date(2026, 12, 13)

    with override("vi"):
        assert date_range(first, last).replace("\u00a0", " ") == "11 – 13/12/2026"
    with override("en"):
        assert date_range(first, last).replace("\u00a0", " ") == "11 – 13 Dec 2026"


def test_date_range_over_new_year_names_both_years():
    with override("vi"):
        text = date_range(dt.date(2026, 12, 30), dt.date(2027, 1, 2))

    assert text.replace("\u00a0", " ") == "30/12/2026 – 02/01/2027"


def test_in_sentence_lowers_the_first_letter_in_vietnamese():
    with override("vi"):
        assert in_sentence("Khách sạn Đèn Sông") == "khách sạn Đèn Sông"
    with override("en"):
        assert in_sentence("Lantern River Hotel") == "Lantern River Hotel"


@pytest.mark.parametrize(
    ("address", "english"),
    [
        (
            "72 Nguyễn Thái Học, phường Hội An, thành phố Đà Nẵng",
            "72 Nguyễn Thái Học, Hội An ward, Đà Nẵng city",
        ),
        (
            "Sảnh khách sạn Đèn Sông (tên minh họa), phường Hội An, thành phố Đà Nẵng",
            "In the lobby of the hotel, Hội An ward, Đà Nẵng city",
        ),
        ("Làng rau Trà Quế, xã Cẩm Hà", "Trà Quế vegetable village, Cẩm Hà commune"),
    ],
)
def test_in_english_keeps_the_accents_of_an_address(address, english):
    assert in_english(address) == english


def test_issuer_here_is_in_the_active_language():
    certificate = Certificate(issuer="UBND tỉnh Quảng Nam")

    with override("vi"):
        assert certificate.issuer_here == "UBND tỉnh Quảng Nam"
    with override("en"):
        assert certificate.issuer_here == "People's Committee of Quảng Nam province"


@pytest.mark.parametrize("typed", ["250000", "250.000", "250,000", "250 000"])
def test_price_field_accepts_thousands_separators(typed):
    assert WholeNumberField().clean(typed) == 250_000
