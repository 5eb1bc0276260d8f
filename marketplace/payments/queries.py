"""Which payment is meant, what of it can go back, and what waits for somebody."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import (
    Case,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from marketplace.orders.models import Fulfilment, Hold, Order, RefundDue
from marketplace.payments.models import (
    Dispute,
    Payment,
    PaymentEvent,
    Refund,
    RefundLine,
)
from marketplace.payments.port import Way
from marketplace.payments.purpose import orders_named
from marketplace.payments.stripe_events import Names
from marketplace.payments.ways import WAYS, offered
from marketplace.payments.ways.vietqr import Transfer, VietQr
from stores.models import SalesPoint
from stores.queries.free import free_records

GIVEN_UP = ("won", "warning_closed", "prevented")
"""Disputes that took nothing from us, in Stripe's words."""


def payment_named(names: Names) -> Payment | None:
    """The payment by our own key, or else by what Stripe calls it."""
    try:
        found = Payment.objects.filter(key=uuid.UUID(names.key)).first()
    except ValueError:
        found = None
    if not found and names.session:
        found = Payment.objects.filter(reference=names.session).first()
    if not found and names.intent:
        found = Payment.objects.filter(money_reference=names.intent).first()
    return found


def payment_for_transfer(purpose: str) -> Payment | None:
    """The payment that a transfer's purpose names: of one order, and that clearly."""
    numbers = orders_named(purpose)
    if len(numbers) != 1:
        return None
    return transfer_asked_for(order__number=numbers[0])


def transfer_asked_for(**order: object) -> Payment | None:
    """The attempt of an order that waits for a transfer, or else its last one."""
    asked = Payment.objects.filter(way=Payment.Way.VIETQR, **order)
    waits = Case(When(state=Payment.State.ASKED, then=1), default=0)
    return asked.order_by(waits.desc(), "-pk").first()


def refundable_vnd(payment: Payment) -> int:
    """What of it can still be sent back, whole dong.

    Refunds under way have left already in this view, and what a bank disputes is not
    ours to give a second time.
    """
    going = payment.refunds.filter(state__in=Refund.UNDER_WAY).aggregate(
        vnd=Sum("amount_vnd", default=0)
    )["vnd"]
    disputed = payment.disputes.exclude(status__in=GIVEN_UP).aggregate(
        vnd=Sum("amount_vnd", default=0)
    )["vnd"]
    return max(0, payment.here_vnd - int(going) - int(disputed))


def points_instead(order: Order, *, at: dt.datetime) -> list[SalesPoint]:
    """Points where all goods of a pick-up lie free, the nearest to its own first.

    None for what is brought or sent: that is nobody's walk.
    """
    fulfilment = order.fulfilments.select_related("point").order_by("pk")[0]
    if fulfilment.delivery_method != fulfilment.Way.PICKUP:
        return []
    wanted = dict(fulfilment.lines.values_list("reservation__record__product", "units"))
    rows = (
        free_records(at=at)
        .exclude(partner=fulfilment.point.partner_id)
        .filter(product__in=wanted)
        .values_list("partner", "product", "free")
    )
    has: dict[int, set[int]] = {}
    for partner, product, free in rows:
        if free >= wanted[product]:
            has.setdefault(partner, set()).add(product)
    whole = [
        partner for partner, products in has.items() if len(products) == len(wanted)
    ]
    points = SalesPoint.objects.filter(
        partner__in=whole, is_open=True, offers_pickup=True
    )
    return sorted(points, key=lambda point: point.distance_km(fulfilment.point))


@dataclass(frozen=True)
class Choice:
    """A way to pay, as an unpaid order's page offers it."""

    way: Way
    chosen: bool
    answers: bool


@dataclass(frozen=True)
class Money:
    """What an order's page says of its money."""

    unpaid: bool
    until: dt.datetime | None
    payment: Payment | None
    choices: list[Choice]
    transfer: Transfer | None
    paid_vnd: int
    part_vnd: int
    owed_vnd: int
    refunded_vnd: int
    by_hand: bool
    offer_until: dt.datetime | None
    points: list[SalesPoint]

    @property
    def came_late(self) -> bool:
        """Whether there is money that could not be used, here or given back."""
        return bool(self.owed_vnd or self.refunded_vnd or self.offer_until)

    @property
    def waits(self) -> bool:
        """Whether money is on its way and the page should look out for it."""
        return self.unpaid or bool(self.offer_until)


def money_of(order: Order, *, receive: str, at: dt.datetime) -> Money:
    """What was asked, came, went back and is still owed, and what can be done now."""
    payments = list(order.payments.order_by("pk"))
    hold = Hold.objects.filter(order=order).first()
    until = hold.until if hold and hold.until > at else None
    unpaid = order.status == Fulfilment.Status.AWAITING_PAYMENT and bool(until)
    last = payments[-1] if payments else None
    live = next((one for one in payments if one.is_live), None)
    offer = next(
        (
            one.offer_until
            for one in payments
            if one.state == Payment.State.REFUND_DUE
            and one.offer_until
            and one.offer_until > at
        ),
        None,
    )
    ways = offered(receive=receive) if unpaid else []
    wanted = last.way if last and last.state != Payment.State.FAILED else ""
    online = [one for one in payments if WAYS[one.delivery_method].hold]
    return Money(
        unpaid=unpaid,
        until=until,
        payment=live,
        choices=sorted(
            (Choice(way, way.code == wanted, way.answers()) for way in ways),
            key=lambda choice: not choice.chosen,
        ),
        transfer=transfer_of(live) if unpaid and live else None,
        paid_vnd=sum(p.paid_vnd for p in online if p.state == Payment.State.PAID),
        part_vnd=live.paid_vnd if live and live.state == Payment.State.ASKED else 0,
        owed_vnd=sum(dues().filter(order=order).values_list("amount_vnd", flat=True))
        if payments
        else 0,
        refunded_vnd=sum(one.refunded_vnd for one in payments),
        by_hand=any(one.delivery_method != Payment.Way.STRIPE for one in payments),
        offer_until=offer,
        points=points_instead(order, at=at)[:3] if offer else [],
    )


def transfer_of(payment: Payment) -> Transfer | None:
    """What her bank has to be told, if the buyer chose to transfer and may still."""
    way = WAYS[payment.way]
    if not (isinstance(way, VietQr) and payment.reference and payment.missing_vnd):
        return None
    return way.transfer(payment) if way.offered(receive="") else None


def units_refunded(payment: Payment) -> dict[int, int]:
    """Order line id to the units that were paid back, or are about to be."""
    rows = RefundLine.objects.filter(refund__payment=payment).exclude(
        refund__state=Refund.State.FAILED
    )
    return dict(rows.order_by().values_list("line").annotate(given_back=Sum("units")))


def kept_events() -> QuerySet[PaymentEvent]:
    """What could not be applied and nobody has answered yet, newest first."""
    return (
        PaymentEvent.objects.filter(outcome="kept", answered_by=None)
        .select_related("payment__order")
        .order_by("-pk")
    )


def transfers_unmatched() -> QuerySet[PaymentEvent]:
    """Transfers of which nobody knows yet what they pay, newest first."""
    return kept_events().filter(source=PaymentEvent.Source.BANK)


def transfers(case: str = "") -> QuerySet[PaymentEvent]:
    """Every transfer that came, newest first, each as it was counted in the end."""
    rows = PaymentEvent.objects.filter(
        source=PaymentEvent.Source.BANK, kind=PaymentEvent.Kind.PAID
    )
    if case:
        rows = rows.filter(why=case)
    matched = Q(answered_by__kind=PaymentEvent.Kind.PAID)
    return (
        rows.exclude(Q(outcome=PaymentEvent.Outcome.KEPT) & matched)
        .select_related("payment__order", "actor")
        .prefetch_related("answered_by")
        .order_by("-pk")
    )


def transfers_not_even() -> QuerySet[Payment]:
    """Payments by transfer that came in part, or of which something is owed back.

    Each with `owed_vnd`, whole dong, and its transfers in `came`; oldest first.
    """
    owed = (
        RefundDue.objects.filter(order=OuterRef("order"), settled_at=None)
        .order_by()
        .values("order")
        .annotate(vnd=Sum("amount_vnd"))
        .values("vnd")
    )
    came = PaymentEvent.objects.filter(
        source=PaymentEvent.Source.BANK, kind=PaymentEvent.Kind.PAID
    ).order_by("pk")
    return (
        Payment.objects.filter(way=Payment.Way.VIETQR, paid_vnd__gt=0)
        .annotate(owed_vnd=Coalesce(Subquery(owed), 0))
        .filter(Q(state=Payment.State.ASKED) | Q(owed_vnd__gt=0))
        .select_related("order")
        .prefetch_related(Prefetch("events", came, to_attr="came"))
        .order_by("pk")
    )


def asked_for_as_much(amounts: Iterable[int]) -> dict[int, list[str]]:
    """Sum to the numbers of orders that wait for a transfer of exactly so much, or have
    lapsed without it; the newest few.
    """
    rows = Payment.objects.filter(
        way=Payment.Way.VIETQR,
        state__in=[Payment.State.ASKED, Payment.State.LAPSED],
        paid_vnd=0,
        amount_vnd__in=set(amounts),
    ).order_by("-pk")
    found: dict[int, list[str]] = {}
    for vnd, number in rows.values_list("amount_vnd", "order__number")[:200]:
        numbers = found.setdefault(vnd, [])
        if len(numbers) < 3 and number not in numbers:
            numbers.append(number)
    return found


def refunds_waiting() -> QuerySet[Refund]:
    """Refunds that have not left: to be given by hand, not answered, or refused."""
    return (
        Refund.objects.filter(state__in=[Refund.State.INTENDED, Refund.State.FAILED])
        .exclude(due__settled_at__isnull=False)
        .select_related("payment__order")
        .order_by("pk")
    )


def dues() -> QuerySet[RefundDue]:
    """Money owed to buyers and not yet given back, oldest first."""
    return (
        RefundDue.objects.filter(settled_at=None).select_related("order").order_by("pk")
    )


def open_disputes() -> QuerySet[Dispute]:
    return (
        Dispute.objects.filter(closed_at=None)
        .select_related("payment__order")
        .order_by("answer_by", "pk")
    )
