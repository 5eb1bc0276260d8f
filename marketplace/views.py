"""What is said when something cannot be had, and whether we are well."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalogue.queries import census
from marketplace.tasks.queries import get_work_state
from search import queries as search_queries


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what was not there, and the map to go on; for programs in their form."""
    if request.path.startswith("/api/"):
        why = _("There is no such address in the API; see /api/docs.")
        error = {"error": {"code": "not_found", "message": why}}
        return JsonResponse(error, status=404)
    context = {"census": census(on=timezone.localdate())}
    return render(request, "404.html", context, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for this person."""
    why = _(
        "This page is for people who work here, and this account is not one of theirs."
    )
    return render(request, "refused.html", {"why": why}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form did not come from one of our pages, or is too old."""
    why = _(
        "The form was too old, or cookies are off. Go back, load the page again and"
        " send it once more; nothing was changed."
    )
    return render(request, "refused.html", {"why": why}, status=403)


NOT_TO_BE_FOUND = (
    "account",
    "basket",
    "checkout",
    "dashboard",
    "desk",
    "editor",
    "office",
    "orders",
    "products/suggestions",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone, and where all else is listed."""
    lines = ["User-agent: *"]
    lines += [
        f"Disallow: {base}/{path}/" for path in NOT_TO_BE_FOUND for base in ("", "/en")
    ]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
def media(request: HttpRequest, path: str, document_root: str) -> HttpResponseBase:
    """An uploaded file: a picture to look at, anything else only to be saved."""
    response = serve(request, path, document_root=document_root)
    kind = response.get("Content-Type", "")
    if not kind.startswith("image/") or kind == "image/svg+xml":  # it can run scripts
        response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database, its migrations and the cache are there; 503 if not.

    Search and tasks are reported, and never make us unready: without Elasticsearch the
    database answers, and what a worker does can wait.
    """
    state = {"database": database_state(), "cache": cache_state()}
    ready = all(answer == "ok" for answer in state.values())
    state |= {"search": "not asked", "tasks": "not asked"}
    if state["database"] == "ok":
        state["search"] = search_state()
        state["tasks"] = get_work_state(at=timezone.now()).summary
    return JsonResponse(state, status=200 if ready else 503)


def search_state() -> str:
    """Who answers, in words; with Elasticsearch, how many changes it is behind."""
    search = search_queries.get_status()
    if not settings.ELASTICSEARCH_URL:
        return "database"
    if not search.is_healthy:
        return f"database: Elasticsearch does not answer; {search.waiting} changes wait"
    if search.engine == "database":
        return f"database: Elasticsearch is back; {search.waiting} changes wait"
    return f"elasticsearch; {search.waiting} changes wait"


def database_state() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "does not answer"
    return "migrations are waiting" if waiting else "ok"


def cache_state() -> str:
    cache.set("readyz", "ok", 10)
    return "ok" if cache.get("readyz") == "ok" else "does not answer"
