"""Take in one fact about money, once, and let the order follow."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from catalogue.money import MOST_VND
from marketplace.orders.models import Order, RefundDue
from marketplace.payments.letters import tell
from marketplace.payments.models import Payment, PaymentEvent, Refund
from marketplace.payments.operations.keep_order import CannotKeep, keep_order
from marketplace.payments.operations.owe import owe
from marketplace.payments.operations.record_reductions import record_reductions
from marketplace.payments.port import News
from marketplace.payments.states import Event, after

Kind = PaymentEvent.Kind
Outcome = PaymentEvent.Outcome
State = Payment.State


@transaction.atomic
def apply_event(
    *, payment: Payment | None, news: News, at: dt.datetime
) -> PaymentEvent:
    """Write down what was told and what became of it; told again, it is the same event.

    Money that is enough keeps the order's goods for good. Where that is not possible
    any more, the money is due back. What contradicts what was asked, and money without
    a payment, is kept for a manager and changes nothing.
    """
    if payment is None:
        return without_payment(news, at)
    Order.objects.select_for_update().get(pk=payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if known := told_before(news):
        return known
    if doubt := doubt_of(payment, news):
        return write(payment, news, at, outcome=Outcome.KEPT, why=doubt)
    if news.kind in (Kind.OTHER, Kind.ASKED, Kind.DISPUTED, Kind.DISPUTE_CLOSED):
        outcome = Outcome.IGNORED if news.kind == Kind.OTHER else Outcome.APPLIED
        return write(payment, news, at, outcome=outcome)
    if is_stale(news):
        close_refund(payment, news, at)
        return write(payment, news, at, outcome=Outcome.IGNORED)
    before = (payment.state, payment.here_vnd)
    add_up(payment, news)
    payment.state = after(payment.state, meaning(payment, news))
    if payment.state == State.PAID and before[0] != State.PAID:
        payment.paid_at = news.happened_at
        end_others(payment, at)
    payment.save()
    changed = before != (payment.state, payment.here_vnd)
    event = write(
        payment, news, at, outcome=Outcome.APPLIED if changed else Outcome.IGNORED
    )
    close_refund(payment, news, at)
    if news.kind in (Kind.REFUNDED, Kind.REFUND_FAILED):
        record_reductions(order=payment.order)
    follow(payment, news, at, was=before[0])
    return event


def told_before(news: News) -> PaymentEvent | None:
    return PaymentEvent.objects.filter(
        source=news.source, external_id=news.external_id
    ).first()


def without_payment(news: News, at: dt.datetime) -> PaymentEvent:
    """Money whose payment nobody knows waits for a manager; the rest is only noted."""
    if known := told_before(news):
        return known
    outcome = Outcome.IGNORED if news.kind == Kind.OTHER else Outcome.KEPT
    noted = "" if news.kind == Kind.OTHER else gettext_noop("no payment of this name")
    why = news.doubt or noted
    try:
        with transaction.atomic():
            return write(None, news, at, outcome=outcome, why=why)
    except IntegrityError:  # told twice at once; this one waited for the other
        return PaymentEvent.objects.get(
            source=news.source, external_id=news.external_id
        )


def doubt_of(payment: Payment, news: News) -> str:
    """Why a manager has to look first, or nothing."""
    if news.doubt:
        return news.doubt
    if news.kind == Kind.PAID and payment.paid_vnd + news.amount_vnd > MOST_VND:
        return str(PaymentEvent.Case.BEYOND)
    if news.exact and news.amount_vnd != payment.amount_vnd:
        return f"{news.amount_vnd} ₫ came, {payment.amount_vnd} ₫ were asked for"
    if news.kind == Kind.REFUNDED:
        most = max(payment.paid_vnd, payment.amount_vnd)
        if payment.refunded_vnd - news.amount_vnd > most:
            return gettext_noop("more would have gone back than came")
    return ""


def is_stale(news: News) -> bool:
    """A refund's two facts told the wrong way round cancel out: neither moves money."""
    told = PaymentEvent.objects.filter(source=news.source)
    if news.kind == Kind.REFUNDED:
        return told.filter(external_id=f"{news.subject}:{Kind.REFUND_FAILED}").exists()
    if news.kind == Kind.REFUND_FAILED:
        left = told.filter(external_id=f"{news.subject}:{Kind.REFUNDED}")
        return not left.filter(outcome=Outcome.APPLIED).exists()
    return False


def add_up(payment: Payment, news: News) -> None:
    if news.kind == Kind.PAID:
        payment.paid_vnd += news.amount_vnd
        payment.money_reference = news.money_reference or payment.money_reference
    elif news.kind in (Kind.REFUNDED, Kind.REFUND_FAILED):
        payment.refunded_vnd -= news.amount_vnd


def meaning(payment: Payment, news: News) -> Event:
    """What the news mean, now that they are added up.

    Money of which the way back was told before it came is gone already.
    """
    nothing_left = payment.refunded_vnd >= (payment.paid_vnd or payment.amount_vnd)
    if news.kind == Kind.PAID:
        if nothing_left:
            return Event.ALL_BACK
        if others(payment).filter(state=State.PAID).exists():
            return Event.OWED
        return Event.PART if payment.missing_vnd else Event.WHOLE
    if news.kind == Kind.REFUNDED:
        return Event.ALL_BACK if nothing_left else Event.PART_BACK
    if news.kind == Kind.REFUND_FAILED:
        return Event.RETURNED
    came_in_part = payment.state == State.ASKED and payment.here_vnd > 0
    if news.kind == Kind.LAPSED and came_in_part:
        return Event.OWED
    return {
        Kind.LAPSED: Event.LAPSED,
        Kind.FAILED: Event.FAILED,
        Kind.OWED: Event.OWED,
        Kind.USED: Event.USED,
    }[Kind(news.kind)]


def others(payment: Payment) -> QuerySet[Payment]:
    return Payment.objects.filter(order=payment.order_id).exclude(pk=payment.pk)


def end_others(payment: Payment, at: dt.datetime) -> None:
    """The order is paid: whatever else was asked for it is asked no more."""
    for other in others(payment).filter(state=State.ASKED):
        lapse_payment(payment=other, at=at, why=gettext_noop("paid in another way"))


def lapse_payment(*, payment: Payment, at: dt.datetime, why: str) -> PaymentEvent:
    """Ask no longer; money that has come in part is due back."""
    news = ours(payment, Kind.LAPSED, at, why=why)
    return apply_event(payment=payment, news=news, at=at)


def ours(payment: Payment, kind: str, at: dt.datetime, *, why: str) -> News:
    """Something that the shop itself says of a payment.

    Two who say it at once say one thing; said again later, it is another.
    """
    before = payment.events.filter(source=PaymentEvent.Source.OURS, kind=kind).count()
    return News(
        PaymentEvent.Source.OURS,
        f"payment-{payment.pk}-{before}",
        Kind(kind),
        at,
        why=why[:200],
    )


def follow(payment: Payment, news: News, at: dt.datetime, *, was: str) -> None:
    """What the money's new state means for the order, and for what is owed."""
    reason = RefundDue.Reason
    owed_vnd = 0
    why: str = reason.TOO_MUCH
    if news.kind == Kind.PAID and payment.state == State.PAID:
        owed_vnd = min(news.amount_vnd, max(0, payment.paid_vnd - payment.amount_vnd))
        if was != State.PAID:
            try:
                keep_order(payment=payment, at=at)
            except CannotKeep as cannot:
                told = ours(payment, Kind.OWED, at, why=cannot.why)
                apply_event(payment=payment, news=told, at=at)
                owed_vnd, why = payment.here_vnd, cannot.reason
    elif payment.state == State.REFUND_DUE and news.kind == Kind.PAID:
        owed_vnd = min(news.amount_vnd, payment.here_vnd)
    elif payment.state == State.REFUND_DUE and news.kind == Kind.REFUND_FAILED:
        if not payment.refunds.filter(reference=news.subject).exists():
            owed_vnd = min(news.amount_vnd, payment.here_vnd)
    elif payment.state == State.REFUND_DUE and news.kind == Kind.LAPSED:
        owed_vnd, why = payment.here_vnd, reason.CANCELLED
    if owed_vnd > 0:
        owe(payment=payment, amount_vnd=owed_vnd, reason=why, at=at)


def close_refund(payment: Payment, news: News, at: dt.datetime) -> None:
    """The refund that the news are of has left, or has come back."""
    if news.kind not in (Kind.REFUNDED, Kind.REFUND_FAILED):
        return
    mine = payment.refunds.filter(reference=news.subject).first() or (
        payment.refunds.filter(key=news.refund_key).first() if news.refund_key else None
    )
    if mine is None:
        return
    failed = news.kind == Kind.REFUND_FAILED
    if not failed and mine.state != Refund.State.DONE:
        tell(payment=payment, news="refunded", amount_vnd=mine.amount_vnd)
    mine.state = Refund.State.FAILED if failed else Refund.State.DONE
    mine.reference = mine.reference or news.subject
    mine.why = news.why
    mine.done_at = None if failed else at
    mine.save(update_fields=["state", "reference", "why", "done_at"])
    if mine.due:
        settled = sum(
            mine.due.refunds.filter(state=Refund.State.DONE).values_list(
                "amount_vnd", flat=True
            )
        )
        mine.due.settled_at = at if settled >= mine.due.amount_vnd else None
        mine.due.save(update_fields=["settled_at"])


def write(
    payment: Payment | None,
    news: News,
    at: dt.datetime,
    *,
    outcome: str,
    why: str = "",
) -> PaymentEvent:
    return PaymentEvent.objects.create(
        payment=payment,
        source=news.source,
        external_id=news.external_id,
        kind=news.kind,
        amount_vnd=news.amount_vnd,
        outcome=outcome,
        state=payment.state if payment else "",
        why=(why or news.why)[:200],
        payload=news.payload,
        answers=news.answers,
        actor=news.actor,
        point=news.point,
        paid_by=news.paid_by,
        happened_at=news.happened_at,
        received_at=at,
    )
