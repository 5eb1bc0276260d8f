"""The buyer's receipt, the till at the desk, and the books of the office."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from catalogue.refusals import Refusal, add_refusal
from catalogue.text import one_line
from marketplace.accounting.forms import CloseTillForm, SalesForm
from marketplace.accounting.models import Invoice
from marketplace.accounting.operations.close_till import (
    TILL_CHANGED,
    AlreadyClosed,
    close_till,
)
from marketplace.accounting.operations.issue_invoices import retry_invoice
from marketplace.accounting.pdf import receipt_as_pdf
from marketplace.accounting.queries.invoices import (
    failing_invoices,
    issued_invoices,
    without_invoice,
)
from marketplace.accounting.queries.receipt import Receipt, get_receipt
from marketplace.accounting.queries.sales import sales_entries, sums_by_point
from marketplace.accounting.queries.till import (
    all_closes,
    closes_at,
    expected_till,
    last_closes,
)
from marketplace.accounting.sheets import as_csv, as_xlsx
from marketplace.orders.order_links import get_order
from marketplace.orders.own_orders import is_own_order
from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, vat_sums
from stores.permissions import at_point

CLOSES_PER_PAGE, INVOICES_PER_PAGE = 30, 50
FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


# --- Receipts, for whoever has the address of the order -------------------------------


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """What was bought, the VAT in it, what was paid; to read and to print."""
    current = get_visible_receipt(request, number, token)
    context = {"receipt": current, "order": current.order, "token": token}
    return render(request, "accounting/receipt.html", context)


@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The same as a file, in the language of the page."""
    content = receipt_as_pdf(get_visible_receipt(request, number, token))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def get_visible_receipt(request: HttpRequest, number: str, token: str) -> Receipt:
    """The receipt; in a browser that is not the buyer's own, it names nobody."""
    order = get_order(number, token)
    return get_receipt(order, masked=not is_own_order(request, order))


# --- Tills ----------------------------------------------------------------------------


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def till(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What should be in the till, what is, and the closes before."""
    if request.method != "POST":
        return till_page(request, point, CloseTillForm())
    form = CloseTillForm(request.POST)
    if not form.is_valid():
        uncounted = form.has_error("close") or form.has_error("expected")
        why = str(TILL_CHANGED) if uncounted else ""
        return till_page(request, point, form, why=why, status=422)
    try:
        close = close_till(
            point=point, actor=request.user, at=timezone.now(), **form.arguments
        )
    except Refusal as refusal:
        if isinstance(refusal, AlreadyClosed):
            messages.error(request, str(refusal))
            return redirect("desk-till-close", point.slug, refusal.close.number)
        if refusal.field:
            add_refusal(form, refusal)
        why = "" if refusal.field else str(refusal)
        return till_page(request, point, form, why=why, status=refusal.status)
    messages.success(request, _("The till is closed."))
    return redirect("desk-till-close", point.slug, close.number)


def till_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    form: CloseTillForm,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "point": point,
        "tab": "sell",
        "till": expected_till(point),
        "form": form,
        "why": why,
        "page": get_page(request, closes_at(point), CLOSES_PER_PAGE),
    }
    return render(request, "accounting/till.html", context, status=status)


@at_point
@require_safe
def till_close(
    request: AuthenticatedShopRequest, point: SalesPoint, number: int
) -> HttpResponse:
    """A close, to read and to print."""
    close = get_object_or_404(closes_at(point), number=number)
    return render(request, "accounting/close.html", {"point": point, "close": close})


@for_managers
@require_safe
def tills(request: AuthenticatedShopRequest) -> HttpResponse:
    """Which points closed when, and every close, newest first."""
    rows = all_closes()
    slug = one_line(request.GET.get("point", ""))[:60]
    if slug:
        rows = rows.filter(point__slug=slug)
    context = {
        "points": last_closes(),
        "chosen": slug,
        "page": get_page(request, rows, CLOSES_PER_PAGE),
    }
    return render(request, "accounting/tills.html", context)


# --- Sales ----------------------------------------------------------------------------


@for_managers
@require_safe
def sales(request: AuthenticatedShopRequest) -> HttpResponse:
    """The sums of some days by point and rate; of this month at first."""
    today = timezone.localdate()
    this_month = {"first": today.replace(day=1).isoformat(), "last": today.isoformat()}
    return sales_page(request, SalesForm(request.GET or this_month))


@for_managers
@require_safe
def sales_file(request: AuthenticatedShopRequest, kind: str) -> HttpResponse:
    """The lines behind the sums, with headings in the reader's language."""
    form = SalesForm(request.GET)
    if not form.is_valid():
        return sales_page(request, form)
    write, content_type = FORMATS[kind]
    content = write(sales_entries(**form.filters), language=get_language() or "vi")
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{form.file_name}.{kind}"'
        },
    )


def sales_page(request: AuthenticatedShopRequest, form: SalesForm) -> HttpResponse:
    entries = sales_entries(**form.filters) if form.is_valid() else []
    context = {
        "form": form,
        "lines": len(entries),
        "by_point": sums_by_point(entries),
        "sums": vat_sums(entries),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "accounting/sales.html", context, status=status)


# --- Electronic invoices --------------------------------------------------------------


@for_managers
@require_safe
def invoices(request: AuthenticatedShopRequest) -> HttpResponse:
    """What fails first, how much has none yet, then every invoice, newest first."""
    context = {
        "failing": failing_invoices()[:INVOICES_PER_PAGE],
        "waiting": without_invoice().count(),
        "page": get_page(request, issued_invoices(), INVOICES_PER_PAGE),
    }
    return render(request, "accounting/invoices.html", context)


@for_managers
@require_POST
def invoice_again(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Retry an invoice without the delay; the command does, within a minute."""
    retry_invoice(invoice=get_object_or_404(Invoice, pk=pk), at=timezone.now())
    messages.success(request, _("It will be tried again within a minute."))
    return redirect("office-invoices")


def get_page(request: HttpRequest, rows: Any, size: int) -> Any:
    return Paginator(rows, size).get_page(request.GET.get("page"))
