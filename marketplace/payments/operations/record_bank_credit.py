"""Record transfers that came, and match those that name no order."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import WrongStatus
from marketplace.orders.models import Fulfilment, Hold, Order
from marketplace.payments.bank.matching import (
    GENERATED,
    BankCredit,
    find_order_numbers,
    transfer_purpose,
)
from marketplace.payments.bank.notices import UnreadableNotice, decode_body
from marketplace.payments.models import Code, Payment, PaymentEvent, PaymentMethod
from marketplace.payments.operations.apply_fact import (
    apply_fact,
    find_event,
    is_paid_otherwise,
    lock_payment,
    write_event,
)
from marketplace.payments.queries import find_payment_of_transfer, find_transfer_payment
from marketplace.payments.states import PaymentFact

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

Kind = PaymentEvent.Kind
Outcome = PaymentEvent.Outcome
BANK = PaymentEvent.Source.BANK
DAYS_APART = dt.timedelta(days=10)
"""Between a notice and the day on a statement: a transfer on the eve of Tết is booked
after it."""
NOT_MATCHABLE = _("Somebody has said already whose money it is.")


@dataclass(frozen=True)
class RecordedCredit:
    event: PaymentEvent
    is_new: bool


def record_bank_credit(
    *, credit: BankCredit, at: dt.datetime, actor: "_User | None" = None
) -> RecordedCredit:
    """Apply a transfer once, to the order that its purpose names.

    One that names no order waits for a manager, and so does one that may be a transfer
    which was reported in other words. An underpayment waits for the rest; what is too
    much, paid already or too late for the goods is due back.
    """
    try:
        return apply_credit(credit, at, actor)
    except IntegrityError:  # reported twice at once; the other has committed
        return apply_credit(credit, at, actor)


@transaction.atomic
def apply_credit(
    credit: BankCredit, at: dt.datetime, actor: "_User | None"
) -> RecordedCredit:
    fact = PaymentFact(
        BANK,
        credit.reference,
        Kind.PAID,
        credit.booked_at,
        amount_vnd=credit.amount_vnd,
        money_reference=credit.reference,
        payload={
            "purpose": credit.purpose,
            "raw": credit.raw,
            "channel": credit.channel,
        },
        actor=actor,
    )
    payment = find_payment_of_transfer(credit.purpose)
    if payment:
        payment = lock_payment(payment)
    if event := find_event(fact):
        if is_same_credit(event, credit):
            return RecordedCredit(event, is_new=False)
        fact = replace(
            fact,
            subject=f"{credit.reference}-{credit.fingerprint}",
            needs_review=True,
            code=Code.REFERENCE_REUSED,
        )
        if event := find_event(fact):
            return RecordedCredit(event, is_new=False)
    if not fact.needs_review:
        if payment is None:
            fact = replace(fact, needs_review=True, code=Code.UNKNOWN_ORDER)
        elif is_reported_otherwise(payment, credit):
            fact = replace(fact, code=Code.DUPLICATE)
            event = write_event(payment, fact, at, Outcome.IGNORED)
            return RecordedCredit(event, is_new=True)
        elif may_be_reported(payment, credit):
            fact = replace(fact, needs_review=True, code=Code.MAYBE_REPORTED)
        else:
            fact = replace(fact, code=compare_amount(payment, credit.amount_vnd, at))
    return RecordedCredit(apply_fact(payment=payment, fact=fact, at=at), is_new=True)


def is_same_credit(event: PaymentEvent, credit: BankCredit) -> bool:
    """A purpose may be cut differently, but the order in it is the same."""
    before = find_order_numbers(str(event.payload.get("purpose", "")))
    now = find_order_numbers(credit.purpose)
    agree = before == now or not before or not now
    return event.amount_vnd == credit.amount_vnd and agree


def is_reported_otherwise(payment: Payment, credit: BankCredit) -> bool:
    """Whether a line without the bank's reference and a notice are one transfer.

    They are when the payment has more events of this day and amount with the other
    kind of reference than with this one.
    """
    day = timezone.localdate(credit.booked_at)
    events = payment.events.filter(
        source=BANK, kind=Kind.PAID, amount_vnd=credit.amount_vnd
    ).values_list("external_id", "happened_at")
    has_bank_reference = [
        not external_id.startswith(GENERATED)
        for external_id, moment in events
        if timezone.localdate(moment) == day
    ]
    alike = has_bank_reference.count(credit.has_bank_reference)
    return len(has_bank_reference) - alike > alike


def may_be_reported(payment: Payment, credit: BankCredit) -> bool:
    """Whether the other channel reported such an amount that this one has not yet.

    It did for this order, or for none so far, under another reference or on another
    day. A notice is not compared with notices: the feed numbers each transfer once.
    """
    order = Q(payment__order=payment.order_id) | Q(
        resolved_by__payment__order=payment.order_id
    )
    nobodys = Q(payment=None, outcome=Outcome.NEEDS_REVIEW, resolved_by=None)
    payloads = (
        PaymentEvent.objects.filter(
            order | nobodys,
            source=BANK,
            kind=Kind.PAID,
            resolves=None,
            amount_vnd=credit.amount_vnd,
            happened_at__range=(
                credit.booked_at - DAYS_APART,
                credit.booked_at + DAYS_APART,
            ),
        )
        .distinct()
        .values_list("pk", "payload__channel")
    )
    channels = [channel for _pk, channel in payloads]
    alike = channels.count(credit.channel)
    return len(channels) - alike > alike


def compare_amount(payment: Payment, amount_vnd: int, at: dt.datetime) -> Code:
    """What a transfer is to what was requested; the caller holds the locks."""
    if payment.paid_vnd >= payment.amount_vnd or is_paid_otherwise(payment):
        return Code.PAID_ALREADY
    if is_late(payment.order, at):
        return Code.LATE
    missing_vnd = payment.missing_vnd
    if amount_vnd < missing_vnd:
        return Code.TOO_LITTLE
    return Code.TOO_MUCH if amount_vnd > missing_vnd else Code.EXACT


def is_late(order: Order, at: dt.datetime) -> bool:
    """Whether the goods are not reserved for the order any more."""
    if order.status == Fulfilment.Status.AWAITING_PAYMENT:
        return not Hold.objects.filter(order=order, until__gt=at).exists()
    return order.status in Fulfilment.WITHOUT_GOODS


def record_unreadable_notice(
    *, body: bytes, error: UnreadableNotice, at: dt.datetime
) -> PaymentEvent:
    """Store a signed notice for a manager; the same notice once."""
    fact = PaymentFact(
        BANK,
        f"notice-{hashlib.sha256(body).hexdigest()[:32]}",
        Kind.PAID,
        at,
        needs_review=True,
        code=Code.UNREADABLE,
        payload={"raw": decode_body(body), "error": str(error)},
    )
    return apply_fact(payment=None, fact=fact, at=at)


@transaction.atomic
def match_transfer(
    *, event: PaymentEvent, order: Order, reason: str, actor: "_User", at: dt.datetime
) -> PaymentEvent:
    """Apply a transfer to this order, as if its purpose had named it.

    An order with another payment method can be paid so too. Raises WrongStatus.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    event = lock_unmatched(event)
    if not event.amount_vnd:
        raise WrongStatus(NOT_MATCHABLE)
    payment = find_transfer_payment(order=order) or create_unrequested(order, at)
    payment = lock_payment(payment)
    fact = PaymentFact(
        BANK,
        f"{event.external_id}:matched",
        Kind.PAID,
        event.happened_at,
        amount_vnd=event.amount_vnd,
        money_reference=event.external_id.removesuffix(f":{Kind.PAID}"),
        payload=event.payload | {"reason": reason},
        actor=actor,
        resolves=event,
        code=compare_amount(payment, event.amount_vnd, at),
    )
    return apply_fact(payment=payment, fact=fact, at=at)


@transaction.atomic
def dismiss_transfer(
    *, event: PaymentEvent, reason: str, actor: "_User", at: dt.datetime
) -> PaymentEvent:
    """Record that a transfer pays no order. Raises WrongStatus."""
    event = lock_unmatched(event)
    fact = PaymentFact(
        BANK,
        f"{event.external_id}:dismissed",
        Kind.OTHER,
        at,
        code=Code.MESSAGE,
        params={"message": reason},
        actor=actor,
        resolves=event,
    )
    return write_event(event.payment, fact, at, Outcome.IGNORED)


def lock_unmatched(event: PaymentEvent) -> PaymentEvent:
    """The second of two waits here. Raises WrongStatus."""
    event = PaymentEvent.objects.select_for_update().get(pk=event.pk)
    if event.outcome != Outcome.NEEDS_REVIEW or event.resolved_by.exists():
        raise WrongStatus(NOT_MATCHABLE)
    return event


def create_unrequested(order: Order, at: dt.datetime) -> Payment:
    """A payment for an order of which no transfer was requested.

    It is not live until its money is applied, which ends the order's other attempts.
    """
    collected = order.fulfilments.to_collect().values_list("to_collect_vnd", flat=True)
    return Payment.objects.create(
        order=order,
        method=PaymentMethod.VIETQR,
        state=Payment.State.LAPSED,
        amount_vnd=sum(collected) or int(order.total_incl_tax),
        reference=transfer_purpose(order.number),
        requested_at=at,
    )
