"""Which unpaid orders are this browser's own."""

from django.http import HttpRequest
from django.utils import timezone

from marketplace.orders.models import Order
from marketplace.orders.models import Fulfilment, Hold

SESSION_KEY = "unpaid_order"


def remember_unpaid(request: HttpRequest, order: Order) -> None:
    """Keep in the session that an order that awaits payment is this browser's."""
    if (
        order.status == Fulfilment.Status.AWAITING_PAYMENT
        and request.session.get(SESSION_KEY) != order.pk
    ):
        request.session[SESSION_KEY] = order.pk


def own_hold(request: HttpRequest) -> Hold | None:
    """What still keeps goods for this browser's own unpaid order, with the order."""
    order_id = request.session.get(SESSION_KEY)
    if order_id is None:
        return None
    return (
        Hold.objects.filter(
            order=order_id,
            order__status=Fulfilment.Status.AWAITING_PAYMENT,
            until__gt=timezone.now(),
        )
        .select_related("order")
        .first()
    )
