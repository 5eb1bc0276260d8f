"""A new site's first pages, made once and left alone afterwards."""

from io import StringIO

import pytest
from django.contrib.sites.models import Site as DjangoSite
from django.core.management import call_command
from wagtail.models import Page, Revision, Site

from cms.models import HomePage, InfoPage
from cms.operations.create_initial_pages import INFO, LISTS, create_initial_pages

PATHS = ("/", *(f"/{slug}/" for slug in [*LISTS, *INFO]))


def test_create_initial_pages_publishes_all_in_both_languages(site, client):
    for path in PATHS:
        for address in (path, f"/en{path}"):
            assert client.get(address).status_code == 200, address


def test_create_initial_pages_twice_creates_nothing_new(site):
    before = Page.objects.count(), Revision.objects.count(), Site.objects.count()

    create_initial_pages(base_url="http://testserver")

    assert (Page.objects.count(), Revision.objects.count(), Site.objects.count()) == (
        before
    )


def test_create_initial_pages_twice_keeps_edited_titles(site):
    for language in ("vi", "en"):
        page = InfoPage.objects.get(slug="returns", locale__language_code=language)
        page.title = "Ours"
        page.save_revision().publish()

    create_initial_pages(base_url="http://testserver")

    titles = InfoPage.objects.filter(slug="returns").values_list("title", flat=True)
    assert list(titles) == ["Ours", "Ours"]


def test_create_initial_pages_twice_keeps_pages_unpublished(site, client):
    InfoPage.objects.get(slug="returns", locale__language_code="vi").unpublish()

    create_initial_pages(base_url="http://testserver")

    assert client.get("/returns/").status_code == 404


def test_create_initial_pages_sets_host_and_port(site):
    create_initial_pages(base_url="https://shop.example:8443")

    site_record = Site.objects.get()
    assert (site_record.hostname, site_record.port) == ("shop.example", 8443)
    assert DjangoSite.objects.get().domain == "shop.example:8443"
    assert HomePage.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "port"), [("https://shop.example", 443), ("http://shop.example", 80)]
)
def test_create_initial_pages_without_port_uses_default_port(site, address, port):
    create_initial_pages(base_url=address)

    assert Site.objects.get().port == port


def test_create_initial_pages_command_prints_base_url(db, settings):
    output = StringIO()

    call_command("create_initial_pages", stdout=output)

    assert settings.BASE_URL in output.getvalue()
    assert HomePage.objects.count() == 2
