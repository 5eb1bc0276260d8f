"""Parcels: their labels, and what becomes of them at the post."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.refusals import Refusal
from marketplace.orders.forms import TrackingForm
from marketplace.orders.letters import describe_letter
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.fulfil import set_tracking_number
from marketplace.orders.queries import parcels_in_transit, parcels_to_send
from marketplace.orders.views.fulfilments import fulfilment_step
from stores.labels import qr
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.permissions import at_point

LABELS_ON_A_SHEET = 4
PARCELS_ON_A_PAGE = 50
MOST_LABELS = 100
ROOMY = 220
"""So many characters of name, address and note fit on a label in its usual print."""


@at_point
@require_safe
def parcels(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What goes to the post, with its labels, and what is on the way."""
    pages = Paginator(parcels_in_transit(point), PARCELS_ON_A_PAGE)
    context = {
        "point": point,
        "tab": "jobs",
        "to_send": parcels_to_send(point)[:MOST_LABELS],
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "orders/desk/parcels.html", context)


@at_point
@require_safe
def labels(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """A sheet to print: four labels on A4, or each on an A6 of its own."""
    to_send = parcels_to_send(point)
    pk = request.GET.get("fulfilment", "")
    if pk:
        to_send = to_send.filter(pk=int(pk) if pk.isdecimal() and len(pk) < 10 else 0)
    labels = [
        {
            "fulfilment": parcel,
            "qr": qr(parcel.order.number),
            "dense": is_dense(parcel),
            "weight_g": sum(
                line.line.product.weight_g * line.open_units
                for line in parcel.lines.all()
                if line.line.product
            ),
        }
        for parcel in to_send[:MOST_LABELS]
    ]
    small = request.GET.get("size") == "a6"
    length = 1 if small else LABELS_ON_A_SHEET
    context = {
        "point": point,
        "small": small,
        "fulfilment": pk,
        "sheets": [labels[n : n + length] for n in range(0, len(labels), length)],
    }
    return render(request, "orders/desk/labels.html", context)


def is_dense(parcel: Fulfilment) -> bool:
    """Whether address and note fit on its label in small print only."""
    address = parcel.order.shipping_address
    texts = [parcel.name, parcel.name, parcel.note]  # the name is in large print
    if address:
        texts += [address.line1, address.line3]
    return sum(map(len, texts)) > ROOMY


@fulfilment_step
def tracking(
    request: AuthenticatedShopRequest, point: SalesPoint, fulfilment: Fulfilment
) -> HttpResponse:
    """The post's number, which often comes only after the parcel has left."""
    form = TrackingForm(request.POST)
    if not form.is_valid():
        raise Refusal(next(iter(form.errors.values()))[0], status=422)
    set_tracking_number(fulfilment=fulfilment, **form.cleaned_data)
    messages.success(request, f"{_('Written down.')} {describe_letter(fulfilment)}")
    return redirect("desk-fulfilment", point.slug, fulfilment.pk)
