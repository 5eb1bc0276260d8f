"""Payments, the events that changed them, refunds and disputes."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Fulfilment, Line, Order, RefundDue
from stores.models import DeskSale, SalesPoint


class PaymentMethod(models.TextChoices):
    POINT = "point", _("at the counter")
    COD = "cod", _("to the postman")
    VIETQR = "vietqr", _("bank transfer with a VietQR code")
    STRIPE = "stripe", _("card or wallet")


ON_RECEIPT = (PaymentMethod.POINT, PaymentMethod.COD)


class Code(models.TextChoices):
    """Why something happened to money; the label is the sentence, with its params."""

    EXACT = "exact", _("exactly what was asked for")
    TOO_LITTLE = "too_little", _("too little")
    TOO_MUCH = "too_much", _("too much")
    PAID_ALREADY = "paid_already", _("paid already")
    LATE = "late", _("after the time to pay")
    UNKNOWN_ORDER = "unknown_order", _("names no order that is paid by transfer")
    REFERENCE_REUSED = "reference_reused", _("the bank's number of another transfer")
    DUPLICATE = "duplicate", _("reported to us before")
    MAYBE_REPORTED = "maybe_reported", _("perhaps one that was reported to us before")
    TOO_LARGE = "too_large", _("too large a sum for one order")
    UNREADABLE = "unreadable", _("a notice that cannot be read")

    UNKNOWN_PAYMENT = "unknown_payment", _("no payment of this name")
    AMOUNT_DIFFERS = "amount_differs", _("%(came)s ₫ came, %(due)s ₫ were asked for")
    OVER_REFUNDED = "over_refunded", _("more would have gone back than came")
    WRONG_CURRENCY = "wrong_currency", _("currency %(currency)s")
    WRONG_AMOUNT = "wrong_amount", _("amount %(amount)s")
    NOT_ANSWERING = "not_answering", _("no answer: %(message)s")
    DECLINED = "declined", _("refused: %(message)s")
    MESSAGE = "message", "%(message)s"
    """Free text of a manager or of a third party."""

    PAID_OTHERWISE = "paid_otherwise", _("paid in another way")
    RESTARTED = "restarted", _("asked for anew")
    PAID_ON_RECEIPT = "paid_on_receipt", _("paid on receipt instead")
    ORDER_ENDED = "order_ended", _("the order ended")
    ORDER_STATUS = "order_status", _("the order is %(order_status)s")
    WITHDRAWN = "withdrawn", _("withdrawn: %(product)s")
    SOLD_OUT = "sold_out", _("sold meanwhile: %(product)s")
    MOVED = "moved", _("served at %(point)s")
    REFUND_REASON = "refund_reason", "%(refund_reason)s"


BANK_CODES = (
    Code.EXACT,
    Code.TOO_LITTLE,
    Code.TOO_MUCH,
    Code.PAID_ALREADY,
    Code.LATE,
    Code.UNKNOWN_ORDER,
    Code.REFERENCE_REUSED,
    Code.DUPLICATE,
    Code.MAYBE_REPORTED,
    Code.TOO_LARGE,
    Code.UNREADABLE,
)
"""How a bank transfer compares with what was requested."""

LABELS = {"order_status": Fulfilment.Status, "refund_reason": RefundDue.Reason}
"""Params that are themselves choices."""


class Explained(models.Model):
    """A code with its parameters; the sentence is made for its reader."""

    code = models.CharField(max_length=16, choices=Code, blank=True)
    params = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def explanation(self) -> str:
        """The sentence in the current language, or nothing."""
        if not self.code:
            return ""
        values = {
            name: LABELS[name](value).label if name in LABELS else value
            for name, value in self.params.items()
        }
        return str(Code(self.code).label) % values


class Payment(models.Model):
    """One attempt to be paid for an order, by one method; amounts are whole dong.

    `paid_vnd` and `refunded_vnd` are the sums of its applied events and change with
    them in one transaction. `key` is the idempotency key of the provider's calls;
    `reference` is the id of the request (a Checkout Session, a transfer's purpose),
    `money_reference` of the money (a PaymentIntent, a bank transaction), `url` the page
    to pay on. Until `offer_until` the buyer may collect the goods at another point;
    afterwards the money is refunded.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for money")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        LAPSED = "lapsed", _("not paid in time")
        REFUND_DUE = "refund_due", _("to be paid back")
        REFUNDED = "refunded", _("paid back")

    LIVE = (State.PENDING, State.PAID)

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    method = models.CharField(max_length=8, choices=PaymentMethod)
    state = models.CharField(
        max_length=10, choices=State, default=State.PENDING, db_index=True
    )
    amount_vnd = models.PositiveIntegerField()
    paid_vnd = models.PositiveIntegerField(default=0)
    refunded_vnd = models.PositiveIntegerField(default=0)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=255, blank=True, db_index=True)
    money_reference = models.CharField(max_length=255, blank=True, db_index=True)
    url = models.URLField(max_length=2000, blank=True)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions: ClassVar = [
            ("manage_money", _("Sees payments and pays money back"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["pending", "paid"]),
                name="payment_one_alive_per_order",
            ),
            models.CheckConstraint(
                condition=Q(refunded_vnd__lte=F("paid_vnd"))
                | Q(refunded_vnd__lte=F("amount_vnd")),
                name="payment_refunds_at_most_what_came",
            ),
        ]
        indexes = [
            models.Index(fields=["method", "state"], name="payment_method_and_state")
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount_vnd} ₫ of {self.order_id}: {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def balance_vnd(self) -> int:
        """Received and not refunded; negative if the refund was reported first."""
        return self.paid_vnd - self.refunded_vnd

    @property
    def missing_vnd(self) -> int:
        return max(0, self.amount_vnd - self.paid_vnd)


class PaymentEvent(Explained):
    """A fact about money and its outcome; append-only, enforced by the database.

    `external_id` names the fact, not the messenger: a webhook, an API answer and a
    reconciliation that report one refund are one event. An event that needs review
    waits for a manager until another event `resolves` it. `amount_vnd` is negative when
    money leaves; `state` is the payment's afterwards; `payload` is as received, without
    personal data if by Stripe. `point` and `paid_by`: at whose desk, and how.
    """

    class Source(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        BANK = "bank", _("the bank")
        DESK = "desk", _("a desk")
        SHOP = "shop", _("the shop")

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("money asked for")
        PAID = "paid", _("money came")
        FAILED = "failed", _("could not be paid")
        LAPSED = "lapsed", _("time to pay is over")
        UNUSABLE = "unusable", _("money cannot be used")
        USED = "used", _("money is used after all")
        REFUNDED = "refunded", _("money went back")
        REFUND_FAILED = "refund_failed", _("a refund came back to us")
        DISPUTED = "disputed", _("a bank disputes it")
        DISPUTE_CLOSED = "dispute_closed", _("a dispute is over")
        OTHER = "other", _("something else")

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        IGNORED = "ignored", _("changed nothing")
        NEEDS_REVIEW = "needs_review", _("waits for a manager")

    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="events"
    )
    source = models.CharField(max_length=8, choices=Source)
    external_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=14, choices=Kind)
    amount_vnd = models.IntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=Outcome)
    state = models.CharField(max_length=10, choices=Payment.State, blank=True)
    payload = models.JSONField(default=dict)
    resolves = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="resolved_by"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    point = models.ForeignKey(SalesPoint, models.PROTECT, null=True, related_name="+")
    paid_by = models.CharField(max_length=8, choices=DeskSale.PaidBy, blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="paymentevent_once"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="applied") | Q(payment__isnull=False),
                name="paymentevent_applies_to_a_payment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-received_at"],
                condition=Q(outcome="needs_review"),
                name="paymentevent_needs_review",
            ),
            models.Index(
                fields=["point", "happened_at"],
                condition=Q(source="desk"),
                name="paymentevent_at_a_desk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}: {self.kind} {self.outcome}"

    @property
    def method_display(self) -> str:
        """How the money moved: as recorded at a desk, or else the payment's method."""
        if self.paid_by or self.payment is None:
            return str(self.get_paid_by_display())
        return str(self.payment.get_method_display())


class Refund(Explained):
    """Money to send back, written before a provider is asked to move it.

    What stops halfway is tried again under the same idempotency `key`. `reference` is
    the provider's id, `code` what stands against the refund.
    """

    class State(models.TextChoices):
        CREATED = "created", _("not sent yet")
        SENT = "sent", _("on its way")
        DONE = "done", _("paid back")
        FAILED = "failed", _("failed")

    IN_PROGRESS = (State.CREATED, State.SENT)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    due = models.ForeignKey(
        RefundDue, models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    amount_vnd = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.CREATED)
    reference = models.CharField(max_length=255, blank=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_vnd__gt=0), name="refund_is_some_money"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_vnd} ₫ back of payment {self.payment_id}: {self.state}"

    @property
    def reason_display(self) -> str:
        """The label of a `RefundDue.Reason`, or what a person wrote."""
        return str(dict(RefundDue.Reason.choices).get(self.reason, self.reason))


class RefundLine(models.Model):
    """The goods that a refund is for; none for postage or an overpayment."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, models.PROTECT, related_name="refund_lines")
    units = models.PositiveIntegerField()
    amount_vnd = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("line of a refund")
        verbose_name_plural = _("lines of a refund")
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "line"], name="refundline_once_per_line"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0), name="refundline_is_some_goods"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of line {self.line_id}"


class Dispute(models.Model):
    """A chargeback: the buyer's bank takes the money back; `status` is Stripe's."""

    NOT_LOST = ("won", "warning_closed", "prevented")
    """Statuses of disputes that took nothing."""
    CLOSED = (*NOT_LOST, "lost")

    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    reference = models.CharField(max_length=255, unique=True)
    amount_vnd = models.PositiveIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=40)
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")

    def __str__(self) -> str:
        return f"{self.reference}: {self.status}"
