from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.rates.models import Rate
from marketplace.rates.queries import CURRENCY_COOKIE

CURRENCY_COOKIE_AGE = 180 * 24 * 3600


@require_POST
def choose_currency(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's currency in a cookie, or none, and go back."""
    chosen = request.POST.get("currency", "")
    if chosen and chosen not in Rate.Currency.values:
        raise Http404(_("There is no such currency."))
    back = request.POST.get("next", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, None):
        back = "/en/"
    response = redirect(back)
    if not chosen:
        response.delete_cookie(CURRENCY_COOKIE, samesite="Lax")
        return response
    response.set_cookie(
        CURRENCY_COOKIE,
        chosen,
        max_age=CURRENCY_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
