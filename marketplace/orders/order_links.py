"""The secret half of an order's address, which lets a buyer in without an account."""

from django.core.signing import Signer
from django.db.models import Prefetch
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from marketplace.orders.models import FulfilmentLine, Order

_signer = Signer(salt="order page")


def order_token(number: str) -> str:
    """43 characters that only this site can make from the order number."""
    return _signer.signature(number)


def is_order_token(number: str, token: str) -> bool:
    """Whether the token is the order's, made with this secret key or a former one."""
    keys = [_signer.key, *_signer.fallback_keys]
    return any(
        constant_time_compare(token, _signer.signature(number, key)) for key in keys
    )


def order_url(order: Order) -> str:
    """The address of the order's page, with its secret half."""
    return reverse("order", args=[order.number, order_token(order.number)])


def redirect_to_order(order: Order) -> HttpResponseRedirect:
    return HttpResponseRedirect(order_url(order))


def get_order(number: str, token: str) -> Order:
    """The order, for whoever has the secret half of its address; else 404."""
    order = None
    if is_order_token(number, token):  # a guess costs no query
        order = (
            Order.objects.filter(number=number)
            .select_related("shipping_address")
            .prefetch_related(
                "fulfilments__point__district",
                "fulfilments__hotel",
                Prefetch(
                    "fulfilments__lines",
                    FulfilmentLine.objects.select_related("reservation"),
                ),
                "fulfilments__lines__line__product__picture__renditions",
            )
            .first()
        )
    if order is None:
        raise Http404(
            _("There is no order at this address. Check it letter by letter.")
        )
    return order
