"""One API object, how it refuses, and what it is made of."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from catalogue.refusals import Refusal
from marketplace.api import market, search

api = NinjaAPI(
    title="OCOP Quảng Nam",
    version="1",
    description="What the market sells, where it lies, and what is told of it."
    " Read only; prices are whole dong with tax. Refusals are"
    ' `{"error": {"code": "...", "message": "..."}}`.',
    openapi_url="/openapi.json",
    docs_url="/docs",
    urls_namespace="api",
)
api.add_router("/v1", search.router)
api.add_router("/v1", market.router)


def refusal(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    error = {"error": {"code": code, "message": message}}
    return api.create_response(request, error, status=status)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, why: Refusal) -> HttpResponse:
    return refusal(request, why.status, why.code, str(why))


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    first = wrong.errors[0] if wrong.errors else {}
    where = str((first.get("loc") or ["?"])[-1])
    message = f"{where}: {first.get('msg', '')}"
    return refusal(request, 422, "not_understood", message)


@api.exception_handler(Http404)
def not_there(request: HttpRequest, why: Http404) -> HttpResponse:
    said = why.args[0] if why.args else ""
    message = said if isinstance(said, str) and said else _("There is no such thing.")
    return refusal(request, 404, "not_found", message)


@api.exception_handler(HttpError)
def other(request: HttpRequest, why: HttpError) -> HttpResponse:
    return refusal(request, why.status_code, "refused", str(why))
