"""The basket's page, and adding and changing its lines."""

import datetime as dt
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.models import Product
from catalogue.refusals import Refusal
from marketplace.checkout.basket.forms import NOT_A_QUANTITY, AddForm, QuantityForm
from marketplace.checkout.basket.middleware import BasketRequest
from marketplace.checkout.basket.models import Line
from marketplace.checkout.basket.operations import add_to_basket, set_quantity
from marketplace.checkout.basket.queries import (
    BasketLine,
    Contents,
    basket_contents,
    points_with_all,
)
from marketplace.checkout.plan import NotDeliverable, Planner, Shipment
from marketplace.checkout.unpaid import own_reference
from marketplace.orders.models import Fulfilment
from marketplace.orders.own_orders import last_open_order
from marketplace.payments.providers import available_providers
from stores.models import SalesPoint
from stores.queries.points import regional_centre


@require_safe
def basket(request: BasketRequest) -> HttpResponse:
    """The lines, grouped by where they can be had, and their sum."""
    return render(request, "basket/basket.html", basket_context(request))


def basket_context(request: BasketRequest) -> dict[str, object]:
    now = timezone.now()
    contents = basket_contents(
        request.basket,
        points=request.points,
        place=request.place,
        now=now,
        on=timezone.localdate(now),
        own=own_reference(request),
    )
    groups: dict[SalesPoint | None, list[BasketLine]] = {}
    for line in contents.lines:
        groups.setdefault(line.shelf.point if line.shelf else None, []).append(line)
    lacking = points_with_all(contents, request.points)
    whole = [
        point
        for point in request.points
        if not lacking[point.pk] and point.offers_pickup
    ]
    return {
        "contents": contents,
        "groups": [
            {
                "point": point,
                "lines": lines,
                "open_until": point.open_until(at=now) if point else None,
                "opens": point.next_opening(at=now) if point else None,
            }
            for point, lines in groups.items()
        ],
        "whole_at": whole[0] if len(groups) > 1 and whole else None,
        "transferred": transferred_to(
            request.place or regional_centre(request.points),
            contents,
            request.points,
            now,
        ),
        "placed": None if contents.lines else last_open_order(request),
        "pays_online": any(
            provider.hold
            for provider in available_providers(
                receive=Fulfilment.DeliveryMethod.PICKUP
            )
        ),
    }


def transferred_to(
    point: SalesPoint | None,
    contents: Contents,
    points: Sequence[SalesPoint],
    now: dt.datetime,
) -> Shipment | None:
    """All of it at the point, if something of it comes from another point first."""
    if not point or not point.offers_pickup or not contents.can_be_ordered:
        return None
    planner = Planner(contents, points=points, now=now)
    try:
        shipment = planner.at_point(point, Fulfilment.DeliveryMethod.PICKUP)
    except NotDeliverable:
        return None
    return shipment if shipment.ready_at else None


@require_POST
def add(request: BasketRequest) -> HttpResponse:
    """Put a product in; htmx gets a line for the place of the button."""
    form = AddForm(request.POST)
    valid = form.is_valid()
    product = get_object_or_404(
        Product.objects.filter(is_public=True), slug=form.cleaned_data.get("product")
    )
    point = None
    if "sales_point" in form.errors:
        raise Http404(_("There is no such sales point."))
    if slug := form.cleaned_data["sales_point"]:
        point = get_object_or_404(SalesPoint, slug=slug, is_open=True)
    if not valid:
        return refused(request, product, str(NOT_A_QUANTITY), status=422)
    try:
        line = add_to_basket(
            basket=request.basket,
            product=product,
            quantity=form.cleaned_data["quantity"],
            at=timezone.now(),
            point=point,
            own=own_reference(request),
        )
    except Refusal as refusal:
        return refused(request, product, str(refusal), status=refusal.status)
    if request.htmx:
        context = {"line": line, "product": product}
        return render(request, "basket/added.html", context)
    messages.success(request, _("%s is in your basket.") % product.name)
    return redirect("basket")


def refused(
    request: BasketRequest, product: Product, why: str, *, status: int
) -> HttpResponse:
    context = {"product": product, "why": why}
    template = "basket/refused_line.html" if request.htmx else "basket/refused.html"
    return render(request, template, context, status=status)


@require_POST
def change(request: BasketRequest, line_id: int) -> HttpResponse:
    """Set the quantity of a line of one's own basket; 0 takes it out."""
    line = get_object_or_404(
        Line.objects.select_related("product"), pk=line_id, basket=request.basket.pk
    )
    form = QuantityForm(request.POST)
    status, why = 200, ""
    if not form.is_valid():
        status, why = 422, str(NOT_A_QUANTITY)
    else:
        try:
            set_quantity(
                basket=request.basket,
                line_id=line.pk,
                quantity=form.cleaned_data["quantity"],
                at=timezone.now(),
                own=own_reference(request),
            )
        except Refusal as refusal:
            status, why = refusal.status, str(refusal)
    if not request.htmx and not why:
        return redirect("basket")
    context = basket_context(request) | {"why": why}
    return render(request, "basket/basket.html", context, status=status)
