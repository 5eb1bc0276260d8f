"""At the desk, where goods change hands against money."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.orders.forms import CodeForm, TakenForm
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.hand_over import (
    RecipientRequired,
    WrongCode,
    needs_code,
)
from marketplace.orders.queries import AwaitingTransfer, TooFewWithinDate
from marketplace.orders.views.fulfilments import (
    fulfilment_page,
    get_fulfilment,
    not_there,
    said_state,
)
from marketplace.payments.operations.arrive import arrive
from marketplace.payments.operations.give import give
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.operations.move import ShelfChanged
from stores.permissions import at_point


@at_point
@require_POST
def hand_over(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Goods change hands, against the buyer's code where there is one."""
    shown = get_fulfilment(point, pk)
    taken = TakenForm(request.POST)
    if not taken.is_valid():
        (said, *_others) = taken.errors.values()
        return fulfilment_page(request, point, shown, why=str(said[0]), status=422)
    given = taken.for_way(shown.delivery_method)
    code = ""
    if needs_code(shown, at_front_desk=given.get("at_front_desk", False)):
        form = CodeForm(request.POST)
        if not form.is_valid():
            why = str(form.errors["code"][0])
            return fulfilment_page(request, point, shown, why=why, status=422)
        code = form.cleaned_data["code"]
    try:
        give(
            fulfilment=shown,
            code=code,
            actor=request.user,
            paid_by=taken.cleaned_data["paid_by"],
            at=timezone.now(),
            **given,
        )
    except RecipientRequired:
        why = _("Write who took it at the front desk.")
        return fulfilment_page(request, point, shown, why=why, status=422)
    except WrongCode:
        why = _("This is not the code of this order. Nothing was handed over.")
        return fulfilment_page(request, point, shown, why=why, status=422)
    except WrongFulfilmentStatus as refusal:
        why = said_state(refusal.fulfilment)
        return fulfilment_page(
            request, point, get_fulfilment(point, pk), why=why, status=409
        )
    except (TooFewWithinDate, AwaitingTransfer) as refusal:
        why = not_there(refusal)
        return fulfilment_page(
            request, point, get_fulfilment(point, pk), why=why, status=409
        )
    except ShelfChanged:
        why = _(
            "The shelf changed at this very moment. Look at the lots and try again."
        )
        return fulfilment_page(
            request, point, get_fulfilment(point, pk), why=why, status=409
        )
    messages.success(request, _("Handed over. The shelf and the ledger say so."))
    return redirect("desk-fulfilments", point.slug)


@at_point
@require_POST
def delivered(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """The post says that it has brought the parcel, and collected what was to pay."""
    shown = get_fulfilment(point, pk)
    try:
        arrive(fulfilment=shown, actor=request.user, at=timezone.now())
    except WrongFulfilmentStatus as refusal:
        why = said_state(refusal.fulfilment)
        return fulfilment_page(
            request, point, get_fulfilment(point, pk), why=why, status=409
        )
    messages.success(request, _("Marked as delivered."))
    return redirect("desk-parcels", point.slug)
