"""Template tags of letters in plain text: their sentences, and text on one line."""

import re

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _lazy

from marketplace.orders.models import Fulfilment
from marketplace.templatetags.formatting import hour

register = template.Library()

SUBJECTS = {
    "confirmed": _lazy("We have your order %(number)s"),
    "ready": _lazy("Order %(number)s is ready"),
    "sent": _lazy("Order %(number)s is on its way"),
    "at_front_desk": _lazy("Order %(number)s waits at the front desk"),
    "changed": _lazy("Order %(number)s has changed"),
    "returned": _lazy("Order %(number)s: goods taken back"),
    "not_collected": _lazy("Order %(number)s was not collected"),
    "lapsed": _lazy("Order %(number)s was not paid in time"),
    "cancelled": _lazy("Order %(number)s is cancelled"),
}
"""Event to the subject of the letter about it."""

OPENINGS = {
    "lapsed": _lazy(
        "your order was not paid in time, so the goods are back on sale. "
        "You have nothing to pay, and you are welcome to order again."
    ),
    "not_collected": _lazy(
        "your goods waited for you at %(point)s, but nobody came in time. "
        "They are back on sale."
    ),
    "cancelled": _lazy(
        "your order is cancelled and you have nothing to pay. "
        "The goods are back on sale."
    ),
    "cancelled refund": _lazy("your order is cancelled. The goods are back on sale."),
    "changed": _lazy("some goods were removed from your order. It is now as below."),
    "returned": _lazy("we have taken back what you brought."),
    "sent": _lazy("your parcel is on its way."),
    "at_front_desk": _lazy(
        "your goods are waiting for you at the front desk of %(hotel)s. "
        "Taken by: %(name)s."
    ),
    "ready post": _lazy("your parcel is packed and goes to the post."),
    "ready room": _lazy(
        "your goods are packed. We will bring them to %(hotel)s, %(room)s, on %(date)s."
    ),
    "ready pickup": _lazy("your goods are ready at %(point)s."),
    "confirmed post": _lazy(
        "thank you. We will pack your goods and send them to the address you gave."
    ),
    "confirmed room": _lazy(
        "thank you. Your goods are held for you. We will bring them to %(hotel)s, "
        "%(room)s, on %(date)s."
    ),
    "confirmed promised": _lazy(
        "thank you. Your goods are held for you and will be ready at %(point)s at "
        "%(hour)s on %(day)s; some of them come from another point first. We will "
        "tell you as soon as all is packed."
    ),
    "confirmed pickup": _lazy(
        "thank you. Your goods are held for you at %(point)s. We will tell you as "
        "soon as they are packed."
    ),
}
"""Event, and delivery method where it matters, to the first sentences of the letter."""


@register.simple_tag
def order_letter_subject(event: str, number: str) -> str:
    """The subject of a letter about an order; `event` as in the letter's sender."""
    return str(SUBJECTS[event]) % {"number": number}


@register.simple_tag
def order_letter_opening(
    event: str, fulfilment: Fulfilment, is_refund_due: object
) -> str:
    """The first sentences of a letter about an order."""
    key = event
    if event in ("ready", "confirmed"):
        key = f"{event} {fulfilment.delivery_method}"
    if key == "confirmed pickup" and fulfilment.promised_at:
        key = "confirmed promised"
    if event == "cancelled" and is_refund_due:
        key = "cancelled refund"
    promised_at = fulfilment.promised_at and timezone.localtime(fulfilment.promised_at)
    return str(OPENINGS[key]) % {
        "point": fulfilment.point.name,
        "hotel": fulfilment.hotel.hotel if fulfilment.hotel else "",
        "name": fulfilment.taken_by,
        "room": fulfilment.room,
        "date": date_format(fulfilment.handover_on) if fulfilment.handover_on else "",
        "hour": hour(promised_at) if promised_at else "",
        "day": date_format(promised_at) if promised_at else "",
    }


@register.simple_block_tag
def oneline(content: str) -> str:
    """The content on one line; spaces that do not break stay as they are."""
    return re.sub(r"[ \t\r\n]+", " ", content).strip(" ")
