"""Who may stand at which desk: every address of it, as everyone."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from stores.models import Fulfilment
from tests.books import books_of


def names_below(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names_below(entry)
        elif isinstance(entry, URLPattern) and str(entry.name).startswith("desk"):
            yield entry.name


DESK = sorted(set(names_below(get_resolver("marketplace.urls"))))
AT_A_POINT = [name for name in DESK if name != "desk"]
WRITES = {"desk-ready", "desk-give", "desk-put-right", "desk-receive"}
BOOKS = {"desk-stock-file-book"}
"""Books a file that the same person has had checked: see test_stock_file."""


@pytest.fixture
def address(job, tea_at_centre):
    """The path of a screen of the centre."""

    def path(name: str) -> str:
        given = {
            "desk": [],
            "desk-job": ["centre", job.pk],
            "desk-ready": ["centre", job.pk],
            "desk-give": ["centre", job.pk],
            "desk-record": ["centre", tea_at_centre.pk],
            "desk-everywhere": ["centre", tea_at_centre.pk],
            "desk-put-right": ["centre", tea_at_centre.pk],
        }
        return reverse(name, args=given.get(name, ["centre"]))

    return path


@pytest.fixture
def said(job, tea, tea_at_centre):
    """What makes every screen of the desk do its work.

    A lot has a number where goods are put right and a name where they are received;
    the number serves as the name of a new lot.
    """
    return {
        "code": job.code,
        "lot": tea_at_centre.lots.get().pk,
        "counted": 9,
        "reason": "Đếm lại",
        "product": tea.code,
        "quantity": 1,
    }


@pytest.fixture
def state(job, tea_at_centre):
    """All that a desk could change, to compare before and after."""

    def now() -> tuple:
        return books_of(tea_at_centre), Fulfilment.objects.get(pk=job.pk).status

    return now


def test_the_desk_has_the_screens_this_module_speaks_of():
    assert set(DESK) > WRITES
    assert len(DESK) >= 10


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_who_is_not_signed_in_is_asked_to(
    client, address, said, state, name, method, language
):
    prefix = "/en" if language == "en" else ""
    path = prefix + address(name)
    before = state()

    response = getattr(client, method)(path, said)

    there = urlsplit(response["Location"])
    assert (response.status_code, there.path) == (302, f"{prefix}/account/sign-in/")
    assert parse_qs(there.query)["next"][0].startswith(path)
    assert state() == before


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_works_nowhere_is_refused(
    signed_in, stranger, address, said, state, name, method
):
    before = state()

    response = getattr(signed_in(stranger), method)(address(name), said)

    no_such_method = name == "desk" and method == "post"
    assert response.status_code == (405 if no_such_method else 403)
    assert state() == before


@pytest.mark.parametrize("name", AT_A_POINT)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_desk_of_another_point_is_not_there(
    signed_in, other_keeper, address, said, state, name, method
):
    before = state()

    response = getattr(signed_in(other_keeper), method)(address(name), said)

    assert response.status_code == 404
    assert "Hannah" not in response.content.decode()
    assert state() == before


@pytest.mark.parametrize("name", AT_A_POINT)
def test_a_point_that_does_not_exist_looks_the_same_as_anothers(
    signed_in, other_keeper, address, name
):
    path = address(name).replace("/centre/", "/nowhere/")

    assert signed_in(other_keeper).get(path).status_code == 404


@pytest.mark.parametrize("name", ["desk-job", "desk-record"])
def test_what_is_anothers_is_not_shown_at_ones_own_point(
    signed_in, other_keeper, address, name
):
    path = address(name).replace("/centre/", "/booth/")

    assert signed_in(other_keeper).get(path).status_code == 404


@pytest.mark.parametrize("name", ["desk-ready", "desk-give", "desk-put-right"])
def test_what_is_anothers_is_not_moved_from_ones_own_point(
    signed_in, other_keeper, address, said, state, name
):
    path = address(name).replace("/centre/", "/booth/")
    before = state()

    response = signed_in(other_keeper).post(path, said)

    assert response.status_code == 404
    assert state() == before


@pytest.mark.parametrize("name", sorted(set(DESK) - WRITES - BOOKS | {"desk-receive"}))
@pytest.mark.parametrize("who", ["keeper", "manager"])
def test_who_works_there_sees_every_screen(
    signed_in, address, said, booth, state, name, who, request
):
    person = request.getfixturevalue(who)
    before = state()

    response = signed_in(person).get(address(name), said)

    leads_on = name == "desk-find" or (name == "desk" and who == "keeper")
    assert response.status_code == (302 if leads_on else 200)
    assert "no-store" in response["Cache-Control"]
    assert state() == before


@pytest.mark.parametrize("name", sorted(WRITES))
@pytest.mark.parametrize("who", ["keeper", "manager"])
def test_who_works_there_does_the_work(
    signed_in, address, said, state, name, who, request
):
    person = request.getfixturevalue(who)
    before = state()

    response = signed_in(person).post(address(name), said)

    assert response.status_code == 302
    assert state() != before


@pytest.mark.parametrize("name", ["desk-ready", "desk-give", "desk-put-right"])
def test_looking_changes_nothing(signed_in, keeper, address, said, state, name):
    before = state()

    response = signed_in(keeper).get(address(name), said)

    assert response.status_code == 405
    assert state() == before


@pytest.mark.parametrize("name", sorted(WRITES))
def test_a_form_from_elsewhere_changes_nothing(keeper, address, said, state, name):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(keeper)
    before = state()

    response = browser.post(address(name), said)

    assert response.status_code == 403
    assert state() == before


def test_a_keeper_of_one_point_goes_straight_to_it(signed_in, keeper, booth):
    response = signed_in(keeper).get("/desk/")

    assert (response.status_code, response["Location"]) == (302, "/desk/centre/")


def test_a_manager_chooses(signed_in, manager, centre, booth):
    response = signed_in(manager).get("/en/desk/")

    page = response.content.decode()
    assert response.status_code == 200
    assert "/en/desk/centre/" in page
    assert "/en/desk/booth/" in page


def test_who_was_let_go_is_out_at_once(signed_in, keeper, centre):
    browser = signed_in(keeper)
    centre.keepers.remove(keeper)

    assert browser.get("/desk/centre/").status_code == 403
