"""Write the words by which products are found."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import translation

from catalogue.models import Product
from catalogue.text import fold
from search.models import SearchEntry


@transaction.atomic
def index(products: Iterable[Product]) -> int:
    """Write the entries of these products in each language; returns how many."""
    entries = [
        SearchEntry(product=product, language=language, **words_of(product, language))
        for product in products
        for language, _name in settings.LANGUAGES
    ]
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["product", "language"],
        update_fields=["title", "text"],
    )
    return len(entries)


def words_of(product: Product, language: str) -> dict[str, str]:
    """The folded title and text of a product in a language.

    Names stand in both languages, so that "cinnamon" finds quế on the Vietnamese
    pages too.
    """
    commune, maker = product.commune, product.producer
    with translation.override(language):
        parts = [
            product.name,
            product.summary,
            product.title,
            product.title_en,
            maker.name_vi,
            maker.name_en,
            commune.short_name,
            commune.parent.short_name if commune.parent else "",
            *(area.short_name for area in commune.successors.all()),
            product.get_group_display(),
            product.get_subgroup_display(),
            *product.tags,
        ]
        title = product.name
    return {"title": words_in(title), "text": words_in(" ".join(map(str, parts)))}


def words_in(text: str) -> str:
    """Its folded words, each once, with a space before and after every one."""
    words = dict.fromkeys(re.findall(r"\w+", fold(text)))
    return f" {' '.join(words)} "
