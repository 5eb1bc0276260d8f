"""Sending letters, and those to keepers."""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from stores.models import SalesPoint
from stores.queries.low import LowStock

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL

logger = logging.getLogger(__name__)


MOST_GOODS = 40
"""Goods named in one letter; the page it leads to has all."""


def notify_keepers(*, point: SalesPoint, goods: Sequence[LowStock]) -> bool:
    """Write to each keeper of a point what runs low; returns whether a letter left."""
    keepers = point.keepers.filter(is_active=True).exclude(email="")
    sent = [
        send_low_goods(keeper, point, goods)
        for keeper in keepers.select_related("wagtail_userprofile").order_by("pk")
    ]
    return any(sent)


def send_low_goods(
    keeper: "_User", point: SalesPoint, goods: Sequence[LowStock]
) -> bool:
    with translation.override(preferred_language(keeper)):
        context = {
            "point": point,
            "goods": goods[:MOST_GOODS],
            "number": len(goods),
            "others": len(goods) - MOST_GOODS,
            "address": settings.BASE_URL + reverse("desk-low", args=[point.slug]),
        }
        about = f"letter on low goods of {point}"
        return send_letter("stores/mail/low_", context, to=keeper.email, about=about)


def send_letter(
    templates: str, context: Mapping[str, object], *, to: str, about: str
) -> bool:
    """Send a letter of `templates` + subject.txt and body.txt, in the active language.

    Returns whether it left; what cannot be sent is logged by what it is `about`.
    """
    subject = render_to_string(f"{templates}subject.txt", context)
    body = render_to_string(f"{templates}body.txt", context)
    try:
        send_mail(" ".join(subject.split()), body, None, [to])
    except OSError:
        logger.exception("%s was not sent", about)
        return False
    return True


def preferred_language(person: "_User") -> str:
    """The language that a person chose in the editor; else Vietnamese."""
    profile = getattr(person, "wagtail_userprofile", None)
    chosen = profile.preferred_language if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
