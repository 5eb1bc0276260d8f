"""Stories can be searched too: cms and search do not know each other, so we tell."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from catalogue.models import Product
from cms.models import StoryPage
from search.models import Kind
from search.operations.index import forget, write
from search.things import Thing, register


def stories() -> Iterator[Thing]:
    """Every published story, in the language it is written in."""
    pages = StoryPage.objects.live().select_related("commune__parent", "locale")
    for page in pages.order_by("pk").iterator(chunk_size=200):
        yield of_story(page)


def of_story(page: StoryPage) -> Thing:
    goods = Product.objects.filter(pk__in=page.product_ids)
    commune = page.commune
    places = [commune.short_name] if commune else []
    if commune and commune.parent:
        places.append(commune.parent.short_name)
    return Thing(
        kind=Kind.STORY,
        id=page.pk,
        language=page.locale.language_code,
        slug=page.slug,
        shown=page.title,
        url=page.get_url() or "",
        summary=page.summary,
        names=[],
        text=[
            *places,
            *(name for pair in goods.values_list("title", "title_en") for name in pair),
            words_of_body(page),
        ],
    )


def words_of_body(page: StoryPage) -> str:
    """What the body says, without its tags and without the products named in it."""
    texts = []
    for block in page.body.raw_data:
        value = block["value"]
        if isinstance(value, dict):
            value = " ".join(part for part in value.values() if isinstance(part, str))
        if isinstance(value, str):
            texts.append(unescape(re.sub(r"<[^>]+>", " ", value)))
    return " ".join(texts)


@receiver(page_published, sender=StoryPage)
def index_published_story(instance: StoryPage, **_: Any) -> None:
    write([of_story(instance)])


@receiver(page_unpublished, sender=StoryPage)
@receiver(post_delete, sender=StoryPage)
def forget_story(instance: StoryPage, **_: Any) -> None:
    forget(Kind.STORY, instance.pk)


register("story", stories)
