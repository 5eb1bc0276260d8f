"""At the desk, where goods change hands against money."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.refusals import Refusal
from marketplace.orders.forms import CodeForm, HandOverForm
from marketplace.orders.operations.hand_over import needs_code
from marketplace.orders.views.fulfilments import (
    fulfilment_page,
    get_fulfilment,
    refused_page,
)
from marketplace.payments.operations.collect import (
    confirm_delivery,
    hand_over_and_collect,
)
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.permissions import at_point


@at_point
@require_POST
def hand_over(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Goods change hands, against the buyer's code where there is one."""
    found = get_fulfilment(point, pk)
    form, code_form = HandOverForm(request.POST), CodeForm(request.POST)
    if not form.is_valid():
        why = next(iter(form.errors.values()))[0]
        return fulfilment_page(request, point, found, why=why, status=422)
    values = form.values_for(found.delivery_method)
    code = ""
    if needs_code(found, at_front_desk=values.get("at_front_desk", False)):
        if not code_form.is_valid():
            why = code_form.errors["code"][0]
            return fulfilment_page(request, point, found, why=why, status=422)
        code = code_form.cleaned_data["code"]
    try:
        hand_over_and_collect(
            fulfilment=found,
            code=code,
            actor=request.user,
            paid_by=form.cleaned_data["paid_by"],
            at=timezone.now(),
            **values,
        )
    except Refusal as refusal:
        return refused_page(request, point, pk, refusal)
    messages.success(request, _("Handed over. The shelf and the ledger say so."))
    return redirect("desk-fulfilments", point.slug)


@at_point
@require_POST
def delivered(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """The post has delivered the parcel and collected what was to be paid."""
    found = get_fulfilment(point, pk)
    try:
        confirm_delivery(fulfilment=found, actor=request.user, at=timezone.now())
    except Refusal as refusal:
        return refused_page(request, point, pk, refusal)
    messages.success(request, _("Marked as delivered."))
    return redirect("desk-parcels", point.slug)
