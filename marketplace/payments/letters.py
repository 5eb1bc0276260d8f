"""Letters about money, in the language of the order."""

from django.conf import settings
from django.utils import timezone, translation

from marketplace.orders.order_links import order_url
from marketplace.payments.models import Payment
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.queries import points_instead
from stores.mail import Content, queue_letter, render_content


def send_payment_letter(*, payment: Payment, about: str, amount_vnd: int = 0) -> None:
    """Have a letter sent to the buyer once the transaction is committed.

    `about` is `sold_out` (paid too late), `withdrawn` (the certificate), `order_ended`
    (the order had ended) or `refunded`.
    """
    order = payment.order
    if order.email:
        queue_letter(
            compose_payment_letter,
            to=order.email,
            thread=order.number,
            payment_id=payment.pk,
            about=about,
            amount_vnd=amount_vnd,
        )


def compose_payment_letter(*, payment_id: int, about: str, amount_vnd: int) -> Content:
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    order = payment.order
    fulfilment = order.fulfilments.select_related("point").order_by("pk")[0]
    now = timezone.now()
    with translation.override(fulfilment.language):
        is_offered = payment.offer_until and payment.offer_until > now
        context = {
            "payment": payment,
            "order": order,
            "fulfilment": fulfilment,
            "topic": about,
            "amount_vnd": amount_vnd or payment.balance_vnd,
            "by_hand": not PROVIDERS[payment.method].sends_refunds,
            "points": points_instead(order, at=now)[:3] if is_offered else [],
            "address": settings.BASE_URL + order_url(order),
        }
        return render_content("payments/mail/", context)
