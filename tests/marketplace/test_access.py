"""Who may see what: every address of the shop, as everyone.

The desk has its own, in tests/stores/test_desk_access.py; here it is asked only by
those who do not stand at one.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from marketplace.accounts.models import User
from marketplace.orders.models import Order
from marketplace.orders.order_links import order_token
from tests.factories import make_district, make_order, make_user

EVERYONE = (
    "anonymous",
    "stranger",
    "buyer",
    "keeper",
    "other_keeper",
    "manager",
    "editor",
)

PUBLIC = frozenset(
    {
        "healthz",
        "readyz",
        "robots.txt",
        "sitemap",
        "products",
        "product",
        "districts",
        "district",
        "district-panel",
        "producer",
        "points",
        "point",
        "basket",
        "order",
        "order-receipt",
        "order-receipt-pdf",
        "page",
        "wagtail_serve",
    }
)
SIGNED_IN = frozenset({"account", "account-export"})
POSTED = frozenset(
    {
        "basket-add",
        "basket-line",
        "choose-place",
        "choose-currency",
        "order-cancel",
        "order-cancel-line",
        "order-more-time",
        "order-change",
        "account-delete",
        "sign-out",
    }
)
"""Addresses that only take a form; looking at them is not allowed to anyone."""
OWN_RULES = frozenset(
    {
        "sign-in",
        "checkout",
        "suggestions",
        "order-pay",
        "order-elsewhere",
        "missed-searches",
        "office-payments",
        "office-payment",
        "office-statement",
        "office-match",
        "office-dismiss",
        "office-transfers",
        "office-refund",
        "office-came",
        "office-by-hand",
        "office-again",
        "office-points",
        "office-point",
        "office-tills",
        "office-sales",
        "office-sales-csv",
        "office-sales-xlsx",
        "office-invoices",
        "office-invoice-again",
        "stripe-webhook",
        "bank-webhook",
    }
)
"""Asked by tests of their own, in tests/stores, payments, papers and search."""
OTHERS_HOUSES = frozenset({"editor/", "media/", "_util/", "api/", "dashboard/"})
"""Below these, others decide: Wagtail's editor and doors, the files of pictures, the
JSON that anyone may read, and the dashboard; the last two have tests of their own."""


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Path and name of every address of ours."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern).lstrip("^")
        if any(path.startswith(house) for house in OTHERS_HOUSES):
            continue
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.name or path


PATHS = MappingProxyType(
    {name: path for path, name in patterns(get_resolver("marketplace.urls"))}
)
NAMES = tuple(sorted(PATHS))
DESK = frozenset(name for name in NAMES if name == "desk" or name.startswith("desk-"))


@pytest.fixture
def editor(db: None) -> User:
    """Writes stories."""
    person = make_user("editor")
    person.groups.add(Group.objects.get(name="Editors"))
    return person


@pytest.fixture
def order(buyer: User, centre, tea, tea_at_centre) -> Order:
    """Of the buyer, made with her account."""
    placed = make_order({tea: 2}, point=centre)
    Order.objects.filter(pk=placed.pk).update(user=buyer)
    return placed


@pytest.fixture
def address(order, tea, centre, tea_at_centre):
    """The path of an address by its name, with things in it that exist."""
    district = make_district("hoi-an")
    fulfilment = order.fulfilments.get()

    def path(name: str) -> str:
        if name in ("healthz", "readyz", "robots.txt"):
            return f"/{name}"
        if name in ("page", "wagtail_serve"):
            return "/about-ocop/"
        token = order_token(order.number)
        given = {
            "product": [tea.slug],
            "producer": [tea.producer.slug],
            "district": [district.slug],
            "district-panel": [district.slug],
            "point": [centre.slug],
            "basket-line": [1],
            "order": [order.number, token],
            "order-receipt": [order.number, token],
            "order-receipt-pdf": [order.number, token],
            "order-cancel": [order.number, token],
            "order-cancel-line": [order.number, token, 1],
            "order-more-time": [order.number, token],
            "order-change": [order.number, token],
        }
        if name in DESK - {"desk"}:
            things = re.findall("<int:|P<pk>|P<batch>", PATHS[name])
            given[name] = [centre.slug, *(fulfilment.pk for _thing in things)]
        return reverse(name, args=given.get(name, []))

    return path


@pytest.fixture
def browser(request, signed_in):
    """The browser of a person by what she is called here."""

    def of(who: str) -> Client:
        if who == "anonymous":
            return Client()
        return signed_in(request.getfixturevalue(who))

    return of


def test_it_is_decided_for_every_address_who_may_see_it():
    assert set(NAMES) == PUBLIC | SIGNED_IN | POSTED | OWN_RULES | DESK


@pytest.fixture
def answers(browser, address):
    """What a person is answered at each of some addresses, by name."""

    def of(who: str, names: set[str]) -> dict[str, HttpResponse]:
        client = browser(who)
        return {name: client.get(address(name)) for name in sorted(names)}

    return of


def codes(answered: dict[str, HttpResponse]) -> dict[str, int]:
    return {name: response.status_code for name, response in answered.items()}


@pytest.mark.parametrize("who", EVERYONE)
def test_what_is_public_is_there_for_everyone(site, answers, who):
    assert codes(answers(who, PUBLIC)) == dict.fromkeys(PUBLIC, 200)


def test_an_account_is_not_there_for_who_has_none(answers):
    for response in answers("anonymous", SIGNED_IN).values():
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/?next=")


@pytest.mark.parametrize("who", EVERYONE[1:])
def test_an_account_is_there_for_who_has_one(answers, who):
    for response in answers(who, SIGNED_IN).values():
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("who", EVERYONE)
def test_looking_does_nothing(answers, order, who):
    assert codes(answers(who, POSTED)) == dict.fromkeys(POSTED, 405)

    order.refresh_from_db()
    assert order.status == "confirmed"


def test_a_form_from_elsewhere_does_nothing(buyer, address, order):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(buyer)

    answered = {name: careful.post(address(name)) for name in POSTED}

    assert codes(answered) == dict.fromkeys(POSTED, 403)
    order.refresh_from_db()
    assert order.status == "confirmed"
    assert User.objects.filter(pk=buyer.pk).exists()


@pytest.mark.parametrize("who", ["stranger", "buyer", "editor"])
def test_the_desk_is_for_who_works_there(answers, order, who):
    answered = answers(who, DESK)

    assert codes(answered) == dict.fromkeys(DESK, 403)
    code = order.fulfilments.get().code
    assert not any(code in page.content.decode() for page in answered.values())


@pytest.mark.parametrize("who", EVERYONE)
def test_the_editor_is_for_who_writes(browser, site, who):
    response = browser(who).get("/editor/")

    assert response.status_code == (200 if who == "editor" else 302)
    if who != "editor":
        assert "Location" in response
        assert response["Location"].startswith(("/editor/login/", "/account/sign-in/"))


@pytest.mark.parametrize("who", ["anonymous", "manager", "editor"])
def test_what_is_not_built_is_not_there(browser, site, who):
    for path in ("/admin/", "/api/v1/", "/catalogue/"):
        assert browser(who).get(path).status_code == 404


@pytest.mark.parametrize("who", EVERYONE)
def test_an_order_is_not_found_by_guessing(browser, order, who):
    number, token = order.number, order_token(order.number)
    guesses = [
        (number, ("A" if token[0] != "A" else "B") + token[1:]),
        (number, order_token("QN-0000000")),
        ("QN-0000000", token),
    ]
    someone = browser(who)

    for guess in guesses:
        for page in (
            someone.get(reverse("order", args=guess)),
            someone.post(reverse("order-cancel", args=guess)),
        ):
            assert page.status_code == 404
            assert "Hannah" not in page.content.decode()
    order.refresh_from_db()
    assert order.status == "confirmed"
