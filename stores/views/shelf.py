"""What is on hand at a point, and the ledger that explains it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.text import one_line
from stores.forms.shelf import (
    AsOfForm,
    CorrectForm,
    ReceiveForm,
    ThresholdForm,
    WriteOffForm,
)
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, StockLot, StockMovement
from stores.operations.correct import correct
from stores.operations.receive import receive
from stores.partner.models import StockRecord
from stores.permissions import at_point
from stores.queries.free import MOST_POINTS, allocated_reservations, free_elsewhere
from stores.queries.history import balance_at, sums_by_kind
from stores.queries.low import suggested_threshold
from stores.queries.shelves import goods_known_at, shelf_records
from stores.views import refusals_on_form

SHELF_PAGE = 60
HISTORY_PAGE = 50


@at_point
@require_safe
def shelf(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """The point's records: on hand, allocated, and what needs attention."""
    only = request.GET.get("show", "")
    text = one_line(request.GET.get("q", ""))[:100]
    rows = shelf_records(point, at=timezone.now(), text=text, only=only)
    page = Paginator(rows, SHELF_PAGE).get_page(request.GET.get("page"))
    context = {
        "point": point,
        "tab": "shelf",
        "page": page,
        "show": only,
        "text": text,
    }
    return render(request, "stores/desk/shelf.html", context)


def record_or_404(point: SalesPoint, pk: int) -> StockRecord:
    return get_object_or_404(
        StockRecord.objects.select_related("product__picture"),
        pk=pk,
        partner=point.partner_id,
    )


def named_lot(request: AuthenticatedShopRequest, found: StockRecord) -> StockLot:
    """The lot of the record that a form names."""
    lot_id = request.POST.get("lot", "")
    return get_object_or_404(
        StockLot.objects.select_related("batch", "record__product"),
        record=found,
        pk=lot_id if lot_id.isdecimal() and len(lot_id) < 19 else None,
    )


@at_point
@require_safe
def record(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """One product at the point: its lots, and the ledger that explains the number."""
    return record_page(request, point, record_or_404(point, pk), CorrectForm())


def record_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    found: StockRecord,
    form: CorrectForm,
    *,
    threshold_form: ThresholdForm | None = None,
    damage: WriteOffForm | None = None,
    status: int = 200,
) -> HttpResponse:
    movements = found.movements.select_related("batch", "actor").order_by("-pk")
    then = AsOfForm(request.GET if "at" in request.GET else None)
    if then.is_valid():
        movements = movements.filter(at__lte=then.cleaned_data["at"])
    context = {
        "point": point,
        "tab": "shelf",
        "record": found,
        "lots": found.lots.select_related("batch").order_by("batch__best_before", "pk"),
        "page": Paginator(movements, HISTORY_PAGE).get_page(request.GET.get("page")),
        "reservations": allocated_reservations(found, at=timezone.now()),
        "elsewhere": free_elsewhere(found, at=timezone.now())[:MOST_POINTS],
        "form": form,
        "damage": damage or WriteOffForm(auto_id="damage_%s"),
        "today": timezone.localdate(),
        "sums": [
            (StockMovement.Kind(kind).label, units)
            for kind, units in sums_by_kind(found)
        ],
        "then": then,
        "balance": balance_at(found, then.cleaned_data["at"])
        if then.is_valid()
        else None,
        "suggested": None
        if then.is_valid()
        else suggested_threshold(found, point=point, at=timezone.now()),
        "threshold_form": threshold_form
        or ThresholdForm({"threshold": found.low_stock_threshold}),
    }
    if then.errors:
        status = 422
    return render(request, "stores/desk/record.html", context, status=status)


@at_point
@require_POST
def correct_lot(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Set a lot to what is really on hand, with the reason."""
    found = record_or_404(point, pk)
    lot = named_lot(request, found)
    form = CorrectForm(request.POST)
    status = 422
    if form.is_valid():
        with refusals_on_form(form) as answer:
            correct(
                record=found,
                batch=lot.batch,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("Put right, and written in the ledger."))
            return redirect("desk-record", point.slug, pk)
        status = answer.status
    return record_page(request, point, found, form, status=status)


@at_point
def receive_goods(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Receive goods by lot."""
    form = ReceiveForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        with refusals_on_form(form) as answer:
            movement = receive(
                point=point,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(
                request,
                _("%(units)d × %(name)s received; %(balance)d are here now.")
                % {
                    "units": movement.quantity,
                    "name": form.cleaned_data["product"].name,
                    "balance": movement.balance_after,
                },
            )
            return redirect("desk-receive", point.slug)
        status = answer.status
    context = {
        "point": point,
        "tab": "receive",
        "form": form,
        "products": goods_known_at(point),
    }
    return render(request, "stores/desk/receive.html", context, status=status)


@at_point
@require_safe
def everywhere(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """The person's points with the product, and its movements there, latest first."""
    record = record_or_404(point, pk)
    own = SalesPoint.objects.staffed_by(request.user)
    records = StockRecord.objects.filter(
        product=record.product_id, partner__sales_point__in=own
    ).select_related("partner__sales_point")
    movements = (
        StockMovement.objects.filter(record__in=records.values("pk"))
        .select_related("batch", "actor", "record__partner__sales_point")
        .order_by("-pk")
    )
    context = {
        "point": point,
        "tab": "shelf",
        "record": record,
        "records": records.order_by("partner__sales_point__pk"),
        "page": Paginator(movements, HISTORY_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "stores/desk/everywhere.html", context)
