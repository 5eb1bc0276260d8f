"""Electronic invoices in the office: what could not be issued, and what was."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounting.models import Invoice
from marketplace.accounting.operations.issue_invoices import try_again
from marketplace.accounting.queries.invoices import failing, issued, without_invoice
from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest

PAGE = 50


@for_managers
@require_safe
def invoices(request: AuthenticatedShopRequest) -> HttpResponse:
    """What fails first, how much has none yet, then every invoice, newest first."""
    context = {
        "failing": failing()[:PAGE],
        "waiting": sum(rows.count() for rows in without_invoice()),
        "page": Paginator(issued(), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "accounting/invoices.html", context)


@for_managers
@require_POST
def invoice_again(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """No longer wait to try it again; the command does, within a minute."""
    invoice = get_object_or_404(Invoice, pk=pk)
    try_again(invoice=invoice, at=timezone.now())
    messages.success(request, _("It will be tried again within a minute."))
    return redirect("office-invoices")
