"""Closing a till at the desk, and all of them in the office."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.text import one_line
from marketplace.accounting.forms import CloseTillForm
from marketplace.accounting.operations.close_till import (
    AlreadyClosed,
    LeavesTooMuch,
    NoReason,
    TillMoved,
    close_till,
)
from marketplace.accounting.queries.till import (
    all_closes,
    closes_of,
    last_closes,
    till_of,
)
from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.permissions import at_point

PAGE = 30


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def till(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What should be in the till, what is, and the closes before."""
    if request.method != "POST":
        return till_page(request, point, CloseTillForm())
    form = CloseTillForm(request.POST)
    count_again = _(
        "Money came or went while you counted. Look at the sums and count again."
    )
    if not form.is_valid():
        unseen = form.has_error("close") or form.has_error("expected")
        why = count_again if unseen else ""
        return till_page(request, point, form, why=why, status=422)
    said = form.cleaned_data
    try:
        close = close_till(
            point=point,
            number=said["close"],
            seen=said["expected"],
            cash_vnd=said["cash"],
            card_vnd=said["card"],
            transfer_vnd=said["transfer"],
            left_vnd=said["left"],
            reason=said["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except AlreadyClosed as refusal:
        messages.error(request, _("This till was closed already, as it stands here."))
        return redirect("desk-till-close", point.slug, refusal.close.number)
    except TillMoved:
        return till_page(request, point, form, why=count_again, status=409)
    except LeavesTooMuch:
        form.add_error("left", _("More than there is in the drawer."))
        return till_page(request, point, form, status=422)
    except NoReason:
        form.add_error("reason", _("Something differs. Write why, as far as you know."))
        return till_page(request, point, form, status=422)
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
    pages = Paginator(closes_of(point), PAGE)
    context = {
        "point": point,
        "tab": "sell",
        "till": till_of(point),
        "form": form,
        "why": why,
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "accounting/till.html", context, status=status)


@at_point
@require_safe
def till_close(
    request: AuthenticatedShopRequest, point: SalesPoint, number: int
) -> HttpResponse:
    """A close, to read and to print."""
    shown = get_object_or_404(closes_of(point), number=number)
    return render(request, "accounting/close.html", {"point": point, "close": shown})


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
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "accounting/tills.html", context)
