"""What is past its date or broken, and how it leaves the shelf."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.refusals import NothingToDo
from stores.forms.shelf import CorrectForm, WriteOffForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import Reservation, SalesPoint, StockLot, StockMovement
from stores.operations.write_off import write_off
from stores.permissions import at_point
from stores.queries.shelves import stale_lots
from stores.views import refusals_on, refusals_on_form
from stores.views.shelf import named_lot, record_or_404, record_page


@at_point
@require_safe
def stale(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Lots at or past their date, each with its write-off."""
    return stale_page(request, point)


def stale_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    lots = list(stale_lots(point, on=timezone.localdate()))
    waiting = defaultdict(list)
    reservations = Reservation.objects.filter(
        record__in=[lot.record_id for lot in lots], allocated__gt=0, expires_at=None
    )
    for record_id, number in reservations.values_list("record", "reference"):
        waiting[record_id].append(number)
    context = {
        "point": point,
        "tab": "shelf",
        "lots": [(lot, waiting.get(lot.record_id, [])) for lot in lots],
        "why": why,
    }
    return render(request, "stores/desk/stale.html", context, status=status)


def lot_or_404(point: SalesPoint, pk: int) -> StockLot:
    return get_object_or_404(
        StockLot.objects.select_related("batch", "record__product"),
        pk=pk,
        record__partner=point.partner_id,
    )


@at_point
@require_POST
@refusals_on(stale_page)
def expire(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """A whole lot past its date leaves the shelf."""
    lot = lot_or_404(point, pk)
    if not lot.on_hand:
        raise NothingToDo(_("Nothing of this lot is left here."))
    write_off(
        record=lot.record,
        batch=lot.batch,
        units=lot.on_hand,
        kind=StockMovement.Kind.EXPIRE,
        reason="",
        actor=request.user,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("%(units)d × %(name)s written off.")
        % {"units": lot.on_hand, "name": lot.record.product.name},
    )
    return redirect("desk-stale", point.slug)


@at_point
@require_POST
def damage(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Broken units of a lot leave the shelf, with the reason."""
    record = record_or_404(point, pk)
    lot = named_lot(request, record)
    form = WriteOffForm(request.POST, auto_id="damage_%s")
    status = 422
    if form.is_valid():
        with refusals_on_form(form) as answer:
            write_off(
                record=record,
                batch=lot.batch,
                kind=StockMovement.Kind.DAMAGE,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("Written off as damaged, with the reason."))
            return redirect("desk-record", point.slug, pk)
        status = answer.status
    return record_page(
        request, point, record, CorrectForm(), damage=form, status=status
    )
