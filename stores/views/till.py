"""Selling over the counter."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from catalogue.queries import NoLongerSold
from catalogue.text import fold
from stores.forms.till import SaleForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import DeskSale, SalesPoint
from stores.operations.receive import NotSoldHere
from stores.operations.sell import (
    NothingToSell,
    SoldDifferently,
    TooFewToSell,
    sell_at_desk,
)
from stores.permissions import at_point
from stores.queries.shelves import matching_records, on_sale_at

TILES = 60

NOTES_VND = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Bank notes that a buyer may hold out."""


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Goods as tiles, what is chosen with its sum, and how it is paid.

    Every tap sends the whole form, so that it works without script; nothing is sold
    before a way to pay is pressed.
    """
    form = SaleForm(request.POST or None)
    status, refused = 200, {"why": ""}
    if request.method == "POST" and not form.is_valid():
        status = 422
        refused["why"] = " ".join({str(said[0]) for said in form.errors.values()})
    elif form.is_bound and form.cleaned_data["paid_by"]:
        total = total_of(point, form)
        given = form.cleaned_data["given"]
        if given is not None and given < total:
            status, refused = 422, {"why": _("That is less than the sum.")}
        else:
            sale, refused = sold(request, point, form)
            if sale:
                return to_sale(request, sale, given)
            status = 409
    return render(
        request,
        "stores/desk/sell.html",
        page(point, form) | refused,
        status=status,
    )


def sold(
    request: AuthenticatedShopRequest, point: SalesPoint, form: SaleForm
) -> tuple[DeskSale | None, dict[str, str]]:
    """The sale, or what the page says because there is none."""
    said = form.cleaned_data
    try:
        sale = sell_at_desk(
            point=point,
            units=form.units,
            paid_by=said["paid_by"],
            client_id=said["client_id"],
            actor=request.user,
            at=timezone.now(),
        )
    except NothingToSell:
        why = _("Choose what is sold first.")
    except NotSoldHere:
        why = _("This point may not sell it: no shelf or no licence.")
    except NoLongerSold as refusal:
        names = ", ".join(product.name for product in refusal.products)
        why = _("No certificate in force today: %s.") % names
    except TooFewToSell as refusal:
        why = _("%(name)s: only %(free)d may be sold here now.") % {
            "name": refusal.record.product.name,
            "free": max(0, refusal.record.free),
        }
    except SoldDifferently as refusal:
        why = _(
            "This form was sold already as %s, with other goods or paid otherwise. If"
            " this is another sale, press again how it is paid."
        ) % (refusal.sale.number)
        form.renew()
    else:
        return sale, {}
    return None, {"why": why}


def to_sale(
    request: AuthenticatedShopRequest, sale: DeskSale, given: int | None
) -> HttpResponseRedirect | HttpResponseClientRedirect:
    there = reverse("desk-sale", args=[sale.point.slug, sale.pk])
    if given is not None:
        there = f"{there}?given={given}"
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


def total_of(point: SalesPoint, form: SaleForm) -> int:
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
    shown = get_object_or_404(point.sales.all(), pk=pk)
    typed = request.GET.get("given", "")
    given = int(typed) if typed.isdecimal() and len(typed) < 12 else None
    change = given - shown.total_vnd if given is not None else None
    context = {
        "point": point,
        "tab": "sell",
        "sale": shown,
        "lines": shown.lines.select_related("record__product"),
        "given": given,
        "change": change if change is not None and change >= 0 else None,
        "notes": changes_of(shown.total_vnd) if given is None else [],
    }
    return render(request, "stores/desk/sale.html", context)


def changes_of(total_vnd: int) -> list[tuple[int, int]]:
    """Sums that a buyer is likely to hold out, and the change for each."""
    rounded = sorted({-(-total_vnd // note) * note for note in NOTES_VND})
    return [(sum_, sum_ - total_vnd) for sum_ in rounded if sum_ > total_vnd][:3]
