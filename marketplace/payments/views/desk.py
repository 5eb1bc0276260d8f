"""At the desk, where goods change hands against money."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.payments.operations.arrive import arrive
from marketplace.payments.operations.give import give
from stores.forms.jobs import CodeForm, TakenForm
from stores.middleware import SignedInVisit
from stores.models import SalesPoint
from stores.operations.advance import NotInThatState
from stores.operations.hand_over import (
    LotsRanOut,
    NobodyNamed,
    StillOnTheWay,
    WrongCode,
    meets_buyer,
)
from stores.operations.move import NotOnTheShelf
from stores.views.access import at_point
from stores.views.desk import job_or_404, job_page, not_there, said_state


@at_point
@require_POST
def hand_over(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """Goods change hands, against the buyer's code where there is one."""
    shown = job_or_404(point, pk)
    taken = TakenForm(request.POST)
    if not taken.is_valid():
        (said, *_others) = taken.errors.values()
        return job_page(request, point, shown, why=str(said[0]), status=422)
    given = taken.for_way(shown.way)
    code = ""
    if meets_buyer(shown, at_front_desk=given.get("at_front_desk", False)):
        form = CodeForm(request.POST)
        if not form.is_valid():
            why = str(form.errors["code"][0])
            return job_page(request, point, shown, why=why, status=422)
        code = form.cleaned_data["code"]
    try:
        give(
            job=shown,
            code=code,
            actor=request.user,
            paid_by=taken.cleaned_data["paid_by"],
            at=timezone.now(),
            **given,
        )
    except NobodyNamed:
        why = _("Write who took it at the front desk.")
        return job_page(request, point, shown, why=why, status=422)
    except WrongCode:
        why = _("This is not the code of this order. Nothing was handed over.")
        return job_page(request, point, shown, why=why, status=422)
    except NotInThatState as refusal:
        why = said_state(refusal.fulfilment)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    except (LotsRanOut, StillOnTheWay) as refusal:
        why = not_there(refusal)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    except NotOnTheShelf:
        why = _(
            "The shelf changed at this very moment. Look at the lots and try again."
        )
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    messages.success(request, _("Handed over. The shelf and the ledger say so."))
    return redirect("desk-jobs", point.slug)


@at_point
@require_POST
def delivered(request: SignedInVisit, point: SalesPoint, pk: int) -> HttpResponse:
    """The post says that it has brought the parcel, and collected what was to pay."""
    shown = job_or_404(point, pk)
    try:
        arrive(job=shown, actor=request.user, at=timezone.now())
    except NotInThatState as refusal:
        why = said_state(refusal.fulfilment)
        return job_page(request, point, job_or_404(point, pk), why=why, status=409)
    messages.success(request, _("Marked as delivered."))
    return redirect("desk-parcels", point.slug)
