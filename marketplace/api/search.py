"""Search as JSON."""

from collections.abc import Callable, Iterable
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from ninja import Query, Router

from catalogue.models import Flies, Group, Subgroup
from catalogue.queries import all_districts
from catalogue.refusals import Refusal
from catalogue.text import one_line
from marketplace.api.shapes import (
    Described,
    Kind,
    Language,
    RefusalOut,
    SearchOut,
    SuggestOut,
)
from search.forms import CONFLICT, TOO_LONG, SearchForm
from search.queries import run_search
from search.queries import suggest as fetch_suggestions
from search.results import MAX_TEXT_LENGTH, SORTS, Filters, SearchResults
from stores.queries.points import open_points

router = Router(tags=["search"])

FACETS = {
    "district": "district",
    "group": "group",
    "subgroup": "subgroup",
    "stars": "stars",
    "flies": "carry",
    "point": "point",
}
"""A facet to the parameter that filters by it."""


def one_among(values: Callable[[], Iterable[object]]) -> Described:
    """Nothing, or one of the values."""
    return Described(lambda: {"enum": ["", *map(str, values())]})


Text = Annotated[str, Described(lambda: {"maxLength": MAX_TEXT_LENGTH})]
District = Annotated[str, one_among(lambda: [one.slug for one in all_districts()])]
Point = Annotated[str, one_among(lambda: [one.slug for one in open_points()])]
AnyGroup = Annotated[str, one_among(lambda: [*Group.values, *Subgroup.values])]
Stars = Annotated[str, one_among(lambda: [5, 4, 3])]
Carry = Annotated[str, one_among(lambda: filter(None, Flies.values))]
Sort = Annotated[str, one_among(lambda: SORTS)]
Price = Annotated[str, Described(lambda: {"pattern": "^([0-9]{1,9})?$"})]
PageNumber = Annotated[str, Described(lambda: {"pattern": "^([1-9][0-9]{0,3})?$"})]


class InvalidSearch(Refusal):
    """A parameter that cannot be used; `code` names it to programs."""

    code = ""

    def __init__(self, code: str, message: str | Promise, *, status: int = 422) -> None:
        super().__init__(message, status=status)
        self.code = code


@router.get(
    "/search",
    response={
        200: SearchOut,
        404: RefusalOut,
        409: RefusalOut,
        422: RefusalOut,
    },
    summary="Search everything, or one kind",
)
def search(
    request: HttpRequest,
    q: Text = "",
    lang: Language = "vi",
    kind: Kind | None = None,
    district: list[District] = Query([]),
    group: list[AnyGroup] = Query([]),
    stars: list[Stars] = Query([]),
    carry: list[Carry] = Query([]),
    point: Point = "",
    price_min: Price = "",
    price_max: Price = "",
    sort: Sort = "",
    page: PageNumber = "",
) -> dict[str, object]:
    """Products lead, and what has the very name that was searched for.

    Filters and sorts apply to products; an empty one is none. `relaxed` says that not
    all words were found together, `did_you_mean` which words were searched for in their
    place.
    """
    with translation.override(lang):
        form = SearchForm(request.GET, districts=all_districts(), points=open_points())
        query = form.get_query(language=lang, near=None, kind=kind or "")
        if form.errors:
            ((name, (error, *_others)), *_more) = form.errors.as_data().items()
            status = 409 if error.code == CONFLICT else 422
            raise InvalidSearch(f"bad_{name}", str(form.errors[name][0]), status=status)
        if query.kind not in ("", "product") and query.filters != Filters():
            message = _("Only products can be filtered.")
            raise InvalidSearch("bad_kind", message, status=409)
        results = run_search(query, on=timezone.localdate())
        if query.page > results.pages:
            message = _("There is no such page of goods.")
            raise InvalidSearch("no_such_page", message, status=404)
        return {
            "total": results.total,
            "hits": serialize_hits(results),
            "facets": {
                FACETS[facet]: dict(counts) for facet, counts in results.facets.items()
            },
            "did_you_mean": results.did_you_mean,
            "relaxed": results.relaxed,
        }


def serialize_hits(results: SearchResults) -> list[dict[str, str]]:
    return [
        {"kind": hit.kind, "slug": hit.slug, "title": hit.title, "url": hit.url}
        for hit in results.hits
    ]


@router.get(
    "/suggest",
    response={200: SuggestOut, 422: RefusalOut},
    summary="What half-typed words may become",
)
def suggest(
    request: HttpRequest, q: Text = "", lang: Language = "vi"
) -> dict[str, object]:
    with translation.override(lang):
        text = one_line(q)
        if len(text) > MAX_TEXT_LENGTH:
            raise InvalidSearch("bad_q", TOO_LONG)
        results = fetch_suggestions(
            text, language=lang, near=None, on=timezone.localdate()
        )
        return {"hits": serialize_hits(results)}
