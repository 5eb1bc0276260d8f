"""Which payment is meant, what can be refunded, and what waits for somebody."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.orders.models import Fulfilment, Hold, Order, RefundDue
from marketplace.payments.bank.matching import find_order_numbers
from marketplace.payments.models import (
    Dispute,
    Payment,
    PaymentEvent,
    PaymentMethod,
    Refund,
    RefundLine,
)
from marketplace.payments.providers import PROVIDERS, available_providers
from marketplace.payments.providers.base import PaymentProvider
from marketplace.payments.providers.stripe_events import PaymentIds
from marketplace.payments.providers.vietqr import TransferDetails, VietQr
from stores.models import SalesPoint
from stores.queries.free import free_records


def find_payment(ids: PaymentIds) -> Payment | None:
    """The payment of our own key, or else of Stripe's ids."""
    try:
        found = Payment.objects.filter(key=uuid.UUID(ids.key)).first()
    except ValueError:
        found = None
    if not found and ids.session:
        found = Payment.objects.filter(reference=ids.session).first()
    if not found and ids.intent:
        found = Payment.objects.filter(money_reference=ids.intent).first()
    return found


def find_payment_of_transfer(purpose: str) -> Payment | None:
    """The payment of the order that a purpose names, if it names exactly one."""
    numbers = find_order_numbers(purpose)
    if len(numbers) != 1:
        return None
    return find_transfer_payment(order__number=numbers[0])


def find_transfer_payment(**order: object) -> Payment | None:
    """The pending transfer of an order, or else its last one."""
    payments = Payment.objects.filter(method=PaymentMethod.VIETQR, **order)
    pending = payments.filter(state=Payment.State.PENDING)
    return pending.last() or payments.order_by("pk").last()


def refundable_vnd(payment: Payment) -> int:
    """What can still be refunded, whole dong; not what is in progress or disputed."""
    in_progress = payment.refunds.filter(state__in=Refund.IN_PROGRESS)
    disputed = payment.disputes.exclude(status__in=Dispute.NOT_LOST)
    taken = [*in_progress.values_list("amount_vnd", flat=True)]
    taken += disputed.values_list("amount_vnd", flat=True)
    return max(0, payment.balance_vnd - sum(taken))


def points_instead(order: Order, *, at: dt.datetime) -> list[SalesPoint]:
    """Points that have all goods of a pick-up, the nearest to its own first.

    None for room delivery and post.
    """
    fulfilment = order.fulfilments.select_related("point").order_by("pk")[0]
    if fulfilment.delivery_method != Fulfilment.DeliveryMethod.PICKUP:
        return []
    units = dict(fulfilment.lines.values_list("reservation__record__product", "units"))
    rows = (
        free_records(at=at)
        .exclude(partner=fulfilment.point.partner_id)
        .filter(product__in=units)
        .values_list("partner", "product", "free")
    )
    enough: dict[int, set[int]] = {}
    for partner, product, free in rows:
        if free >= units[product]:
            enough.setdefault(partner, set()).add(product)
    partners = [
        partner for partner, products in enough.items() if len(products) == len(units)
    ]
    points = SalesPoint.objects.filter(
        partner__in=partners, is_open=True, offers_pickup=True
    )
    return sorted(points, key=lambda point: point.distance_km(fulfilment.point))


@dataclass(frozen=True)
class PaymentChoice:
    """A payment method, as an unpaid order's page offers it."""

    provider: PaymentProvider
    chosen: bool
    is_up: bool


@dataclass(frozen=True)
class OrderMoney:
    """What an order's page shows about its money; sums are whole dong."""

    unpaid: bool
    payment: Payment | None
    choices: list[PaymentChoice]
    transfer: TransferDetails | None
    paid_vnd: int
    underpaid_vnd: int
    owed_vnd: int
    refunded_vnd: int
    by_hand: bool
    offer_until: dt.datetime | None
    points: list[SalesPoint]

    @property
    def came_late(self) -> bool:
        """Whether there is money that could not be used, held or refunded."""
        return bool(self.owed_vnd or self.refunded_vnd or self.offer_until)

    @property
    def waits(self) -> bool:
        """Whether a change is expected, and the page should poll for it."""
        return self.unpaid or bool(self.offer_until)


def get_order_money(order: Order, *, receive: str, at: dt.datetime) -> OrderMoney:
    """What was requested, received, refunded and is due, and what can be done now."""
    payments = list(order.payments.order_by("pk"))
    hold = Hold.objects.filter(order=order).first()
    is_awaiting = order.status == Fulfilment.Status.AWAITING_PAYMENT
    unpaid = bool(is_awaiting and hold and hold.until > at)
    live = next((one for one in payments if one.is_live), None)
    offers = [
        one.offer_until
        for one in payments
        if one.state == Payment.State.REFUND_DUE
        and one.offer_until
        and one.offer_until > at
    ]
    offer_until = offers[0] if offers else None
    online = [one for one in payments if PROVIDERS[one.method].hold]
    dues = refunds_due().filter(order=order).values_list("amount_vnd", flat=True)
    is_pending = live and live.state == Payment.State.PENDING
    return OrderMoney(
        unpaid=unpaid,
        payment=live,
        choices=get_choices(payments, receive) if unpaid else [],
        transfer=get_transfer(live) if unpaid and live else None,
        paid_vnd=sum(p.paid_vnd for p in online if p.state == Payment.State.PAID),
        underpaid_vnd=live.paid_vnd if live and is_pending else 0,
        owed_vnd=sum(dues) if payments else 0,
        refunded_vnd=sum(one.refunded_vnd for one in payments),
        by_hand=any(not PROVIDERS[one.method].sends_refunds for one in payments),
        offer_until=offer_until,
        points=points_instead(order, at=at)[:3] if offer_until else [],
    )


def get_choices(payments: list[Payment], receive: str) -> list[PaymentChoice]:
    """The available methods, the one that was chosen last first."""
    last = payments[-1] if payments else None
    chosen = last.method if last and last.state != Payment.State.FAILED else ""
    choices = [
        PaymentChoice(provider, provider.code == chosen, provider.is_up())
        for provider in available_providers(receive=receive)
    ]
    return sorted(choices, key=lambda choice: not choice.chosen)


def get_transfer(payment: Payment) -> TransferDetails | None:
    """What to transfer, if that is how the payment is to be made and it still may."""
    provider = PROVIDERS[payment.method]
    if not isinstance(provider, VietQr) or not payment.reference:
        return None
    if not payment.missing_vnd or not provider.is_available(receive=""):
        return None
    return provider.get_transfer(payment)


def units_refunded(payment: Payment) -> dict[int, int]:
    """Order line id to the units that are refunded, or about to be."""
    rows = RefundLine.objects.filter(refund__payment=payment).exclude(
        refund__state=Refund.State.FAILED
    )
    return dict(rows.order_by().values_list("line").annotate(refunded=Sum("units")))


def events_to_review() -> QuerySet[PaymentEvent]:
    """Events that could not be applied and are not resolved, newest first."""
    return (
        PaymentEvent.objects.filter(outcome="needs_review", resolved_by=None)
        .select_related("payment__order")
        .order_by("-pk")
    )


def transfers_to_match() -> QuerySet[PaymentEvent]:
    """Bank transfers of which it is unknown what they pay, newest first."""
    return events_to_review().filter(source=PaymentEvent.Source.BANK)


def transfers(code: str = "") -> QuerySet[PaymentEvent]:
    """Bank transfers, newest first; those that were matched as matched."""
    rows = PaymentEvent.objects.filter(
        source=PaymentEvent.Source.BANK, kind=PaymentEvent.Kind.PAID
    )
    if code:
        rows = rows.filter(code=code)
    matched = Q(resolved_by__kind=PaymentEvent.Kind.PAID)
    return (
        rows.exclude(Q(outcome=PaymentEvent.Outcome.NEEDS_REVIEW) & matched)
        .select_related("payment__order", "actor")
        .prefetch_related("resolved_by")
        .order_by("-pk")
    )


def uneven_transfer_payments() -> QuerySet[Payment]:
    """Payments by transfer that are underpaid, or of which a refund is due.

    Each with `owed_vnd`, whole dong, and its `transfers`; oldest first.
    """
    owed = (
        RefundDue.objects.filter(order=OuterRef("order"), settled_at=None)
        .order_by()
        .values("order")
        .annotate(vnd=Sum("amount_vnd"))
        .values("vnd")
    )
    events = PaymentEvent.objects.filter(
        source=PaymentEvent.Source.BANK, kind=PaymentEvent.Kind.PAID
    ).order_by("pk")
    return (
        Payment.objects.filter(method=PaymentMethod.VIETQR, paid_vnd__gt=0)
        .annotate(owed_vnd=Coalesce(Subquery(owed), 0))
        .filter(Q(state=Payment.State.PENDING) | Q(owed_vnd__gt=0))
        .select_related("order")
        .prefetch_related(Prefetch("events", events, to_attr="transfers"))
        .order_by("pk")
    )


def unpaid_orders_by_amount(amounts: Iterable[int]) -> dict[int, list[str]]:
    """Amount to the numbers of the newest three orders that await, or awaited, a
    transfer of exactly so much.
    """
    rows = Payment.objects.filter(
        method=PaymentMethod.VIETQR,
        state__in=[Payment.State.PENDING, Payment.State.LAPSED],
        paid_vnd=0,
        amount_vnd__in=set(amounts),
    ).order_by("-pk")
    found: dict[int, list[str]] = {}
    for vnd, number in rows.values_list("amount_vnd", "order__number")[:200]:
        numbers = found.setdefault(vnd, [])
        if len(numbers) < 3 and number not in numbers:
            numbers.append(number)
    return found


def open_refunds() -> QuerySet[Refund]:
    """Refunds that have not left: manual, not answered, or declined."""
    return (
        Refund.objects.filter(state__in=[Refund.State.CREATED, Refund.State.FAILED])
        .exclude(due__settled_at__isnull=False)
        .select_related("payment__order")
        .order_by("pk")
    )


def refunds_due() -> QuerySet[RefundDue]:
    """Money due to buyers that was not refunded yet, oldest first."""
    return (
        RefundDue.objects.filter(settled_at=None).select_related("order").order_by("pk")
    )


def open_disputes() -> QuerySet[Dispute]:
    return (
        Dispute.objects.filter(closed_at=None)
        .select_related("payment__order")
        .order_by("answer_by", "pk")
    )
