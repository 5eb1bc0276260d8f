"""Write the search entries of items, and the Elasticsearch documents made of them.

Nothing in a document ages: it has the days on which a certificate is in force, and for
each sales point the day from which nothing on its shelf may be sold. So no nightly run
is needed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from django.db import transaction
from django.db.models import Q

from catalogue.alphabet import vietnamese_key
from catalogue.models import RECOGNISED_FROM, Area, Certificate, Producer, Product
from catalogue.text import fold
from search.items import (
    SOURCES,
    SearchItem,
    build_area_items,
    build_point_items,
    build_producer_items,
    build_product_items,
    products_to_index,
)
from search.models import ENTRY_FIELDS, ENTRY_KEY, Kind, SearchEntry, SearchWord
from search.parsing.words import (
    APOSTROPHES,
    WORD,
    fold_words,
    normalize,
    pad_words,
    split_subject,
)
from search.results import KINDS
from stores.models import SalesPoint, StockLot
from stores.partner.models import StockRecord

BATCH_SIZE = 500
MAX_WORD_LENGTH = 60


# --- Entries -------------------------------------------------------------------------


@transaction.atomic
def index_products(products: Iterable[Product]) -> int:
    """Write the entries of products in each language; returns how many."""
    return write_items(chain.from_iterable(map(build_product_items, products)))


@transaction.atomic
def index_producer(producer: Producer) -> int:
    """Write a producer's entries, and those of its products, which have its name."""
    products = products_to_index().filter(producer=producer)
    items = chain.from_iterable(map(build_product_items, products))
    return write_items(chain(build_producer_items(producer), items))


@transaction.atomic
def index_area(area: Area) -> int:
    """Write an area's entries, and those of its products, which have its name."""
    products = products_to_index()
    here = products.filter(commune=area) | products.filter(commune__parent=area)
    items = chain.from_iterable(map(build_product_items, here))
    return write_items(chain(build_area_items(area), items))


@transaction.atomic
def index_point(point: SalesPoint) -> int:
    """Write a sales point's entries, or delete them if it has closed."""
    if not point.is_open:
        delete_entries(Kind.SALES_POINT, point.pk)
    return write_items(build_point_items(point))


@transaction.atomic
def delete_entries(kind: str, object_id: int) -> None:
    SearchEntry.objects.filter(kind=kind, object_id=object_id).delete()


@transaction.atomic
def index_everything() -> int:
    """Write every entry and delete those of items that are no longer there.

    Returns how many there are.
    """
    current: dict[str, set[int]] = defaultdict(set)
    items = chain.from_iterable(source() for source in SOURCES.values())
    number = 0
    while batch := list(islice(items, BATCH_SIZE)):
        number += write_items(batch)
        for item in batch:
            current[str(item.kind)].add(item.id)
    indexed = SearchEntry.objects.values_list("kind", "object_id").distinct()
    for kind, pk in list(indexed):
        if pk not in current[kind]:
            delete_entries(kind, pk)
    return number


def write_items(items: Iterable[SearchItem]) -> int:
    """Write the entries of items; returns how many.

    Entries that have not changed are not written, so that no change is recorded.
    """
    entries = [build_entry(item) for item in items]
    stored = get_stored_values(entries)
    SearchEntry.objects.bulk_create(
        [
            entry
            for entry in entries
            if stored.get(read_fields(entry, ENTRY_KEY))
            != read_fields(entry, ENTRY_FIELDS)
        ],
        update_conflicts=True,
        unique_fields=ENTRY_KEY,
        update_fields=ENTRY_FIELDS,
        batch_size=BATCH_SIZE,
    )
    add_words(entries)
    return len(entries)


def read_fields(entry: SearchEntry, names: list[str]) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in names)


def get_stored_values(
    entries: Iterable[SearchEntry],
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """ENTRY_KEY to ENTRY_FIELDS as they are stored. One query per kind."""
    ids: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        ids[entry.kind].append(entry.object_id)
    return {
        row[:3]: row[3:]
        for kind, object_ids in ids.items()
        for row in SearchEntry.objects.filter(
            kind=kind, object_id__in=object_ids
        ).values_list(*ENTRY_KEY, *ENTRY_FIELDS)
    }


def build_entry(item: SearchItem) -> SearchEntry:
    title = fold_words(item.name)
    texts = [item.name, *item.names, item.display_title, item.summary, *item.text]
    subject = item.subject or [
        word for text in texts for word in split_subject(text, language=item.language)
    ]
    return SearchEntry(
        kind=str(item.kind),
        object_id=item.id,
        product_id=item.id if item.kind == Kind.PRODUCT else None,
        language=item.language,
        slug=item.slug[:160],
        display_title=item.display_title[:300],
        summary=item.summary[:300],
        url=item.url[:300],
        title=pad_words(title)[:320],
        names=pad_words(fold_all(item.names)),
        text=pad_words(fold_all(texts)),
        accents=pad_words(list_written_words(" . ".join([item.name, *item.names]))),
        subject=pad_words([fold(word) for word in subject]),
        subject_accents=pad_words(subject),
        brevity=1 / max(1, len(title)),
    )


def fold_all(texts: Iterable[str]) -> list[str]:
    return list(chain.from_iterable(map(fold_words_cached, texts)))


fold_words_cached = lru_cache(maxsize=500)(fold_words)
"""Many texts are those of both languages, or of many products."""


def list_written_words(text: str) -> list[str]:
    """The distinct words of a text in lower case, with their accents."""
    words = (APOSTROPHES.sub("", word) for word in WORD.findall(normalize(text)))
    return list(dict.fromkeys(words))


def add_words(entries: Iterable[SearchEntry]) -> None:
    """Add the words of entries to the vocabulary."""
    names: set[str] = set()
    texts: set[str] = set()
    subjects: set[str] = set()
    for entry in entries:
        names.update(entry.title.split(), entry.names.split())
        names.update(word for word in entry.accents.split() if word != fold(word))
        if entry.kind == Kind.PRODUCT:
            subjects.update(entry.subject.split(), entry.subject_accents.split())
        texts.update(entry.text.split())
    words = {
        word: (word in names, word in subjects)
        for word in texts | names | subjects
        if len(word) <= MAX_WORD_LENGTH and word != "."
    }
    known: dict[str, list[bool]] = {}
    remaining = iter(words)  # in batches: the driver caches a statement per list length
    while batch := list(islice(remaining, BATCH_SIZE)):
        stored = SearchWord.objects.filter(word__in=batch)
        known.update(
            (word, flags)
            for word, *flags in stored.values_list("word", "in_name", "in_subject")
        )
    SearchWord.objects.bulk_create(
        [
            SearchWord(word=word, in_name=in_name, in_subject=in_subject)
            for word, (in_name, in_subject) in sorted(words.items())
            if word not in known
        ],
        ignore_conflicts=True,
    )
    for position, flag in enumerate(("in_name", "in_subject")):
        newly = [w for w in known if words[w][position] and not known[w][position]]
        if newly:
            SearchWord.objects.filter(word__in=newly).update(**{flag: True})


# --- Documents -----------------------------------------------------------------------

DocumentKey = tuple[str, int]
"""Kind and primary key."""

Document = dict[str, Any]

NEVER_EXPIRES = "9999-12-31"


def format_document_id(key: DocumentKey) -> str:
    return f"{key[0]}-{key[1]}"


def build_documents(
    keys: Iterable[DocumentKey],
) -> dict[DocumentKey, Document | None]:
    """The current document of each item; None if it has no entries. Six queries."""
    keys = list(keys)
    if not keys:
        return {}
    documents: dict[DocumentKey, Document] = {}
    condition = Q()
    for kind in {kind for kind, _pk in keys}:
        condition |= Q(kind=kind, object_id__in=[pk for k, pk in keys if k == kind])
    entries = SearchEntry.objects.filter(condition).order_by("pk")
    for entry in entries.values_list(*ENTRY_KEY, *ENTRY_FIELDS, named=True):
        document = documents.setdefault(
            (entry.kind, entry.object_id),
            {
                "kind": entry.kind,
                "rank": KINDS.index(entry.kind),
                "object_id": entry.object_id,
                "language": [],
            },
        )
        document["language"] = sorted([*document["language"], entry.language])
        document[entry.language] = {
            "slug": entry.slug,
            "display_title": entry.display_title,
            "summary": entry.summary,
            "url": entry.url,
            "title": entry.title.strip(),
            "alphabet": vietnamese_key(entry.display_title),
            "names": entry.names.strip(),
            "text": entry.text.strip(),
            "accents": entry.accents.strip(),
            "subject": entry.subject.strip(),
            "subject_accents": entry.subject_accents.strip(),
        }
    product_ids = [pk for kind, pk in documents if kind == Kind.PRODUCT]
    for pk, fields in build_product_fields(product_ids).items():
        documents[Kind.PRODUCT, pk] |= fields
    return {key: documents.get(key) for key in keys}


def build_product_fields(product_ids: list[int]) -> dict[int, Document]:
    """What products are filtered and counted by."""
    rows = Product.objects.filter(pk__in=product_ids).values_list(
        "pk",
        "is_public",
        "commune__parent__slug",
        "group",
        "subgroup",
        "flies",
        "price_vnd",
    )
    sold = build_sale_periods(product_ids)
    shelves = build_shelves(product_ids)
    return {
        pk: {
            "district": district,
            "group": group,
            "subgroup": subgroup,
            "flies": flies,
            "price": price,
            "shelf": shelves[pk],
            **(sold[pk] if is_public else {}),
        }
        for pk, is_public, district, group, subgroup, flies, price in rows
    }


def build_sale_periods(
    product_ids: list[int],
) -> dict[int, dict[str, list[dict[str, str]]]]:
    """The date ranges in which each product may be sold, in all and by stars."""
    sold: dict[int, dict[str, list[dict[str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    certificates = Certificate.objects.filter(
        product__in=product_ids, stars__gte=RECOGNISED_FROM
    ).order_by("pk")
    for product, stars, decided_on, *ends in certificates.values_list(
        "product", "stars", "decided_on", "expires_on", "withdrawn_on", "superseded_on"
    ):
        until = min(end for end in ends if end)
        if until > decided_on:
            period = {"gte": decided_on.isoformat(), "lt": until.isoformat()}
            sold[product]["sold"].append(period)
            sold[product][f"stars_{stars}"].append(period)
    return sold


def build_shelves(product_ids: list[int]) -> dict[int, dict[str, str]]:
    """For each product: slug of a point to the first day nothing there may be sold."""
    lots: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    for record, day, units in StockLot.objects.filter(
        record__product__in=product_ids,
        on_hand__gt=0,
        batch__best_before__isnull=False,
    ).values_list("record", "batch__best_before", "on_hand"):
        if day is not None:
            lots[record].append((day, units))
    shelves: dict[int, dict[str, str]] = defaultdict(dict)
    for record, product, slug, on_hand, allocated in StockRecord.objects.filter(
        product__in=product_ids, partner__sales_point__is_open=True
    ).values_list(
        "pk",
        "product",
        "partner__sales_point__slug",
        "num_in_stock",
        "num_allocated",
    ):
        available = (on_hand or 0) - (allocated or 0)
        if until := compute_available_until(available, lots[record]):
            shelves[product][slug] = until
    return shelves


def compute_available_until(
    available: int, lots: list[tuple[dt.date, int]]
) -> str | None:
    """The day on which the last available unit passes its date."""
    if available <= 0:
        return None
    for day, units in sorted(lots):
        available -= units
        if available <= 0:
            return day.isoformat()
    return NEVER_EXPIRES
