"""What lies at a point, and the ledger that explains it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.text import one_line
from stores.forms.shelf import (
    CorrectForm,
    ReceiveForm,
    ThenForm,
    ThresholdForm,
    WriteOffForm,
)
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, StockLot, StockMovement
from stores.operations.correct import AlreadyCorrect, correct
from stores.operations.move import ShelfChanged
from stores.operations.receive import (
    BestBeforeRequired,
    BookedDifferently,
    LotExpired,
    LotHasOtherDate,
    NotSoldHere,
    receive,
)
from stores.partner.models import StockRecord
from stores.permissions import at_point
from stores.queries.history import balance_at, sums_by_kind
from stores.queries.low import suggested_threshold
from stores.queries.shelves import goods_known_at, shelf_records

SHELF_PAGE = 60
HISTORY_PAGE = 50


@at_point
@require_safe
def shelf(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What lies there: on hand, promised, and what needs an eye."""
    wanted = request.GET.get("show", "")
    text = one_line(request.GET.get("q", ""))[:100]
    rows = shelf_records(point, at=timezone.now(), text=text, only=wanted)
    page = Paginator(rows, SHELF_PAGE).get_page(request.GET.get("page"))
    context = {
        "point": point,
        "tab": "shelf",
        "page": page,
        "wanted": wanted,
        "text": text,
    }
    return render(request, "stores/desk/shelf.html", context)


def record_or_404(point: SalesPoint, pk: int) -> StockRecord:
    return get_object_or_404(
        StockRecord.objects.select_related("product__picture"),
        pk=pk,
        partner=point.partner_id,
    )


def lot_named(request: AuthenticatedShopRequest, shown: StockRecord) -> StockLot:
    """The lot of the record that a form names."""
    lot_id = request.POST.get("lot", "")
    return get_object_or_404(
        StockLot.objects.select_related("batch", "record__product"),
        record=shown,
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
    shown: StockRecord,
    form: CorrectForm,
    *,
    threshold_form: ThresholdForm | None = None,
    damage: WriteOffForm | None = None,
    status: int = 200,
) -> HttpResponse:
    movements = shown.movements.select_related("batch", "actor").order_by("-pk")
    then = ThenForm(request.GET if "at" in request.GET else None)
    if then.is_valid():
        movements = movements.filter(at__lte=then.cleaned_data["at"])
    context = {
        "point": point,
        "tab": "shelf",
        "record": shown,
        "lots": shown.lots.select_related("batch").order_by("batch__best_before", "pk"),
        "page": Paginator(movements, HISTORY_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "damage": damage or WriteOffForm(auto_id="damage_%s"),
        "today": timezone.localdate(),
        "sums": [
            (StockMovement.Kind(kind).label, units)
            for kind, units in sums_by_kind(shown)
        ],
        "then": then,
        "balance": balance_at(shown, then.cleaned_data["at"])
        if then.is_valid()
        else None,
        "suggested": None
        if then.is_valid()
        else suggested_threshold(shown, point=point, at=timezone.now()),
        "threshold_form": threshold_form
        or ThresholdForm({"threshold": shown.low_stock_threshold}),
    }
    if then.errors:
        status = 422
    return render(request, "stores/desk/record.html", context, status=status)


@at_point
@require_POST
def put_right(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Set a lot to what really lies there, with the reason."""
    shown = record_or_404(point, pk)
    lot = lot_named(request, shown)
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return record_page(request, point, shown, form, status=422)
    try:
        correct(
            record=shown,
            batch=lot.batch,
            counted=form.cleaned_data["counted"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except AlreadyCorrect:
        form.add_error(
            "counted", _("There are that many already; nothing to put right.")
        )
        return record_page(request, point, shown, form, status=409)
    except ShelfChanged:
        form.add_error(
            "counted",
            _("Buyers have ordered %d, so there cannot be fewer here. Call the centre.")
            % (shown.num_allocated or 0),
        )
        return record_page(request, point, shown, form, status=409)
    messages.success(request, _("Put right, and written in the ledger."))
    return redirect("desk-record", point.slug, pk)


@at_point
def take_in(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Receive goods by lot."""
    form = ReceiveForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                movement = receive(
                    point=point,
                    actor=request.user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except BookedDifferently as refusal:
                form.add_error(None, booked_otherwise(refusal))
                form.renew()
                status = 409
            except BestBeforeRequired:
                why = _("%s goes off: write the date that stands on its label.")
                form.add_error("best_before", why % form.cleaned_data["product"].name)
            except LotExpired:
                form.add_error("best_before", _("This lot is past its date already."))
            except LotHasOtherDate as refusal:
                form.add_error("best_before", other_dates(refusal))
                status = 409
            except NotSoldHere:
                form.add_error(
                    "product", _("This point may not sell it: no shelf or no licence.")
                )
                status = 409
            else:
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
    context = {
        "point": point,
        "tab": "receive",
        "form": form,
        "products": goods_known_at(point),
    }
    return render(request, "stores/desk/receive.html", context, status=status)


def booked_otherwise(refusal: BookedDifferently) -> str:
    return _(
        "This form booked something else already (%(sentence)s). If you want this too,"
        " press again."
    ) % {"sentence": refusal.movement.sentence}


def other_dates(refusal: LotHasOtherDate) -> str:
    known = refusal.batch.best_before
    if known is None:
        return _("This lot is known as one that does not expire.")
    return _("This lot is known with the date %s. Look at the label again.") % (
        date_format(known, "SHORT_DATE_FORMAT")
    )
