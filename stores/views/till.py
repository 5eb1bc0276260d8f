"""Selling over the counter."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Group
from catalogue.money import format_dong
from catalogue.text import fold
from stores.forms.till import FindSaleForm, SaleForm, UndoSaleForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import DeskSale, SalesPoint
from stores.operations.sell import sell_at_desk
from stores.operations.undo_sale import undo_sale
from stores.permissions import at_point
from stores.queries.sales import sales_on, sold_lots
from stores.queries.shelves import matching_records, on_sale_at, units_sold
from stores.views import refusals_on_form

if TYPE_CHECKING:
    from stores.queries.free import FreeRecord

SALES_PER_PAGE = 50

NOTES_VND = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Bank notes that a buyer may hold out."""


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Goods as tiles by group, what is chosen with its sum, and how it is paid.

    Without script every tap sends the form; with it only the payment method does, and
    the tab keeps what is chosen until then.
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
                return redirect_to_sale(sale, cash, form.cleaned_data["client_id"])
            status = answer.status
    if request.method != "POST" or form.is_valid():
        status = 200
    why = " ".join({str(errors[0]) for errors in form.errors.values()})
    context = page(point, form) | {"why": why}
    return render(request, "stores/desk/sell.html", context, status=status)


def redirect_to_sale(
    sale: DeskSale, cash: int | None, client_id: str
) -> HttpResponseRedirect:
    """To its page, by whose fragment the tab knows which lines were sold."""
    url = reverse("desk-sale", args=[sale.point.slug, sale.pk])
    query = f"?cash={cash}" if cash is not None else ""
    return HttpResponseRedirect(f"{url}{query}#{client_id}")


def total_vnd(point: SalesPoint, form: SaleForm) -> int:
    """What the chosen units cost, in whole dong."""
    records = on_sale_at(point, at=timezone.now()).filter(pk__in=form.units)
    return sum(record.product.price_vnd * form.units[record.pk] for record in records)


def page(point: SalesPoint, form: SaleForm) -> dict[str, object]:
    """The tiles that the search leaves, and the lines of the till with their sum."""
    now = timezone.now()
    every = on_sale_at(point, at=now)
    valid = form.is_bound and form.is_valid()
    units = dict(getattr(form, "units", {}))
    text = form.cleaned_data.get("q", "") if form.is_bound else ""
    found: list[FreeRecord] = list(matching_records(every, text))
    adding = valid and not (form.cleaned_data["add"] or form.cleaned_data["paid_by"])
    if adding and len(found) == 1 and text == found[0].product.upc:
        units[found[0].pk] = units.get(found[0].pk, 0) + 1  # a bar code was scanned
        text, found = "", list(every)
    known: dict[int, FreeRecord] = {record.pk: record for record in found}
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
        "groups": tile_groups(found, units, text, sold=units_sold(point, at=now)),
        "lines": lines,
        "number": sum(line["units"] for line in lines),
        "total_vnd": sum(line["price_vnd"] for line in lines),
    }


def tile_groups(
    records: "Iterable[FreeRecord]",
    units: Mapping[int, int],
    text: str,
    *,
    sold: Mapping[int, int],
) -> list[dict[str, object]]:
    """The records as tiles, by product group; what sold best leads, group by group.

    In a search, names that contain its text lead.
    """
    phrase = fold(text)

    def rank(record: "FreeRecord") -> tuple[bool, int]:
        return phrase not in fold(record.product.title), -sold.get(record.pk, 0)

    tiles: dict[str, list[dict[str, object]]] = {}
    for record in sorted(records, key=rank):
        record.free = max(0, record.free)  # less, if lots are past their date
        product = record.product
        words = fold(f"{product.title} {product.title_en} {product.upc or ''}")
        tile = {"record": record, "units": units.get(record.pk, 0), "words": words}
        tiles.setdefault(product.group, []).append(tile)
    return [
        {"slug": group, "label": Group(group).label, "tiles": ranked}
        for group, ranked in tiles.items()
    ]


@at_point
@require_safe
def sales(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """The sales of a day, today's at first; a receipt's number leads to its sale."""
    form = FindSaleForm(request.GET)
    status, day = 200 if form.is_valid() else 422, timezone.localdate()
    if number := form.cleaned_data.get("number"):
        if found := point.sales.filter(pk=number).first():
            return redirect("desk-sale", point.slug, found.pk)
        form.add_error("number", _("This point has no sale with this number."))
        status = 404
    day = form.cleaned_data.get("day") or day
    pages = Paginator(sales_on(point, day=day), SALES_PER_PAGE)
    context = {
        "point": point,
        "tab": "sell",
        "form": form,
        "day": day,
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "stores/desk/sales.html", context, status=status)


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def sale(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """It is sold: what, for how much, and the change to give; or it is taken back."""
    found = get_object_or_404(point.sales.select_related("actor"), pk=pk)
    initial = {"refunded_by": found.paid_by}
    form = UndoSaleForm(sold_lots(found), request.POST or None, initial=initial)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        with refusals_on_form(form) as answer:
            amount = undo_sale(
                sale=found, actor=request.user, at=timezone.now(), **form.arguments
            )
            messages.success(
                request, _("Taken back. Give back %s.") % format_dong(amount)
            )
            return redirect("desk-sale", point.slug, pk)
        status = answer.status
    typed = request.GET.get("cash", "")
    cash = int(typed) if typed.isdecimal() and len(typed) < 12 else None
    change = cash - found.total_vnd if cash is not None else None
    lines = list(found.lines.select_related("record__product", "actor").order_by("pk"))
    returned = [line for line in lines if line.reference]
    context = {
        "point": point,
        "tab": "sell",
        "sale": found,
        "lines": [line for line in lines if not line.reference],
        "returned": returned,
        "left_vnd": sum(line.gross_vnd for line in lines),
        "cash": cash,
        "change": change if change is not None and change >= 0 else None,
        "notes": suggest_change(found.total_vnd) if cash is None else [],
        "form": form,
    }
    return render(request, "stores/desk/sale.html", context, status=status)


def suggest_change(total_vnd: int) -> list[tuple[int, int]]:
    """Sums that a buyer is likely to hold out, and the change for each."""
    rounded = sorted({-(-total_vnd // note) * note for note in NOTES_VND})
    return [(sum_, sum_ - total_vnd) for sum_ in rounded if sum_ > total_vnd][:3]
