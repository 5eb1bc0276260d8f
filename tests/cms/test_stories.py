"""Stories as visitors read them: in two languages, with live products in them."""

import json

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from cms.models import StoryPage
from tests.factories import (
    expire_certificate,
    make_order,
    make_product,
    put_on_shelf,
)
from tests.page_text import get_page_text

VI, EN = "/stories/tra-rung/", "/en/stories/tra-rung/"


def get_product_block(response) -> BeautifulSoup:
    page = BeautifulSoup(response.content, "html.parser")
    return page.select_one(".story-product")


def alternates(response) -> set[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return {link["hreflang"] for link in page.select("link[rel=alternate][hreflang]")}


def test_story_page_has_text_and_alternates_per_language(client, publish_story, tea):
    publish_story(tea)

    vietnamese, english = client.get(VI), client.get(EN)

    assert "Chuyện cây trà trên núi." in get_page_text(vietnamese)
    assert "The tea on the hill." in get_page_text(english)
    assert "The tea on the hill." not in get_page_text(vietnamese)
    assert "Chuyện cây trà" not in get_page_text(english)
    assert alternates(vietnamese) == alternates(english) == {"vi", "en", "x-default"}


def test_story_page_in_one_language_has_no_alternates(client, publish_story, tea):
    _vietnamese, english = publish_story(tea)
    english.refresh_from_db()
    english.unpublish()

    response = client.get(VI)

    assert response.status_code == 200
    assert alternates(response) == set()
    assert 'href="/en/stories/tra-rung/"' not in response.content.decode()
    assert client.get(EN).status_code == 404


def test_story_product_block_displays_current_product_facts(
    client, publish_story, tea, tea_at_centre
):
    publish_story(tea)

    block = get_product_block(client.get(EN))

    words = " ".join(block.get_text(" ").split())
    assert block.select_one("h2 a")["href"] == "/en/products/tra-rung/"
    assert "Forest tea" in words
    assert "95,000\u00a0₫" in block.get_text()
    assert f"Decision {tea.certificates.get().decision_no}, valid" in words
    assert block.select_one("[name=sales_point]")["value"] == "centre"


def test_story_product_block_never_shows_stale_price_or_stock(
    client, publish_story, tea, centre, honey
):
    put_on_shelf(centre, tea, 3)
    publish_story(tea)
    before = client.get(EN)

    type(tea).objects.update(price_vnd=120_000)
    make_order({tea: 3}, point=centre)
    after = client.get(EN)

    assert "95,000" in get_page_text(before)
    assert "120,000" in get_page_text(after)
    assert get_product_block(before).select("form")
    assert not get_product_block(after).select("form")


def test_story_product_block_with_lapsed_certificate_is_not_for_sale(
    client, publish_story, tea, tea_at_centre
):
    publish_story(tea)
    expire_certificate(tea)

    block = get_product_block(client.get(EN))

    assert "Not sold for now: no certificate is in force." in block.get_text()
    assert not block.select("form, .stars")
    assert "₫" not in block.get_text()


def test_story_products_begin_with_what_may_be_advertised(client, publish_story, tea):
    spirit = make_product(
        "ruou-can", title="Rượu cần", abv="29.5", advertising_forbidden=True
    )
    publish_story(commune=tea.commune, body=[("products", [spirit, tea])])

    page = BeautifulSoup(client.get(VI).content, "html.parser")

    words = page.select_one(".story-goods").get_text()
    assert words.index(tea.title) < words.index(spirit.title)


def test_story_page_omits_deleted_product(client, publish_story, tea, honey):
    publish_story(tea, honey)
    tea.certificates.all().delete()
    tea.delete()

    response = client.get(EN)

    assert response.status_code == 200
    blocks = BeautifulSoup(response.content, "html.parser").select(".story-product")
    assert len(blocks) == 1
    assert "Forest honey" in blocks[0].get_text()


@pytest.mark.parametrize("lost", ["first", "all"])
def test_story_list_block_omits_deleted_products(
    client, publish_story, tea, honey, tea_at_centre, honey_at_centre, lost
):
    goods = [tea, honey] if lost == "first" else [tea]
    publish_story(body=[("products", goods)])
    story = StoryPage.objects.get(slug="tra-rung", locale__language_code="vi")
    rows = story.body.get_prep_value()
    rows[0]["value"][0]["value"] = 10**6  # no product has this id
    StoryPage.objects.filter(pk=story.pk).update(body=json.dumps(rows))

    response = client.get(VI)

    assert response.status_code == 200
    assert "Trà rừng" not in get_page_text(response)
    assert ("Mật ong" in get_page_text(response)) == (lost == "first")


def test_story_product_form_adds_to_basket(client, publish_story, tea, tea_at_centre):
    publish_story(tea)
    form = get_product_block(client.get(EN)).form

    fields = {field["name"]: field.get("value", "") for field in form.select("input")}
    response = client.post(form["action"], fields)

    assert response.status_code == 302
    assert client.get("/en/basket/").content.decode().count("basket-line") > 0


def test_product_page_links_to_story_in_page_language(client, publish_story, tea):
    publish_story(tea)

    page = BeautifulSoup(client.get("/en/products/tra-rung/").content, "html.parser")

    assert page.select_one(".story-feature a")["href"] == EN
    assert "Tea on the hill" in page.select_one(".story-feature").get_text()


def test_product_page_prefers_own_story_to_village_story(client, publish_story, tea):
    publish_story(tea, slug="lang-tra", title="Làng trà", kind=StoryPage.Kind.VILLAGE)
    publish_story(tea)

    page = BeautifulSoup(client.get("/products/tra-rung/").content, "html.parser")

    assert page.select_one(".story-feature a")["href"] == VI


def test_story_lists_show_published_stories_of_their_kind(client, publish_story, tea):
    publish_story(tea)
    publish_story(tea, slug="lang-tra", title="Làng trà", kind=StoryPage.Kind.VILLAGE)
    publish_story(tea, slug="tin", title="Tin trà", kind=StoryPage.Kind.ANNOUNCEMENT)
    draft, _english = publish_story(tea, slug="nhap", title="Còn nháp")
    draft.unpublish()

    def listed(path: str) -> set[str]:
        page = BeautifulSoup(client.get(path).content, "html.parser")
        return {link.h2.get_text(strip=True) for link in page.select("a.story-card")}

    assert listed("/stories/") == {"Trà trên núi", "Làng trà"}
    assert listed("/villages/") == {"Làng trà"}
    assert listed("/news/") == {"Tin trà"}


def test_story_lists_link_to_readable_pages(client, publish_story, tea):
    publish_story(tea, slug="tin", kind=StoryPage.Kind.ANNOUNCEMENT)
    publish_story(tea, slug="lang-tra", kind=StoryPage.Kind.VILLAGE)

    for path in ("/stories/", "/villages/", "/news/", "/en/news/"):
        page = BeautifulSoup(client.get(path).content, "html.parser")
        (card,) = page.select("a.story-card")
        assert client.get(card["href"]).status_code == 200


@pytest.mark.parametrize("number", [1, 8])
def test_story_page_query_count_is_independent_of_products(
    client, publish_story, centre, number
):
    goods = [make_product() for _number in range(number)]
    for product in goods:
        put_on_shelf(centre, product, 2)
    publish_story(*goods)
    client.get(EN)

    with CaptureQueriesContext(connection) as queries:
        client.get(EN)
    assert len(queries) == 6, [query["sql"][:200] for query in queries]


def test_private_story_redirects_anonymous_to_login(client, publish_story, tea):
    story, _english = publish_story(tea)
    PageViewRestriction.objects.create(
        page=story.get_parent(), restriction_type=PageViewRestriction.LOGIN
    )

    response = client.get(VI)

    assert response.status_code == 302
    assert "Chuyện" not in response.content.decode()
    assert client.get(EN).status_code == 200


def test_page_path_without_parent_returns_404(client, publish_story, tea):
    publish_story(tea)

    for path in ("tra-rung/", "news/tra-rung/", "en/tra-rung/", "stories/x/tra-rung/"):
        assert client.get(f"/{path}").status_code == 404
