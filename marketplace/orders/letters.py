"""Letters to buyers about their order, in its language."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.orders.models import Fulfilment
from marketplace.orders.order_links import order_token
from marketplace.orders.queries import current_bill
from stores.mail import send_letter


def write_to_buyer(*, fulfilment: Fulfilment, event: str) -> None:
    """Write to the buyer once the transaction is committed.

    `event` is `confirmed`, `ready`, `sent` (by post), `at_front_desk`, `changed` (some
    units taken out), `returned`, `cancelled`, `lapsed` or `not_collected`. A buyer who
    left no address is not written to. A letter that cannot be sent is logged and never
    undoes the order.
    """
    if fulfilment.order.email:
        transaction.on_commit(partial(send_order_letter, fulfilment.pk, event))


def send_order_letter(fulfilment_id: int, event: str) -> None:
    fulfilment = Fulfilment.objects.select_related("order", "point", "hotel").get(
        pk=fulfilment_id
    )
    order = fulfilment.order
    fulfilments = list(order.fulfilments.prefetch_related("lines__line__product"))
    bill = current_bill(fulfilments)
    with translation.override(fulfilment.language):
        path = reverse("order", args=[order.number, order_token(order.number)])
        context = {
            "fulfilment": fulfilment,
            "order": order,
            "event": event,
            "ended": event in ("cancelled", "lapsed", "not_collected"),
            "lines": [line for one in fulfilments for line in one.lines.all()],
            "bill": bill,
            "address": settings.BASE_URL + path,
            "open_until": fulfilment.point.open_until(at=timezone.now()),
        }
        about = f"letter {event} of order {order.number}"
        send_letter("orders/mail/", context, to=order.email, about=about)
