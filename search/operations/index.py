"""Write the words by which things are found, with the things themselves."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice

from django.db import transaction

from catalogue.models import Area, Producer, Product
from search.models import ENTRY_KEY, ENTRY_TOLD, Kind, SearchEntry, SearchWord
from search.things import SOURCES, Thing, of_area, of_point, of_producer, of_product
from search.things import products as all_products
from search.words import APOSTROPHES, WORD, padded, plain, words_of
from stores.models import SalesPoint

AT_ONCE = 500
LONGEST_WORD = 60


@transaction.atomic
def index(products: Iterable[Product]) -> int:
    """Write the entries of these products in each language; returns how many."""
    return write(chain.from_iterable(of_product(product) for product in products))


@transaction.atomic
def index_producer(maker: Producer) -> int:
    """Write a maker's entries, and those of the products that name it."""
    goods = all_products().filter(producer=maker)
    return write(chain(of_producer(maker), chain.from_iterable(map(of_product, goods))))


@transaction.atomic
def index_area(area: Area) -> int:
    """Write an area's entries, and those of the products that name it."""
    goods = all_products()
    here = goods.filter(commune=area) | goods.filter(commune__parent=area)
    return write(chain(of_area(area), chain.from_iterable(map(of_product, here))))


@transaction.atomic
def index_point(point: SalesPoint) -> int:
    """Write a sales point's entries; a point that has closed loses its own."""
    if not point.is_open:
        forget(Kind.SALES_POINT, point.pk)
    return write(of_point(point))


@transaction.atomic
def forget(kind: str, thing: int, *, language: str | None = None) -> None:
    """Take the entries of a thing away."""
    entries = SearchEntry.objects.filter(kind=kind, thing=thing)
    (entries.filter(language=language) if language else entries).delete()


@transaction.atomic
def index_everything() -> int:
    """Write every entry anew and take away those of things that are gone.

    Returns how many there are.
    """
    kept: dict[str, set[int]] = defaultdict(set)
    things = chain.from_iterable(source() for source in SOURCES.values())
    number = 0
    while some := list(islice(things, AT_ONCE)):
        number += write(some)
        for thing in some:
            kept[str(thing.kind)].add(thing.id)
    there = SearchEntry.objects.values_list("kind", "thing").distinct()
    gone = [(kind, pk) for kind, pk in there.iterator() if pk not in kept[kind]]
    for kind, pk in gone:
        forget(kind, pk)
    return number


def write(things: Iterable[Thing]) -> int:
    """Write the entries of things as they are told; returns how many.

    Those that say so already are left alone, so that nobody is told of them.
    """
    entries = [entry_of(thing) for thing in things]
    there = entries_like(entries)
    SearchEntry.objects.bulk_create(
        [entry for entry in entries if there.get(key_of(entry)) != told_by(entry)],
        update_conflicts=True,
        unique_fields=ENTRY_KEY,
        update_fields=ENTRY_TOLD,
        batch_size=AT_ONCE,
    )
    learn(entries)
    return len(entries)


def entries_like(
    entries: Iterable[SearchEntry],
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Kind, thing and language to what their entries say now. A query a kind."""
    things: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        things[entry.kind].append(entry.thing)
    return {
        row[:3]: row[3:]
        for kind, ids in things.items()
        for row in SearchEntry.objects.filter(kind=kind, thing__in=ids).values_list(
            *ENTRY_KEY, *ENTRY_TOLD
        )
    }


def key_of(entry: SearchEntry) -> tuple[object, ...]:
    return (entry.kind, entry.thing, entry.language)


def told_by(entry: SearchEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, column) for column in ENTRY_TOLD)


def entry_of(thing: Thing) -> SearchEntry:
    title = words_of(thing.name)
    names = words_in(thing.names)
    texts = [thing.name, *thing.names, thing.shown, thing.summary, *thing.text]
    return SearchEntry(
        kind=str(thing.kind),
        thing=thing.id,
        product_id=thing.id if thing.kind == Kind.PRODUCT else None,
        language=thing.language,
        slug=thing.slug[:160],
        shown=thing.shown[:300],
        summary=thing.summary[:300],
        url=thing.url[:300],
        title=padded(title)[:320],
        names=padded(names),
        text=padded(words_in(texts)),
        accents=padded(written_words(" . ".join([thing.name, *thing.names]))),
        brevity=1 / max(1, len(title)),
    )


def words_in(parts: Iterable[str]) -> list[str]:
    return list(chain.from_iterable(map(words_of_part, parts)))


@lru_cache(maxsize=500)
def words_of_part(part: str) -> list[str]:
    """The words of a text that stands in both languages, or with many goods."""
    return words_of(part)


def written_words(text: str) -> list[str]:
    """The words as they are written, in lower case, each once."""
    words = (APOSTROPHES.sub("", word) for word in WORD.findall(plain(text)))
    return list(dict.fromkeys(words))


def learn(entries: Iterable[SearchEntry]) -> None:
    """Add the words of entries to those we know."""
    named: set[str] = set()
    told: set[str] = set()
    for entry in entries:
        named.update(entry.title.split(), entry.names.split())
        told.update(entry.text.split())
    words = {word: word in named for word in told if len(word) <= LONGEST_WORD}
    known: dict[str, bool] = {}
    asked = iter(words)  # so many at once: the driver keeps each length of a list
    while some := list(islice(asked, AT_ONCE)):
        there = SearchWord.objects.filter(word__in=some)
        known.update(there.values_list("word", "in_name"))
    SearchWord.objects.bulk_create(
        [
            SearchWord(word=word, in_name=in_name)
            for word, in_name in sorted(words.items())
            if word not in known
        ],
        ignore_conflicts=True,
    )
    risen = [
        word for word, in_name in words.items() if in_name and not known.get(word, True)
    ]
    if risen:
        SearchWord.objects.filter(word__in=risen).update(in_name=True)
