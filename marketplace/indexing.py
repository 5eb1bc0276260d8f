"""Index stories; here, as cms and search may not import each other."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from catalogue.models import Product
from cms.models import StoryPage
from search.index import delete_entries, write_items
from search.items import SearchItem, register_source
from search.models import Kind


def list_story_items() -> Iterator[SearchItem]:
    """Every published story, in the language it is written in."""
    pages = stories_to_index().order_by("pk")
    for page in pages.iterator(chunk_size=200):
        yield build_story_item(page)


def stories_to_index() -> QuerySet[StoryPage]:
    return StoryPage.objects.published().select_related("commune__parent", "locale")


def build_story_item(page: StoryPage) -> SearchItem:
    goods = Product.objects.filter(pk__in=page.product_ids)
    commune = page.commune
    places = [commune.short_name] if commune else []
    if commune and commune.parent:
        places.append(commune.parent.short_name)
    return SearchItem(
        kind=Kind.STORY,
        id=page.pk,
        language=page.locale.language_code,
        slug=page.slug,
        display_title=page.title,
        url=page.get_url() or "",
        summary=page.summary,
        names=[],
        text=[
            *places,
            *(name for pair in goods.values_list("title", "title_en") for name in pair),
            extract_body_text(page),
        ],
    )


def extract_body_text(page: StoryPage) -> str:
    """The text of the body, without tags and without the products in it."""
    texts = []
    for block in page.body.raw_data:
        value = block["value"]
        if isinstance(value, dict):
            value = " ".join(text for text in value.values() if isinstance(text, str))
        if isinstance(value, str):
            texts.append(unescape(re.sub(r"<[^>]+>", " ", value)))
    return " ".join(texts)


@transaction.atomic
def index_stories_below(page: Page) -> None:
    """Write the entries of a page and of those below it; none of what is private."""
    stories = StoryPage.objects.descendant_of(page, inclusive=True)
    for pk in stories.values_list("pk", flat=True):
        delete_entries(Kind.STORY, pk)
    public = stories_to_index().filter(pk__in=stories.values("pk"))
    write_items(map(build_story_item, public))


@receiver(page_published, sender=StoryPage)
@receiver(post_page_move)
def index_page(instance: Page, **_: Any) -> None:
    index_stories_below(instance)


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def index_restricted_stories(instance: PageViewRestriction, **_: Any) -> None:
    if page := Page.objects.filter(pk=instance.page_id).first():
        index_stories_below(page)


@receiver(page_unpublished, sender=StoryPage)
@receiver(post_delete, sender=StoryPage)
def delete_story_entries(instance: StoryPage, **_: Any) -> None:
    delete_entries(Kind.STORY, instance.pk)


register_source("story", list_story_items)
