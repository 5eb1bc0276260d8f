"""Letters to buyers, in the language of their order, and to keepers."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from stores.models import Fulfilment, SalesPoint
from stores.queries.jobs import bill_of
from stores.queries.low import LowGood
from stores.tokens import order_token

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL

logger = logging.getLogger(__name__)


def tell_buyer(*, fulfilment: Fulfilment, news: str) -> None:
    """Write to the buyer once the transaction stands.

    `news` is `confirmed`, `ready`, `sent` (by post), `at_front_desk`, `changed` (some
    units taken out), `returned`, `cancelled`, `lapsed` or `not_collected`. A buyer who
    left no address is not written to. A letter that cannot be sent is logged and never
    undoes the order.
    """
    if fulfilment.order.email:
        transaction.on_commit(partial(send_letter, fulfilment.pk, news))


def send_letter(fulfilment_id: int, news: str) -> None:
    fulfilment = Fulfilment.objects.select_related("order", "point", "hotel").get(
        pk=fulfilment_id
    )
    order = fulfilment.order
    jobs = list(order.fulfilments.prefetch_related("parts__line__product"))
    bill = bill_of(jobs)
    with translation.override(fulfilment.language):
        path = reverse("order", args=[order.number, order_token(order.number)])
        context = {
            "fulfilment": fulfilment,
            "order": order,
            "news": news,
            "ended": news in ("cancelled", "lapsed", "not_collected"),
            "parts": [part for job in jobs for part in job.parts.all()],
            "bill": bill,
            "address": settings.BASE_URL + path,
            "open_until": fulfilment.point.open_until(at=timezone.now()),
        }
        about = f"letter {news} of order {order.number}"
        send("stores/mail/", context, to=order.email, about=about)


MOST_GOODS = 40
"""Goods named in one letter; the page it leads to has all."""


def tell_keepers(*, point: SalesPoint, goods: Sequence[LowGood]) -> bool:
    """Write to each keeper of a point what runs low; whether a letter went out."""
    keepers = point.keepers.filter(is_active=True).exclude(email="")
    sent = [
        send_low_goods(keeper, point, goods)
        for keeper in keepers.select_related("wagtail_userprofile").order_by("pk")
    ]
    return any(sent)


def send_low_goods(
    keeper: "_User", point: SalesPoint, goods: Sequence[LowGood]
) -> bool:
    with translation.override(language_of(keeper)):
        context = {
            "point": point,
            "goods": goods[:MOST_GOODS],
            "number": len(goods),
            "others": len(goods) - MOST_GOODS,
            "address": settings.BASE_URL + reverse("desk-low", args=[point.slug]),
        }
        about = f"letter on low goods of {point}"
        return send("stores/mail/low_", context, to=keeper.email, about=about)


def send(templates: str, context: Mapping[str, object], *, to: str, about: str) -> bool:
    """A letter of `templates` + subject.txt and body.txt, in the active language.

    Whether it went out; what cannot be sent is logged by what it is `about`.
    """
    subject = render_to_string(f"{templates}subject.txt", context)
    body = render_to_string(f"{templates}body.txt", context)
    try:
        send_mail(" ".join(subject.split()), body, None, [to])
    except OSError:
        logger.exception("%s was not sent", about)
        return False
    return True


def language_of(person: "_User") -> str:
    """The language that somebody chose for her work in the editor; else Vietnamese."""
    profile = getattr(person, "wagtail_userprofile", None)
    chosen = profile.preferred_language if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
