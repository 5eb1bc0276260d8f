"""Packing a job, and what of it cannot be given."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stores.forms.jobs import ShortForm
from stores.middleware import SignedInVisit
from stores.models import SalesPoint
from stores.operations.advance import NotInThatState
from stores.operations.cancel_units import NotThatMany, cancel_units
from stores.operations.prepare import prepare
from stores.views.access import at_point
from stores.views.desk import job_or_404, job_page, said_state


@at_point
@require_POST
def start(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """This keeper packs it; the others see that."""
    shown = job_or_404(point, pk)
    try:
        prepare(fulfilment=shown, actor=request.user, at=timezone.now())
    except NotInThatState as refusal:
        why = said_state(refusal.fulfilment)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    return redirect("desk-job", point.slug, pk)


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def short(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """Take units out of a job that are not there or cannot be given."""
    shown = job_or_404(point, pk)
    form = ShortForm(request.POST or None)
    status, why = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            part = get_object_or_404(shown.parts, pk=form.cleaned_data["part"])
            try:
                cancel_units(
                    part=part,
                    units=form.cleaned_data["units"],
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    at=timezone.now(),
                )
            except NotInThatState as refusal:
                status, why = 409, said_state(refusal.fulfilment)
            except NotThatMany as refusal:
                status = 409
                why = _("Only %d of it are still to be given.") % (
                    refusal.part.open_units
                )
            else:
                messages.success(request, _("Removed. The buyer has been told."))
                return redirect("desk-job", point.slug, pk)
        else:
            why = " ".join(str(said[0]) for said in form.errors.values())
        shown = job_or_404(point, pk)
    context = {"point": point, "tab": "jobs", "job": shown, "form": form, "why": why}
    return render(request, "stores/desk/short.html", context, status=status)
