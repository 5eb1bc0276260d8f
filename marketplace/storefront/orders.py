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
from marketplace.checkout.basket.middleware import BasketRequest
from marketplace.checkout.basket.operations.put_back import NoLongerOpen, put_back
from marketplace.storefront.orders import FewerForm
from marketplace.orders.models import Order
from marketplace.payments.queries import money_of
from marketplace.orders.postage import PROVINCES, postage
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold
from marketplace.orders.operations.fulfil import WITHOUT_GOODS
from marketplace.orders.operations.cancel import CANCELLABLE, cancel_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.cancel import REDUCIBLE, TooFewOpenUnits, cancel_units
from marketplace.orders.operations.hold import HoldNotExtended, extend_hold
from stores.qr import qr
from marketplace.orders.queries import current_bill
from stores.queries.points import point_rows
from stores.static_map import StaticMap
from marketplace.orders.order_links import is_order_token

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
            .prefetch_related("fulfilments__lines__line__product__picture__renditions")
            .first()
        )
    if order is None:
        raise Http404(
            _("There is no order at this address. Check it letter by letter.")
        )
    return order


@never_cache
@require_safe
def order(request: BasketRequest, number: str, token: str) -> HttpResponse:
    """Where the order stands, the code to show, where to go, what was ordered.

    A page that looks out for news names what it shows; while that is still so, it is
    told nothing, and nobody's focus is lost.
    """
    now = timezone.now()
    shown = order_or_404(number, token)
    fulfilments = list(shown.fulfilments.all())
    for fulfilment in fulfilments:
        fulfilment.order = shown  # so that what was fetched above is used
        for part in fulfilment.parts.all():
            part.fulfilment = fulfilment
    parts = [part for fulfilment in fulfilments for part in fulfilment.parts.all()]
    goods = [part.line.product for part in parts if part.line.product]
    stars = dict(
        Product.objects.on_sale(on=timezone.localdate(now))
        .filter(pk__in=[product.pk for product in goods])
        .values_list("pk", "stars")
    )
    going = [fulfilment for fulfilment in fulfilments if fulfilment.status not in WITHOUT_GOODS]
    first = (going or fulfilments)[0]
    by_post = first.delivery_method == Fulfilment.DeliveryMethod.POST
    (row,) = point_rows([first.point], place=None, now=now)
    carries = [rule for product in goods for rule in product.carry]
    address = shown.shipping_address
    hold = Hold.objects.filter(order=shown).first() if first.is_unpaid else None
    cancellable = [fulfilment for fulfilment in fulfilments if fulfilment.status != Fulfilment.Status.CANCELLED]
    money = money_of(shown, receive=first.delivery_method, at=now)
    context = {
        "order": shown,
        "token": token,
        "jobs": fulfilments,
        "first": first,
        "parts": parts,
        "by_post": by_post,
        "ended": not going,
        "open": any(fulfilment.is_open for fulfilment in fulfilments),
        "may_cancel": cancellable
        and all(fulfilment.status in CANCELLABLE for fulfilment in cancellable),
        "fewer": {
            part.pk: range(1, part.open_units + 1)
            for part in parts
            if part.fulfilment.status in REDUCIBLE and part.open_units
        },
        "bill": (bill := current_bill(fulfilments)),
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
        "sketch": StaticMap([row]),
        "tile_url": settings.TILE_URL,
        "has_receipt": any(part.handed_over for part in parts),
        "money": money,
    }
    if money.waits or any(fulfilment.is_payment_pending for fulfilment in fulfilments):
        context["seen"] = seen_in(context)
        if request.htmx and request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
    return render(request, "orders/order.html", context)


def seen_in(context: dict[str, object]) -> str:
    """A short name of all that the page says of where the order stands."""
    plain = {**context, "csrf_token": "-"}  # a real one differs every time
    said = "".join(
        render_to_string(f"order/{part}.html", plain)
        for part in ("headline", "standing")
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def brought_of(fulfilment: Fulfilment, now: dt.datetime) -> list[FulfilmentLine]:
    """The lines of a pick-up that are brought to its point by the hour promised."""
    if not (fulfilment.is_open and fulfilment.promised_at and fulfilment.promised_at > now):
        return []
    return list(
        fulfilment.parts.exclude(record__partner=fulfilment.point.partner_id).select_related(
            "line__product", "record__partner__sales_point"
        )
    )


@require_POST
def cancel_order(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Call the whole order off, as long as none of it is packed."""
    shown = order_or_404(number, token)
    try:
        cancel_order(order=shown, at=timezone.now())
    except WrongFulfilmentStatus:
        messages.error(request, _("It is packed already. Please call the sales point."))
    else:
        due = current_bill(shown.fulfilments.all()).due_back_vnd
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
    except WrongFulfilmentStatus:
        messages.error(request, _("It is packed already. Please call the sales point."))
    except TooFewOpenUnits as refusal:
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
        extend_hold(order=shown, by=MORE_TIME, at=timezone.now())
    except HoldNotExtended:
        messages.error(
            request, _("More time is given once, and only before the time is over.")
        )
    else:
        messages.success(request, _("The goods are kept a quarter of an hour longer."))
    return redirect("order", number, token)


@require_POST
def change_order(request: BasketRequest, number: str, token: str) -> HttpResponse:
    """Call an unpaid order off and put its goods back in the basket."""
    shown = order_or_404(number, token)
    try:
        left_out = put_back(order=shown, basket=request.basket, at=timezone.now())
    except WrongFulfilmentStatus:
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
