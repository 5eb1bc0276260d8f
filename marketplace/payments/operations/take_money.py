"""Money changes hands together with the goods."""

import datetime as dt

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment, Order
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations.apply_event import apply_event
from marketplace.payments.port import News
from stores.models import DeskSale

Status = Fulfilment.Status


@transaction.atomic
def take_money(
    *, fulfilment: Fulfilment, actor: User, paid_by: str, at: dt.datetime
) -> PaymentEvent | None:
    """Write down what was collected with a job, by whom, and how; once.

    An empty `paid_by` means the usual way: cash, or what the post transfers.

    What is asked for follows what is collected: some of the order may have been
    cancelled. Nothing is collected for an order that was paid before. What the postman
    collects, the post transfers to the shop.
    """
    Order.objects.select_for_update().get(pk=fulfilment.order_id)
    fulfilment.refresh_from_db()
    payment = (
        Payment.objects.filter(
            order=fulfilment.order_id, way__in=[Payment.Way.POINT, Payment.Way.COD]
        )
        .filter(state__in=Payment.LIVE)
        .first()
    )
    if payment is None or not fulfilment.to_collect_vnd:
        return None
    if payment.state == Payment.State.ASKED:
        others = Fulfilment.objects.filter(order=fulfilment.order_id).exclude(
            pk=fulfilment.pk
        )
        still = sum(others.to_collect().values_list("to_collect_vnd", flat=True))
        Payment.objects.filter(pk=payment.pk).update(
            amount_vnd=payment.paid_vnd + fulfilment.to_collect_vnd + still
        )
    by_post = payment.way == Payment.Way.COD
    usual = DeskSale.PaidBy.TRANSFER if by_post else DeskSale.PaidBy.CASH
    news = News(
        PaymentEvent.Source.DESK,
        f"fulfilment-{fulfilment.pk}",
        PaymentEvent.Kind.PAID,
        at,
        amount_vnd=fulfilment.to_collect_vnd,
        actor=actor,
        point=fulfilment.point,
        paid_by=DeskSale.PaidBy(paid_by or usual),
    )
    return apply_event(payment=payment, news=news, at=at)
