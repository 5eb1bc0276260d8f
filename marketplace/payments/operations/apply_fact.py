"""Apply one fact about money, once, and let the order follow."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from catalogue.money import MOST_VND
from marketplace.orders.models import Order, RefundDue
from marketplace.payments.letters import send_payment_letter
from marketplace.payments.models import Code, Payment, PaymentEvent, Refund
from marketplace.payments.operations.confirm_paid_order import (
    Obstacle,
    confirm_paid_order,
)
from marketplace.payments.operations.record_reductions import record_reductions
from marketplace.payments.states import (
    CHANGES_STATE,
    PaymentFact,
    get_effect,
    next_state,
)

Kind = PaymentEvent.Kind
Outcome = PaymentEvent.Outcome
State = Payment.State
Reason = RefundDue.Reason


@transaction.atomic
def apply_fact(
    *, payment: Payment | None, fact: PaymentFact, at: dt.datetime
) -> PaymentEvent:
    """Write the event of a fact and change its payment; reported again, a no-op.

    A payment that becomes paid ends the order's other attempts and confirms the order.
    Where that is not possible any more, the money is due back. A fact that contradicts
    what was requested, and money without a payment, wait for a manager.
    """
    if payment is None:
        return record_without_payment(fact, at)
    payment = lock_payment(payment)
    if event := find_event(fact):
        return event
    if problem := find_problem(payment, fact):
        return write_event(payment, fact, at, Outcome.NEEDS_REVIEW, problem)
    if fact.kind not in CHANGES_STATE:
        ignored = fact.kind == Kind.OTHER
        outcome = Outcome.IGNORED if ignored else Outcome.APPLIED
        return write_event(payment, fact, at, outcome)
    if is_reversed(fact):
        update_refund(payment, fact, at)
        return write_event(payment, fact, at, Outcome.IGNORED)
    was_paid = payment.state == State.PAID
    is_changed = change_state(payment, fact)
    becomes_paid = payment.state == State.PAID and not was_paid
    if becomes_paid:
        payment.paid_at = fact.happened_at
        lapse_other_payments(payment, at)
    event = save_change(payment, fact, at, is_changed=is_changed)
    update_refund(payment, fact, at)
    if fact.kind in (Kind.REFUNDED, Kind.REFUND_FAILED):
        record_reductions(order=payment.order)
    obstacle = None
    if becomes_paid and fact.kind == Kind.PAID:
        obstacle = confirm_paid_order(payment=payment, at=at)
    if obstacle:
        give_up_payment(payment, obstacle, at)
    else:
        add_refund_due(payment, fact, at)
    return event


def lock_payment(payment: Payment) -> Payment:
    """The payment as it stands, with the lock of its order before its own."""
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    payment.order = order
    return payment


def find_event(fact: PaymentFact) -> PaymentEvent | None:
    """The event of a fact that was reported before."""
    return PaymentEvent.objects.filter(
        source=fact.source, external_id=fact.external_id
    ).first()


def record_without_payment(fact: PaymentFact, at: dt.datetime) -> PaymentEvent:
    """Money whose payment is unknown waits for a manager; the rest is only stored."""
    if event := find_event(fact):
        return event
    problem: Problem | None = None
    outcome = Outcome.IGNORED
    if fact.kind != Kind.OTHER:
        outcome = Outcome.NEEDS_REVIEW
        if not fact.needs_review:
            problem = Code.UNKNOWN_PAYMENT, {}
    try:
        with transaction.atomic():
            return write_event(None, fact, at, outcome, problem)
    except IntegrityError:  # reported twice at once; the other has committed
        return PaymentEvent.objects.get(
            source=fact.source, external_id=fact.external_id
        )


Problem = tuple[str, dict[str, Any]]
"""A `Code` and its params."""


def find_problem(payment: Payment, fact: PaymentFact) -> Problem | None:
    """Why a manager has to look first."""
    if fact.needs_review:
        return fact.code, fact.params
    if fact.kind == Kind.PAID and payment.paid_vnd + fact.amount_vnd > MOST_VND:
        return Code.TOO_LARGE, {}
    if fact.exact and fact.amount_vnd != payment.amount_vnd:
        params = {"came": fact.amount_vnd, "due": payment.amount_vnd}
        return Code.AMOUNT_DIFFERS, params
    most_vnd = max(payment.paid_vnd, payment.amount_vnd)
    if fact.kind == Kind.REFUNDED and payment.refunded_vnd - fact.amount_vnd > most_vnd:
        return Code.OVER_REFUNDED, {}
    return None


def is_reversed(fact: PaymentFact) -> bool:
    """A refund that left and came back moves no money if reported in reverse order."""
    events = PaymentEvent.objects.filter(source=fact.source)
    if fact.kind == Kind.REFUNDED:
        failed = f"{fact.subject}:{Kind.REFUND_FAILED}"
        return events.filter(external_id=failed).exists()
    if fact.kind == Kind.REFUND_FAILED:
        sent = events.filter(external_id=f"{fact.subject}:{Kind.REFUNDED}")
        return not sent.filter(outcome=Outcome.APPLIED).exists()
    return False


def change_state(payment: Payment, fact: PaymentFact) -> bool:
    """Add the amount and take the next state, unsaved; whether anything changed."""
    before = (payment.state, payment.balance_vnd)
    if fact.kind == Kind.PAID:
        payment.paid_vnd += fact.amount_vnd
        payment.money_reference = fact.money_reference or payment.money_reference
    elif fact.kind in (Kind.REFUNDED, Kind.REFUND_FAILED):
        payment.refunded_vnd -= fact.amount_vnd
    order_is_paid = fact.kind == Kind.PAID and is_paid_otherwise(payment)
    effect = get_effect(payment, fact.kind, order_is_paid=order_is_paid)
    payment.state = next_state(payment.state, effect)
    return before != (payment.state, payment.balance_vnd)


def save_change(
    payment: Payment, fact: PaymentFact, at: dt.datetime, *, is_changed: bool
) -> PaymentEvent:
    payment.save(
        update_fields=[
            "state",
            "paid_vnd",
            "refunded_vnd",
            "money_reference",
            "paid_at",
        ]
    )
    outcome = Outcome.APPLIED if is_changed else Outcome.IGNORED
    return write_event(payment, fact, at, outcome)


def other_payments(payment: Payment) -> QuerySet[Payment]:
    return Payment.objects.filter(order=payment.order_id).exclude(pk=payment.pk)


def is_paid_otherwise(payment: Payment) -> bool:
    return other_payments(payment).filter(state=State.PAID).exists()


def lapse_other_payments(payment: Payment, at: dt.datetime) -> None:
    """The order is paid: no other attempt of it can be paid any more."""
    others = other_payments(payment).filter(state=State.PENDING)
    for other in others.select_for_update().order_by("pk"):
        fact = make_shop_fact(other, Kind.LAPSED, at, code=Code.PAID_OTHERWISE)
        save_change(other, fact, at, is_changed=change_state(other, fact))
        add_refund_due(other, fact, at)


def give_up_payment(payment: Payment, obstacle: Obstacle, at: dt.datetime) -> None:
    """The order could not be confirmed: all of the money is due back."""
    fact = make_shop_fact(
        payment, Kind.UNUSABLE, at, code=obstacle.code, params=obstacle.params
    )
    save_change(payment, fact, at, is_changed=change_state(payment, fact))
    create_refund_due(payment, payment.balance_vnd, obstacle.reason, at)


def lapse_payment(*, payment: Payment, at: dt.datetime, code: Code) -> PaymentEvent:
    """End an attempt; what was underpaid is due back."""
    fact = make_shop_fact(payment, Kind.LAPSED, at, code=code)
    return apply_fact(payment=payment, fact=fact, at=at)


def make_shop_fact(
    payment: Payment,
    kind: PaymentEvent.Kind,
    at: dt.datetime,
    *,
    code: Code | str = "",
    params: dict[str, Any] | None = None,
) -> PaymentFact:
    """A fact of the shop's own; reported twice at once it is one, and later another."""
    shop = PaymentEvent.Source.SHOP
    before = payment.events.filter(source=shop, kind=kind).count()
    subject = f"payment-{payment.pk}-{before}"
    return PaymentFact(shop, subject, kind, at, code=code, params=params or {})


def add_refund_due(payment: Payment, fact: PaymentFact, at: dt.datetime) -> None:
    """Write the refund that a fact makes due: overpaid, unusable, or underpaid."""
    due_vnd, reason = 0, Reason.TOO_MUCH
    if fact.kind == Kind.PAID and payment.state == State.PAID:
        due_vnd = min(fact.amount_vnd, payment.paid_vnd - payment.amount_vnd)
    elif payment.state == State.REFUND_DUE and fact.kind == Kind.PAID:
        due_vnd = min(fact.amount_vnd, payment.balance_vnd)
    elif payment.state == State.REFUND_DUE and fact.kind == Kind.REFUND_FAILED:
        if not payment.refunds.filter(reference=fact.subject).exists():
            due_vnd = min(fact.amount_vnd, payment.balance_vnd)
    elif payment.state == State.REFUND_DUE and fact.kind == Kind.LAPSED:
        due_vnd, reason = payment.balance_vnd, Reason.CANCELLED
    create_refund_due(payment, due_vnd, reason, at)


def create_refund_due(
    payment: Payment, amount_vnd: int, reason: str, at: dt.datetime
) -> None:
    """`process_due_refunds` sends it back, or a person does."""
    if amount_vnd > 0:
        RefundDue.objects.create(
            order=payment.order, amount_vnd=amount_vnd, reason=reason, at=at
        )


def update_refund(payment: Payment, fact: PaymentFact, at: dt.datetime) -> None:
    """Close the refund that a fact is about, or mark it failed; and settle its due."""
    if fact.kind not in (Kind.REFUNDED, Kind.REFUND_FAILED):
        return
    refund = payment.refunds.filter(reference=fact.subject).first()
    if refund is None and fact.refund_key:
        refund = payment.refunds.filter(key=fact.refund_key).first()
    if refund is None:
        return
    if fact.kind == Kind.REFUNDED:
        if refund.state != Refund.State.DONE:
            send_payment_letter(
                payment=payment, about="refunded", amount_vnd=refund.amount_vnd
            )
        refund.state, refund.done_at = Refund.State.DONE, at
        refund.code, refund.params = "", {}
    else:
        refund.state, refund.done_at = Refund.State.FAILED, None
        refund.code, refund.params = fact.code, fact.params
    refund.reference = refund.reference or fact.subject
    refund.save(update_fields=["state", "reference", "code", "params", "done_at"])
    if refund.due:
        done = refund.due.refunds.filter(state=Refund.State.DONE)
        done_vnd = sum(done.values_list("amount_vnd", flat=True))
        refund.due.settled_at = at if done_vnd >= refund.due.amount_vnd else None
        refund.due.save(update_fields=["settled_at"])


def write_event(
    payment: Payment | None,
    fact: PaymentFact,
    at: dt.datetime,
    outcome: PaymentEvent.Outcome,
    problem: Problem | None = None,
) -> PaymentEvent:
    code, params = problem or (fact.code, fact.params)
    return PaymentEvent.objects.create(
        payment=payment,
        source=fact.source,
        external_id=fact.external_id,
        kind=fact.kind,
        amount_vnd=fact.amount_vnd,
        outcome=outcome,
        state=payment.state if payment else "",
        code=code,
        params=params,
        payload=fact.payload,
        resolves=fact.resolves,
        actor=fact.actor,
        point=fact.point,
        paid_by=fact.paid_by,
        happened_at=fact.happened_at,
        received_at=at,
    )
