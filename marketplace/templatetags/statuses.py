"""Template tags that put the state of an order or a transfer into words."""

import datetime as dt
from dataclasses import dataclass

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.orders.models import Fulfilment
from marketplace.orders.queries import count_open_work
from marketplace.templatetags.formatting import (
    in_sentence,
    nonbreaking_names,
    short_datetime,
)
from marketplace.templatetags.shop import display_name
from stores.models import SalesPoint, Transfer

register = template.Library()

Status = Fulfilment.Status
STATUS_WORDS = {
    Status.AWAITING_PAYMENT: (_lazy("waits for your payment"), "status-wait"),
    Status.CONFIRMED: (_lazy("confirmed"), "strong"),
    Status.PREPARING: (_lazy("being packed"), "strong"),
    Status.READY: (_lazy("ready"), "leaf"),
    Status.HANDED_OVER: (_lazy("handed over"), "quiet"),
    Status.DELIVERED: (_lazy("delivered"), "quiet"),
    Status.CANCELLED: (_lazy("cancelled"), "quiet"),
    Status.LAPSED: (_lazy("not paid in time"), "quiet"),
    Status.NOT_COLLECTED: (_lazy("not collected in time"), "quiet"),
}
"""The buyer's words for a status, and the CSS class of each."""

HEADLINES = {
    Status.CANCELLED: _lazy("This order was cancelled"),
    Status.LAPSED: _lazy("Not paid in time"),
    Status.NOT_COLLECTED: _lazy("Not collected in time"),
    Status.AWAITING_PAYMENT: _lazy("Kept for you until it is paid"),
}
"""Headlines of an order page that are the same for every delivery method."""

POST_HEADLINES = {
    Status.CONFIRMED: _lazy("We have your order"),
    Status.PREPARING: _lazy("We are packing your parcel"),
    Status.READY: _lazy("Packed, on its way to the post"),
    Status.HANDED_OVER: _lazy("On its way to you"),
    Status.DELIVERED: _lazy("Your parcel has arrived"),
}


@register.simple_tag
def order_status(status: str) -> SafeString:
    """The status of an order in the buyer's words, with its colour."""
    word, css_class = STATUS_WORDS[Status(status)]
    return format_html('<span class="{}">{}</span>', css_class, word)


@register.filter
def status_label(value: str) -> str:
    """The status of an order or a fulfilment in the words of the staff."""
    return str(Status(value).label)


@register.simple_tag
def order_headline(
    fulfilment: Fulfilment, is_hold_over: object, fetched_lines: object
) -> str:
    """The heading of an order page.

    `fetched_lines` are the lines that another point sends to the point of pick-up.
    """
    status = fulfilment.status
    if is_hold_over and status != Status.CANCELLED:
        status = Status.LAPSED
    if status in HEADLINES:
        return str(HEADLINES[Status(status)])
    if fulfilment.delivery_method == Fulfilment.DeliveryMethod.POST:
        return str(POST_HEADLINES[Status(status)])
    if status == Status.DELIVERED and fulfilment.taken_by:
        return _("It waits for you at the front desk")
    if status in (Status.HANDED_OVER, Status.DELIVERED):
        return _("Handed over. Enjoy it!")
    if fulfilment.delivery_method == Fulfilment.DeliveryMethod.ROOM:
        return room_headline(fulfilment)
    return pickup_headline(fulfilment, fetched_lines)


def room_headline(fulfilment: Fulfilment) -> str:
    """The heading while an order is on its way to a hotel."""
    is_ready = fulfilment.status == Status.READY
    text = _("Packed for %(hotel)s") if is_ready else _("We bring it to %(hotel)s")
    hotel = fulfilment.hotel.hotel if fulfilment.hotel else ""
    return text % {"hotel": nonbreaking_names(in_sentence(hotel))}


def pickup_headline(fulfilment: Fulfilment, fetched_lines: object) -> str:
    """The heading while an order is at its point, or is sent there."""
    point = nonbreaking_names(fulfilment.point.short_name)
    if fulfilment.status == Status.READY:
        return _("Ready for you at %(point)s") % {"point": point}
    if fetched_lines and fulfilment.promised_at:
        when = short_datetime(fulfilment.promised_at)
        text = _("Ready for you at %(point)s at %(when)s")
        return text % {"point": point, "when": when}
    if fulfilment.status == Status.PREPARING:
        return _("Being packed at %(point)s") % {"point": point}
    return _("Held for you at %(point)s") % {"point": point}


@register.simple_tag
def closed_order_message(
    fulfilment: Fulfilment, is_paid_late: object, is_refund_due: object
) -> str:
    """What an order that ended without goods means for its buyer."""
    if is_paid_late:
        return _("The goods are back on sale.")
    if fulfilment.status == Status.LAPSED:
        return _(
            "It was not paid in time, so the goods are back on sale. "
            "You have nothing to pay."
        )
    if fulfilment.status == Status.NOT_COLLECTED:
        return _("Nobody came in time, so the goods are back on sale.")
    if is_refund_due:
        return _("The goods are back on the shelf.")
    return _("You have nothing to pay, and the goods are back on the shelf.")


@dataclass(frozen=True)
class Step:
    """A step of a fulfilment; `at` is when it was reached, where that is known."""

    label: str
    at: dt.datetime | None
    is_done: bool
    css_class: str


@register.simple_tag
def fulfilment_steps(fulfilment: Fulfilment, placed_at: dt.datetime) -> list[Step]:
    """The steps from the order to the buyer; none before payment or once cancelled."""
    if fulfilment.status in HEADLINES:
        return []
    is_packed = bool(fulfilment.ready_at or fulfilment.handed_over_at)
    is_packing = fulfilment.status == Status.PREPARING
    css_class = "done" if is_packed else "going" if is_packing else ""
    if is_packing:
        packed = _("Being packed")
    elif fulfilment.delivery_method == Fulfilment.DeliveryMethod.PICKUP:
        packed = _("Ready")
    else:
        packed = _("Packed")
    handed_over = {
        Fulfilment.DeliveryMethod.PICKUP: [
            (_("Handed over"), fulfilment.handed_over_at)
        ],
        Fulfilment.DeliveryMethod.ROOM: [(_("Delivered"), fulfilment.handed_over_at)],
        Fulfilment.DeliveryMethod.POST: [
            (_("With the post"), fulfilment.handed_over_at),
            (_("Delivered"), fulfilment.delivered_at),
        ],
    }[Fulfilment.DeliveryMethod(fulfilment.delivery_method)]
    return [
        Step(_("Confirmed"), placed_at, True, "done"),
        Step(packed, fulfilment.ready_at, is_packed, css_class),
        *(Step(label, at, bool(at), "done" if at else "") for label, at in handed_over),
    ]


@register.simple_tag
def transfer_history(transfer: Transfer) -> list[str]:
    """What happened to a transfer, a line each: when, and by whom where it is known."""
    moments = [
        (_("asked for at %(when)s"), transfer.requested_at, transfer.requested_by),
        (_("Sent at %(when)s"), transfer.sent_at, transfer.sent_by),
        (_("Received at %(when)s"), transfer.received_at, transfer.received_by),
    ]
    lines = [
        ", ".join(
            [text % {"when": short_datetime(at)}, *([display_name(by)] if by else [])]
        )
        for text, at, by in moments
        if at
    ]
    if transfer.cancelled_at:
        text = _("Called off at %(when)s")
        by = transfer.cancelled_by
        who = display_name(by) if by else _("with the order that waited for it")
        line = f"{text % {'when': short_datetime(transfer.cancelled_at)}}, {who}"
        reason = transfer.cancel_reason
        lines.append(f"{line}: “{reason}”" if reason else line)
    return lines


@register.inclusion_tag("orders/desk/badge.html")
def job_badge(point: SalesPoint) -> dict[str, object]:
    """How many jobs a point has, on the desk's tab; it looks again by itself."""
    return {"point": point, "work": count_open_work(point)}
