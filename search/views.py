"""The listing with its facets, suggestions, and the searches without results."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.models import Area, Flies, Group, Product, Subgroup
from catalogue.queries import all_districts
from catalogue.text import one_line
from search.forms import SearchForm
from search.models import ZeroResultQuery
from search.parsing.words import fold_words
from search.queries import get_status, run_search, suggest
from search.results import (
    MAX_TEXT_LENGTH,
    PAGE_SIZE,
    Filters,
    Hit,
    SearchQuery,
    SearchResults,
)
from search.zero_results import (
    MIN_VISITORS,
    frequent_zero_result_queries,
    record_zero_result_query,
)
from stores.middleware import ShopRequest
from stores.models import SalesPoint
from stores.permissions import office_view
from stores.queries.points import regional_centre
from stores.queries.shelves import product_cards

SORT_LABELS = {
    "stars": gettext_lazy("most stars first"),
    "price": gettext_lazy("cheapest first"),
    "-price": gettext_lazy("highest price first"),
    "name": pgettext_lazy("sort", "by name"),
}
KIND_LABELS = {
    "story": gettext_lazy("Stories"),
    "producer": gettext_lazy("Makers"),
    "district": gettext_lazy("Districts"),
    "commune": gettext_lazy("Communes"),
    "sales_point": gettext_lazy("Sales points"),
}
GROUP_LABELS: dict[str, object] = dict([*Group.choices, *Subgroup.choices])
WEEKS = 8
PRICES = ("price_min", "price_max")
FILTERS = ("district", "group", "stars", "carry", "point", *PRICES)


@dataclass(frozen=True)
class Choice:
    """One value of a facet or a sort, with the URL that chooses it or undoes it.

    `area` is set for districts, `distance_km` for points if the visitor's place is
    known.
    """

    value: str
    label: object
    url: str
    is_chosen: bool = False
    count: int = 0
    area: Area | None = None
    distance_km: float | None = None


class ListingURL:
    """The query string of the listing, and what it is with something changed.

    A page has a hundred of them, so the unchanged parameters are encoded once.
    """

    def __init__(self, parameters: QueryDict) -> None:
        self.values = {
            name: [value for value in parameters.getlist(name) if value]
            for name in ("q", *FILTERS, "sort")
        }
        self.encoded = {
            name: urlencode({name: values}, True) if values else ""
            for name, values in self.values.items()
        }

    def replace(self, **changes: object) -> str:
        """With some parameters changed; None drops one.

        The page is dropped, unless it is among the changes.
        """
        encoded = self.encoded | {
            name: "" if value in (None, []) else urlencode({name: value}, True)
            for name, value in changes.items()
        }
        return "?" + "&".join(filter(None, encoded.values()))

    def list_pairs(self, *, without: Collection[str]) -> list[tuple[str, str]]:
        """Names and values for the hidden fields of a form with fields of its own."""
        return [
            (name, value)
            for name, values in self.values.items()
            if name not in without
            for value in values
        ]

    def toggle(self, name: str, value: str) -> str:
        """With one value of a facet added, or removed if it is there."""
        chosen = [other for other in self.values[name] if other != value]
        if value not in self.values[name]:
            chosen.append(value)
        return self.replace(**{name: chosen})


@require_safe
def products(request: ShopRequest) -> HttpResponse:
    """Products that may be sold today, by the parameters of the URL."""
    now = timezone.now()
    today = timezone.localdate(now)
    districts = all_districts()
    form = SearchForm(request.GET, districts=districts, points=request.points)
    near = request.place or regional_centre(request.points)
    query = form.get_query(
        language=get_language() or "vi", near=near.slug if near else None
    )
    results = run_search(query, on=today)
    record_if_zero_results(request, query, results, on=today)
    if query.page > results.pages or "page" in form.errors:
        raise Http404(_("There is no such page of goods."))
    by_id = (
        Product.objects.on_sale(on=today)
        .for_cards()
        .prefetch_related(None)  # the cards fetch their own renditions
        .order_by()  # the results have their own order
        .in_bulk(results.product_ids)
    )
    found = [by_id[pk] for pk in results.product_ids if pk in by_id]
    has_words = bool(fold_words(query.text))
    if query.sort in ("near", "stars") and not has_words:
        found = separate_same_pictures(found)
    url = ListingURL(request.GET)
    context = {
        "form": form,
        "search_query": query,
        "heading": get_heading(query, districts),
        "has_words": has_words,
        "results": results,
        "others": [(KIND_LABELS[kind], h) for kind, h in results.other_hits.items()],
        "correction_url": url.replace(q=results.did_you_mean),
        "cards": product_cards(
            found, points=request.points, place=request.place, now=now
        ),
        "facets": build_facets(url, query, results, districts, request),
        "chips": [
            *(
                Choice(
                    one.rest, one.label, url.replace(q=one.rest or None), is_chosen=True
                )
                for one in results.text_filters
            ),
            *build_chips(url, districts, request.points, form),
        ],
        "sorts": build_sorts(url, query, near=near, has_words=has_words),
        "next_page": query.page < results.pages and url.replace(page=query.page + 1),
        "previous_page": query.page > 1 and url.replace(page=query.page - 1),
        "last_index": (query.page - 1) * PAGE_SIZE + len(found),
        "price_form_fields": url.list_pairs(without=PRICES),
        "clear_url": url.replace(**dict.fromkeys(FILTERS)),
    }
    status = 422 if form.errors else 200
    return render(request, "search/products.html", context, status=status)


def record_if_zero_results(
    request: HttpRequest, query: SearchQuery, results: SearchResults, *, on: dt.date
) -> None:
    """Record a search that found nothing because of its words, not of its filters."""
    is_unfiltered = query.filters == Filters() and query.page == 1
    if query.text and is_unfiltered and (results.relaxed or not results.total):
        address, agent = "REMOTE_ADDR", "HTTP_USER_AGENT"
        visitor = f"{request.META.get(address, '')} {request.META.get(agent, '')}"
        record_zero_result_query(
            text=query.text, language=query.language, visitor=visitor, on=on
        )


@require_safe
def suggestions(request: ShopRequest) -> HttpResponse:
    """What the words may become that are still being typed, as options of a list."""
    text = one_line(request.GET.get("q", ""))
    today = timezone.localdate()
    near = request.place or regional_centre(request.points)
    results = suggest(
        text[:MAX_TEXT_LENGTH],
        language=get_language() or "vi",
        near=near.slug if near else None,
        on=today,
    )
    on_sale = Product.objects.on_sale(on=today).for_cards()
    by_id = on_sale.in_bulk(results.product_ids) if results.product_ids else {}
    groups: dict[object, list[tuple[Hit, Product | None]]] = {}
    for hit in results.hits:
        product = by_id.get(hit.id) if hit.kind == "product" else None
        if hit.kind != "product" or product:
            label = KIND_LABELS.get(hit.kind, _("Products"))
            groups.setdefault(label, []).append((hit, product))
    context = {
        "results": results,
        "groups": groups.items(),
        "number": sum(map(len, groups.values())),
    }
    return render(request, "search/suggestions.html", context)


@office_view("search.view_zeroresultquery")
@require_safe
def missed_searches(request: HttpRequest) -> HttpResponse:
    """What visitors search for and the market does not have, by week."""
    today = timezone.localdate()
    since = today - dt.timedelta(days=today.weekday(), weeks=WEEKS - 1)
    weeks: dict[dt.date, list[ZeroResultQuery]] = {}
    for query in frequent_zero_result_queries(since):
        weeks.setdefault(query.week, []).append(query)
    context = {"weeks": weeks.items(), "status": get_status(), "enough": MIN_VISITORS}
    return render(request, "search/missed_searches.html", context)


def get_heading(query: SearchQuery, districts: list[Area]) -> object:
    """The heading of the products, if one filter names them all."""
    filters = query.filters
    if filters.flies == ("cabin",):
        return _("Gifts that fly")
    if filters.groups and set(filters.groups) <= {"tea", "tea_other", "herbal"}:
        return _("Tea and herbs")
    if filters.groups == ("food",):
        return _("For the kitchen")
    if len(filters.groups) == 1:
        return GROUP_LABELS.get(filters.groups[0], _("Products"))
    if len(filters.districts) == 1:
        (slug,) = filters.districts
        name = next(area.short_name for area in districts if area.slug == slug)
        return _("Products of %s") % name
    return _("Products")


def build_sorts(
    url: ListingURL, query: SearchQuery, *, near: SalesPoint | None, has_words: bool
) -> list[Choice]:
    default = _("our choice first")
    if has_words:
        default = _("best match first")
    elif near:
        default = _("at %s first") % near.short_name
    return [
        Choice(
            value=sort,
            label=label,
            url=url.replace(sort=None if sort == "near" else sort),
            is_chosen=sort == query.sort,
        )
        for sort, label in [("near", default), *SORT_LABELS.items()]
    ]


def separate_same_pictures(products: Iterable[Product]) -> list[Product]:
    """The same products; the second of two neighbours with one picture moves back one.

    Only for the default order: by price, by name or by relevance it stays exact.
    """
    products = list(products)
    for index in range(1, len(products) - 1):
        before, here, after = (products[index + i].picture_id for i in (-1, 0, 1))
        if here == before and after != before:
            products[index : index + 2] = reversed(products[index : index + 2])
    return products


def build_facets(
    url: ListingURL,
    query: SearchQuery,
    results: SearchResults,
    districts: list[Area],
    request: ShopRequest,
) -> dict[str, list[Choice]]:
    """Every facet with its choices, in the order in which they are displayed."""
    filters, place = query.filters, request.place

    def build(
        name: str, facet: str, labels: dict[str, object], chosen: Collection[object]
    ) -> list[Choice]:
        counts = results.facets.get(facet, {})
        return [
            Choice(
                value=value,
                label=label,
                url=url.toggle(name, value),
                is_chosen=value in map(str, chosen),
                count=counts.get(value, 0),
            )
            for value, label in labels.items()
        ]

    areas = {area.slug: area for area in districts if area.slug}
    district_choices = build(
        "district",
        "district",
        {slug: area.short_name for slug, area in areas.items()},
        filters.districts,
    )
    subgroups = build("group", "subgroup", dict(Subgroup.choices), filters.groups)
    carry: dict[str, object] = {f.value: f.label for f in Flies if f.value}
    point_counts = results.facets.get("point", {})
    points = sorted(
        request.points, key=lambda point: point.distance_km(place) if place else 0
    )
    return {
        "districts": [replace(one, area=areas[one.value]) for one in district_choices],
        "groups": build("group", "group", dict(Group.choices), filters.groups),
        "subgroups": [one for one in subgroups if one.count or one.is_chosen],
        "stars": build("stars", "stars", {"5": 5, "4": 4, "3": 3}, filters.stars),
        "carry": build("carry", "flies", carry, filters.flies),
        "points": [
            Choice(
                value=point.slug,
                label=point.short_name,
                url=url.replace(
                    point=None if point.slug == filters.point else point.slug
                ),
                is_chosen=point.slug == filters.point,
                count=point_counts.get(point.slug, 0),
                distance_km=point.distance_km(place) if place else None,
            )
            for point in points
        ],
    }


def build_chips(
    url: ListingURL,
    districts: list[Area],
    points: list[SalesPoint],
    form: SearchForm,
) -> list[Choice]:
    """The filters that are chosen, each with the URL without it."""
    labels: dict[str, dict[str, object]] = {
        "district": {a.slug: a.short_name for a in districts if a.slug},
        "group": GROUP_LABELS,
        "stars": {str(stars): _("%d stars") % stars for stars in (3, 4, 5)},
        "carry": dict(Flies.choices),
        "point": {point.slug: point.short_name for point in points},
    }
    chips = [
        Choice(value, labels[name][value], url.toggle(name, value), is_chosen=True)
        for name in labels
        for value in dict.fromkeys(url.values[name])
        if value in labels[name]
    ]
    for name, label in (
        ("price_min", _("from %s ₫")),
        ("price_max", _("up to %s ₫")),
    ):
        price = form.cleaned_data.get(name)
        if price is not None:
            text = label % number_format(price, force_grouping=True)
            chips.append(
                Choice(name, text, url.replace(**{name: None}), is_chosen=True)
            )
    return chips
