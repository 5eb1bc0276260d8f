"""Names in the order of the Vietnamese alphabet, on PostgreSQL and on SQLite."""

import sqlite3
import unicodedata
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from catalogue.alphabet import LETTERS, add_to_sqlite, vietnamese_key
from catalogue.models import Product
from catalogue.queries import by_name
from stores.queries.shelves import matching_products, on_sale_at
from tests.factories import make_product, put_on_shelf

IN_ORDER = (
    "1 kg muối",
    "An",
    "án",
    "ăn",
    "âm",
    "Ba",
    "bà",
    "bả",
    "bã",
    "bá",
    "bạ",
    "bà ba",
    "cá",
    "dừa",
    "Đá",
    "đậu",
    "ê",
    "ngà",
    "o",
    "ổi",
    "ơ",
    "ú",
    "ư",
    "Vừng",
    "xôi",
    "ý",
    "zà",
    "王",
)


@pytest.fixture
def names_in_table(db) -> None:
    for name in reversed(IN_ORDER):
        make_product(title=name, title_en=name[::-1])


def test_vietnamese_key_sorts_letters_then_tones():
    names = [*reversed(IN_ORDER)]

    assert sorted(names, key=vietnamese_key) == [*IN_ORDER]
    assert sorted(LETTERS, key=vietnamese_key) == [*LETTERS]


@given(st.text())
def test_vietnamese_key_ignores_case_of_vietnamese_and_normal_form(text):
    decomposed = unicodedata.normalize("NFD", text)

    assert vietnamese_key(decomposed) == vietnamese_key(text)


def test_database_sorts_names_by_vietnamese_alphabet(names_in_table):
    assert [*Product.objects.order_by(by_name()).values_list("title", flat=True)] == [
        *IN_ORDER
    ]


def test_database_sorts_by_name_in_language_of_page(names_in_table):
    with translation.override("en"):
        names = [
            *Product.objects.order_by(by_name()).values_list("title_en", flat=True)
        ]

    assert names == sorted(names, key=vietnamese_key)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cn"])))
def test_key_of_database_is_key_of_python(django_db_blocker, django_db_setup, text):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT vietnamese_key(%s)", [text])
        (key,) = cursor.fetchone()

    assert key == vietnamese_key(text)


def test_sqlite_has_the_same_key():
    raw = sqlite3.connect(":memory:")
    add_to_sqlite(SimpleNamespace(vendor="sqlite", connection=raw))
    raw.execute("CREATE TABLE goods (name TEXT)")
    raw.executemany("INSERT INTO goods VALUES (?)", [(n,) for n in reversed(IN_ORDER)])

    rows = raw.execute("SELECT name FROM goods ORDER BY vietnamese_key(name)")
    assert [name for (name,) in rows] == [*IN_ORDER]
    assert raw.execute("SELECT vietnamese_key(NULL)").fetchone() == (None,)


def test_desk_and_api_list_goods_by_vietnamese_alphabet(centre):
    for title in ("Zà", "Đậu", "Dừa", "Ăn", "An"):
        put_on_shelf(centre, make_product(title=title), 1)
    in_order = ["An", "Ăn", "Dừa", "Đậu", "Zà"]

    records = on_sale_at(centre, at=timezone.now())
    api = Client().get("/api/v1/sales-points/centre/stock").json()
    assert [record.product.title for record in records] == in_order
    assert [product.title for product in matching_products("")] == in_order
    assert [item["title"] for item in api["items"]] == in_order
