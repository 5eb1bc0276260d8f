"""At the desk, where goods change hands against money."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.refusals import Refusal
from marketplace.orders.forms import CodeForm, HandOverForm
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.check_code import slowed_down
from marketplace.orders.operations.hand_over import needs_code
from marketplace.orders.views.fulfilments import fulfilment_step
from marketplace.payments.operations.collect import (
    confirm_delivery,
    hand_over_and_collect,
)
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint


@fulfilment_step
def hand_over(
    request: AuthenticatedShopRequest, point: SalesPoint, fulfilment: Fulfilment
) -> HttpResponse:
    """Goods change hands, against the buyer's code where there is one."""
    form, code_form = HandOverForm(request.POST), CodeForm(request.POST)
    if not form.is_valid():
        raise Refusal(next(iter(form.errors.values()))[0], status=422)
    values = form.values_for(fulfilment.delivery_method)
    code = ""
    met = needs_code(fulfilment, at_front_desk=values.get("at_front_desk", False))
    if met and not form.cleaned_data["without_code"]:
        if not code_form.is_valid():
            raise Refusal(code_form.errors["code"][0], status=422)
        code = code_form.cleaned_data["code"]
    now = timezone.now()
    with slowed_down(keeper=request.user, at=now):
        hand_over_and_collect(
            fulfilment=fulfilment,
            code=code,
            actor=request.user,
            paid_by=form.cleaned_data["paid_by"],
            at=now,
            **values,
        )
    messages.success(request, _("Handed over. The shelf and the ledger say so."))
    return redirect("desk-fulfilments", point.slug)


@fulfilment_step
def delivered(
    request: AuthenticatedShopRequest, point: SalesPoint, fulfilment: Fulfilment
) -> HttpResponse:
    """The post says that it has brought the parcel, and collected what was to pay."""
    confirm_delivery(fulfilment=fulfilment, actor=request.user, at=timezone.now())
    messages.success(request, _("Marked as delivered."))
    return redirect("desk-parcels", point.slug)
