"""Goods that come back, at whichever point the buyer is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.refusals import Refusal
from marketplace.orders.forms import FindOrderForm, ReturnForm
from marketplace.orders.models import FulfilmentLine
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.queries import handed_over_lines, returnable_lots
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.permissions import at_point


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def returns(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Find an order of any point by number or code, and accept goods of it.

    It shows what was handed over and nothing of the buyer.
    """
    searched = "q" in request.GET
    found = FindOrderForm(request.GET if searched else None)
    form = ReturnForm(request.POST or None)
    lines: list[FulfilmentLine] = []
    status, why = 200, ""
    if found.is_valid():
        lines = handed_over_lines(found.cleaned_data["q"])
        if not lines:
            status = 404
            why = _("Nothing was handed over under this number or code.")
    elif searched:
        status, why = 422, str(found.errors["q"][0])
    if request.method == "POST":
        status, why = record_return(request, point, lines, form)
        if not why:
            url = reverse("desk-returns", args=[point.slug])
            return redirect(f"{url}?{urlencode({'q': request.GET.get('q', '')})}")
    lots = returnable_lots(lines) if lines else {}
    context = {
        "point": point,
        "tab": "jobs",
        "found": found,
        "form": form,
        "why": why,
        "lines": [
            {
                "item": line,
                "lots": lots[line.pk],
                "undelivered": line.fulfilment.is_with_the_post,
                "chosen": form.is_bound and form["line"].value() == str(line.pk),
            }
            for line in lines
        ],
    }
    return render(request, "orders/desk/returns.html", context, status=status)


def record_return(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    lines: list[FulfilmentLine],
    form: ReturnForm,
) -> tuple[int, str]:
    """The status of the page and why the goods were refused; no reason if accepted."""
    if not form.is_valid():
        return 422, " ".join(str(errors[0]) for errors in form.errors.values())
    data = form.cleaned_data
    line = next((one for one in lines if one.pk == data["line"]), None)
    lots = returnable_lots([line])[line.pk] if line else {}
    batch = next((one for one in lots if one.pk == data["batch"]), None)
    if line is None or batch is None:
        return 409, _("This lot was not handed over, or has come back already.")
    try:
        accepted = accept_return(
            line=line,
            units=data["units"],
            point=point,
            batch=batch,
            decision=data["decision"],
            reason=data["reason"],
            undelivered=data["undelivered"],
            actor=request.user,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return 409, str(refusal)
    messages.success(
        request,
        _("Taken back: %(units)d × %(name)s, %(what)s.")
        % {
            "units": accepted.units,
            "name": batch.product.name,
            "what": accepted.get_decision_display(),
        },
    )
    return 200, ""
