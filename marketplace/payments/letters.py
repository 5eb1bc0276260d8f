"""Letters about money, in the language of the order."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.orders.order_links import order_token
from marketplace.payments.models import Payment
from marketplace.payments.queries import points_instead
from stores import mail


def tell(*, payment: Payment, news: str, amount_vnd: int = 0) -> None:
    """Write to the buyer once the transaction stands.

    `news` is `gone` (paid, and sold meanwhile), `withdrawn`, `not_kept` or `refunded`.
    A letter that cannot be sent is logged and never undoes what was done.
    """
    if payment.order.email:
        transaction.on_commit(partial(send_letter, payment.pk, news, amount_vnd))


def send_letter(payment_id: int, news: str, amount_vnd: int) -> None:
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    order = payment.order
    fulfilment = order.fulfilments.select_related("point").order_by("pk")[0]
    now = timezone.now()
    with translation.override(fulfilment.language):
        path = reverse("order", args=[order.number, order_token(order.number)])
        context = {
            "payment": payment,
            "order": order,
            "fulfilment": fulfilment,
            "news": news,
            "amount_vnd": amount_vnd or payment.here_vnd,
            "by_hand": payment.way != Payment.Way.STRIPE,
            "points": points_instead(order, at=now)[:3]
            if payment.offer_until and payment.offer_until > now
            else [],
            "address": settings.BASE_URL + path,
        }
        about = f"letter {news} of order {order.number}"
        mail.send_letter("payments/mail/", context, to=order.email, about=about)
