"""Goods that come back, at whichever point the buyer is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stores.forms.jobs import FindOrderForm, TakeBackForm
from stores.middleware import SignedInVisit
from stores.models import FulfilmentLine, SalesPoint
from stores.operations.take_back import (
    CannotRestock,
    NotGiven,
    NotSoldHere,
    NotUndelivered,
    take_back,
)
from stores.queries.jobs import lots_given, parts_given
from stores.views.access import at_point


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def returns(request: SignedInVisit, point: SalesPoint) -> HttpResponse:
    """Find an order of any point by number or code, and take goods of it back.

    It shows what was handed over and nothing of the buyer.
    """
    asked = "q" in request.GET
    found = FindOrderForm(request.GET if asked else None)
    form = TakeBackForm(request.POST or None)
    parts: list[FulfilmentLine] = []
    status, why = 200, ""
    if asked:
        parts = parts_given(found.cleaned_data["q"]) if found.is_valid() else []
        if not found.is_valid():
            status, why = 422, str(found.errors["q"][0])
        elif not parts:
            status = 404
            why = _("Nothing was handed over under this number or code.")
    if request.method == "POST":
        taken, why, status = taken_back(request, point, parts, form)
        if taken:
            there = reverse("desk-returns", args=[point.slug])
            return redirect(f"{there}?{urlencode({'q': request.GET.get('q', '')})}")
    lots = lots_given(parts) if parts else {}
    context = {
        "point": point,
        "tab": "jobs",
        "found": found,
        "form": form,
        "why": why,
        "lines": [
            {
                "part": part,
                "lots": lots[part.pk],
                "undelivered": part.fulfilment.is_with_the_post,
                "chosen": form.is_bound and form["part"].value() == str(part.pk),
            }
            for part in parts
        ],
    }
    return render(request, "stores/desk/returns.html", context, status=status)


def taken_back(
    request: SignedInVisit,
    point: SalesPoint,
    parts: list[FulfilmentLine],
    form: TakeBackForm,
) -> tuple[bool, str, int]:
    """Whether the goods were taken back, else why not and how the page answers."""
    if not form.is_valid():
        return False, " ".join(str(said[0]) for said in form.errors.values()), 422
    said = form.cleaned_data
    part = next((one for one in parts if one.pk == said["part"]), None)
    lots = lots_given([part])[part.pk] if part else {}
    batch = next((one for one in lots if one.pk == said["batch"]), None)
    if part is None or batch is None:
        return False, _("This lot was not handed over, or has come back already."), 409
    try:
        written = take_back(
            part=part,
            units=said["units"],
            point=point,
            batch=batch,
            decision=said["decision"],
            reason=said["reason"],
            undelivered=said["undelivered"],
            actor=request.user,
            at=timezone.now(),
        )
    except (NotGiven, CannotRestock, NotSoldHere, NotUndelivered) as refusal:
        return False, sentence(refusal), 409
    messages.success(
        request,
        _("Taken back: %(units)d × %(name)s, %(what)s.")
        % {
            "units": written.units,
            "name": batch.product.name,
            "what": written.get_decision_display(),
        },
    )
    return True, "", 302


def sentence(refusal: Exception) -> str:
    if isinstance(refusal, NotGiven):
        return _("Only %d of this lot can still come back.") % refusal.left
    if isinstance(refusal, CannotRestock):
        return _(
            "Chilled goods and lots past their date never go back on the shelf. Choose"
            " “destroyed”."
        )
    if isinstance(refusal, NotSoldHere):
        return _("This point has no licence for alcohol and may not keep it.")
    return _("This parcel has arrived; it is not undelivered.")
