"""The page of an order, for whoever has its address."""

import datetime as dt
import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.carry import advice
from catalogue.models import Product
from marketplace.basket.middleware import ShoppingVisit
from marketplace.basket.operations.put_back import NoLongerOpen, put_back
from marketplace.order.forms import FewerForm
from marketplace.order.models import Order
from marketplace.payments.queries import money_of
from marketplace.shipping.postage import PROVINCES, postage
from stores.models import Fulfilment, FulfilmentLine, Hold
from stores.operations.advance import WITHOUT_GOODS
from stores.operations.cancel import CAN_BE_CANCELLED, NotInThatState, cancel
from stores.operations.cancel_units import BY_BUYER, NotThatMany, cancel_units
from stores.operations.extend import CannotExtend, extend
from stores.qr import qr
from stores.queries.jobs import bill_of
from stores.queries.points import point_rows
from stores.sketch import Sketch
from stores.tokens import is_order_token

MORE_TIME = dt.timedelta(minutes=15)
"""What a buyer who asks for more time to pay gets, once."""


SOON = dt.timedelta(minutes=10)
"""From then on the page warns that the goods are kept no longer."""


def order_or_404(number: str, token: str) -> Order:
    """The order, for who has the secret half of its address; a guess finds nothing."""
    order = None
    if is_order_token(number, token):  # so no query is made of what was guessed
        order = (
            Order.objects.filter(number=number)
            .select_related("shipping_address")
            .prefetch_related("fulfilments__point__district", "fulfilments__hotel")
            .prefetch_related("fulfilments__parts__line__product__picture__renditions")
            .first()
        )
    if order is None:
        raise Http404(
            _("There is no order at this address. Check it letter by letter.")
        )
    return order


@never_cache
@require_safe
def order(request: ShoppingVisit, number: str, token: str) -> HttpResponse:
    """Where the order stands, the code to show, where to go, what was ordered.

    A page that looks out for news names what it shows; while that is still so, it is
    told nothing, and nobody's focus is lost.
    """
    now = timezone.now()
    shown = order_or_404(number, token)
    jobs = list(shown.fulfilments.all())
    for job in jobs:
        job.order = shown  # so that what was fetched above is used
        for part in job.parts.all():
            part.fulfilment = job
    parts = [part for job in jobs for part in job.parts.all()]
    goods = [part.line.product for part in parts if part.line.product]
    stars = dict(
        Product.objects.on_sale(on=timezone.localdate(now))
        .filter(pk__in=[product.pk for product in goods])
        .values_list("pk", "stars")
    )
    going = [job for job in jobs if job.status not in WITHOUT_GOODS]
    first = (going or jobs)[0]
    by_post = first.way == Fulfilment.Way.POST
    (row,) = point_rows([first.point], place=None, now=now)
    carries = [rule for product in goods for rule in product.carry]
    address = shown.shipping_address
    hold = Hold.objects.filter(order=shown).first() if first.is_unpaid else None
    cancellable = [job for job in jobs if job.status != Fulfilment.Status.CANCELLED]
    money = money_of(shown, receive=first.way, at=now)
    context = {
        "order": shown,
        "token": token,
        "jobs": jobs,
        "first": first,
        "parts": parts,
        "by_post": by_post,
        "ended": not going,
        "open": any(job.at_the_desk for job in jobs),
        "may_cancel": cancellable
        and all(job.status in CAN_BE_CANCELLED for job in cancellable),
        "fewer": {
            part.pk: range(1, part.open_units + 1)
            for part in parts
            if part.fulfilment.status in BY_BUYER and part.open_units
        },
        "bill": (bill := bill_of(jobs)),
        "cancelled_vnd": int(shown.total_incl_tax) - bill.total_vnd,
        "hold": hold,
        "hold_over": hold and hold.until <= now,
        "hold_soon": hold and now < hold.until <= now + SOON,
        "qr": None if by_post else qr(first.code),
        "row": row,
        "brought": brought_of(first, now),
        "stars": stars,
        "advice": advice(carries),
        "days": postage(province=address.state, weight_g=0).days
        if address and address.state in PROVINCES
        else None,
        "sketch": Sketch([row]),
        "tile_url": settings.TILE_URL,
        "has_receipt": any(part.handed_over for part in parts),
        "money": money,
    }
    if money.waits or any(job.is_still_to_be_paid for job in jobs):
        context["seen"] = seen_in(context)
        if request.htmx and request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
    return render(request, "order/order.html", context)


def seen_in(context: dict[str, object]) -> str:
    """A short name of all that the page says of where the order stands."""
    plain = {**context, "csrf_token": "-"}  # a real one differs every time
    said = "".join(
        render_to_string(f"order/{part}.html", plain)
        for part in ("headline", "standing")
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def brought_of(job: Fulfilment, now: dt.datetime) -> list[FulfilmentLine]:
    """The lines of a pick-up that are brought to its point by the hour promised."""
    if not (job.at_the_desk and job.promised_at and job.promised_at > now):
        return []
    return list(
        job.parts.exclude(record__partner=job.point.partner_id).select_related(
            "line__product", "record__partner__sales_point"
        )
    )


@require_POST
def cancel_order(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Call the whole order off, as long as none of it is packed."""
    shown = order_or_404(number, token)
    try:
        cancel(order=shown, at=timezone.now())
    except NotInThatState:
        messages.error(request, _("It is packed already. Please call the sales point."))
    else:
        due = bill_of(shown.fulfilments.all()).due_back_vnd
        messages.success(
            request,
            _("The order is cancelled; you get your money back.")
            if due
            else _("The order is cancelled; you have nothing to pay."),
        )
    return redirect("order", number, token)


@require_POST
def cancel_line(request: HttpRequest, number: str, token: str, pk: int) -> HttpResponse:
    """Take some units of a line out, as long as nothing of its job is packed."""
    shown = order_or_404(number, token)
    part = get_object_or_404(FulfilmentLine, fulfilment__order=shown, pk=pk)
    form = FewerForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["units"][0]))
        return redirect("order", number, token)
    units = form.cleaned_data["units"]
    try:
        cancel_units(part=part, units=units, actor=None, at=timezone.now())
    except NotInThatState:
        messages.error(request, _("It is packed already. Please call the sales point."))
    except NotThatMany as refusal:
        messages.error(
            request,
            _("Only %d of it are still in your order.") % refusal.part.open_units,
        )
    else:
        messages.success(request, _("Removed from your order."))
    return redirect("order", number, token)


@require_POST
def more_time(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Keep the goods of an unpaid order a little longer, once."""
    shown = order_or_404(number, token)
    try:
        extend(order=shown, by=MORE_TIME, at=timezone.now())
    except CannotExtend:
        messages.error(
            request, _("More time is given once, and only before the time is over.")
        )
    else:
        messages.success(request, _("The goods are kept a quarter of an hour longer."))
    return redirect("order", number, token)


@require_POST
def change_order(request: ShoppingVisit, number: str, token: str) -> HttpResponse:
    """Call an unpaid order off and put its goods back in the basket."""
    shown = order_or_404(number, token)
    try:
        left_out = put_back(order=shown, basket=request.basket, at=timezone.now())
    except NotInThatState:
        messages.error(
            request,
            _("This order is no longer waiting for payment, so it cannot be changed."),
        )
        return redirect("order", number, token)
    except NoLongerOpen:
        messages.error(
            request,
            _(
                "Your basket was ordered a moment ago. Nothing was changed: please try"
                " again."
            ),
        )
        return redirect("order", number, token)
    if left_out:
        messages.error(
            request,
            _("Not put in the basket, because it is not available now: %s.")
            % ", ".join(product.name for product in left_out),
        )
    messages.success(request, _("The goods are in your basket again."))
    return redirect("basket")
