"""Search as JSON."""

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from ninja import Query, Router

from catalogue.queries import all_districts
from catalogue.refusals import Refusal
from catalogue.text import one_line
from marketplace.api.shapes import Kind, Language, RefusalOut, SearchOut, SuggestOut
from search.forms import TOO_LONG, SearchForm
from search.queries import run_search
from search.queries import suggest as fetch_suggestions
from search.results import MAX_TEXT_LENGTH, Filters, SearchResults
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


class InvalidSearch(Refusal):
    """A parameter that cannot be used; `code` names it to programs."""

    code = ""

    def __init__(self, code: str, message: str | Promise, *, status: int = 422) -> None:
        super().__init__(message, status=status)
        self.code = code


@router.get(
    "/search",
    response={200: SearchOut, 404: RefusalOut, 422: RefusalOut},
    summary="Search everything, or one kind",
)
def search(
    request: HttpRequest,
    q: str = "",
    lang: Language = "vi",
    kind: Kind | None = None,
    district: list[str] = Query([]),
    group: list[str] = Query([]),
    stars: list[str] = Query([]),
    carry: list[str] = Query([]),
    point: str = "",
    price_min: str = "",
    price_max: str = "",
    sort: str = "",
    page: str = "",
) -> dict[str, object]:
    """Products lead, and what has the very name that was searched for.

    Filters and sorts apply to products. `relaxed` says that not all words were found
    together, `did_you_mean` which words were searched for in their place.
    """
    with translation.override(lang):
        form = SearchForm(request.GET, districts=all_districts(), points=open_points())
        query = form.get_query(language=lang, near=None, kind=kind or "")
        if form.errors:
            ((name, messages), *_more) = form.errors.items()
            raise InvalidSearch(f"bad_{name}", str(messages[0]))
        if query.kind not in ("", "product") and query.filters != Filters():
            raise InvalidSearch("bad_kind", _("Only products can be filtered."))
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
    request: HttpRequest, q: str = "", lang: Language = "vi"
) -> dict[str, object]:
    with translation.override(lang):
        text = one_line(q)
        if len(text) > MAX_TEXT_LENGTH:
            raise InvalidSearch("bad_q", TOO_LONG)
        results = fetch_suggestions(
            text, language=lang, near=None, on=timezone.localdate()
        )
        return {"hits": serialize_hits(results)}
