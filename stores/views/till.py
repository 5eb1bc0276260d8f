"""Selling over the counter."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from catalogue.text import fold
from stores.forms.till import SaleForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import DeskSale, SalesPoint
from stores.operations.sell import sell_at_desk
from stores.permissions import at_point
from stores.queries.shelves import matching_records, on_sale_at
from stores.views import refusals_on_form

TILES = 60

NOTES_VND = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Bank notes that a buyer may hold out."""


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Goods as tiles, what is chosen with its sum, and how it is paid.

    Every tap sends the whole form, so that it works without script; nothing is sold
    before a payment method is pressed.
    """
    form = SaleForm(request.POST or None)
    status = 422
    if form.is_valid() and form.cleaned_data["paid_by"]:
        cash = form.cleaned_data["cash_received"]
        if cash is not None and cash < total_vnd(point, form):
            form.add_error(None, _("That is less than the sum."))
        else:
            with refusals_on_form(form) as answer:
                sale = sell_at_desk(
                    point=point,
                    units=form.units,
                    paid_by=form.cleaned_data["paid_by"],
                    client_id=form.cleaned_data["client_id"],
                    actor=request.user,
                    at=timezone.now(),
                )
                return redirect_to_sale(request, sale, cash)
            status = answer.status
    if request.method != "POST" or form.is_valid():
        status = 200
    why = " ".join({str(errors[0]) for errors in form.errors.values()})
    context = page(point, form) | {"why": why}
    return render(request, "stores/desk/sell.html", context, status=status)


def redirect_to_sale(
    request: AuthenticatedShopRequest, sale: DeskSale, cash: int | None
) -> HttpResponseRedirect | HttpResponseClientRedirect:
    url = reverse("desk-sale", args=[sale.point.slug, sale.pk])
    if cash is not None:
        url = f"{url}?cash={cash}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def total_vnd(point: SalesPoint, form: SaleForm) -> int:
    """What the chosen units cost, in whole dong."""
    records = on_sale_at(point, at=timezone.now()).filter(pk__in=form.units)
    return sum(record.product.price_vnd * form.units[record.pk] for record in records)


def page(point: SalesPoint, form: SaleForm) -> dict[str, object]:
    """The tiles that the search leaves, and the lines of the till with their sum."""
    every = on_sale_at(point, at=timezone.now())
    valid = form.is_bound and form.is_valid()
    units = dict(getattr(form, "units", {}))
    text = form.cleaned_data.get("q", "") if form.is_bound else ""
    found, phrase = list(matching_records(every, text)[:TILES]), fold(text)
    found.sort(key=lambda record: phrase not in fold(record.product.title))
    adding = valid and not (form.cleaned_data["add"] or form.cleaned_data["paid_by"])
    if adding and len(found) == 1 and text == found[0].product.upc:
        units[found[0].pk] = units.get(found[0].pk, 0) + 1  # a bar code was scanned
        text, found = "", list(every[:TILES])
    known = {record.pk: record for record in found}
    missing = [pk for pk in units if pk not in known]
    known |= {record.pk: record for record in every.filter(pk__in=missing)}
    lines = [
        {
            "record": known[pk],
            "units": number,
            "price_vnd": known[pk].product.price_vnd * number,
            "short": number > known[pk].free,
        }
        for pk, number in units.items()
        if pk in known
    ]
    return {
        "point": point,
        "tab": "sell",
        "form": form,
        "text": text,
        "tiles": [(record, units.get(record.pk, 0)) for record in found],
        "lines": lines,
        "number": sum(line["units"] for line in lines),
        "total_vnd": sum(line["price_vnd"] for line in lines),
    }


@at_point
@require_safe
def sale(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """It is sold: what, for how much, and the change to give."""
    found = get_object_or_404(point.sales.all(), pk=pk)
    typed = request.GET.get("cash", "")
    cash = int(typed) if typed.isdecimal() and len(typed) < 12 else None
    change = cash - found.total_vnd if cash is not None else None
    context = {
        "point": point,
        "tab": "sell",
        "sale": found,
        "lines": found.lines.select_related("record__product"),
        "cash": cash,
        "change": change if change is not None and change >= 0 else None,
        "notes": suggest_change(found.total_vnd) if cash is None else [],
    }
    return render(request, "stores/desk/sale.html", context)


def suggest_change(total_vnd: int) -> list[tuple[int, int]]:
    """Sums that a buyer is likely to hold out, and the change for each."""
    rounded = sorted({-(-total_vnd // note) * note for note in NOTES_VND})
    return [(sum_, sum_ - total_vnd) for sum_ in rounded if sum_ > total_vnd][:3]
