"""Oscar's dashboard: managers look, nobody writes."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver

from marketplace.office.dashboard.apps import READ_ONLY
from marketplace.office.permissions import grant_manager_permissions
from stores.models import StockMovement
from tests.factories import make_order, make_user
from tests.marketplace.shopping import parse_page


def list_urls(entries: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple]:
    """Name and a path of every address, any number standing for what it wants."""
    for entry in entries:
        path = prefix + str(entry.pattern).replace("^", "").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from list_urls(entry.url_patterns, path)
        else:
            yield entry.name, re.sub(r"<[^>]+>|\(\?P<\w+>[^)]+\)", "1", path)


ALL = tuple(
    sorted(list_urls(apps.get_app_config("dashboard").get_urls(), "/dashboard/"))
)
WRITE_PATHS = tuple(path for name, path in ALL if name not in READ_ONLY | {"index"})


@pytest.fixture
def manager(db, signed_in):
    """A browser of one who is in the group, and is nothing more."""
    person = make_user("head")
    person.groups.add(grant_manager_permissions())
    return signed_in(person)


@pytest.fixture
def order(centre, tea, tea_at_centre):
    return make_order({tea: 2}, point=centre)


def test_dashboard_has_urls_to_walk():
    assert {name for name, _path in ALL} > READ_ONLY
    assert len(WRITE_PATHS) > 50


@pytest.mark.parametrize("language", ["", "/en"])
def test_dashboard_shows_manager_orders_and_reports(manager, order, tea, language):
    name, status = {
        "": (tea.title, "Cần soạn"),
        "/en": (tea.title_en, "To prepare"),
    }[language]
    looked_at = {
        "/dashboard/orders/": status,
        f"/dashboard/orders/{order.number}/": name,
        "/dashboard/orders/statistics/": status,
        "/dashboard/reports/": "report_type",
    }
    assert len(looked_at) == len(READ_ONLY)

    for path, seen in looked_at.items():
        page = manager.get(language + path)
        assert page.status_code == 200, path
        assert seen in page.content.decode(), path


def test_dashboard_index_redirects_to_orders(manager, order):
    assert manager.get("/en/dashboard/")["Location"] == "/en/dashboard/orders/"


def test_dashboard_order_page_shows_delivery_method(manager, order):
    page = parse_page(manager.get(f"/dashboard/orders/{order.number}/"))

    label = str(order.fulfilments.get().get_delivery_method_display())
    assert label.lower() in page.find("table").get_text().lower()


def test_dashboard_order_page_has_no_forbidden_buttons(manager, order):
    page = parse_page(manager.get(f"/dashboard/orders/{order.number}/"))

    assert not page.select("main button, .page-content button, .page-content select")


@pytest.mark.parametrize("page", ["", "{}/"])
def test_dashboard_order_page_names_account_holder(manager, order, buyer, page):
    address = f"/en/dashboard/orders/{page.format(order.number)}"

    assert "(guest)" in manager.get(address).content.decode()
    order.user = buyer
    order.save()
    page_html = manager.get(address).content.decode()
    assert buyer.get_full_name() in page_html
    assert "(guest)" not in page_html


def test_dashboard_refuses_every_write(manager, order):
    movements = StockMovement.objects.count()
    read_paths = [path for name, path in ALL if name in READ_ONLY]

    answered = [manager.post(path) for path in (*read_paths, *WRITE_PATHS)]
    answered += [manager.get(path) for path in WRITE_PATHS]

    assert {page.status_code for page in answered} == {403}
    assert all("/desk/" in page.content.decode() for page in answered)
    order.refresh_from_db()
    assert order.status == "confirmed"
    assert StockMovement.objects.count() == movements


@pytest.mark.parametrize("who", ["buyer", "keeper", "stranger"])
def test_dashboard_refuses_non_managers(request, signed_in, order, who):
    browser = signed_in(request.getfixturevalue(who))

    for _name, path in ALL:
        page = browser.get(path)
        assert page.status_code == 403, path
        assert order.number not in page.content.decode()


def test_dashboard_redirects_anonymous_to_sign_in(client, db):
    for _name, path in ALL:
        page = client.get(path)
        assert page.status_code == 302, path
        assert page["Location"].startswith("/account/sign-in/?next=")


@pytest.mark.parametrize(
    "query",
    [
        "orders/?response_format=csv",
        "reports/?report_type=order_report&download=true",
    ],
)
def test_dashboard_refuses_downloads_and_links_to_office(manager, order, query):
    page = manager.get(f"/dashboard/{query}")

    assert page.status_code == 403
    assert "/office/sales/" in page.content.decode()


@pytest.mark.parametrize("page", ["orders/", "orders/statistics/"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x"])
def test_dashboard_date_out_of_range_returns_404(manager, order, page, day):
    query = f"/dashboard/{page}?date_from={day}&date_to={day}"

    assert manager.get(query).status_code == 404


def test_dashboard_pages_load_nothing_from_third_parties(manager, order):
    page = parse_page(manager.get("/dashboard/orders/"))

    sources = [
        tag.get("src") or tag.get("href")
        for tag in page.select("script[src], link[href], img[src]")
    ]
    assert sources
    assert all(source.startswith("/static/") for source in sources)
    assert "googleapis" not in str(page)
