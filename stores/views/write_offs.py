"""What lies past its date or is broken, and its way off the shelf."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stores.forms.shelf import CorrectForm, WriteOffForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, StockLot, StockMovement
from stores.operations.receive import BookedDifferently
from stores.operations.write_off import NotExpired, TooFewToWriteOff, write_off
from stores.permissions import at_point
from stores.queries.shelves import stale_lots
from stores.views.shelf import booked_otherwise, lot_named, record_or_404, record_page


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
    fulfilments = point.fulfilments.open().filter(
        parts__record__in=[lot.record_id for lot in lots], parts__promised__gt=0
    )
    for record_id, pk, number in fulfilments.values_list(
        "lines__record", "pk", "order__number"
    ):
        waiting[record_id].append((pk, number))
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
def expire(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """A whole lot past its date leaves the shelf."""
    lot = lot_or_404(point, pk)
    if not lot.on_hand:
        why = _("Nothing of this lot is left here.")
        return stale_page(request, point, why=why, status=409)
    try:
        write_off(
            record=lot.record,
            batch=lot.batch,
            units=lot.on_hand,
            kind=StockMovement.Kind.EXPIRE,
            reason="",
            actor=request.user,
            at=timezone.now(),
        )
    except NotExpired:
        why = _("This lot still keeps. What is broken is written off as damaged.")
        return stale_page(request, point, why=why, status=409)
    except TooFewToWriteOff:
        return stale_page(request, point, why=allocated(lot), status=409)
    messages.success(
        request,
        _("%(units)d × %(name)s written off.")
        % {"units": lot.on_hand, "name": lot.record.product.name},
    )
    return redirect("desk-stale", point.slug)


def allocated(lot: StockLot) -> str:
    return _(
        "Buyers have ordered %s and would get too few. First remove it "
        "from their orders."
    ) % (lot.record.product.name)


@at_point
@require_POST
def damage(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Broken units of a lot leave the shelf, with the reason."""
    record = record_or_404(point, pk)
    lot = lot_named(request, record)
    form = WriteOffForm(request.POST, auto_id="damage_%s")
    status = 422
    if form.is_valid() and not form.cleaned_data["reason"].strip():
        form.add_error("reason", _("Say what happened to it."))
    if form.is_valid():
        status = 409
        try:
            write_off(
                record=record,
                batch=lot.batch,
                kind=StockMovement.Kind.DAMAGE,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except BookedDifferently as refusal:
            form.add_error(None, booked_otherwise(refusal))
            form.renew()
        except TooFewToWriteOff:
            few = form.cleaned_data["units"] > lot.on_hand
            form.add_error(
                "units",
                _("Only %d of this lot are here.") % lot.on_hand
                if few
                else allocated(lot),
            )
        else:
            messages.success(request, _("Written off as damaged, with the reason."))
            return redirect("desk-record", point.slug, pk)
    return record_page(
        request, point, record, CorrectForm(), damage=form, status=status
    )
