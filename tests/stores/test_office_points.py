"""The office's screens of sales points: who works where, and when they are open."""

from types import MappingProxyType

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import translation

from tests.factories import make_hours, make_point, make_user

HOURS = MappingProxyType(
    {
        "mon": "07:30–11:30, 13:30–18:00",
        "tue": "7h30 - 11h30",
        "wed": " 08:00-20:00 ",
        "thu": "",
        "fri": "08:00–20:00",
        "sat": "08:00–20:00",
        "sun": "00:00–23:59",
    }
)


@pytest.fixture
def manager_client(manager, signed_in) -> Client:
    return signed_in(manager)


@pytest.fixture
def form(centre, keeper) -> dict[str, str]:
    """As the page offers it, with other hours."""
    return {"addresses": keeper.email, "phone": "0235 386 1234", **HOURS}


def get_point_url(point) -> str:
    return f"/en/office/points/{point.slug}/"


@pytest.mark.parametrize("who", ["keeper", "stranger"])
def test_office_points_are_for_managers_only(request, signed_in, centre, form, who):
    other = signed_in(request.getfixturevalue(who))

    answers = [
        other.get("/office/points/"),
        other.get(get_point_url(centre)),
        other.post(get_point_url(centre), form),
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]
    centre.refresh_from_db()
    assert not centre.phone


def test_office_points_redirect_anonymous_to_sign_in(centre):
    for path in ("/office/points/", get_point_url(centre)):
        assert "/account/sign-in/?next=" in Client().get(path)["Location"]


def test_office_points_mark_point_without_keeper(manager_client, centre, keeper):
    make_point("new-booth", name_en="The new booth")

    page = manager_client.get("/en/office/points/").content.decode()

    assert str(keeper) in page
    assert page.count("Nobody works here yet.") == 1


def test_office_point_form_shows_stored_values(manager_client, centre, keeper, form):
    centre.hours["mon"] = [["07:30", "11:30"], ["13:30", "18:00"]]
    centre.save()

    page = manager_client.get(get_point_url(centre)).content.decode()

    assert keeper.email in page
    assert 'value="07:30–11:30, 13:30–18:00"' in page


def test_office_point_form_saved_unchanged_changes_nothing(
    manager_client, centre, keeper
):
    centre.hours = make_hours(("08:00", "12:00"), ("14:00", "23:59"))
    centre.save()
    before = [*type(centre).objects.values()]
    offered = manager_client.get(get_point_url(centre)).context["form"]

    sent = {
        field.name: field.value()
        for field in offered
        if field.value() not in (None, False)
    }
    assert manager_client.post(get_point_url(centre), sent).status_code == 302

    assert [*type(centre).objects.values()] == before
    assert [*centre.keepers.all()] == [keeper]


def test_office_point_form_parses_typed_hours(manager_client, centre, form):
    assert manager_client.post(get_point_url(centre), form).status_code == 302

    centre.refresh_from_db()
    assert centre.hours["mon"] == [["07:30", "11:30"], ["13:30", "18:00"]]
    assert centre.hours["tue"] == [["07:30", "11:30"]]
    assert centre.hours["wed"] == [["08:00", "20:00"]]
    assert centre.hours["thu"] == []


@pytest.mark.parametrize(
    "hours",
    [
        "from eight",
        "8-20",
        "20:00–08:00",
        "08:00–12:00, 11:00–18:00",
        "08:00–24:30",
        "08:00–08:00",
        "08:00",
    ],
)
def test_office_point_form_refuses_invalid_hours(manager_client, centre, form, hours):
    before = centre.hours

    page = manager_client.post(get_point_url(centre), form | {"tue": hours})

    assert page.status_code == 422
    assert "Write times as 07:30–11:30" in page.content.decode()
    assert hours in page.content.decode()
    centre.refresh_from_db()
    assert centre.hours == before


def test_office_point_form_replaces_keepers(
    manager_client, signed_in, centre, keeper, form
):
    new = make_user("new.keeper")
    addresses = f" {new.email.upper()}\n"

    manager_client.post(get_point_url(centre), form | {"addresses": addresses})

    desk = f"/desk/{centre.slug}/"
    assert signed_in(new).get(desk).status_code == 200
    assert signed_in(keeper).get(desk).status_code == 403


def test_office_point_form_names_unknown_keeper(manager_client, centre, keeper, form):
    addresses = f"{keeper.email}\nnobody@example.com"

    page = manager_client.post(get_point_url(centre), form | {"addresses": addresses})

    assert page.status_code == 422
    assert "Nobody has an account with nobody@example.com." in page.content.decode()
    assert [*centre.keepers.all()] == [keeper]


def test_office_point_form_refuses_inactive_keeper(manager_client, centre, form):
    inactive = make_user("gone")
    type(inactive).objects.filter(pk=inactive.pk).update(is_active=False)

    page = manager_client.post(
        get_point_url(centre), form | {"addresses": inactive.email}
    )

    assert page.status_code == 422


def test_office_point_form_leaves_other_points_unchanged(
    manager_client, centre, keeper, form
):
    other = make_point("other")

    manager_client.post(get_point_url(other), form | {"addresses": ""})

    assert [*centre.keepers.all()] == [keeper]
    assert manager_client.get("/office/points/no-such/").status_code == 404


def get_seen_value(page) -> str:
    soup = BeautifulSoup(page.content, "html.parser")
    return soup.select_one("[name=seen]")["value"]


def test_office_point_form_detects_concurrent_edit(
    manager_client, centre, keeper, form, signed_in
):
    """Both opened the page; the second sees where theirs differs, then decides."""
    new = make_user("new.keeper")
    both = f"{keeper.email}\r\n{new.email}"
    first, second = (
        get_seen_value(manager_client.get(get_point_url(centre))) for _manager in "ab"
    )
    manager_client.post(
        get_point_url(centre), form | {"addresses": both, "seen": first}
    )

    mine = form | {"phone": "0235 386 9999", "sun": "", "seen": second}
    refused = manager_client.post(get_point_url(centre), mine)

    assert refused.status_code == 422
    message = "differs from what is there now in: Phone, Keepers, by the mail address"
    assert message in refused.content.decode()
    centre.refresh_from_db()
    assert centre.phone == "+84 235 3861 234"
    assert {*centre.keepers.all()} == {keeper, new}
    again = manager_client.post(
        get_point_url(centre), mine | {"seen": get_seen_value(refused)}
    )
    assert again.status_code == 302
    centre.refresh_from_db()
    assert centre.phone == "+84 235 3869 999"
    assert [*centre.keepers.all()] == [keeper]


def test_office_point_form_with_error_still_detects_concurrent_edit(
    manager_client, centre, form
):
    old = get_seen_value(manager_client.get(get_point_url(centre)))
    manager_client.post(get_point_url(centre), form)

    mistyped = manager_client.post(
        get_point_url(centre), form | {"tue": "all day", "seen": old}
    )

    assert get_seen_value(mistyped) == old
    assert (
        manager_client.post(get_point_url(centre), form | {"seen": old}).status_code
        == 422
    )


@pytest.mark.parametrize("phone", ["0905 123 45", "1234567", "00000000", "0905abcdef"])
def test_office_point_form_refuses_phone_that_cannot_be_called(
    manager_client, centre, form, phone
):
    refused = manager_client.post(get_point_url(centre), form | {"phone": phone})

    assert refused.status_code == 422
    assert "That is no telephone number." in refused.content.decode()
    centre.refresh_from_db()
    assert not centre.phone


def test_office_point_form_shows_phone_as_its_reader_dials_it(manager_client, centre):
    centre.phone = "+84 235 3861 234"
    centre.save()

    for base, phone in (("/en", "+84 235 3861 234"), ("", "0235 3861 234")):
        office = manager_client.get(f"{base}/office/points/{centre.slug}/")
        with translation.override(base.strip("/") or "vi"):
            shop = manager_client.get(centre.get_absolute_url())
        assert f'value="{phone}"' in office.content.decode()
        page = BeautifulSoup(shop.content, "html.parser")
        link = page.select_one("main [href^=tel]")
        assert link["href"] == "tel:+84-235-3861-234"
        assert link.get_text(strip=True) == phone
