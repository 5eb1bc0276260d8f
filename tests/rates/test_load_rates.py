"""Rates come in by a command, all or none of them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from marketplace.rates.models import Rate
from marketplace.rates.operations import Row, load_rates
from marketplace.rates.queries import CACHE_KEY, clear_cached_rates, get_latest_rates
from tests.rates.conftest import TODAY

GOOD = "currency,vnd,as_of\nEUR,30512.5,2026-11-29\nKRW,18.4,2026-11-29\n"


@pytest.fixture
def write_file(tmp_path):
    def written(content):
        path = tmp_path / "rates.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def stored_rates():
    return sorted(Rate.objects.values_list("currency", "vnd", "as_of", "illustrative"))


def test_load_rates_stores_rates_with_day(db, write_file):
    call_command("load_rates", write_file(GOOD))

    day = dt.date(2026, 11, 29)
    assert stored_rates() == [
        ("EUR", Decimal("30512.5"), day, False),
        ("KRW", Decimal("18.4"), day, False),
    ]


def test_load_rates_reads_file_saved_by_excel(db, write_file):
    call_command("load_rates", write_file(("\ufeff" + GOOD).replace("\n", "\r\n")))

    assert len(stored_rates()) == 2


def test_load_rates_twice_updates_existing_rates(db, write_file):
    for _time in range(2):
        call_command("load_rates", write_file(GOOD))
    before = stored_rates()

    call_command("load_rates", write_file(GOOD.replace("30512.5", "30600")))

    assert len(before) == len(stored_rates()) == 2
    assert stored_rates()[0][1] == 30_600


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "The columns have to be currency, vnd, as_of"),
        ("currency;vnd\nEUR;1", "The columns have to be"),
        ("currency,vnd,as_of\n", "There is no rate in it"),
        (GOOD + "GBP,35000,2026-11-29", "Row 4: “GBP” is none of EUR, USD, KRW, JPY"),
        (GOOD + "USD,0,2026-11-29", "Row 4: 0 ₫ cannot be"),
        (GOOD + "USD,-1,2026-11-29", "Row 4: -1 ₫ cannot be"),
        (GOOD + "USD,NaN,2026-11-29", "Row 4: NaN ₫ cannot be"),
        (GOOD + "USD,1e30,2026-11-29", "cannot be"),
        (GOOD + "USD,26.00001,2026-11-29", "cannot be"),
        (GOOD + "USD,26 300,2026-11-29", "Row 4: write dong like"),
        (GOOD + "USD,,2026-11-29", "Row 4: write dong like"),
        (GOOD + "USD", "Row 4: write dong like"),
        (GOOD + "USD,26300,29/11/2026", "Row 4: write dong like"),
        (GOOD + "USD,26300,2026-12-01", "Row 4: 2026-12-01 is still to come"),
        (GOOD + "EUR,1,2026-11-29", "Row 4: EUR of 2026-11-29 is there twice"),
        (b"currency,vnd,as_of\nEUR,\xff,", "cannot be read"),
    ],
)
def test_load_rates_refuses_invalid_file_entirely(db, write_file, content, why):
    with pytest.raises(CommandError, match=why):
        call_command("load_rates", write_file(content))

    assert stored_rates() == []


def test_load_rates_missing_file_raises_command_error(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_rates", tmp_path / "none.csv")


def test_known_rates_use_newest_day(rates):
    load_rates(rows=[Row("EUR", Decimal(1), TODAY - dt.timedelta(days=1))])
    clear_cached_rates()

    assert get_latest_rates()["EUR"].vnd == 30_500


def test_load_rates_clears_cache_on_commit(rates, django_capture_on_commit_callbacks):
    get_latest_rates()
    with django_capture_on_commit_callbacks(execute=True):
        load_rates(rows=[Row("EUR", Decimal(30_999), TODAY)])

    assert cache.get(CACHE_KEY) is None
    assert get_latest_rates()["EUR"].vnd == 30_999


def test_load_illustrative_rates_never_replaces_real_rates(rates):
    made_up = [Row("EUR", Decimal(1), TODAY)]
    before = stored_rates()

    load_rates(rows=made_up, illustrative=True)

    assert stored_rates() == before


def test_load_illustrative_rates_moves_with_the_day(db):
    for day in (TODAY - dt.timedelta(days=3), TODAY):
        load_rates(rows=[Row("EUR", Decimal(30_500), day)], illustrative=True)

    assert stored_rates() == [("EUR", Decimal(30_500), TODAY, True)]
