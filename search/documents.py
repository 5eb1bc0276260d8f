"""What Elasticsearch is told of a thing: its words, and the facts as dates.

Nothing in a document ages: a certificate is the days on which it is in force, a shelf
the day from which nothing on it may be sold. So no nightly run can be late.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from catalogue.models import RECOGNISED_FROM, Certificate, Product
from search.models import ENTRY_KEY, ENTRY_TOLD, Kind, SearchEntry
from search.question import KINDS
from stores.models import StockLot
from stores.partner.models import StockRecord

Key = tuple[str, int]
"""Kind and primary key."""

Document = dict[str, Any]

FOR_EVER = "9999-12-31"


def identity(key: Key) -> str:
    """The id of a thing's document."""
    return f"{key[0]}-{key[1]}"


def documents_of(keys: Iterable[Key]) -> dict[Key, Document | None]:
    """The document of each thing as it is now; None for what is gone. Six queries."""
    keys = list(keys)
    documents: dict[Key, Document] = {}
    wanted = Q()
    for kind in {kind for kind, _thing in keys}:
        wanted |= Q(kind=kind, thing__in=[thing for k, thing in keys if k == kind])
    entries = SearchEntry.objects.filter(wanted).order_by("pk")
    for entry in (
        entries.values_list(*ENTRY_KEY, *ENTRY_TOLD, named=True) if keys else ()
    ):
        document = documents.setdefault(
            (entry.kind, entry.thing),
            {
                "kind": entry.kind,
                "rank": KINDS.index(entry.kind),
                "thing": entry.thing,
                "language": [],
            },
        )
        document["language"] = sorted([*document["language"], entry.language])
        document[entry.language] = {
            "slug": entry.slug,
            "shown": entry.shown,
            "summary": entry.summary,
            "url": entry.url,
            "title": entry.title.strip(),
            "whole": entry.title.strip(),
            "names": entry.names.strip(),
            "text": entry.text.strip(),
            "accents": entry.accents.strip(),
            "brevity": entry.brevity,
        }
    facts = facts_of([thing for kind, thing in documents if kind == Kind.PRODUCT])
    for thing, told in facts.items():
        documents[Kind.PRODUCT, thing] |= told
    return {key: documents.get(key) for key in keys}


def facts_of(products: list[int]) -> dict[int, Document]:
    """What filters and facets ask of products."""
    rows = Product.objects.filter(pk__in=products).values_list(
        "pk",
        "is_public",
        "commune__parent__slug",
        "group",
        "subgroup",
        "flies",
        "price_vnd",
    )
    sold = days_on_sale(products)
    shelves = shelves_of(products)
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


def days_on_sale(products: list[int]) -> dict[int, dict[str, list[dict[str, str]]]]:
    """The spans of days in which each product may be sold, and with how many stars."""
    sold: dict[int, dict[str, list[dict[str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    certificates = Certificate.objects.filter(
        product__in=products, stars__gte=RECOGNISED_FROM
    ).order_by("pk")
    for product, stars, decided_on, *ends in certificates.values_list(
        "product", "stars", "decided_on", "expires_on", "withdrawn_on", "superseded_on"
    ):
        until = min(end for end in ends if end)
        if until > decided_on:
            span = {"gte": decided_on.isoformat(), "lt": until.isoformat()}
            sold[product]["sold"].append(span)
            sold[product][f"stars_{stars}"].append(span)
    return sold


def shelves_of(products: list[int]) -> dict[int, dict[str, str]]:
    """For each product: slug of a point to the first day nothing there may be sold."""
    lots: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    for record, day, units in StockLot.objects.filter(
        record__product__in=products, on_hand__gt=0, batch__best_before__isnull=False
    ).values_list("record", "batch__best_before", "on_hand"):
        if day is not None:
            lots[record].append((day, units))
    shelves: dict[int, dict[str, str]] = defaultdict(dict)
    for record, product, slug, lying, allocated in StockRecord.objects.filter(
        product__in=products, partner__sales_point__is_open=True
    ).values_list(
        "pk",
        "product",
        "partner__sales_point__slug",
        "num_in_stock",
        "num_allocated",
    ):
        free = (lying or 0) - (allocated or 0)
        if until := free_until(free, lots[record]):
            shelves[product][slug] = until
    return shelves


def free_until(free: int, lots: list[tuple[dt.date, int]]) -> str | None:
    """The day on which the last free unit has run out of date."""
    if free <= 0:
        return None
    for day, units in sorted(lots):
        free -= units
        if free <= 0:
            return day.isoformat()
    return FOR_EVER
