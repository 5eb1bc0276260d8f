"""Which orders are a browser's own; to others, who its buyer is stays masked."""

import re
from dataclasses import dataclass

from django.http import HttpRequest

from catalogue.phones import phone_digits
from marketplace.orders.models import Fulfilment, Order

SESSION_KEY = "own_orders"
MOST_ORDERS = 50


def own_order_ids(request: HttpRequest) -> list[int]:
    """The ids of the orders that this browser placed or looked up, newest last."""
    return request.session.get(SESSION_KEY, [])


def remember_order(request: HttpRequest, order: Order) -> None:
    """Note in the session that an order was placed, or looked up, by this browser."""
    own = own_order_ids(request)
    if order.pk not in own:
        request.session[SESSION_KEY] = [*own, order.pk][-MOST_ORDERS:]


def is_own_order(request: HttpRequest, order: Order) -> bool:
    """Whether this browser placed the order or looked it up, or its account did."""
    if request.user.is_authenticated and order.user_id == request.user.pk:
        return True
    return order.pk in own_order_ids(request)


def last_open_order(request: HttpRequest) -> Order | None:
    """The newest of this browser's own orders that still waits for its buyer."""
    own = own_order_ids(request)
    if not own:
        return None
    waiting = (Fulfilment.Status.AWAITING_PAYMENT, *Fulfilment.OPEN)
    return Order.objects.filter(pk__in=own, status__in=waiting).order_by("pk").last()


@dataclass(frozen=True)
class Recipient:
    """Who an order is for, as its page shows it; `address` is empty without a post."""

    name: str
    phone: str
    address: str
    room: str
    taken_by: str


def get_recipient(fulfilment: Fulfilment, *, masked: bool) -> Recipient:
    """The recipient of an order, whole, or recognisable only to who knows them."""
    address = fulfilment.order.shipping_address
    if not masked:
        return Recipient(
            name=fulfilment.name,
            phone=fulfilment.phone,
            address=address.postal if address else "",
            room=fulfilment.room,
            taken_by=fulfilment.taken_by,
        )
    return Recipient(
        name=mask_name(fulfilment.name),
        phone=mask_phone(fulfilment.phone),
        address=f"•••, {address.line3}, {address.line4}" if address else "",
        room="•••" if fulfilment.room else "",
        taken_by=mask_name(fulfilment.taken_by),
    )


def mask_name(name: str) -> str:
    """The first letter of each word.

    >>> mask_name("Lê Thị Hoa")
    'L. T. H.'
    """
    return " ".join(f"{word[0]}." for word in name.split())


def mask_phone(phone: str) -> str:
    """The last three digits.

    >>> mask_phone("+84 905 123 456")
    '••• 456'
    """
    return f"••• {phone[-3:]}" if phone else ""


def find_order(number: str, contact: str) -> Order | None:
    """The order of this number whose buyer left this telephone or mail address.

    A number is found without its letters and hyphen too, a telephone in any spelling.
    """
    digits = re.sub(r"\D", "", number)
    order = (
        Order.objects.filter(number=f"QN-{digits}")
        .select_related("user", "shipping_address")
        .prefetch_related("fulfilments")
        .first()
    )
    return order if order and is_contact(order, contact) else None


def is_contact(order: Order, contact: str) -> bool:
    """Whether a telephone or a mail address is that of the order's buyer."""
    if "@" in contact:
        return bool(order.email) and contact.strip().lower() == order.email.lower()
    phones = {phone_digits(one.phone) for one in order.fulfilments.all()}
    return phone_digits(contact) in phones - {""}
