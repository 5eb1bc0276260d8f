"""Letters to buyers about their order, in its language."""

from django.conf import settings
from django.utils import timezone, translation

from marketplace.orders.models import Fulfilment
from marketplace.orders.order_links import order_url
from marketplace.orders.queries import current_bill
from stores.mail import Content, queue_letter, render_content


def write_to_buyer(*, fulfilment: Fulfilment, event: str) -> None:
    """Have a letter sent to the buyer once the transaction is committed.

    `event` is `confirmed`, `ready`, `sent` (by post), `at_front_desk`, `changed` (some
    units taken out), `returned`, `cancelled`, `lapsed` or `not_collected`. A buyer who
    left no address is not written to.
    """
    order = fulfilment.order
    if order.email:
        queue_letter(
            compose_order_letter,
            to=order.email,
            thread=order.number,
            fulfilment_id=fulfilment.pk,
            event=event,
        )


def compose_order_letter(*, fulfilment_id: int, event: str) -> Content:
    fulfilment = Fulfilment.objects.select_related("order", "point", "hotel").get(
        pk=fulfilment_id
    )
    order = fulfilment.order
    fulfilments = list(order.fulfilments.prefetch_related("lines__line__product"))
    with translation.override(fulfilment.language):
        context = {
            "fulfilment": fulfilment,
            "order": order,
            "event": event,
            "ended": event in ("cancelled", "lapsed", "not_collected"),
            "lines": [line for one in fulfilments for line in one.lines.all()],
            "bill": current_bill(fulfilments),
            "address": settings.BASE_URL + order_url(order),
            "open_until": fulfilment.point.open_until(at=timezone.now()),
        }
        return render_content("orders/mail/", context)
