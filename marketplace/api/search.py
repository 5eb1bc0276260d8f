"""Search as JSON: the answers of the pages, for programs."""

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja import Query, Router

from catalogue.queries import all_districts
from catalogue.text import one_line
from marketplace.api.shapes import (
    Kind,
    Language,
    Refusal,
    RefusalOut,
    SearchOut,
    SuggestOut,
)
from search.forms import QuestionForm
from search.queries import ask
from search.queries import suggest as suggested
from search.question import LONGEST_TEXT, Answer, Filters
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
"""A facet to the parameter that narrows by it."""


@router.get(
    "/search",
    response={200: SearchOut, 404: RefusalOut, 422: RefusalOut},
    summary="Search everything, or the things of one kind",
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
    """The goods lead, and what bears the very name that was asked for.

    Filters and sorts are of goods. `relaxed` says that not all words were found
    together, `did_you_mean` what the words were taken for.
    """
    with translation.override(lang):
        form = QuestionForm(
            request.GET, districts=all_districts(), points=open_points()
        )
        question = form.question(language=lang, near=None, kind=kind or "")
        if form.errors:
            ((name, messages), *_more) = form.errors.items()
            raise Refusal(422, f"bad_{name}", str(messages[0]))
        if question.kind not in ("", "product") and question.filters != Filters():
            raise Refusal(422, "bad_kind", _("Only products can be filtered."))
        answer = ask(question, on=timezone.localdate())
        if question.page > answer.pages:
            raise Refusal(404, "no_such_page", _("There is no such page of goods."))
        return told(answer)


def told(answer: Answer) -> dict[str, object]:
    return {
        "total": answer.total,
        "hits": hits_of(answer),
        "facets": {
            FACETS[facet]: dict(counts) for facet, counts in answer.facets.items()
        },
        "did_you_mean": answer.did_you_mean,
        "relaxed": answer.relaxed,
    }


def hits_of(answer: Answer) -> list[dict[str, str]]:
    return [
        {"kind": hit.kind, "slug": hit.slug, "title": hit.title, "url": hit.url}
        for hit in answer.hits
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
        if len(text) > LONGEST_TEXT:
            raise Refusal(
                422,
                "bad_q",
                _("That is too long to search for: 200 characters at most."),
            )
        answer = suggested(text, language=lang, near=None, on=timezone.localdate())
        return {"hits": hits_of(answer)}
