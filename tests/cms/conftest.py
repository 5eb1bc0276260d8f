"""Who writes, and what about."""

from collections.abc import Callable
from types import MappingProxyType

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupPagePermission, Locale

from catalogue.models import Product
from cms.models import HomePage, StoryIndexPage, StoryPage
from cms.operations.create_initial_pages import (
    add_child,
    add_translation,
    create_initial_pages,
)
from marketplace.accounts.models import User
from tests.factories import make_user
from tests.tasks import run_tasks

TEXT = MappingProxyType(
    {"vi": "<p>Chuyện cây trà trên núi.</p>", "en": "<p>The tea on the hill.</p>"}
)


@pytest.fixture
def site(db: None) -> None:
    """The pages that a new site begins with."""
    create_initial_pages(base_url="http://testserver")


@pytest.fixture
def publish_story(site: None) -> Callable[..., tuple[StoryPage, StoryPage]]:
    """Publishes a story with some products in it, in both languages."""

    def publish(
        *goods: Product, slug: str = "tra-rung", **fields: object
    ) -> tuple[StoryPage, StoryPage]:
        index = StoryIndexPage.objects.get(slug="stories", locale__language_code="vi")
        blocks = [("product", product) for product in goods]
        values = {
            "title": "Trà trên núi",
            "summary": "Một chuyện",
            "body": [("paragraph", TEXT["vi"]), *blocks],
            "commune": goods[0].commune if goods else None,
        }
        story = add_child(index, StoryPage, slug, values | fields)
        english = {
            "title": "Tea on the hill",
            "summary": "A story",
            "body": [("paragraph", TEXT["en"]), *blocks],
        }
        translation = add_translation(
            story, Locale.objects.get(language_code="en"), english
        )
        run_tasks()  # which note the goods that a story names
        return story, translation

    return publish


@pytest.fixture
def editor(site: None) -> User:
    """Writes and publishes stories."""
    person = make_user("editor")
    editors = Group.objects.get(name="Editors")
    publish = Permission.objects.get(
        codename="publish_page", content_type__app_label="wagtailcore"
    )
    for home in HomePage.objects.all():
        for permission in (
            publish,
            *Permission.objects.filter(
                content_type__app_label="wagtailcore",
                codename__in=["add_page", "change_page"],
            ),
        ):
            GroupPagePermission.objects.get_or_create(
                group=editors, page_id=home.pk, permission=permission
            )
    person.groups.add(editors)
    return person


@pytest.fixture
def editor_client(signed_in: object, editor: User) -> Client:
    return signed_in(editor)
