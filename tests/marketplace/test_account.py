"""An account: signing in and out, one's own orders, one's own data."""

import json

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.orders.models import Order
from marketplace.orders.operations.hand_over import hand_over
from stores.models import DeskSale, SalesPoint
from tests.factories import make_order, make_user, put_on_shelf
from tests.marketplace.shopping import get_page_text, parse_page, translate

PASSWORD = "a long password"
SIGN_IN = "/en/account/sign-in/"


def sign_in(client: Client, person: User, base: str = "/en", **form: object):
    data = {"username": person.email, "password": PASSWORD} | form
    return client.post(f"{base}/account/sign-in/", data)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def order(buyer, centre, tea, tea_at_centre) -> Order:
    """Two boxes of tea that the buyer ordered with an account."""
    placed = make_order({tea: 2}, point=centre, name="Lê Thị Hoa")
    Order.objects.filter(pk=placed.pk).update(user=buyer)
    return placed


def test_sign_in_leads_buyer_to_account(client, buyer):
    response = sign_in(client, buyer)

    assert (response.status_code, response["Location"]) == (302, "/en/account/")
    assert is_signed_in(client)


def test_sign_in_leads_keeper_to_desk(client, keeper):
    assert sign_in(client, keeper)["Location"] == "/en/desk/"


def test_sign_in_leads_editor_to_stories(client, db):
    editor = make_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))

    assert sign_in(client, editor)["Location"] == "/editor/"


def test_sign_in_ignores_case_of_email(client, buyer):
    sign_in(client, buyer, username=buyer.email.upper())

    assert is_signed_in(client)


@pytest.mark.parametrize("base", ["", "/en"])
@pytest.mark.parametrize(
    "form",
    [
        {"password": "another"},
        {"password": ""},
        {"username": "nobody@example.com"},
        {"username": ""},
        {"username": "buyer"},
        {"username": "x" * 5000},
        {"username": "bu\x00yer@example.com"},
    ],
)
def test_sign_in_with_wrong_credentials_shows_one_message(client, buyer, base, form):
    response = sign_in(client, buyer, base, **form)

    sentence = translate(
        "That address and password do not go together. Check both.",
        "en" if base else "vi",
    )
    assert (
        parse_page(response).select_one("[role=alert]").get_text(strip=True) == sentence
    )
    assert not is_signed_in(client)


def test_sign_in_refuses_inactive_user(client, buyer):
    User.objects.update(is_active=False)

    sign_in(client, buyer)

    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "there", ["/en/basket/", "/en/orders/QN-0000001/x/", "/en/desk/centre/?only=low"]
)
def test_sign_in_follows_local_next_url(client, buyer, there):
    assert sign_in(client, buyer, next=there)["Location"] == there


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
    ],
)
def test_sign_in_ignores_external_next_url(client, buyer, elsewhere):
    page = client.get(SIGN_IN, {"next": elsewhere})
    response = sign_in(client, buyer, next=elsewhere)

    assert parse_page(page).select_one("input[name=next]")["value"] in ("", elsewhere)
    assert response["Location"] == "/en/account/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_choose_place_ignores_external_next_url(client, centre, elsewhere):
    form = {"sales_point": "centre", "next": elsewhere}
    response = client.post("/en/sales-points/mine/", form)

    assert response["Location"] == "/en/sales-points/centre/"


def test_sign_in_redirects_signed_in_user_to_account(signed_in, buyer):
    response = signed_in(buyer).get(SIGN_IN)

    assert (response.status_code, response["Location"]) == (302, "/en/account/")


def test_sign_out_requires_post_and_ends_session(signed_in, buyer):
    browser = signed_in(buyer)

    assert browser.get("/en/account/sign-out/").status_code == 405
    assert is_signed_in(browser)
    assert browser.post("/en/account/sign-out/").status_code == 302
    assert not is_signed_in(browser)


def test_account_page_lists_own_orders_only(
    signed_in, buyer, stranger, order, centre, tea
):
    other = make_order({tea: 1}, point=centre)
    Order.objects.filter(pk=other.pk).update(user=stranger)

    words = get_page_text(signed_in(buyer).get("/en/account/"))

    assert order.number in words
    assert other.number not in words


def test_account_page_excludes_guest_orders_with_same_email(
    signed_in, buyer, centre, tea, site
):
    put_on_shelf(centre, tea, 3)
    guest = make_order({tea: 1}, point=centre, email=buyer.email)

    assert guest.number not in get_page_text(signed_in(buyer).get("/en/account/"))


def test_account_export_contains_all_personal_data(signed_in, buyer, order):
    response = signed_in(buyer).get("/en/account/data/")

    held = json.loads(response.content)
    assert "attachment" in response["Content-Disposition"]
    assert held["email"] == buyer.email
    (exported_order,) = held["orders"]
    assert exported_order["number"] == order.number
    assert exported_order["total_vnd"] == 190_000
    assert exported_order["lines"][0]["quantity"] == 2
    assert exported_order["received_by"][0]["name"] == "Lê Thị Hoa"
    (payment,) = exported_order["payments"]
    assert payment["asked"]
    assert payment == {
        "way": "point",
        "state": "pending",
        "amount_vnd": 190_000,
        "paid_vnd": 0,
        "refunded_vnd": 0,
        "asked": payment["asked"],
        "paid": None,
    }


def test_delete_account_with_open_order_is_refused(signed_in, buyer, order):
    browser = signed_in(buyer)

    response = browser.post("/en/account/delete/", follow=True)

    assert "An order is still open." in get_page_text(response)
    assert User.objects.filter(pk=buyer.pk).exists()
    assert order.fulfilments.get().name == "Lê Thị Hoa"


def test_delete_account_anonymises_orders(signed_in, buyer, order):
    fulfilment = order.fulfilments.get()
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=None, at=timezone.now()
    )
    browser = signed_in(buyer)

    response = browser.post("/en/account/delete/", follow=True)

    assert "Your account and your name are deleted." in get_page_text(response)
    assert not User.objects.filter(pk=buyer.pk).exists()
    assert not is_signed_in(browser)
    order.refresh_from_db()
    fulfilment = order.fulfilments.get()
    assert (order.user, order.guest_email) == (None, "")
    assert (fulfilment.name, fulfilment.phone, fulfilment.room, fulfilment.note) == (
        "–",
        "",
        "–",
        "",
    )
    assert order.lines.get().quantity == 2


def add_to_group(person):
    person.groups.add(Group.objects.create(name="Officers"))


def grant_permission(person):
    person.user_permissions.add(Permission.objects.get(codename="manage_money"))


def make_staff(person):
    User.objects.filter(pk=person.pk).update(is_staff=True)


def make_keeper(person):
    SalesPoint.objects.get(slug="centre").keepers.add(person)


def record_desk_sale(person):
    """Works here no more, and sold something once."""
    point = SalesPoint.objects.get(slug="centre")
    DeskSale.objects.create(point=point, actor=person, total_vnd=1, at=timezone.now())


@pytest.mark.parametrize(
    "make_worker",
    [add_to_group, grant_permission, make_staff, make_keeper, record_desk_sale],
)
def test_delete_account_of_staff_is_refused(signed_in, buyer, order, make_worker):
    fulfilment = order.fulfilments.get()
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=None, at=timezone.now()
    )
    make_worker(buyer)
    browser = signed_in(buyer)

    page = get_page_text(browser.post("/en/account/delete/", follow=True))

    assert "Ask a manager of the regional centre to close it." in page
    assert User.objects.filter(pk=buyer.pk).exists()
    assert is_signed_in(browser)
    assert order.fulfilments.get().name == "Lê Thị Hoa"


def test_user_constraint_refuses_duplicate_email_ignoring_case(buyer):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=buyer.email.upper())

    assert User.objects.count() == 1


@pytest.mark.parametrize(("base", "language"), [("", "vi"), ("/en", "en")])
def test_sign_in_locks_out_after_repeated_failures(client, buyer, base, language):
    wide = buyer.email.replace("b", "ｂ").replace("@", "＠")
    spellings = [buyer.email, buyer.email.upper(), wide, f" {buyer.email}"]
    spellings = (spellings * settings.AXES_FAILURE_LIMIT)[: settings.AXES_FAILURE_LIMIT]
    for username in spellings[:-1]:
        guess = sign_in(client, buyer, base, username=username, password="guess")
        assert guess.status_code == 200  # the form again
    refused = sign_in(client, buyer, base, username=spellings[-1], password="guess")
    right = sign_in(client, buyer, base)
    wide_and_right = sign_in(client, buyer, base, username=wide)

    for response in (refused, right, wide_and_right):
        assert response.status_code == 429
        why = "Too many wrong passwords. Try again in ten minutes."
        assert parse_page(response).select_one(".lead").get_text(
            strip=True
        ) == translate(why, language)
    assert not is_signed_in(client)


def test_sign_in_lockout_spares_other_addresses(client, buyer):
    for _try in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, buyer, password="guess")

    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    assert sign_in(elsewhere, buyer).status_code == 302
