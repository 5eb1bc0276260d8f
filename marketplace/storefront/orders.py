"""The page of an order, for everybody who has its address, and how to find it again."""

import datetime as dt
import hashlib
import re

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from catalogue.carry import advice
from catalogue.forms import CleanCharField, WholeNumberField
from catalogue.models import Product
from catalogue.refusals import Refusal, add_refusal, refusals_as_messages
from marketplace.checkout.basket.middleware import BasketRequest
from marketplace.checkout.basket.operations import AlreadySubmitted, restore_basket
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold
from marketplace.orders.operations.cancel import REDUCIBLE
from marketplace.orders.operations.hold import extend_hold
from marketplace.orders.order_links import get_order, redirect_to_order
from marketplace.orders.own_orders import (
    find_order,
    get_recipient,
    is_own_order,
    remember_order,
)
from marketplace.orders.postage import PROVINCES, postage
from marketplace.orders.queries import current_bill, may_cancel
from marketplace.payments.operations.cancel import (
    cancel_order_and_payment,
    cancel_units_and_payment,
)
from marketplace.payments.queries import get_order_money
from marketplace.storefront.attempts import count_attempt, forget_attempt
from stores.labels import qr
from stores.queries.points import point_rows
from stores.static_map import StaticMap

MORE_TIME = dt.timedelta(minutes=15)
"""By how much a buyer may extend the time to pay, once."""

HOLD_ENDS_SOON = dt.timedelta(minutes=10)
"""From this long before its end the page warns that the hold ends."""


MOST_PER_ADDRESS, MOST_PER_NUMBER = 20, 10
"""Failed attempts to find an order from one machine, and of one number."""


class OrderNotFound(Refusal):
    status = 422
    message = gettext_lazy(
        "No order has this number together with this telephone or email. Check both."
    )


class CancelUnitsForm(forms.Form):
    units = WholeNumberField(
        min_value=1,
        max_value=9_999,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            gettext_lazy("Choose how many to remove."),
        ),
    )


class OrderLookUpForm(forms.Form):
    number = CleanCharField(
        max_length=20,
        label=gettext_lazy("Order number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "QN-"}),
        error_messages={"required": gettext_lazy("Write the number of the order.")},
    )
    contact = CleanCharField(
        max_length=254,
        label=gettext_lazy("Telephone or email of the order"),
        error_messages={
            "required": gettext_lazy("Write the telephone or email of the order.")
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """From an order's number and its buyer's telephone or mail address to its page.

    A number that does not exist is answered as one of somebody else.
    """
    form = OrderLookUpForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        number, contact = form.cleaned_data["number"], form.cleaned_data["contact"]
        try:
            attempt = count_attempt(
                ("order-finder", request.META["REMOTE_ADDR"], MOST_PER_ADDRESS),
                ("order-number", re.sub(r"\D", "", number), MOST_PER_NUMBER),
            )
            if found := find_order(number, contact):
                forget_attempt(attempt)
                remember_order(request, found)
                return redirect_to_order(found)
            raise OrderNotFound
        except Refusal as refusal:
            add_refusal(form, refusal)
            status = refusal.status
    return render(request, "orders/find.html", {"form": form}, status=status)


@never_cache
@require_safe
def order(request: BasketRequest, number: str, token: str) -> HttpResponse:
    """The status of the order, the code to show, where to go, and what was ordered.

    A page that polls sends the hash of its state; while that is the same it gets 204,
    so that the focus is not lost.
    """
    now = timezone.now()
    found = get_order(number, token)
    fulfilments = list(found.fulfilments.all())
    for fulfilment in fulfilments:
        fulfilment.order = found  # so that what was fetched above is used
        for line in fulfilment.lines.all():
            line.fulfilment = fulfilment
    lines = [line for one in fulfilments for line in one.lines.all()]
    goods = [line.line.product for line in lines if line.line.product]
    stars = dict(
        Product.objects.on_sale(on=timezone.localdate(now))
        .filter(pk__in=[product.pk for product in goods])
        .values_list("pk", "stars")
    )
    live = [one for one in fulfilments if one.status not in Fulfilment.WITHOUT_GOODS]
    first = (live or fulfilments)[0]
    by_post = first.delivery_method == Fulfilment.DeliveryMethod.POST
    (row,) = point_rows([first.point], place=None, now=now)
    address = found.shipping_address
    hold = Hold.objects.filter(order=found).first() if first.is_unpaid else None
    money = get_order_money(found, receive=first.delivery_method, at=now)
    bill = current_bill(fulfilments)
    is_own = is_own_order(request, found)
    context = {
        "order": found,
        "is_own": is_own,
        "recipient": get_recipient(first, masked=not is_own),
        "token": token,
        "fulfilments": fulfilments,
        "first": first,
        "lines": lines,
        "by_post": by_post,
        "has_alcohol": any(one.has_alcohol for one in fulfilments),
        "ended": not live,
        "open": any(one.is_open for one in fulfilments),
        "may_cancel": may_cancel(fulfilments),
        "fewer": {
            line.pk: range(1, line.open_units + 1)
            for line in lines
            if line.fulfilment.status in REDUCIBLE and line.open_units
        },
        "bill": bill,
        "cancelled_vnd": int(found.total_incl_tax) - bill.total_vnd,
        "hold": hold,
        "hold_over": hold and hold.until <= now,
        "hold_soon": hold and now < hold.until <= now + HOLD_ENDS_SOON,
        "qr": None if by_post else qr(first.code),
        "row": row,
        "transferred": transferred_lines(first, now),
        "stars": stars,
        "advice": advice([rule for product in goods for rule in product.carry]),
        "days": postage(province=address.state, weight_g=0).days
        if address and address.state in PROVINCES
        else None,
        "map": StaticMap([row]),
        "tile_url": settings.TILE_URL,
        "has_receipt": any(line.handed_over for line in lines),
        "money": money,
    }
    if money.waits or any(one.is_payment_pending for one in fulfilments):
        context["seen"] = page_state(context)
        if request.htmx and request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
    return render(request, "orders/order.html", context)


def page_state(context: dict[str, object]) -> str:
    """A short hash of the status that the page shows."""
    plain = {**context, "csrf_token": "-"}  # a real one differs every time
    html = "".join(
        render_to_string(f"orders/{name}.html", plain)
        for name in ("headline", "standing")
    )
    return hashlib.sha256(html.encode()).hexdigest()[:16]


def transferred_lines(fulfilment: Fulfilment, now: dt.datetime) -> list[FulfilmentLine]:
    """The lines that come from another point by the promised time."""
    promised_at = fulfilment.promised_at
    if not (fulfilment.is_open and promised_at and promised_at > now):
        return []
    elsewhere = fulfilment.lines.exclude(
        reservation__record__partner=fulfilment.point.partner_id
    )
    return list(
        elsewhere.select_related(
            "line__product", "reservation__record__partner__sales_point"
        )
    )


@require_POST
def cancel(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Cancel the whole order, as long as none of it is packed."""
    found = get_order(number, token)
    with refusals_as_messages(request):
        cancel_order_and_payment(order=found, at=timezone.now())
        due = current_bill(found.fulfilments.all()).due_back_vnd
        messages.success(
            request,
            _("The order is cancelled; you get your money back.")
            if due
            else _("The order is cancelled; you have nothing to pay."),
        )
    return redirect("order", number, token)


@require_POST
def cancel_line(request: HttpRequest, number: str, token: str, pk: int) -> HttpResponse:
    """Take some units of a line out, as long as nothing of it is packed."""
    found = get_order(number, token)
    line = get_object_or_404(FulfilmentLine, fulfilment__order=found, pk=pk)
    form = CancelUnitsForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["units"][0]))
        return redirect("order", number, token)
    units = form.cleaned_data["units"]
    with refusals_as_messages(request):
        cancel_units_and_payment(line=line, units=units, actor=None, at=timezone.now())
        messages.success(request, _("Removed from your order."))
    return redirect("order", number, token)


@require_POST
def more_time(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Hold the goods of an unpaid order a little longer, once."""
    found = get_order(number, token)
    with refusals_as_messages(request):
        extend_hold(order=found, by=MORE_TIME, at=timezone.now())
        messages.success(request, _("The goods are kept a quarter of an hour longer."))
    return redirect("order", number, token)


@require_POST
def change(request: BasketRequest, number: str, token: str) -> HttpResponse:
    """Cancel an unpaid order and put its goods back in the basket."""
    found = get_order(number, token)
    with refusals_as_messages(request):
        try:
            left_out = restore_basket(
                order=found, basket=request.basket, at=timezone.now()
            )
        except AlreadySubmitted as submitted:
            raise Refusal(
                _(
                    "Your basket was ordered a moment ago. Nothing was changed: please"
                    " try again."
                )
            ) from submitted
        if left_out:
            messages.error(
                request,
                _("Not put in the basket, because it is not available now: %s.")
                % ", ".join(product.name for product in left_out),
            )
        messages.success(request, _("The goods are in your basket again."))
        return redirect("basket")
    return redirect("order", number, token)
