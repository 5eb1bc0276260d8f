"""Pages kept for the next visitor: quick, and never older than the newest change."""

import re
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oscar.defaults import OSCAR_BASKET_COOKIE_OPEN
from wagtail.models import Page, PageViewRestriction

from cms.models import StoryIndexPage
from cms.operations.create_initial_pages import create_initial_pages
from marketplace import page_cache
from marketplace.rates.models import Rate
from stores.operations.correct import correct
from tests.factories import make_user, put_on_shelf

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only PostgreSQL names its state"
)


@pytest.fixture
def shelf(transactional_db, centre, tea):
    return put_on_shelf(centre, tea, 5)


@pytest.fixture
def product(shelf, tea) -> str:
    return f"/en/products/{tea.slug}/"


@pytest.fixture(autouse=True)
def _one_span(monkeypatch):
    """The test does not run into the next minute."""
    monkeypatch.setattr(page_cache, "MAX_AGE_S", 10**9)


@pytest.fixture
def frozen_database_state(monkeypatch):
    """Nobody writes meanwhile, neither another test nor PostgreSQL for itself."""
    state = page_cache.database_state
    monkeypatch.setattr(
        page_cache, "database_state", lambda: "still" if state() else ""
    )


def count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def strip_tokens(page) -> str:
    return TOKEN.sub("", page.content.decode())


@pytest.mark.parametrize("path", ["product", "/products/", "/sales-points/"])
def test_cached_page_costs_next_visitor_one_query(product, frozen_database_state, path):
    path = product if path == "product" else path
    first = Client().get(path)

    assert count_queries(Client(), path) == 1
    again = Client().get(path)
    assert strip_tokens(again) == strip_tokens(first)
    assert again["Content-Type"] == first["Content-Type"]
    assert again["Content-Language"] == first["Content-Language"]


def test_cached_page_reflects_committed_change_at_once(product, shelf, tea):
    assert "5 left" in Client().get(product).content.decode()

    shelf.refresh_from_db()
    correct(
        record=shelf,
        batch=shelf.lots.get().batch,
        counted=3,
        reason="broken",
        actor=make_user("k"),
        at=timezone.now(),
    )

    assert "3 left" in Client().get(product).content.decode()


def test_cached_page_hides_uncommitted_change(product, tea):
    begun, may_end = threading.Event(), threading.Event()

    def rename() -> None:
        with transaction.atomic():
            type(tea).objects.filter(pk=tea.pk).update(title_en="Renamed tea")
            begun.set()
            may_end.wait(20)
        connection.close()

    other = threading.Thread(target=rename)
    other.start()
    assert begun.wait(20)
    during = [Client().get(product).content.decode() for _visit in range(2)]
    may_end.set()
    other.join()

    assert not any("Renamed tea" in page for page in during)
    assert "Renamed tea" in Client().get(product).content.decode()


def test_cached_page_excludes_changes_of_open_transaction(product, tea):
    with transaction.atomic():
        Client().get(product)
        type(tea).objects.filter(pk=tea.pk).update(title_en="Renamed tea")
        assert "Renamed tea" in Client().get(product).content.decode()
        transaction.set_rollback(True)

    assert "Renamed tea" not in Client().get(product).content.decode()


def test_cached_page_has_csrf_token_per_visitor(product, tea):
    visitors = [Client(enforce_csrf_checks=True) for _visitor in range(3)]
    tokens = [TOKEN.search(one.get(product).content.decode())[1] for one in visitors]

    secrets = {one.cookies[settings.CSRF_COOKIE_NAME].value for one in visitors}
    assert len(secrets) == len(set(tokens)) == 3
    for visitor, token in zip(visitors, tokens, strict=True):
        form = {"product": tea.slug, "quantity": 1, "csrfmiddlewaretoken": token}
        assert visitor.post("/en/basket/add/", form).status_code == 302


def test_page_is_cached_with_any_bytes_as_placeholders(
    product, frozen_database_state, monkeypatch
):
    monkeypatch.setattr(page_cache, "BASKET_PLACEHOLDER", rb"\u\1 basket")
    monkeypatch.setattr(page_cache, "CSRF_PLACEHOLDER", rb"\g<0>\x token")

    pages = [Client().get(product) for _visitor in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert [b"basket-link" in page.content for page in pages] == [True, True]
    assert all(TOKEN.search(page.content.decode()) for page in pages)


def test_cached_page_shows_visitors_own_basket(product, frozen_database_state, tea):
    buyer, newcomer = Client(), Client()
    form = {"product": tea.slug, "quantity": 3}
    buyer.post("/en/basket/add/", form)
    buyer.get("/en/basket/")  # where she is told of it
    del buyer.cookies["messages"]  # as a browser does, for whom it has ended

    pages = [one.get(product).content.decode() for one in (buyer, newcomer, buyer)]

    assert ["Basket, 3 items" in page for page in pages] == [True, False, True]
    assert ["Basket, 0 items" in page for page in pages] == [False, True, False]
    assert count_queries(buyer, product) == 2  # the state, her units


def test_cached_page_varies_by_place_and_currency(
    product, frozen_database_state, centre
):
    Rate.objects.create(currency="JPY", vnd=170, as_of=timezone.localdate())
    there, yen = Client(), Client()
    there.cookies["place"] = centre.slug
    yen.cookies["currency"] = "JPY"
    pages = {
        strip_tokens(one.get(product))
        for one in (Client(), there, yen, Client(), there, yen)
    }

    assert len(pages) == 3
    assert count_queries(there, product) == count_queries(yen, product) == 1


def test_cached_page_shows_signed_in_users_own_basket(
    product, frozen_database_state, tea
):
    buyer, newcomer = Client(), Client()
    buyer.force_login(make_user("buyer"))
    buyer.post("/en/basket/add/", {"product": tea.slug, "quantity": 2})
    buyer.get("/en/basket/")
    del buyer.cookies["messages"]

    pages = [one.get(product).content.decode() for one in (buyer, newcomer, buyer)]

    assert ["Basket, 2 items" in page for page in pages] == [True, False, True]
    assert count_queries(buyer, product) == 4  # the state, her session, she, her units


@pytest.mark.parametrize("cookie", ["messages", "anything"])
def test_cached_page_is_bypassed_with_other_cookies(
    product, frozen_database_state, cookie
):
    Client().get(product)
    known = Client()
    known.cookies[cookie] = "x"

    assert count_queries(known, product) > 5


@pytest.fixture
def stories(shelf) -> Page:
    create_initial_pages(base_url="http://testserver")
    return StoryIndexPage.objects.get(slug="stories", locale__language_code="vi")


def test_private_page_is_not_cached(stories, frozen_database_state):
    PageViewRestriction.objects.create(
        page=stories, restriction_type=PageViewRestriction.LOGIN
    )
    reader = Client()
    reader.force_login(make_user("reader"))

    assert reader.get("/stories/").status_code == 200
    assert Client().get("/stories/").status_code == 302


def test_cached_page_answers_htmx_request(product, frozen_database_state):
    whole = Client().get("/products/")
    htmx_client = Client(headers={"HX-Request": "true"})

    assert count_queries(htmx_client, "/products/") == 1
    assert strip_tokens(htmx_client.get("/products/")) == strip_tokens(whole)


def test_cached_pages_vary_by_language_and_query(product):
    pages = {
        strip_tokens(Client().get(path))
        for path in ("/products/", "/en/products/", "/products/?sort=price", product)
        for _visit in range(2)
    }

    assert len(pages) == 4


def test_not_found_page_is_not_cached(product):
    for _visit in range(2):
        assert Client().get("/products/?page=9999").status_code == 404


def test_page_on_which_baskets_are_merged_is_not_cached(
    shelf, tea, frozen_database_state
):
    """The message about it is for the person who has just signed in."""
    hannah = Client()
    hannah.post("/en/basket/add/", {"product": tea.slug, "quantity": 1})
    del hannah.cookies["messages"]  # the one about the tea
    basket = hannah.cookies[OSCAR_BASKET_COOKIE_OPEN].value
    hannah.force_login(make_user("hannah"))
    hannah.cookies[OSCAR_BASKET_COOKIE_OPEN] = basket

    merged = "/products/"
    assert "gộp 1 sản phẩm" in hannah.get(merged).content.decode()
    for visitor in (hannah, Client()):
        assert "gộp 1 sản phẩm" not in visitor.get(merged).content.decode()
