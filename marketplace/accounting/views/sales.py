"""What was sold, in sums on a page, and line by line in a file for the bookkeeper."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from marketplace.accounting.forms import SalesForm
from marketplace.accounting.queries.entries.entry import sums_of
from marketplace.accounting.queries.sales import sales_of, sums_by_point
from marketplace.accounting.sheets import as_csv, as_xlsx
from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest

KINDS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


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
    write, content_type = KINDS[kind]
    content = write(sales_of(**form.question), language=get_language() or "vi")
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{form.name}.{kind}"'},
    )


def sales_page(request: AuthenticatedShopRequest, form: SalesForm) -> HttpResponse:
    sold = sales_of(**form.question) if form.is_valid() else []
    context = {
        "form": form,
        "lines": len(sold),
        "by_point": sums_by_point(sold),
        "sums": sums_of(sold),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "accounting/sales.html", context, status=status)
