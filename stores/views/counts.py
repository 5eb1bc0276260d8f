"""Counting the shelf on a phone. No screen of an open count says what should lie there:
neither the number in the books nor the difference to it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Abs
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.models import Batch, Product
from catalogue.queries import by_name
from catalogue.refusals import Refusal
from catalogue.text import one_line
from stores.forms.shelf import BookCountForm, CountForm
from stores.labels import Label, read_label
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, StockCount, StockLot
from stores.operations.count import (
    CountEnded,
    abandon_count,
    book_count,
    count_lot,
    start_count,
    unknown_here,
)
from stores.permissions import at_point
from stores.queries.counts import (
    count_progress,
    counts_with_variance,
    lots_to_count,
    variance,
    worth_of_difference,
)
from stores.views import refusals_on, refusals_on_form

LOTS_PAGE = 60
COUNTS_PAGE = 30
REPORT_PAGE = 300
"""Lines of a report on one page, so that it is printed in one go."""


@at_point
@require_safe
def counts(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """The count that is open, or the start of one; and what former ones found."""
    return counts_page(request, point)


def counts_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    page = Paginator(counts_with_variance(point), COUNTS_PAGE).get_page(
        request.GET.get("page")
    )
    running = point.counts.filter(status=StockCount.Status.OPEN).first()
    context = {
        "point": point,
        "tab": "shelf",
        "why": why,
        "running": running,
        "page": page,
        "past": [count for count in page if count != running],
    }
    return render(request, "stores/desk/counts.html", context, status=status)


@at_point
@require_POST
@refusals_on(counts_page)
def start(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Begin; the first lot is at the top of the list."""
    begun = start_count(point=point, actor=request.user, at=timezone.now())
    return redirect("desk-count", point.slug, begun.pk)


def count_or_404(point: SalesPoint, pk: int) -> StockCount:
    return get_object_or_404(
        point.counts.select_related("started_by", "ended_by", "point"), pk=pk
    )


@at_point
@require_safe
def count(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """An open count's shelf, or what a count found that is over."""
    stocktake = count_or_404(point, pk)
    if stocktake.status != StockCount.Status.OPEN:
        return report_page(request, point, stocktake)
    text = one_line(request.GET.get("q", ""))[:200]
    label = read_label(text)
    if label:
        return from_label(request, point, stocktake, text, label)
    return shelf_page(request, point, stocktake, text=text)


def from_label(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    stocktake: StockCount,
    text: str,
    label: Label,
) -> HttpResponse:
    """From a bar code to its lot; to a choice where several lots lie here."""
    product = Product.objects.filter(upc=label.gtin).first()
    if product is None and lots_to_count(stocktake, text=text).exists():
        return shelf_page(request, point, stocktake, text=text)  # a lot of digits only
    if product is None:
        why = _("No product has the bar code %s. Look for its name.") % label.gtin
        return shelf_page(request, point, stocktake, typed=text, why=why, status=404)
    every = list(lots_to_count(stocktake, text=label.gtin))
    scanned = label.lot.lower()
    lots = [lot for lot in every if scanned in ("", lot.batch.lot.lower())]
    if not lots:
        why = str(unknown_here(product, label.lot if every else ""))
        return shelf_page(request, point, stocktake, typed=text, why=why, status=409)
    if len(lots) == 1:
        return redirect("desk-count-lot", point.slug, stocktake.pk, lots[0].batch_id)
    return shelf_page(request, point, stocktake, text=label.gtin, typed=text)


def shelf_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    stocktake: StockCount,
    *,
    text: str = "",
    typed: str = "",
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    show = request.GET.get("show", "")
    only = "" if text else {"done": "done", "all": ""}.get(show, "to_do")
    lots = lots_to_count(stocktake, text=text, only=only)
    context = {
        "point": point,
        "tab": "shelf",
        "why": why,
        "count": stocktake,
        "progress": count_progress(stocktake),
        "page": Paginator(lots, LOTS_PAGE).get_page(request.GET.get("page")),
        "show": show,
        "text": typed or text,
    }
    return render(request, "stores/desk/count.html", context, status=status)


@at_point
def lot(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int, batch: int
) -> HttpResponse:
    """One lot: what it looks like, and a field for what was found."""
    stocktake = count_or_404(point, pk)
    found = get_object_or_404(
        Batch.objects.select_related("product__picture").prefetch_related(
            "product__picture__renditions"
        ),
        pk=batch,
    )
    if request.method != "POST":
        return lot_page(request, point, stocktake, found, CountForm())
    form = CountForm(request.POST)
    status = 422
    if form.is_valid():
        with refusals_on_form(form) as answer:
            line = count_lot(
                count=stocktake,
                batch=found,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            if line.asks_recount:
                return redirect("desk-count-lot", point.slug, pk, found.pk)
            text = _("%(units)d × %(name)s written down.")
            names = {"units": line.counted, "name": found.product.name}
            messages.success(request, text % names)
            return redirect("desk-count", point.slug, pk)
        status = answer.status
        stocktake = count_or_404(point, pk)  # somebody may have ended it
    return lot_page(request, point, stocktake, found, form, status=status)


def lot_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    stocktake: StockCount,
    found: Batch,
    form: CountForm,
    *,
    status: int = 200,
) -> HttpResponse:
    if stocktake.status != StockCount.Status.OPEN:
        return report_page(
            request, point, stocktake, why=str(CountEnded(stocktake)), status=409
        )
    lots = StockLot.objects.filter(
        record__partner=point.partner_id, record__product=found.product
    )
    batches = set(lots.values_list("batch", flat=True))
    if found.pk not in batches:
        why = str(unknown_here(found.product, found.lot if batches else ""))
        return shelf_page(request, point, stocktake, why=why, status=409)
    context = {
        "point": point,
        "tab": "shelf",
        "count": stocktake,
        "batch": found,
        "line": stocktake.lines.select_related("counted_by")
        .filter(batch=found)
        .first(),
        "form": form,
    }
    return render(request, "stores/desk/count_lot.html", context, status=status)


@at_point
def book(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """What was counted and what not, before it goes into the books; and the deed."""
    stocktake = count_or_404(point, pk)
    if request.method != "POST":
        return summary_page(request, point, stocktake, BookCountForm())
    form = BookCountForm(request.POST)
    status = 422
    if form.is_valid():
        with refusals_on_form(form) as answer:
            movements = book_count(
                count=stocktake,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
            )
            text = _("Booked. Everything was as in the books.")
            if movements:
                text = _("Booked, and written in the ledger.")
            messages.success(request, text)
            return redirect("desk-count", point.slug, pk)
        status = answer.status
        stocktake = count_or_404(point, pk)  # somebody may have ended it
    return summary_page(request, point, stocktake, form, status=status)


def summary_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    stocktake: StockCount,
    form: BookCountForm,
    *,
    status: int = 200,
) -> HttpResponse:
    if stocktake.status != StockCount.Status.OPEN:
        return report_page(
            request, point, stocktake, why=str(CountEnded(stocktake)), status=409
        )
    differing = stocktake.lines.differing().select_related("record__product", "batch")
    context = {
        "point": point,
        "tab": "shelf",
        "why": " ".join(map(str, form.non_field_errors())),
        "count": stocktake,
        "form": form,
        "progress": count_progress(stocktake),
        "differing": differing.order_by(by_name("record__product__"), "pk")[:LOTS_PAGE],
        "differing_number": differing.count(),
        "again": lots_to_count(stocktake, only="again")[:LOTS_PAGE],
        "page": Paginator(lots_to_count(stocktake, only="left"), LOTS_PAGE).get_page(
            request.GET.get("page")
        ),
    }
    return render(request, "stores/desk/count_book.html", context, status=status)


@at_point
@require_POST
def abandon(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Give it up; the books stay as they are."""
    stocktake = count_or_404(point, pk)
    try:
        abandon_count(count=stocktake, actor=request.user, at=timezone.now())
    except Refusal as refusal:
        stocktake = count_or_404(point, pk)
        why = str(refusal)
        return report_page(request, point, stocktake, why=why, status=refusal.status)
    messages.success(request, _("The count was given up. The books are as before."))
    return redirect("desk-counts", point.slug)


def report_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    stocktake: StockCount,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    """What a count that is over found: what is missing, what is over, and its worth."""
    lines = stocktake.lines.select_related("record__product", "batch", "counted_by")
    all_lines = request.GET.get("show") == "all"
    listed = lines if all_lines else lines.differing()
    worth = Abs(worth_of_difference())
    context = {
        "point": point,
        "tab": "shelf",
        "why": why,
        "count": stocktake,
        "all_lines": all_lines,
        "lots": stocktake.lines.count(),
        "found": stocktake.lines.aggregate(**variance()),
        "page": Paginator(
            listed.order_by(worth.desc(), by_name("record__product__"), "pk"),
            REPORT_PAGE,
        ).get_page(request.GET.get("page")),
    }
    return render(request, "stores/desk/count_report.html", context, status=status)
