"""What runs low at a point: from when on, and where more comes from."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stores.forms.shelf import CorrectForm, RestockForm, ThresholdForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.operations.low_stock import set_threshold
from stores.operations.transfer import restock
from stores.permissions import at_point
from stores.queries.low import running_low, with_sources
from stores.views import refusals_on
from stores.views.shelf import record_or_404, record_page

LOW_PAGE = 60


@at_point
@require_safe
def low(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What runs low, least first, each with the point that could send more."""
    return low_page(request, point)


def low_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    page = Paginator(running_low(point, at=now), LOW_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "point": point,
        "tab": "shelf",
        "why": why,
        "page": page,
        "goods": with_sources(page.object_list, point=point, at=now),
    }
    return render(request, "stores/desk/low.html", context, status=status)


@at_point
@require_POST
@refusals_on(low_page)
def request_restock(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Request more of a product from another point."""
    record = record_or_404(point, pk)
    form = RestockForm(request.POST)
    if not form.is_valid():
        why = _("Choose a point and a number of units. Nothing was asked for.")
        return low_page(request, point, why=why, status=422)
    source, units = form.cleaned_data["source"], form.cleaned_data["units"]
    transfer = restock(
        record=record,
        source=source,
        units=units,
        actor=request.user,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("Asked %(point)s for %(units)d × %(product)s: %(number)s.")
        % {
            "point": source.short_name,
            "units": units,
            "product": record.product.name,
            "number": transfer.number,
        },
    )
    return redirect("desk-low", point.slug)


@at_point
@require_POST
def threshold(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Set from how many units down a product is watched; or take the suggestion."""
    record = record_or_404(point, pk)
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return record_page(
            request, point, record, CorrectForm(), threshold_form=form, status=422
        )
    units = form.cleaned_data["threshold"]
    set_threshold(record=record, units=units)
    if units is None:
        messages.success(request, _("It is no longer watched."))
    else:
        messages.success(request, _("It runs low from %d free units.") % units)
    return redirect("desk-record", point.slug, pk)
