"""Parcels: their labels, and what becomes of them at the post."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stores.forms.jobs import TrackingForm
from stores.middleware import SignedInVisit
from stores.models import SalesPoint
from stores.operations.advance import NotInThatState
from stores.operations.track import track
from stores.qr import qr
from stores.queries.jobs import parcels_on_the_way, parcels_to_send
from stores.views.access import at_point
from stores.views.desk import job_or_404, job_page, said_state

ON_A_SHEET = 4
ON_THE_WAY_PAGE = 50
MOST_LABELS = 100


@at_point
@require_safe
def parcels(request: SignedInVisit, point: SalesPoint) -> HttpResponse:
    """What goes to the post, with its labels, and what is on the way."""
    pages = Paginator(parcels_on_the_way(point), ON_THE_WAY_PAGE)
    context = {
        "point": point,
        "tab": "jobs",
        "to_send": parcels_to_send(point)[:MOST_LABELS],
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "stores/desk/parcels.html", context)


@at_point
@require_safe
def labels(request: SignedInVisit, point: SalesPoint) -> HttpResponse:
    """A sheet to print: four labels on A4, or each on an A6 of its own."""
    wanted = parcels_to_send(point)
    job = request.GET.get("job", "")
    if job:
        wanted = wanted.filter(pk=int(job) if job.isdecimal() and len(job) < 10 else 0)
    shown = [
        {
            "job": parcel,
            "qr": qr(parcel.order.number),
            "weight_g": sum(
                part.line.product.weight_g * part.open_units
                for part in parcel.parts.all()
                if part.line.product
            ),
        }
        for parcel in wanted[:MOST_LABELS]
    ]
    small = request.GET.get("size") == "a6"
    length = 1 if small else ON_A_SHEET
    context = {
        "point": point,
        "small": small,
        "job": job,
        "sheets": [shown[n : n + length] for n in range(0, len(shown), length)],
    }
    return render(request, "stores/desk/labels.html", context)


@at_point
@require_POST
def tracking(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """The post's number, which often comes only after the parcel has left."""
    shown = job_or_404(point, pk)
    form = TrackingForm(request.POST)
    if not form.is_valid():
        (why, *_others) = [
            str(wrong) for said in form.errors.values() for wrong in said
        ]
        return job_page(request, point, shown, why=why, status=422)
    try:
        track(fulfilment=shown, **form.cleaned_data)
    except NotInThatState as refusal:
        why = said_state(refusal.fulfilment)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    messages.success(request, _("Written down. The buyer has been told."))
    return redirect("desk-job", point.slug, pk)
