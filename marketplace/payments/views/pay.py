"""A buyer pays for an order that stands."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.orders.models import Order
from marketplace.orders.order_links import get_order, order_token
from marketplace.payments.models import Payment
from marketplace.payments.operations.ask import CannotAsk, NothingToPay, TimeIsOver, ask
from marketplace.payments.operations.pay_on_receipt import pay_on_receipt
from marketplace.payments.operations.serve_elsewhere import (
    NotEnoughStock,
    NotOffered,
    serve_elsewhere,
)
from marketplace.payments.queries import points_instead
from marketplace.payments.ways import offered


def to_payment(request: HttpRequest, order: Order, way: str) -> HttpResponse:
    """Ask for the money and lead the buyer where she pays: Stripe's page, or hers.

    When that cannot be, her order stands, and its page offers the other ways.
    """
    here = redirect("order", order.number, order_token(order.number))
    try:
        payment = ask(order=order, way=way, at=timezone.now())
    except NothingToPay:
        messages.error(request, _("There is nothing to pay for this order now."))
    except TimeIsOver:
        messages.error(request, _("The time to pay is over. Please order again."))
    except CannotAsk:
        messages.error(
            request,
            _(
                "That way to pay is not available just now. Your order stands and"
                " its goods are kept: pay another way, or try again in a few "
                "minutes."
            ),
        )
    else:
        if payment.url:
            return redirect(payment.url)
    return here


@require_POST
def pay(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Pay an unpaid order, in the way that was chosen or in another."""
    order = get_order(number, token)
    receive = order.fulfilments.all()[0].delivery_method
    wanted = request.POST.get("payment", "")
    ways = {way.code: way for way in offered(receive=receive)}
    if wanted not in ways:
        messages.error(
            request, _("You cannot pay that way for this order. Please choose another.")
        )
        return redirect("order", number, token)
    if ways[wanted].hold:
        return to_payment(request, order, wanted)
    try:
        pay_on_receipt(order=order, way=wanted, at=timezone.now())
    except NothingToPay:
        messages.error(request, _("There is nothing to pay for this order now."))
    except TimeIsOver:
        messages.error(request, _("The time to pay is over. Please order again."))
    else:
        messages.success(
            request, _("Your order is confirmed; you pay when you receive it.")
        )
    return redirect("order", number, token)


@require_POST
def take_elsewhere(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Collect what is paid at another point, where its own has sold it meanwhile."""
    order = get_order(number, token)
    now = timezone.now()
    payment = get_object_or_404(Payment, order=order, offer_until__isnull=False)
    wanted = request.POST.get("sales_point", "")
    points = {point.slug: point for point in points_instead(order, at=now)}
    try:
        if wanted not in points:
            raise NotOffered
        serve_elsewhere(payment=payment, point=points[wanted], at=now)
    except (NotOffered, NotEnoughStock):
        messages.error(
            request,
            _("That point cannot give it out any more. Your money goes back."),
        )
    else:
        messages.success(request, _("Kept for you at %s.") % points[wanted].short_name)
    return redirect("order", number, token)
