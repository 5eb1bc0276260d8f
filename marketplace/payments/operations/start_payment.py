"""Start to pay an order that was placed: now, or when it is received."""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import Refusal, WrongStatus
from marketplace.orders.models import Fulfilment, Hold, Order
from marketplace.orders.operations.confirm import confirm_order
from marketplace.orders.operations.hold import extend_hold
from marketplace.payments.models import Code, Payment, PaymentEvent
from marketplace.payments.operations.apply_fact import (
    apply_fact,
    lapse_payment,
    make_shop_fact,
)
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.providers.base import ProviderError

Kind = PaymentEvent.Kind


NOTHING_TO_PAY = _("There is nothing to pay for this order now.")
TIME_OVER = _("The time to pay is over. Please order again.")
UNAVAILABLE = _(
    "That way to pay is not available just now. Your order stands and its goods are"
    " kept: pay another way, or try again in a few minutes."
)


def start_payment(*, order: Order, method: str, at: dt.datetime) -> Payment:
    """Begin an attempt to pay, or return the one that is open.

    Another attempt that is open ends first. The provider is called outside of any
    transaction, under the payment's key: what stopped halfway is requested again and
    is one request to them.

    Raises WrongStatus, or Refusal where the provider does not answer or declines.
    """
    payment = create_payment(order=order, method=method, at=at)
    if payment.reference:
        return payment
    try:
        request = PROVIDERS[method].request(payment)
    except ProviderError as error:
        payment.refresh_from_db()
        if payment.reference:  # requested twice at once, and the other was answered
            return payment
        params = {"message": str(error)[:200]}
        fact = make_shop_fact(payment, Kind.FAILED, at, code=error.code, params=params)
        apply_fact(payment=payment, fact=fact, at=at)
        raise Refusal(UNAVAILABLE) from error
    Payment.objects.filter(pk=payment.pk).update(
        reference=request.reference, url=request.url
    )
    params = {"reference": request.reference}
    fact = make_shop_fact(payment, Kind.REQUESTED, at, params=params)
    apply_fact(payment=payment, fact=fact, at=at)
    payment.refresh_from_db()
    return payment


@transaction.atomic
def create_payment(*, order: Order, method: str, at: dt.datetime) -> Payment:
    """Write the attempt, or return the open one of this method.

    Where the provider needs more time than the hold has left, the hold is extended if
    it has not been before.
    """
    order, hold = lock_unpaid_order(order, at)
    for payment in order.payments.filter(state__in=Payment.LIVE):
        if payment.state == Payment.State.PAID:
            raise WrongStatus(NOTHING_TO_PAY)
        if payment.method == method and payment.expires_at and payment.expires_at > at:
            return payment
        lapse_payment(payment=payment, at=at, code=Code.RESTARTED)
    until = max(hold.until, at + PROVIDERS[method].min_open)
    if until > hold.until:
        with suppress(WrongStatus):  # then money that comes after the hold is late
            extend_hold(order=order, by=until - hold.until, at=at)
    return Payment.objects.create(
        order=order,
        method=method,
        amount_vnd=int(order.total_incl_tax),
        requested_at=at,
        expires_at=until,
    )


def lock_unpaid_order(order: Order, at: dt.datetime) -> tuple[Order, Hold]:
    """The order and its hold. Raises WrongStatus."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    hold = Hold.objects.filter(order=order).first()
    if order.status == Fulfilment.Status.LAPSED:
        raise WrongStatus(TIME_OVER)
    if order.status != Fulfilment.Status.AWAITING_PAYMENT or hold is None:
        raise WrongStatus(NOTHING_TO_PAY)
    if hold.until <= at:
        raise WrongStatus(TIME_OVER)
    return order, hold


@transaction.atomic
def switch_to_payment_on_receipt(
    *, order: Order, method: str, at: dt.datetime
) -> Payment:
    """Confirm an unpaid order during its hold; the money is collected on receipt.

    Raises WrongStatus.
    """
    order, _hold = lock_unpaid_order(order, at)
    for payment in order.payments.filter(state=Payment.State.PENDING):
        lapse_payment(payment=payment, at=at, code=Code.PAID_ON_RECEIPT)
    fulfilments = list(order.fulfilments.order_by("pk"))
    confirm_order(order=order, at=at)
    for fulfilment in fulfilments:  # confirming sets it to 0
        order.fulfilments.filter(pk=fulfilment.pk).update(
            to_collect_vnd=fulfilment.to_collect_vnd
        )
    return create_payment_on_receipt(order=order, method=method, at=at)


def create_payment_on_receipt(*, order: Order, method: str, at: dt.datetime) -> Payment:
    return Payment.objects.create(
        order=order,
        method=method,
        amount_vnd=int(order.total_incl_tax),
        requested_at=at,
    )
