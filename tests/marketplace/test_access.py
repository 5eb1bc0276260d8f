"""Who may see what: every URL of the shop, as everyone.

The desk has its own, in tests/stores/test_desk_access.py; here only those who work
at none try it.
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
        "find-order",
        "order",
        "order-receipt",
        "order-receipt-pdf",
        "page",
        "wagtail_serve",
    }
)
ACCOUNT_PAGES = frozenset({"account", "account-export"})
POST_ONLY = frozenset(
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
        "order-vietqr",
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
        "office-buyers",
        "office-buyers-end",
        "office-points",
        "office-point",
        "office-tills",
        "office-sales",
        "office-sales-csv",
        "office-sales-xlsx",
        "office-invoices",
        "office-invoice-again",
        "office-tasks",
        "office-task-again",
        "letter-again",
        "office-letters",
        "office-letter",
        "office-letter-html",
        "stripe-webhook",
        "bank-webhook",
    }
)
"""Tested on their own, in tests/stores, payments, accounting and search."""
EXCLUDED_PREFIXES = frozenset({"editor/", "media/", "_util/", "api/", "dashboard/"})
"""Below these, others decide: Wagtail's editor and doors, the files of pictures, the
JSON that anyone may read, and the dashboard; the last two have tests of their own."""


def list_url_patterns(
    resolver: URLResolver, prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Path and name of every address of ours."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern).lstrip("^")
        if any(path.startswith(house) for house in EXCLUDED_PREFIXES):
            continue
        if isinstance(entry, URLResolver):
            yield from list_url_patterns(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.name or path


PATHS = MappingProxyType(
    {name: path for path, name in list_url_patterns(get_resolver("marketplace.urls"))}
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
    """Of the buyer, placed with an account."""
    placed = make_order({tea: 2}, point=centre)
    Order.objects.filter(pk=placed.pk).update(user=buyer)
    return placed


@pytest.fixture
def address(order, tea, centre, tea_at_centre):
    """The path of a URL by its name, for objects that exist."""
    district = make_district("hoi-an")
    fulfilment = order.fulfilments.get()

    def path(name: str) -> str:
        if name in ("healthz", "readyz", "robots.txt"):
            return f"/{name}"
        if name in ("page", "wagtail_serve"):
            return "/about-ocop/"
        token = order_token(order.number)
        arguments = {
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
        if name == "desk-order":
            arguments[name] = [centre.slug, order.number]
        elif name in DESK - {"desk"}:
            placeholders = re.findall("<int:|P<pk>|P<batch>", PATHS[name])
            arguments[name] = [
                centre.slug,
                *(fulfilment.pk for _placeholder in placeholders),
            ]
        return reverse(name, args=arguments.get(name, []))

    return path


@pytest.fixture
def browser(request, signed_in):
    """The browser of a person by the name of their fixture."""

    def get_client(who: str) -> Client:
        if who == "anonymous":
            return Client()
        return signed_in(request.getfixturevalue(who))

    return get_client


def test_access_rules_cover_every_url():
    assert set(NAMES) == PUBLIC | ACCOUNT_PAGES | POST_ONLY | OWN_RULES | DESK


@pytest.fixture
def responses(browser, address):
    """The responses that a person gets at some URLs, by name."""

    def get_responses(who: str, names: set[str]) -> dict[str, HttpResponse]:
        client = browser(who)
        return {name: client.get(address(name)) for name in sorted(names)}

    return get_responses


def get_status_codes(responses_by_name: dict[str, HttpResponse]) -> dict[str, int]:
    return {name: response.status_code for name, response in responses_by_name.items()}


@pytest.mark.parametrize("who", EVERYONE)
def test_public_pages_are_open_to_everyone(site, responses, who):
    assert get_status_codes(responses(who, PUBLIC)) == dict.fromkeys(PUBLIC, 200)


def test_account_pages_redirect_anonymous_to_sign_in(responses):
    for response in responses("anonymous", ACCOUNT_PAGES).values():
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/?next=")


@pytest.mark.parametrize("who", EVERYONE[1:])
def test_account_pages_are_open_to_signed_in_users(responses, who):
    for response in responses(who, ACCOUNT_PAGES).values():
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("who", EVERYONE)
def test_post_only_urls_refuse_get(responses, order, who):
    assert get_status_codes(responses(who, POST_ONLY)) == dict.fromkeys(POST_ONLY, 405)

    order.refresh_from_db()
    assert order.status == "confirmed"


def test_post_urls_refuse_missing_csrf_token(buyer, address, order):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(buyer)

    responses_by_name = {name: careful.post(address(name)) for name in POST_ONLY}

    assert get_status_codes(responses_by_name) == dict.fromkeys(POST_ONLY, 403)
    order.refresh_from_db()
    assert order.status == "confirmed"
    assert User.objects.filter(pk=buyer.pk).exists()


@pytest.mark.parametrize("who", ["stranger", "buyer", "editor"])
def test_desk_refuses_users_without_point(responses, order, who):
    responses_by_name = responses(who, DESK)

    assert get_status_codes(responses_by_name) == dict.fromkeys(DESK, 403)
    code = order.fulfilments.get().code
    assert not any(code in page.content.decode() for page in responses_by_name.values())


@pytest.mark.parametrize("who", EVERYONE)
def test_editor_is_open_to_editors_only(browser, site, who):
    response = browser(who).get("/editor/")

    assert response.status_code == (200 if who == "editor" else 302)
    if who != "editor":
        assert "Location" in response
        assert response["Location"].startswith(("/editor/login/", "/account/sign-in/"))


@pytest.mark.parametrize("who", ["anonymous", "manager", "editor"])
def test_undefined_urls_return_404(browser, site, who):
    for path in ("/admin/", "/api/v1/", "/catalogue/"):
        assert browser(who).get(path).status_code == 404


@pytest.mark.parametrize("who", EVERYONE)
def test_order_page_refuses_guessed_number_or_token(browser, order, who):
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
