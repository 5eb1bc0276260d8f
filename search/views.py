"""The page of goods: a search box, facets and a grid."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
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
from search.forms import QuestionForm
from search.models import Missed
from search.operations.note_missed import note_missed
from search.queries import ENOUGH_ASKERS, ask, missed_since, state, suggest
from search.question import LONGEST_TEXT, PAGE_SIZE, Answer, Filters, Hit, Question
from search.words import words_of
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
OTHERS = {
    "story": gettext_lazy("Stories"),
    "producer": gettext_lazy("Makers"),
    "district": gettext_lazy("Districts"),
    "commune": gettext_lazy("Communes"),
    "sales_point": gettext_lazy("Sales points"),
}
SHOWN_WEEKS = 8
PRICES = ("price_min", "price_max")
KEPT = ("q", "district", "group", "stars", "carry", "point", *PRICES)


@dataclass(frozen=True)
class Choice:
    """One value of a facet: what it is called, how many, and where it leads."""

    value: str
    label: object
    count: int
    chosen: bool
    url: str
    thing: object = None


@require_safe
def products(request: ShopRequest) -> HttpResponse:
    """Goods that may be sold today, as the address asks for them."""
    now = timezone.now()
    districts = all_districts()
    form = QuestionForm(request.GET, districts=districts, points=request.points)
    near = request.place or regional_centre(request.points)
    question = form.question(
        language=get_language() or "vi", near=near.slug if near else None
    )
    today = timezone.localdate(now)
    answer = ask(question, on=today)
    note_if_missed(request, question, answer, on=today)
    if question.page > answer.pages or "page" in form.errors:
        raise Http404(_("There is no such page of goods."))
    by_id = (
        Product.objects.on_sale(on=today)
        .for_cards()
        .prefetch_related(None)  # whoever draws the cards asks for their sizes
        .order_by()  # the answer has its own order
        .in_bulk(answer.product_ids)
    )
    goods = [by_id[pk] for pk in answer.product_ids if pk in by_id]
    has_words = bool(words_of(question.text))
    if question.sort in ("near", "stars") and not has_words:
        goods = spread(goods)
    usual = usual_order(near, has_words=has_words)
    here = Address(request.GET)
    context = {
        "form": form,
        "question": question,
        "heading": heading(question, districts),
        "has_words": has_words,
        "answer": answer,
        "others": [(OTHERS[kind], hits) for kind, hits in answer.others.items()],
        "meant_url": here.but(q=answer.did_you_mean),
        "cards": product_cards(
            goods, points=request.points, place=request.place, now=now
        ),
        "facets": facets(here, question, answer, districts, request),
        "chips": chips(here, districts, request.points, form),
        "sorts": [
            Choice(
                value=sort,
                label=label,
                count=0,
                chosen=sort == question.sort,
                url=here.but(sort=None if sort == "near" else sort),
            )
            for sort, label in [("near", usual), *SORT_LABELS.items()]
        ],
        "next_page": (
            here.but(page=question.page + 1) if question.page < answer.pages else None
        ),
        "previous_page": (
            here.but(page=question.page - 1) if question.page > 1 else None
        ),
        "shown": (question.page - 1) * PAGE_SIZE + len(goods),
        "beside_price": here.pairs(without=PRICES),
        "clear_url": here.but(**dict.fromkeys(KEPT[1:])),
    }
    status = 422 if form.errors else 200
    return render(request, "search/products.html", context, status=status)


def note_if_missed(
    request: HttpRequest, question: Question, answer: Answer, *, on: dt.date
) -> None:
    """Keep what the market does not have, where it was the words that missed."""
    bare = question.filters == Filters() and question.page == 1
    if question.text and bare and (answer.relaxed or not answer.total):
        address, agent = "REMOTE_ADDR", "HTTP_USER_AGENT"
        asker = f"{request.META.get(address, '')} {request.META.get(agent, '')}"
        note_missed(text=question.text, language=question.language, asker=asker, on=on)


@require_safe
def suggestions(request: ShopRequest) -> HttpResponse:
    """What may be meant by the words that are still typed, as options of a list."""
    text = one_line(request.GET.get("q", ""))
    now = timezone.now()
    near = request.place or regional_centre(request.points)
    answer = suggest(
        text[:LONGEST_TEXT],
        language=get_language() or "vi",
        near=near.slug if near else None,
        on=timezone.localdate(now),
    )
    goods = Product.objects.on_sale(on=timezone.localdate(now)).for_cards()
    by_id = goods.in_bulk(answer.product_ids) if answer.product_ids else {}
    groups: dict[object, list[tuple[Hit, Product | None]]] = {}
    for hit in answer.hits:
        if hit.kind != "product" or hit.id in by_id:
            label = OTHERS.get(hit.kind, _("Products"))
            product = by_id.get(hit.id) if hit.kind == "product" else None
            groups.setdefault(label, []).append((hit, product))
    context = {
        "text": text,
        "answer": answer,
        "groups": groups.items(),
        "number": sum(map(len, groups.values())),
    }
    return render(request, "search/suggestions.html", context)


@office_view("search.read_missed")
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What visitors look for and the market does not have, for those who manage it."""
    today = timezone.localdate()
    since = today - dt.timedelta(days=today.weekday(), weeks=SHOWN_WEEKS - 1)
    weeks: dict[dt.date, list[Missed]] = {}
    for missed in missed_since(since):
        weeks.setdefault(missed.week, []).append(missed)
    context = {"weeks": weeks.items(), "state": state(), "enough": ENOUGH_ASKERS}
    return render(request, "search/asked.html", context)


def heading(question: Question, districts: list[Area]) -> object:
    """What these goods are called, where one choice names them all."""
    filters = question.filters
    if filters.flies == ("cabin",):
        return _("Gifts that fly")
    if filters.groups and set(filters.groups) <= {"tea", "tea_other", "herbal"}:
        return _("Tea and herbs")
    if filters.groups == ("food",):
        return _("For the kitchen")
    if len(filters.groups) == 1:
        names = dict([*Group.choices, *Subgroup.choices])
        return names.get(filters.groups[0], _("Products"))
    if len(filters.districts) == 1:
        (slug,) = filters.districts
        name = next(area.short_name for area in districts if area.slug == slug)
        return _("Products of %s") % name
    return _("Products")


def usual_order(near: SalesPoint | None, *, has_words: bool) -> str:
    """What leads where no order is chosen."""
    if has_words:
        return _("best match first")
    if near:
        return _("at %s first") % near.short_name
    return _("our choice first")


def spread(goods: Iterable[Product]) -> list[Product]:
    """The same goods; of two neighbours with one picture the second steps back a place.

    Only where the order is a matter of taste: by price, by name, or by how well words
    match it stays exact.
    """
    goods = list(goods)
    for place in range(1, len(goods) - 1):
        before, here, after = (goods[place + step].picture_id for step in (-1, 0, 1))
        if here == before and after != before:
            goods[place], goods[place + 1] = goods[place + 1], goods[place]
    return goods


class Address:
    """The address of these goods, and what it is with something changed.

    A page has a hundred of them, so what stays is written once.
    """

    def __init__(self, asked: QueryDict) -> None:
        self.values = {
            name: [value for value in asked.getlist(name) if value]
            for name in (*KEPT, "sort")
        }
        self.parts = {
            name: urlencode({name: values}, True)
            for name, values in self.values.items()
            if values
        }

    def but(self, **changes: object) -> str:
        """With some parameters changed; None drops one.

        Whatever changes, the first page is shown, unless the page itself is asked for.
        """
        parts = dict.fromkeys(self.values, "") | self.parts
        for name, value in changes.items():
            given = value is not None and value != []
            parts[name] = urlencode({name: value}, True) if given else ""
        return "?" + "&".join(part for part in parts.values() if part)

    def pairs(self, *, without: Collection[str]) -> list[tuple[str, str]]:
        """What a form has to send again that types some parameters itself."""
        return [
            (name, value)
            for name, values in self.values.items()
            if name not in without
            for value in values
        ]

    def toggled(self, name: str, value: str) -> str:
        """With one value of a facet added, or taken out again."""
        chosen = [other for other in self.values[name] if other != value]
        if value not in self.values[name]:
            chosen.append(value)
        return self.but(**{name: chosen})


def facets(
    here: Address,
    question: Question,
    answer: Answer,
    districts: list[Area],
    request: ShopRequest,
) -> dict[str, list[Choice]]:
    """Every facet with its choices, in the order in which they are shown."""
    counts = answer.facets
    filters = question.filters

    def choices(
        name: str, facet: str, labels: dict[str, object], chosen: tuple
    ) -> list[Choice]:
        return [
            Choice(
                value=value,
                label=label,
                count=counts.get(facet, {}).get(value, 0),
                chosen=value in map(str, chosen),
                url=here.toggled(name, value),
            )
            for value, label in labels.items()
        ]

    groups = choices("group", "group", dict(Group.choices), filters.groups)
    subgroups = [
        choice
        for choice in choices(
            "group", "subgroup", dict(Subgroup.choices), filters.groups
        )
        if choice.count or choice.chosen
    ]
    points = sorted(
        request.points,
        key=lambda point: point.distance_km(request.place) if request.place else 0,
    )
    return {
        "districts": [
            Choice(
                value=area.slug,
                label=area.short_name,
                count=counts.get("district", {}).get(area.slug, 0),
                chosen=area.slug in filters.districts,
                url=here.toggled("district", area.slug),
                thing=area,
            )
            for area in districts
            if area.slug
        ],
        "groups": groups,
        "subgroups": subgroups,
        "stars": choices("stars", "stars", {"5": 5, "4": 4, "3": 3}, filters.stars),
        "carry": choices(
            "carry",
            "flies",
            {f.value: f.label for f in Flies if f.value},
            filters.flies,
        ),
        "points": [
            Choice(
                value=point.slug,
                label=point.short_name,
                count=counts.get("point", {}).get(point.slug, 0),
                chosen=point.slug == filters.point,
                url=here.but(point=None if point.slug == filters.point else point.slug),
                thing=point.distance_km(request.place) if request.place else None,
            )
            for point in points
        ],
    }


def chips(
    here: Address,
    districts: list[Area],
    points: list[SalesPoint],
    form: QuestionForm,
) -> list[Choice]:
    """What is chosen now, each with the address that undoes it."""
    labels: dict[str, dict[str, object]] = {
        "district": {a.slug: a.short_name for a in districts if a.slug},
        "group": dict([*Group.choices, *Subgroup.choices]),
        "stars": {str(stars): _("%d stars") % stars for stars in (3, 4, 5)},
        "carry": dict(Flies.choices),
        "point": {point.slug: point.short_name for point in points},
    }
    found = [
        Choice(value, labels[name][value], 0, True, here.toggled(name, value))
        for name in labels
        for value in dict.fromkeys(here.values[name])
        if value in labels[name]
    ]
    for name, sentence in (
        ("price_min", _("from %s ₫")),
        ("price_max", _("up to %s ₫")),
    ):
        price = form.cleaned_data.get(name)
        if price is not None:
            said = sentence % number_format(price, force_grouping=True)
            found.append(Choice(name, said, 0, True, here.but(**{name: None})))
    return found
