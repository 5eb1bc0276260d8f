"""Letters to buyers, in the language of their order."""

import logging
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from stores.models import Fulfilment
from stores.queries import bill_of
from stores.tokens import order_token

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
        subject = render_to_string("stores/mail/subject.txt", context)
        body = render_to_string("stores/mail/body.txt", context)
    try:
        send_mail(" ".join(subject.split()), body, None, [order.email])
    except OSError:
        logger.exception("letter %s of order %s was not sent", news, order.number)
