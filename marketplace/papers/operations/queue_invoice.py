"""Write down that an order needs an invoice."""

import datetime as dt

from marketplace.order.models import Order
from marketplace.papers.models import Invoice


def queue_invoice(*, order: Order, at: dt.datetime) -> Invoice:
    """One for each order, however often it is said; whoever says it holds its lock."""
    times = {"queued_at": at, "try_after": at}
    invoice, _new = Invoice.objects.get_or_create(order=order, defaults=times)
    return invoice
