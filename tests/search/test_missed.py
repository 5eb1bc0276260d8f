"""What is asked and not found is counted, and nobody with it."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from search.models import Missed
from search.operations.note_missed import note_missed
from search.queries import ENOUGH_ASKERS

TODAY = dt.date(2026, 11, 26)


def ask(text: str, asker: str = "a") -> bool:
    return note_missed(text=text, language="vi", asker=asker, on=TODAY)


def test_each_person_counts_once_a_week(db):
    for asker in ("a", "b", "a"):
        ask("Sầu riêng", asker)
    ask("sau rieng", "c")

    missed = Missed.objects.get()
    assert (missed.text, missed.shown, missed.askers) == ("sau rieng", "sầu riêng", 3)
    assert missed.week == dt.date(2026, 11, 23)


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
def test_what_may_reach_a_person_is_not_kept(db, text):
    assert not ask(text)
    assert not Missed.objects.exists()


def test_a_question_that_misses_is_noted_and_one_that_finds_is_not(client, cinnamon):
    client.get("/products/?q=sau+rieng")
    client.get("/products/?q=que")
    client.get("/products/?q=sau+rieng&stars=5")

    assert list(Missed.objects.values_list("text", "askers")) == [("sau rieng", 1)]


@pytest.mark.parametrize("who", ["nobody", "stranger", "keeper"])
def test_the_list_is_for_managers(client, request, centre, who):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))

    assert client.get("/office/asked/").status_code == (302 if who == "nobody" else 403)


def test_the_list_shows_what_enough_people_asked_and_nothing_else(
    manager, time_machine
):
    time_machine.move_to(dt.datetime(2026, 11, 26, 5, tzinfo=dt.UTC), tick=False)
    manager.user_permissions.add(Permission.objects.get(codename="read_missed"))
    for number in range(ENOUGH_ASKERS):
        ask("sầu riêng", str(number))
    for number in range(ENOUGH_ASKERS - 1):
        ask("măng cụt", str(number))
    browser = Client()
    browser.force_login(manager)

    page = browser.get("/office/asked/").content.decode()
    assert "sầu riêng" in page
    assert "măng cụt" not in page
