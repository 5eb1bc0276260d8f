"""A walk through every public page of the demonstration, in both languages."""

import re
from collections.abc import Callable, Iterator

import pytest
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.utils.translation import gettext, override
from pytest_django import DjangoDbBlocker
from wagtail.images.models import Rendition

from stores.models import SalesPoint
from stores.partner.models import StockRecord
from tests.marketplace.demo.walk import (
    LANGUAGES,
    VisitedPage,
    list_public_paths,
    visit,
    walk,
)

MOST_QUERIES = 12


@pytest.fixture(scope="module")
def sizes_before(counts: dict[str, int], django_db_blocker: DjangoDbBlocker) -> int:
    """How many drawn sizes there were before anybody came."""
    with django_db_blocker.unblock():
        return Rendition.objects.count()


@pytest.fixture(scope="module")
def visited(
    sizes_before: int, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, VisitedPage]]:
    """All of them, as an anonymous visitor sees them."""
    with django_db_blocker.unblock(), override_settings(DEBUG=True):
        yield walk(
            path for language in LANGUAGES for path in list_public_paths(language)
        )


@pytest.fixture(scope="module")
def pages(visited: dict[str, VisitedPage]) -> list[VisitedPage]:
    """The whole pages among them."""
    return [page for page in visited.values() if not page.is_fragment]


def failing_paths(
    pages: list[VisitedPage], is_right: Callable[[VisitedPage], object]
) -> list[str]:
    """The paths of those pages of which it does not hold."""
    return [page.path for page in pages if not is_right(page)]


def test_walk_visits_over_300_pages_per_language(visited):
    by_language = [page.language for page in visited.values()]

    assert by_language.count("vi") == by_language.count("en") > 300


def test_every_page_returns_200(visited):
    assert failing_paths(list(visited.values()), lambda page: page.status == 200) == []


def test_every_page_declares_its_language(pages):
    assert failing_paths(pages, lambda p: p.soup.html["lang"] == p.language) == []


def test_every_page_has_one_h1_and_a_title(pages):
    assert failing_paths(pages, lambda p: len(p.soup.select("h1")) == 1) == []
    assert failing_paths(pages, lambda p: p.soup.title.get_text().strip()) == []


def test_every_page_has_its_own_canonical_url(pages):
    def canonical(page: VisitedPage) -> str:
        return page.soup.select_one("link[rel=canonical]")["href"]

    base = django_settings.BASE_URL
    assert failing_paths(pages, lambda p: canonical(p) == base + p.path) == []


def test_alternate_pages_link_to_each_other(visited, pages):
    def is_paired(page: VisitedPage) -> bool:
        paths = page.alternates
        if not paths:
            return True
        others = [paths[language] for language in LANGUAGES]
        return (
            paths[page.language] == page.path
            and paths["x-default"] == paths["vi"]
            and all(other in visited for other in others)
            and all(visited[other].alternates == paths for other in others)
        )

    assert failing_paths(pages, is_paired) == []
    assert sum(bool(page.alternates) for page in pages) > 500


def test_sitemap_lists_existing_indexable_pages(visited):
    sitemap = Client().get("/sitemap.xml").content.decode()
    disallowed = re.findall(
        r"Disallow: (\S+)", Client().get("/robots.txt").content.decode()
    )

    listed = set(re.findall(rf"<loc>{django_settings.BASE_URL}(/[^<]*)</loc>", sitemap))
    assert sitemap.count("<loc>") == len(listed) > 500
    assert listed <= visited.keys()
    assert not [path for path in listed if path.startswith(tuple(disallowed))]
    for path in visited.keys() - listed:
        page = visited[path]
        not_sold = "/products/" in path and not page.soup.select("#buy")
        assert page.is_fragment or path.startswith(tuple(disallowed)) or not_sold, path


def test_every_page_shows_demonstration_notice(pages):
    def says_so(page: VisitedPage) -> bool:
        with override(page.language):
            notice = gettext("Demonstration with sample data")
        return page.soup.select_one(".notice").get_text() == notice

    assert failing_paths(pages, says_so) == []


def test_every_page_has_strict_content_security_policy(visited):
    def is_strict(page: VisitedPage) -> bool:
        policy = page.headers.get("Content-Security-Policy", "")
        return "default-src 'self'" in policy and "unsafe" not in policy

    assert failing_paths(list(visited.values()), is_strict) == []


def test_no_page_has_inline_scripts_or_styles(visited):
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)(?![^>]*json)|\s(style|on\w+)=")
    found = {
        page.path: match.group()
        for page in visited.values()
        if (match := inline.search(page.html))
    }

    assert found == {}


def test_no_page_loads_jquery_or_bootstrap(visited):
    heavy = re.compile(r"jquery|bootstrap|font-?awesome", re.IGNORECASE)

    assert (
        failing_paths(list(visited.values()), lambda p: not heavy.search(p.html)) == []
    )


def test_every_page_takes_at_most_twelve_queries(visited):
    most = {page.path: len(page.queries) for page in visited.values()}

    assert {path: n for path, n in most.items() if n > MOST_QUERIES} == {}


def test_page_views_write_nothing_to_database(visited):
    writes = re.compile(r"^\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
    pages = list(visited.values())

    assert failing_paths(pages, lambda p: not any(map(writes.match, p.queries))) == []


def test_page_views_render_no_images(db, visited, sizes_before):
    assert Rendition.objects.count() == sizes_before


def test_every_static_and_media_file_exists(visited):
    files = {file for page in visited.values() for file in page.files}

    missing = set()
    for file in files:
        if file.startswith(django_settings.MEDIA_URL):
            found = default_storage.exists(file.removeprefix(django_settings.MEDIA_URL))
        else:
            found = finders.find(file.removeprefix(django_settings.STATIC_URL))
        if not found:
            missing.add(file)
    assert missing == set()
    assert len(files) > 100


def test_every_internal_link_resolves(db, visited, client):
    leads_from = {
        link: page.path
        for page in visited.values()
        for link in page.links
        if link not in visited
    }
    dead = {}
    for link, page in leads_from.items():
        response = client.get(link)
        if response.status_code not in (200, 302):
            dead[link] = (response.status_code, page)

    assert dead == {}
    assert len(leads_from) > 50


def test_links_stay_in_page_language(pages):
    """Only the switch leads to the other language, and it says so."""

    def strays(page: VisitedPage) -> list[str]:
        return [
            link["href"]
            for link in page.soup.select('a[href^="/"]:not([hreflang])')
            if not link["href"].startswith(("/media/", "/editor/"))
            and ("en" if link["href"].startswith("/en/") else "vi") != page.language
        ]

    assert failing_paths(pages, lambda p: not strays(p)) == []


def read_translations() -> dict[str, str]:
    """Our own words, from the file that holds them."""
    file = django_settings.LOCALE_PATHS[0] / "vi" / "LC_MESSAGES" / "django.po"
    with file.open("rb") as po:
        return {
            message.id: message.string
            for message in read_po(po)
            if isinstance(message.id, str)
            and message.id
            and "%(" not in message.id
            and message.id != message.string
        }


def test_vietnamese_pages_have_no_english_sentence(pages):
    ours = set(read_translations()) - set(read_translations().values())
    left = {
        page.path: found
        for page in pages
        if page.language == "vi" and (found := page.words & ours)
    }

    assert left == {}


def test_english_pages_have_no_vietnamese_sentence(pages):
    ours = set(read_translations().values()) - set(read_translations())
    left = {
        page.path: found
        for page in pages
        if page.language == "en" and (found := page.words & ours)
    }

    assert left == {}


def test_vietnamese_and_english_pages_differ(visited):
    for page in visited.values():
        if page.language == "vi":
            other = visited.get(f"/en{page.path}")
            assert other is None or page.words - other.words


@pytest.fixture
def basket(db: None) -> Client:
    """A browser with five things in its basket."""
    browser = Client()
    point = SalesPoint.objects.get(slug="trung-tam-ocop-hoi-an")
    records = StockRecord.objects.filter(partner=point.partner, num_in_stock__gt=2)
    for record in records.select_related("product").order_by("pk")[:5]:
        form = {
            "product": record.product.slug,
            "quantity": 1,
            "sales_point": point.slug,
        }
        assert browser.post("/basket/add/", form).status_code == 302
    for base in ("", "/en"):  # a process learns the words of a language once
        browser.get(f"{base}/products/?q=que")
    return browser


ONE_OF_EACH = (
    "",
    "products/",
    "products/?q=que",
    "products/?page=2",
    "products/?district=hoi-an&stars=4&sort=price",
    "products/nuoc-mam-cua-khe-hai-hien/",
    "districts/",
    "districts/tien-phuoc/",
    "districts/tien-phuoc/panel/",
    "sales-points/",
    "sales-points/trung-tam-ocop-hoi-an/",
    "stories/",
    "stories/que-tra-my/",
    "villages/",
    "fairs/",
    "news/",
    "about-ocop/",
    "account/sign-in/",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [*ONE_OF_EACH, "basket/", "checkout/"])
def test_page_with_basket_takes_at_most_twelve_queries(basket, path, language):
    page = visit(basket, f"/en/{path}" if language == "en" else f"/{path}")

    assert page.status == 200
    assert len(page.queries) <= MOST_QUERIES, "\n".join(page.queries)


@pytest.mark.parametrize("path", ONE_OF_EACH)
def test_page_with_chosen_place_takes_at_most_twelve_queries(client, path):
    client.cookies["place"] = "gian-hang-den-song"

    page = visit(client, f"/{path}")

    assert page.status == 200
    assert len(page.queries) <= MOST_QUERIES
