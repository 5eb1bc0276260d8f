"""The keeper's screens. Every query starts from the points she may stand at."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from stores.forms.jobs import CodeForm
from stores.middleware import SignedInVisit
from stores.models import DeskSale, Fulfilment, SalesPoint
from stores.operations.advance import NotInThatState
from stores.operations.hand_over import (
    LotsRanOut,
    StillOnTheWay,
    picks_of,
)
from stores.operations.mark_ready import mark_ready
from stores.queries.jobs import jobs_of
from stores.queries.low import low_glance
from stores.views.access import at_point

CODE_ENDED: dict[str, str | Promise] = {
    Fulfilment.Status.CANCELLED: gettext_lazy(
        "The order with this code was cancelled."
    ),
    Fulfilment.Status.LAPSED: gettext_lazy(
        "The order with this code was not paid in time."
    ),
    Fulfilment.Status.AWAITING_PAYMENT: gettext_lazy(
        "The order with this code is not paid yet. Hand nothing over."
    ),
    Fulfilment.Status.NOT_COLLECTED: gettext_lazy(
        "This order was not collected in time; its goods are back on the shelf."
    ),
}
"""Why a code leads to no job, in the keeper's words."""

TYPED = "code_typed"
"""In the session until her next look at a job: the code that she found one by."""


@never_cache
@login_required
@require_safe
def desk(request: SignedInVisit) -> HttpResponse:
    """Her point, or a choice where she works at several."""
    own = list(SalesPoint.objects.worked_by(request.user).order_by("pk"))
    if not own:
        raise PermissionDenied
    if len(own) == 1:
        return redirect("desk-jobs", own[0].slug)
    return render(request, "stores/desk/points.html", {"points": own})


@at_point
@require_safe
def jobs(request: SignedInVisit, point: SalesPoint) -> HttpResponse:
    """What is to be done: to prepare, ready, and today's rooms; with the code box."""
    context = {
        "point": point,
        "tab": "jobs",
        "jobs": jobs_of(point, now=timezone.now()),
        "low": low_glance(point, at=timezone.now()),
    }
    return render(request, "stores/desk/jobs.html", context)


@at_point
@require_safe
def find(request: SignedInVisit, point: SalesPoint) -> HttpResponse:
    """From the code that a buyer shows to her job."""
    form = CodeForm(request.GET)
    status = 422
    if form.is_valid():
        job = point.fulfilments.filter(code=form.cleaned_data["code"]).first()
        if job and job.handed_over_at:
            when = date_format(
                timezone.localtime(job.handed_over_at), "SHORT_DATETIME_FORMAT"
            )
            form.add_error("code", _("This code was used already, at %s.") % when)
            status = 409
        elif job and job.status in CODE_ENDED:
            form.add_error("code", str(CODE_ENDED[job.status]))
            status = 409
        elif job:
            request.session[TYPED] = job.code
            return redirect("desk-job", point.slug, job.pk)
        else:
            form.add_error(
                "code",
                _(
                    "No order of this point has this code. The buyer's page says at"
                    " which point it waits."
                ),
            )
            status = 404
    context = {
        "point": point,
        "tab": "jobs",
        "form": form,
        "jobs": jobs_of(point, now=timezone.now()),
        "low": low_glance(point, at=timezone.now()),
    }
    return render(request, "stores/desk/jobs.html", context, status=status)


def job_or_404(point: SalesPoint, pk: int) -> Fulfilment:
    return get_object_or_404(
        point.fulfilments.select_related(
            "order__shipping_address", "point", "hotel", "packed_by"
        ).prefetch_related(
            "parts__line__product__picture__renditions", "parts__record"
        ),
        pk=pk,
    )


@at_point
@require_safe
def job(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """One job: who, what, from which lots, what to collect, and the next step."""
    shown = job_or_404(point, pk)
    typed = request.session.pop(TYPED, "")
    return job_page(request, point, shown, code=typed if typed == shown.code else "")


def job_page(
    request: SignedInVisit,
    point: SalesPoint,
    shown: Fulfilment,
    *,
    code: str = "",
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    """A job's page; `code` is what the keeper typed of the buyer's."""
    picks = []
    if shown.at_the_desk:
        try:
            picks = picks_of(shown, on=timezone.localdate())
        except (LotsRanOut, StillOnTheWay) as refusal:
            why = why or not_there(refusal)
    context = {
        "point": point,
        "tab": "jobs",
        "job": shown,
        "picks": picks,
        "paid_by": DeskSale.PaidBy.choices,
        "code": code or request.POST.get("code", ""),
        "why": why,
    }
    return render(request, "stores/desk/job.html", context, status=status)


def not_there(refusal: LotsRanOut | StillOnTheWay) -> str:
    line = refusal.part.line
    name = line.product.name if line.product else line.title
    if isinstance(refusal, StillOnTheWay):
        part = refusal.part
        if part.record.partner_id == part.fulfilment.point.partner_id:
            return _(
                "%(name)s: %(short)d came short. Put them on the shelf, then mark it"
                " ready; or the order is cancelled."
            ) % {"name": name, "short": part.open_units - part.promised}
        return _("%s is still on its way from another point.") % name
    return _("Too few of %s here are within their date.") % name


@at_point
@require_POST
def ready(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """Packed; the buyer is told."""
    shown = job_or_404(point, pk)
    try:
        mark_ready(fulfilment=shown, at=timezone.now())
    except NotInThatState as refusal:
        why = said_state(refusal.fulfilment)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    except (LotsRanOut, StillOnTheWay) as refusal:
        why = not_there(refusal)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    messages.success(request, _("Marked ready. The buyer has been told."))
    return redirect("desk-job", point.slug, pk)


def said_state(job: Fulfilment) -> str:
    said: dict[str, str] = {
        Fulfilment.Status.AWAITING_PAYMENT: _("The order is not paid yet."),
        Fulfilment.Status.PREPARING: _("Somebody is packing it already."),
        Fulfilment.Status.READY: _("It is marked ready already."),
        Fulfilment.Status.HANDED_OVER: _("It was handed over already."),
        Fulfilment.Status.DELIVERED: _("It was delivered already."),
        Fulfilment.Status.CANCELLED: _("The order was cancelled."),
        Fulfilment.Status.LAPSED: _("The order was not paid in time."),
        Fulfilment.Status.NOT_COLLECTED: _(
            "It was not collected in time; its goods are back on the shelf."
        ),
    }
    return said.get(job.status, _("It is not packed yet."))
