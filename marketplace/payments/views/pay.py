"""The buyer pays for an order that was placed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.refusals import WrongStatus, refusals_as_messages
from marketplace.orders.models import Order
from marketplace.orders.order_links import get_order, order_url
from marketplace.payments.models import Payment
from marketplace.payments.operations.start_payment import (
    start_payment,
    switch_to_payment_on_receipt,
)
from marketplace.payments.operations.switch_pickup_point import (
    NOT_OFFERED,
    switch_pickup_point,
)
from marketplace.payments.providers import available_providers
from marketplace.payments.queries import get_order_money, points_instead


def redirect_to_payment(
    request: HttpRequest, order: Order, method: str
) -> HttpResponse:
    """Start a payment and redirect to where it is made: Stripe, or the order's page.

    If it cannot be started the order stands, and its page offers the other methods.
    """
    url = ""
    with refusals_as_messages(request):
        url = start_payment(order=order, method=method, at=timezone.now()).url
    return redirect(url or order_url(order))


@require_POST
def pay(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Pay an unpaid order, by the method that was chosen or by another."""
    order = get_order(number, token)
    receive = order.fulfilments.all()[0].delivery_method
    method = request.POST.get("payment", "")
    providers = {one.code: one for one in available_providers(receive=receive)}
    if method not in providers:
        messages.error(
            request, _("You cannot pay that way for this order. Please choose another.")
        )
        return redirect("order", number, token)
    if providers[method].hold:
        return redirect_to_payment(request, order, method)
    with refusals_as_messages(request):
        switch_to_payment_on_receipt(order=order, method=method, at=timezone.now())
        messages.success(
            request, _("Your order is confirmed; you pay when you receive it.")
        )
    return redirect("order", number, token)


@never_cache
@require_safe
def vietqr_picture(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The code of the transfer that is waited for, as a picture to save."""
    order = get_order(number, token)
    receive = order.fulfilments.all()[0].delivery_method
    transfer = get_order_money(order, receive=receive, at=timezone.now()).transfer
    if transfer is None:
        raise Http404(_("No transfer is expected for this order now."))
    return HttpResponse(transfer.png, content_type="image/png")


@require_POST
def switch_point(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Collect a paid order at another point, where its own has sold the goods."""
    order = get_order(number, token)
    now = timezone.now()
    payment = get_object_or_404(Payment, order=order, offer_until__isnull=False)
    slug = request.POST.get("sales_point", "")
    points = {point.slug: point for point in points_instead(order, at=now)}
    with refusals_as_messages(request):
        if slug not in points:
            raise WrongStatus(NOT_OFFERED)
        switch_pickup_point(payment=payment, point=points[slug], at=now)
        messages.success(request, _("Kept for you at %s.") % points[slug].short_name)
    return redirect("order", number, token)
