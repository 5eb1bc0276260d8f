"""Which unpaid orders are this browser's own."""

from django.http import HttpRequest
from django.utils import timezone

from marketplace.orders.models import Fulfilment, Order

SESSION_KEY = "unpaid_order"


def remember_unpaid(request: HttpRequest, order: Order) -> None:
    """Note in the session that an order that awaits payment is this browser's."""
    if (
        order.status == Fulfilment.Status.AWAITING_PAYMENT
        and request.session.get(SESSION_KEY) != order.pk
    ):
        request.session[SESSION_KEY] = order.pk


def own_unpaid_order(request: HttpRequest) -> Order | None:
    """This browser's own order whose goods are still held for its payment."""
    order_id = request.session.get(SESSION_KEY)
    if order_id is None:
        return None
    return Order.objects.filter(
        pk=order_id,
        status=Fulfilment.Status.AWAITING_PAYMENT,
        hold__until__gt=timezone.now(),
    ).first()


def own_reference(request: HttpRequest) -> str:
    """The reference of this browser's own reservations, or nothing."""
    order = own_unpaid_order(request)
    return order.number if order else ""
