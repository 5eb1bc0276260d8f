"""The page of an order, for whoever has its address."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.carry import advice
from catalogue.models import Product
from marketplace.order.models import Order
from marketplace.payments.queries import money_of
from marketplace.shipping.postage import PROVINCES, postage
from stores.models import Fulfilment
from stores.operations.cancel import CAN_BE_CANCELLED, NotInThatState, cancel
from stores.queries import point_rows
from stores.sketch import Sketch
from stores.tokens import is_order_token


def order_or_404(number: str, token: str) -> Order:
    """The order, for who has the secret half of its address; a guess finds nothing."""
    order = (
        Order.objects.filter(number=number)
        .select_related("shipping_address")
        .prefetch_related("fulfilments__point__district", "fulfilments__hotel")
        .prefetch_related("lines__product__picture__renditions")
        .first()
    )
    if order is None or not is_order_token(number, token):
        raise Http404(
            _("There is no order at this address. Check it letter by letter.")
        )
    return order


@never_cache
@require_safe
def order(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Where the order stands, the code to show, where to go, what was ordered."""
    now = timezone.now()
    shown = order_or_404(number, token)
    jobs = list(shown.fulfilments.all())
    for job in jobs:
        job.order = shown  # so that the lines fetched above are used
    stars = dict(
        Product.objects.on_sale(on=timezone.localdate(now))
        .filter(pk__in=[line.product_id for line in shown.lines.all()])
        .values_list("pk", "stars")
    )
    first = jobs[0]
    by_post = first.way == Fulfilment.Way.POST
    (row,) = point_rows([first.point], place=None, now=now)
    goods = [line.product for line in shown.lines.all() if line.product]
    carries = [rule for product in goods for rule in product.carry]
    address = shown.shipping_address
    context = {
        "order": shown,
        "token": token,
        "jobs": jobs,
        "first": first,
        "by_post": by_post,
        "open": all(job.at_the_desk for job in jobs),
        "may_cancel": all(job.status in CAN_BE_CANCELLED for job in jobs),
        "to_pay": sum(job.to_collect_vnd for job in jobs if job.at_the_desk),
        "qr": None if by_post else qr(first.code),
        "row": row,
        "stars": stars,
        "advice": advice(carries),
        "days": postage(province=address.state, weight_g=0).days
        if address and address.state in PROVINCES
        else None,
        "sketch": Sketch([row]),
        "tile_url": settings.TILE_URL,
        "money": money_of(shown, receive=first.way, at=now),
    }
    return render(request, "order/order.html", context)


def qr(code: str) -> SafeString:
    """The code as an inline SVG, with the quiet zone of four modules."""
    drawn = segno.make(code, error="m", micro=False)
    return SafeString(
        drawn.svg_inline(border=4, omitsize=True, dark="#241a17", svgclass=None)
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
        messages.success(request, _("The order is cancelled; nothing is to be paid."))
    return redirect("order", number, token)
