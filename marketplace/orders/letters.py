"""Letters to buyers about their order, in its language, and to keepers of new ones."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from icalendar import Calendar, Event

from catalogue.phones import format_phone
from marketplace.orders.models import Fulfilment
from marketplace.orders.order_links import order_url
from marketplace.orders.queries import current_bill, may_cancel
from stores.labels import qr_png
from stores.mail import Content, preferred_language, queue_letter, render_content
from stores.models import SalesPoint

METHODS = Fulfilment.DeliveryMethod

CODE_FILE = "code.png"

VISIT = dt.timedelta(hours=1)
"""How long the calendar entry of a pick-up is that has no end."""


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


def write_confirmation(fulfilments: Sequence[Fulfilment]) -> None:
    """Tell the buyer of a confirmed order, and the keepers of its points."""
    write_to_buyer(fulfilment=fulfilments[0], event="confirmed")
    write_to_keepers.enqueue(order_id=fulfilments[0].order_id)


@task()
def write_to_keepers(*, order_id: int) -> None:
    """Queue a letter to each keeper of the points that have something to hand over."""
    fulfilments = Fulfilment.objects.open().filter(order=order_id)
    for fulfilment in fulfilments.select_related("point", "order"):
        keepers = fulfilment.point.keepers.filter(is_active=True).exclude(email="")
        for keeper in keepers.order_by("pk"):
            queue_letter(
                compose_new_order,
                to=keeper.email,
                thread=f"keeper-{keeper.pk}",
                key=f"new-{fulfilment.pk}-{keeper.pk}",
                fulfilment_id=fulfilment.pk,
                keeper_id=keeper.pk,
            )


def compose_new_order(*, fulfilment_id: int, keeper_id: int) -> Content:
    """The letter about a new order, in the keeper's language."""
    fulfilment = (
        Fulfilment.objects.select_related("order", "point", "hotel")
        .prefetch_related("lines__line__product")
        .get(pk=fulfilment_id)
    )
    point = fulfilment.point
    keeper = point.keepers.select_related("wagtail_userprofile").get(pk=keeper_id)
    with translation.override(preferred_language(keeper)):
        path = reverse("desk-fulfilment", args=[point.slug, fulfilment.pk])
        context = {"fulfilment": fulfilment, "address": settings.BASE_URL + path}
        return render_content("orders/mail/new_", context)


def compose_order_letter(*, fulfilment_id: int, event: str) -> Content:
    """The letter about an event, with the code as a picture and a date to keep."""
    fulfilment = Fulfilment.objects.select_related("order", "point", "hotel").get(
        pk=fulfilment_id
    )
    order = fulfilment.order
    fulfilments = list(order.fulfilments.prefetch_related("lines__line__product"))
    ended = event in ("cancelled", "lapsed", "not_collected")
    bill = current_bill(fulfilments)
    has_code = fulfilment.is_open and fulfilment.delivery_method != METHODS.POST
    with translation.override(fulfilment.language):
        context = {
            "fulfilment": fulfilment,
            "order": order,
            "event": event,
            "ended": ended,
            "lines": [line for one in fulfilments for line in one.lines.all()],
            "bill": bill,
            "postage_vnd": int(order.shipping_incl_tax) if ended else bill.postage_vnd,
            "total_vnd": int(order.total_incl_tax) if ended else bill.total_vnd,
            "address": settings.BASE_URL + order_url(order),
            "has_code": has_code,
            "code_id": CODE_FILE,
            "hours_today": describe_hours(fulfilment.point, timezone.localdate()),
            "may_cancel": may_cancel(fulfilments),
            "has_alcohol": any(one.has_alcohol for one in fulfilments if one.is_open),
        }
        content = render_content("orders/mail/", context)
        if has_code:
            content.attach(CODE_FILE, "image/png", qr_png(fulfilment.code))
        if calendar := make_calendar(fulfilment, context["address"]):
            content.attach("ocop.ics", "text/calendar", calendar)
        return content


def describe_hours(point: SalesPoint, day: dt.date) -> str:
    """The opening hours of a day, in the reader's language."""
    spans = [f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in point.hours_on(day)]
    if not spans:
        return _("Closed today")
    return _("Open today: %s") % ", ".join(spans)


def make_calendar(fulfilment: Fulfilment, address: str) -> bytes | None:
    """A calendar entry of when a pick-up can be collected; None where that is open.

    A later letter about the same order moves the entry. Source: RFC 5545.
    """
    starts_at = fulfilment.ready_at or fulfilment.promised_at
    if (
        fulfilment.delivery_method != METHODS.PICKUP
        or not fulfilment.is_open
        or not starts_at
    ):
        return None
    point, number = fulfilment.point, fulfilment.order.number
    event = Event()
    event.add("uid", f"{number}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", starts_at)
    event.add("dtend", fulfilment.collect_until or starts_at + VISIT)
    event.add(
        "summary",
        _("Collect order %(number)s at %(point)s")
        % {"number": number, "point": point.short_name},
    )
    event.add("location", f"{point.name}, {point.address_here}")
    event.add("geo", (float(point.lat), float(point.lng)))
    event.add("url", address)
    calendar = Calendar()
    calendar.add("prodid", "-//OCOP Quảng Nam//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()


def describe_letter(fulfilment: Fulfilment) -> str:
    """What a keeper needs to know of how the buyer learns of it."""
    if fulfilment.order.email:
        return _("A letter goes to the buyer.")
    phone = format_phone(fulfilment.phone)
    return _("The buyer left no e-mail: call %s.") % phone
