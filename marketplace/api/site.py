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
    description="What the market sells, where it is, and what is written about it."
    " Read only; prices are whole dong with tax. Refusals are"
    ' `{"error": {"code": "...", "message": "..."}}`.',
    openapi_url="/openapi.json",
    docs_url="/docs",
    urls_namespace="api",
)
api.add_router("/v1", search.router)
api.add_router("/v1", market.router)


def error_response(
    request: HttpRequest, status: int, code: str, message: str
) -> HttpResponse:
    error = {"error": {"code": code, "message": message}}
    return api.create_response(request, error, status=status)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return error_response(request, refusal.status, refusal.code, str(refusal))


@api.exception_handler(ValidationError)
def invalid_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    where = str((first.get("loc") or ["?"])[-1])
    message = f"{where}: {first.get('msg', '')}"
    return error_response(request, 422, "not_understood", message)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    text = error.args[0] if error.args else ""
    message = text if isinstance(text, str) and text else _("There is no such thing.")
    return error_response(request, 404, "not_found", message)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return error_response(request, error.status_code, "refused", str(error))


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Leave it to the middleware and to Django; ninja would answer with a traceback."""
    raise error
