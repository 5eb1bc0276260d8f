"""The receipt of an order, for whoever has its address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.accounting.pdf import receipt_as_pdf
from marketplace.accounting.queries.receipt import receipt_of
from marketplace.orders.order_links import get_order


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """What was bought, the VAT in it, what was paid; to read and to print."""
    shown = receipt_of(get_order(number, token))
    context = {"receipt": shown, "order": shown.order, "token": token}
    return render(request, "accounting/receipt.html", context)


@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The same as a file, in the language of the page."""
    content = receipt_as_pdf(receipt_of(get_order(number, token)))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response
