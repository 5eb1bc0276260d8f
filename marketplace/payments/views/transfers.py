"""The transfers that came, and those of which somebody has to say whose they are."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.payments.forms import DismissForm, MatchForm
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.match import (
    AlreadyMatched,
    NoMoney,
    dismiss,
    match,
)
from marketplace.payments.queries import (
    asked_for_as_much,
    transfers,
    transfers_not_even,
    transfers_unmatched,
)
from marketplace.payments.views.office import PAGE, for_managers
from stores.middleware import AuthenticatedShopRequest

Case = PaymentEvent.Case


@for_managers
@require_safe
def all_transfers(request: AuthenticatedShopRequest) -> HttpResponse:
    """What waits for somebody first, then every transfer, newest first."""
    return transfers_page(request)


def transfers_page(
    request: AuthenticatedShopRequest,
    *,
    refused: tuple[PaymentEvent, MatchForm | DismissForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    case = request.GET.get("case", "")
    case = case if case in Case.values else ""
    unmatched = transfers_unmatched()
    shown = list(unmatched[:PAGE])
    if refused and refused[0] not in shown:
        shown.insert(0, refused[0])
    context = {
        "unmatched": [
            (event, refused[1] if refused and refused[0] == event else None)
            for event in shown
        ],
        "more": max(0, unmatched.count() - PAGE),
        "perhaps": asked_for_as_much(event.amount_vnd for event in shown),
        "uneven": transfers_not_even()[:PAGE],
        "page": Paginator(transfers(case), PAGE).get_page(request.GET.get("page")),
        "case": case,
        "cases": Case.choices,
    }
    return render(request, "office/transfers.html", context, status=status)


def kept_or_404(pk: int) -> PaymentEvent:
    return get_object_or_404(
        PaymentEvent.objects.select_related("payment__order"),
        pk=pk,
        source=PaymentEvent.Source.BANK,
        outcome=PaymentEvent.Outcome.KEPT,
    )


@for_managers
@require_POST
def match_transfer(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """A transfer is for this order."""
    kept = kept_or_404(pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        return transfers_page(request, refused=(kept, form), status=422)
    try:
        event = match(
            kept=kept,
            order=form.cleaned_data["order"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except (AlreadyMatched, NoMoney):
        return settled_already(request)
    messages.success(request, _("Written down: the money is for this order."))
    return redirect("office-payment", event.payment_id)


@for_managers
@require_POST
def dismiss_transfer(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """A transfer is no order's money."""
    kept = kept_or_404(pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return transfers_page(request, refused=(kept, form), status=422)
    try:
        dismiss(
            kept=kept,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except AlreadyMatched:
        return settled_already(request)
    messages.success(request, _("Written down: it pays no order."))
    return redirect("office-transfers")


def settled_already(request: AuthenticatedShopRequest) -> HttpResponse:
    messages.error(request, _("Somebody has said already whose money it is."))
    return redirect("office-transfers")
