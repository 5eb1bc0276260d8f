"""Searches without results are counted, and visitors are not identified."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client

from search.models import ZeroResultQuery
from search.zero_results import MIN_VISITORS, record_zero_result_query

TODAY = dt.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _clear_cache() -> None:
    cache.clear()


def record(text: str, visitor: str = "a") -> bool:
    return record_zero_result_query(text=text, language="vi", visitor=visitor, on=TODAY)


def test_zero_result_query_counts_each_visitor_once_a_week(db):
    for visitor in ("a", "b", "a"):
        record("Sầu riêng", visitor)
    record("sau rieng", "c")

    query = ZeroResultQuery.objects.get()
    assert (query.text, query.typed, query.visitors) == ("sau rieng", "sầu riêng", 3)
    assert query.week == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    [
        "0905 123 456",
        "+84905123456 mật ong",
        "hannah@example.com",
        "gửi www.example.com",
        "cccd 048 190 001",
        "12345",
        "!!!",
        "a" * 61,
    ],
)
def test_zero_result_query_discards_personal_data(db, text):
    assert not record(text)
    assert not ZeroResultQuery.objects.exists()


def test_search_page_records_zero_result_queries_only(client, cinnamon):
    client.get("/products/?q=sau+rieng")
    client.get("/products/?q=que")
    client.get("/products/?q=sau+rieng&stars=5")

    assert list(ZeroResultQuery.objects.values_list("text", "visitors")) == [
        ("sau rieng", 1)
    ]


@pytest.mark.parametrize("who", ["nobody", "stranger", "keeper"])
def test_missed_searches_page_is_for_managers_only(client, request, centre, who):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))

    assert client.get("/office/missed-searches/").status_code == (
        302 if who == "nobody" else 403
    )


def test_missed_searches_page_lists_frequent_queries_only(manager, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 26, 5, tzinfo=dt.UTC), tick=False)
    manager.user_permissions.add(
        Permission.objects.get(codename="view_zeroresultquery")
    )
    for number in range(MIN_VISITORS):
        record("sầu riêng", str(number))
    for number in range(MIN_VISITORS - 1):
        record("măng cụt", str(number))
    browser = Client()
    browser.force_login(manager)

    page = browser.get("/office/missed-searches/").content.decode()
    assert "sầu riêng" in page
    assert "măng cụt" not in page
