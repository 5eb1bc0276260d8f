"""The title of a page that is not for everybody appears nowhere."""

import datetime as dt
import json

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.models import FairIndexPage, FairPage, HomePage, StoryIndexPage, StoryPage
from cms.operations.create_initial_pages import add_child

PLACES = (
    "/",
    "/stories/",
    "/products/tra-rung/",
    "/districts/thang-binh/",
    "/products/?q=tra+tren+nui",
    "/products/suggestions/?q=tra+tren",
    "/api/v1/search?q=tra+tren+nui",
    "/api/v1/search?q=tra+tren+nui&kind=story",
    "/api/v1/suggest?q=tra+tren",
    "/api/v1/stories",
    "/en/stories/tra-rung/",
)
"""Pages that name a story, its address or its title, while it is public."""


@pytest.fixture
def story(publish_story, tea) -> StoryPage:
    vietnamese, _english = publish_story(tea)
    home = HomePage.objects.get(locale__language_code="vi")
    home.story = vietnamese
    home.save()
    return vietnamese


def get_text(client, path: str) -> str:
    """The page; JSON with its letters as they are."""
    response = client.get(path)
    if response["Content-Type"].startswith("application/json"):
        return json.dumps(response.json(), ensure_ascii=False)
    return response.content.decode()


def find_places(client) -> set[str]:
    """The places at which the title or the address of the story can be read."""
    return {
        path
        for path in PLACES
        if "Trà trên núi" in (text := get_text(client, path))
        or 'href="/stories/tra-rung/"' in text
        or "http://testserver/stories/tra-rung/" in text
    }


def restrict(page, kind=PageViewRestriction.LOGIN) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=kind)


def test_public_story_is_listed_and_found(client, story):
    assert find_places(client) == set(PLACES)


@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_private_story_is_named_nowhere(client, story, kind):
    restrict(story, kind)

    assert find_places(client) == set()
    assert client.get("/api/v1/stories").json() == {"items": []}


def test_story_below_private_list_is_named_nowhere(client, story):
    restrict(story.get_parent())

    assert find_places(client) == set()


def test_private_story_published_again_stays_unnamed(client, story):
    restrict(story)
    story.refresh_from_db()
    story.save_revision().publish()

    assert find_places(client) == set()


def test_story_moved_into_private_list_is_named_nowhere(client, story):
    villages = StoryIndexPage.objects.get(slug="villages", locale=story.locale)
    restrict(villages)
    story.move(villages, pos="last-child")

    assert find_places(client) == set()


def test_story_that_is_public_again_is_found_again(client, story):
    restrict(story).delete()

    assert find_places(client) == set(PLACES)


def test_delete_private_list_with_its_stories(client, story):
    index = story.get_parent()
    restrict(index)

    index.delete()

    assert find_places(client) == set()
    assert not StoryPage.objects.filter(pk=story.pk).exists()


def test_private_fair_is_named_nowhere(client, site):
    index = FairIndexPage.objects.get(locale__language_code="vi")
    today = timezone.localdate()
    fields = {
        "title": "Hội chợ kín",
        "starts_on": today,
        "ends_on": today + dt.timedelta(days=3),
        "venue": "Tam Kỳ",
        "summary": "Chỉ cho người được mời",
    }
    fair = add_child(index, FairPage, "hoi-cho-kin", fields)
    assert "Hội chợ kín" in client.get("/fairs/").content.decode()
    assert "Hội chợ kín" in client.get("/").content.decode()

    restrict(fair)

    for path in ("/", "/fairs/"):
        assert "Hội chợ kín" not in client.get(path).content.decode()
