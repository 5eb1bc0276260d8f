"""The keeper's screens for what buyers ordered: a list, one fulfilment, its steps."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import trigger_client_event

from catalogue.refusals import Refusal, add_refusal
from marketplace.orders.forms import CodeForm, SearchOrdersForm, ShortForm
from marketplace.orders.letters import describe_letter
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.check_code import TooManyWrongCodes, find_by_code
from marketplace.orders.operations.fulfil import mark_ready, prepare
from marketplace.orders.order_links import order_url
from marketplace.orders.queries import (
    NotPackable,
    count_open_work,
    find_fulfilments,
    open_work,
    pick_lots,
)
from stores.labels import qr
from stores.middleware import AuthenticatedShopRequest
from stores.models import DeskSale, SalesPoint
from stores.permissions import at_point
from stores.queries.low import low_stock_summary

TYPED_CODE = "code_typed"
"""Session key of the code that a keeper typed, until the fulfilment is opened."""


@never_cache
@login_required
@require_safe
def desk(request: AuthenticatedShopRequest) -> HttpResponse:
    """The keeper's point, or a choice where they work at several."""
    own = list(SalesPoint.objects.staffed_by(request.user).order_by("pk"))
    if not own:
        raise PermissionDenied
    if len(own) == 1:
        return redirect("desk-fulfilments", own[0].slug)
    return render(request, "stores/desk/points.html", {"points": own})


@at_point
@require_safe
def fulfilments(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What is to be done: to prepare, ready, and today's rooms; with the code box."""
    return fulfilments_page(request, point)


@at_point
@require_safe
def count(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """The badge of the jobs, if it is not the one that the page has.

    The list on the page loads itself anew.
    """
    work = count_open_work(point)
    if request.GET.get("version") == work.version:
        return HttpResponse(status=204)
    context = {"point": point, "work": work}
    response = render(request, "orders/desk/badge.html", context)
    return trigger_client_event(response, "jobs-changed")


def fulfilments_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    *,
    form: CodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "point": point,
        "tab": "jobs",
        "form": form,
        "fulfilments": open_work(point, now=now),
        "low": low_stock_summary(point, at=now),
    }
    return render(request, "orders/desk/fulfilments.html", context, status=status)


@at_point
@require_safe
def find(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """From the code that a buyer shows to the fulfilment."""
    form = CodeForm(request.GET)
    if not form.is_valid():
        return fulfilments_page(request, point, form=form, status=422)
    try:
        found = find_by_code(
            point=point,
            code=form.cleaned_data["code"],
            keeper=request.user,
            at=timezone.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        page = fulfilments_page(request, point, form=form, status=refusal.status)
        return with_retry_after(page, refusal)
    request.session[TYPED_CODE] = found.code
    return redirect("desk-fulfilment", point.slug, found.pk)


def with_retry_after(page: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Say in the header too how long a keeper who typed wrong codes has to wait."""
    if isinstance(refusal, TooManyWrongCodes):
        page["Retry-After"] = str(refusal.seconds)
    return page


@at_point
@require_safe
def by_order(
    request: AuthenticatedShopRequest, point: SalesPoint, number: str
) -> HttpResponse:
    """The point's fulfilment of an order, by the order's number."""
    found = get_object_or_404(point.fulfilments, order__number=number)
    return redirect("desk-fulfilment", point.slug, found.pk)


@at_point
@require_safe
def search(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Orders of this point for a buyer who has no code at hand."""
    form = SearchOrdersForm(request.GET if "q" in request.GET else None)
    found: list[Fulfilment] = []
    status = 422 if form.errors else 200
    if form.is_valid():
        found = find_fulfilments(point, form.cleaned_data["q"], at=timezone.now())
        if not found:
            form.add_error("q", _("No order of this point fits that."))
            status = 404
    context = {"point": point, "tab": "jobs", "form": form, "found": found}
    return render(request, "orders/desk/orders.html", context, status=status)


@at_point
@require_safe
def link(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """The address of the buyer's page, to show or to print, in the buyer's language."""
    found = get_fulfilment(point, pk)
    with override(found.language):
        address = settings.BASE_URL + order_url(found.order)
    context = {
        "point": point,
        "fulfilment": found,
        "address": address,
        "qr": qr(address),
    }
    return render(request, "orders/desk/link.html", context)


def get_fulfilment(point: SalesPoint, pk: int) -> Fulfilment:
    """The point's fulfilment with what its page shows, or 404."""
    return get_object_or_404(
        point.fulfilments.select_related(
            "order__shipping_address", "point", "hotel", "packed_by"
        ).prefetch_related(
            "lines__line__product__picture__renditions", "lines__reservation__record"
        ),
        pk=pk,
    )


@at_point
@require_safe
def fulfilment(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Who, what, from which lots, what to collect, and the next step."""
    found = get_fulfilment(point, pk)
    typed = request.session.pop(TYPED_CODE, "")
    code = typed if typed == found.code else ""
    return fulfilment_page(request, point, found, code=code)


def fulfilment_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    fulfilment: Fulfilment,
    *,
    code: str = "",
    why: object = "",
    status: int = 200,
) -> HttpResponse:
    """A fulfilment's page; `code` is what the keeper typed, `why` a refusal."""
    picks = []
    if fulfilment.is_open:
        try:
            picks = pick_lots(fulfilment, on=timezone.localdate())
        except NotPackable as refusal:
            why = why or refusal
    context = {
        "point": point,
        "tab": "jobs",
        "fulfilment": fulfilment,
        "picks": picks,
        "paid_by": DeskSale.PaidBy.choices,
        "code": code or request.POST.get("code", ""),
        "why": str(why),
    }
    return render(request, "orders/desk/fulfilment.html", context, status=status)


def fulfilment_step(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the fulfilment of the address, on POST by a keeper of the point.

    What it refuses is shown on the fulfilment's page, as it then stands.
    """

    @at_point
    @require_POST
    @wraps(view)
    def step(
        request: AuthenticatedShopRequest, point: SalesPoint, pk: int
    ) -> HttpResponse:
        try:
            return view(request, point, get_fulfilment(point, pk))
        except Refusal as refusal:
            found = get_fulfilment(point, pk)
            page = fulfilment_page(
                request, point, found, why=refusal, status=refusal.status
            )
            return with_retry_after(page, refusal)

    return step


@fulfilment_step
def ready(
    request: AuthenticatedShopRequest, point: SalesPoint, fulfilment: Fulfilment
) -> HttpResponse:
    """Packed; the buyer is told."""
    mark_ready(fulfilment=fulfilment, at=timezone.now())
    messages.success(request, f"{_('Marked ready.')} {describe_letter(fulfilment)}")
    return redirect("desk-fulfilment", point.slug, fulfilment.pk)


@fulfilment_step
def start(
    request: AuthenticatedShopRequest, point: SalesPoint, fulfilment: Fulfilment
) -> HttpResponse:
    """This keeper packs it; the others see that."""
    prepare(fulfilment=fulfilment, actor=request.user, at=timezone.now())
    return redirect("desk-fulfilment", point.slug, fulfilment.pk)


@at_point
@require_http_methods(["GET", "HEAD", "POST"])
def short(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    pk: int,
    cancel: Callable[..., None],
) -> HttpResponse:
    """Take units out of a fulfilment that are not there or cannot be given.

    `cancel` is the operation: that of `payments`, which closes the payment too.
    """
    found = get_fulfilment(point, pk)
    form = ShortForm(request.POST or None)
    status, why = 200, ""
    if form.is_valid():
        line = get_object_or_404(found.lines, pk=form.cleaned_data["line"])
        try:
            cancel(
                line=line,
                units=form.cleaned_data["units"],
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            status, why = refusal.status, str(refusal)
        else:
            messages.success(request, f"{_('Removed.')} {describe_letter(found)}")
            return redirect("desk-fulfilment", point.slug, pk)
        found = get_fulfilment(point, pk)
    elif form.is_bound:
        status, why = 422, " ".join(str(errors[0]) for errors in form.errors.values())
    context = {
        "point": point,
        "tab": "jobs",
        "fulfilment": found,
        "form": form,
        "why": why,
    }
    return render(request, "orders/desk/short.html", context, status=status)
