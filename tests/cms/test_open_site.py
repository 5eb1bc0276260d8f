"""A new site's first pages, made once and left alone afterwards."""

from io import StringIO

import pytest
from django.contrib.sites.models import Site as DjangoSite
from django.core.management import call_command
from wagtail.models import Page, Revision, Site

from cms.models import HomePage, InfoPage
from cms.operations.create_initial_pages import INFO, LISTS, create_initial_pages

PATHS = ("/", *(f"/{slug}/" for slug in [*LISTS, *INFO]))


def test_every_first_page_is_there_in_both_languages(site, client):
    for path in PATHS:
        for address in (path, f"/en{path}"):
            assert client.get(address).status_code == 200, address


def test_opened_again_it_makes_nothing_new(site):
    before = Page.objects.count(), Revision.objects.count(), Site.objects.count()

    create_initial_pages(base_url="http://testserver")

    assert (Page.objects.count(), Revision.objects.count(), Site.objects.count()) == (
        before
    )


def test_opened_again_it_keeps_what_was_written_since(site):
    for language in ("vi", "en"):
        page = InfoPage.objects.get(slug="returns", locale__language_code=language)
        page.title = "Ours"
        page.save_revision().publish()

    create_initial_pages(base_url="http://testserver")

    titles = InfoPage.objects.filter(slug="returns").values_list("title", flat=True)
    assert list(titles) == ["Ours", "Ours"]


def test_opened_again_it_keeps_what_was_taken_down(site, client):
    InfoPage.objects.get(slug="returns", locale__language_code="vi").unpublish()

    create_initial_pages(base_url="http://testserver")

    assert client.get("/returns/").status_code == 404


def test_the_shop_is_told_its_address(site):
    create_initial_pages(base_url="https://shop.example:8443")

    site_record = Site.objects.get()
    assert (site_record.hostname, site_record.port) == ("shop.example", 8443)
    assert DjangoSite.objects.get().domain == "shop.example:8443"
    assert HomePage.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "port"), [("https://shop.example", 443), ("http://shop.example", 80)]
)
def test_without_a_port_it_is_the_usual_one(site, address, port):
    create_initial_pages(base_url=address)

    assert Site.objects.get().port == port


def test_the_command_says_where_it_is(db, settings):
    output = StringIO()

    call_command("open_site", stdout=output)

    assert settings.BASE_URL in output.getvalue()
    assert HomePage.objects.count() == 2
