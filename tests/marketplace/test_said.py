"""Names, spans of time and addresses as the pages say them."""

import datetime as dt

import pytest
from django.utils.translation import override

from catalogue.models import Certificate
from marketplace.templatetags.said import days_of, keeps, named, within
from search.forms import PriceField
from stores.addresses import in_english


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Nước mắm Cửa Khe - Hai Hiền", ["Nước", "mắm", "Cửa Khe –", "Hai Hiền"]),
        ("Trà rừng Cù Lao Chàm", ["Trà", "rừng", "Cù Lao Chàm"]),
        ("Đèn lồng Hội An Dé Lantana", ["Đèn", "lồng", "Hội An", "Dé Lantana"]),
        ("Festival in Hồ Chí Minh City", ["Festival", "in", "Hồ Chí Minh", "City"]),
    ],
)
def test_a_proper_name_stays_whole_at_the_end_of_a_line(title, parts):
    lines = named(title).split(" ")

    assert [part.replace("\u00a0", " ") for part in lines] == parts


@pytest.mark.parametrize(
    ("days", "english", "vietnamese"),
    [
        (6, "6 days from making", "6 ngày từ ngày sản xuất"),
        (45, "45 days from making", "45 ngày từ ngày sản xuất"),
        (180, "6 months from making", "6 tháng từ ngày sản xuất"),
        (730, "24 months from making", "24 tháng từ ngày sản xuất"),
    ],
)
def test_a_long_shelf_life_is_said_in_months(days, english, vietnamese):
    with override("en"):
        assert keeps(days) == english
    with override("vi"):
        assert keeps(days) == vietnamese


def test_the_days_of_a_fair_name_the_month_once():
    first, last = dt.date(2026, 12, 11), dt.date(2026, 12, 13)

    with override("vi"):
        assert days_of(first, last).replace("\u00a0", " ") == "11 – 13/12/2026"
    with override("en"):
        assert days_of(first, last).replace("\u00a0", " ") == "11 – 13 Dec 2026"


def test_a_fair_over_new_year_names_both_years():
    with override("vi"):
        said = days_of(dt.date(2026, 12, 30), dt.date(2027, 1, 2))

    assert said.replace("\u00a0", " ") == "30/12/2026 – 02/01/2027"


def test_a_points_title_begins_small_inside_a_vietnamese_sentence():
    with override("vi"):
        assert within("Khách sạn Đèn Sông") == "khách sạn Đèn Sông"
    with override("en"):
        assert within("Lantern River Hotel") == "Lantern River Hotel"


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
def test_an_address_is_told_in_english_with_its_accents(address, english):
    assert in_english(address) == english


def test_an_issuer_is_told_in_the_language_of_the_page():
    paper = Certificate(issuer="UBND tỉnh Quảng Nam")

    with override("vi"):
        assert paper.issuer_here == "UBND tỉnh Quảng Nam"
    with override("en"):
        assert paper.issuer_here == "People's Committee of Quảng Nam province"


@pytest.mark.parametrize("typed", ["250000", "250.000", "250,000", "250 000"])
def test_a_price_may_be_typed_with_its_thousands_apart(typed):
    assert PriceField().clean(typed) == 250_000
