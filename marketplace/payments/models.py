"""What was asked for, what came, what went back, and what told us so."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Line, Order, RefundDue
from stores.models import DeskSale, SalesPoint


class Payment(models.Model):
    """One attempt to be paid for an order, in one way.

    The sums are those of its applied events, and change with them in one transaction.
    """

    class Way(models.TextChoices):
        POINT = "point", _("at the counter")
        COD = "cod", _("to the postman")
        VIETQR = "vietqr", _("bank transfer with a VietQR code")
        STRIPE = "stripe", _("card or wallet")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for money")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        LAPSED = "lapsed", _("not paid in time")
        REFUND_DUE = "refund_due", _("to be paid back")
        REFUNDED = "refunded", _("paid back")

    LIVE = (State.ASKED, State.PAID)

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    way = models.CharField(max_length=8, choices=Way)
    state = models.CharField(
        max_length=10, choices=State, default=State.ASKED, db_index=True
    )
    amount_vnd = models.PositiveIntegerField(help_text="asked for, whole dong")
    paid_vnd = models.PositiveIntegerField(default=0, help_text="came, whole dong")
    refunded_vnd = models.PositiveIntegerField(
        default=0, help_text="went back, whole dong"
    )
    key = models.UUIDField(
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text="names this attempt to whoever moves the money; they do it once",
    )
    reference = models.CharField(
        max_length=255,
        blank=True,
        db_index=True,
        help_text="their name for what we asked: a session, a purpose",
    )
    money_reference = models.CharField(
        max_length=255,
        blank=True,
        db_index=True,
        help_text="their name for the money that came: an intent, a transaction",
    )
    url = models.URLField(max_length=2000, blank=True, help_text="where she pays")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="the buyer may take the goods at another point until then; afterwards"
        " the money goes back",
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions: ClassVar = [
            ("manage_money", _("Sees payments and pays money back"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["asked", "paid"]),
                name="payment_one_alive_per_order",
            ),
            models.CheckConstraint(
                condition=Q(refunded_vnd__lte=F("paid_vnd"))
                | Q(refunded_vnd__lte=F("amount_vnd")),
                name="payment_gives_back_what_came",
            ),
        ]
        indexes = [models.Index(fields=["way", "state"], name="payment_way_and_state")]

    def __str__(self) -> str:
        return f"{self.way} {self.amount_vnd} ₫ of order {self.order_id}: {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def here_vnd(self) -> int:
        """What came and has not gone back; below 0 if its going was told first."""
        return self.paid_vnd - self.refunded_vnd

    @property
    def missing_vnd(self) -> int:
        return max(0, self.amount_vnd - self.paid_vnd)


class PaymentEvent(models.Model):
    """Something that happened to money, told by somebody, once.

    `external_id` names the fact and not the messenger: what a webhook, an answer and
    an enquiry say of the same refund is one event. Written once; the database refuses
    to change or delete it. What is kept waits for a manager, until another event
    `answers` it.
    """

    class Source(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        BANK = "bank", _("the bank")
        DESK = "desk", _("a desk")
        OURS = "ours", _("the shop")

    class Kind(models.TextChoices):
        ASKED = "asked", _("money asked for")
        PAID = "paid", _("money came")
        FAILED = "failed", _("could not be paid")
        LAPSED = "lapsed", _("time to pay is over")
        OWED = "owed", _("money cannot be used")
        USED = "used", _("money is used after all")
        REFUNDED = "refunded", _("money went back")
        REFUND_FAILED = "unrefunded", _("a refund came back to us")
        DISPUTED = "disputed", _("a bank disputes it")
        DISPUTE_CLOSED = "settled", _("a dispute is over")
        OTHER = "other", _("something else")

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        IGNORED = "ignored", _("changed nothing")
        KEPT = "kept", _("waits for a manager")

    class Case(models.TextChoices):
        """What a transfer that came is to what was asked for; it stands in `why`."""

        EXACT = "exact", _("exactly what was asked for")
        TOO_LITTLE = "too little", _("too little")
        TOO_MUCH = "too much", _("too much")
        TWICE = "twice", _("paid already")
        LATE = "late", _("after the time to pay")
        UNKNOWN = "unknown", _("names no order that is paid by transfer")
        OTHERWISE = "otherwise", _("the bank's number of another transfer")
        SAME = "same", _("reported to us before")
        BEYOND = "beyond", _("too large a sum for one order")
        UNREADABLE = "unreadable", _("a notice that cannot be read")

    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="events"
    )
    source = models.CharField(max_length=8, choices=Source)
    external_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=Kind)
    amount_vnd = models.IntegerField(
        default=0, help_text="whole dong; negative when money leaves"
    )
    outcome = models.CharField(max_length=8, choices=Outcome)
    state = models.CharField(
        max_length=10,
        choices=Payment.State,
        blank=True,
        help_text="of the payment afterwards",
    )
    why = models.CharField(
        max_length=200, blank=True, help_text="why it is kept, or what was said"
    )
    payload = models.JSONField(
        default=dict, help_text="as it was told; by Stripe without the buyer"
    )
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answered_by"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    point = models.ForeignKey(
        SalesPoint,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="at whose desk money was taken or given",
    )
    paid_by = models.CharField(
        max_length=8,
        choices=DeskSale.PaidBy,
        blank=True,
        help_text="how, at a desk",
    )
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
                condition=Q(outcome="kept"),
                name="paymentevent_kept",
            ),
            models.Index(
                fields=["point", "happened_at"],
                condition=Q(source="desk"),
                name="paymentevent_of_a_desk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}: {self.kind} {self.outcome}"

    @property
    def means(self) -> str:
        """By what the money moved: as was said at a desk, else the payment's way."""
        if self.paid_by or self.payment is None:
            return str(self.get_paid_by_display())
        return str(self.payment.get_way_display())

    @property
    def why_said(self) -> str:
        """`why` in the reader's language, where it is one of ours."""
        known = dict(self.Case.choices + RefundDue.Reason.choices)
        return str(known.get(self.why) or (self.why and gettext(self.why)))


class Refund(models.Model):
    """Money that is to go back, written down before anybody is asked to move it.

    So that what stopped halfway is seen and tried again under the same key.
    """

    class State(models.TextChoices):
        INTENDED = "intended", _("not sent yet")
        SENT = "sent", _("on its way")
        DONE = "done", _("paid back")
        FAILED = "failed", _("failed")

    UNDER_WAY = (State.INTENDED, State.SENT)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    due = models.ForeignKey(
        RefundDue, models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    amount_vnd = models.PositiveIntegerField(help_text="whole dong")
    reason = models.CharField(max_length=200)
    key = models.CharField(
        max_length=64, unique=True, help_text="the same key is the same refund"
    )
    state = models.CharField(max_length=8, choices=State, default=State.INTENDED)
    reference = models.CharField(
        max_length=255, blank=True, db_index=True, help_text="the gateway's name for it"
    )
    why = models.CharField(max_length=200, blank=True, help_text="what stands against")
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
    def reason_said(self) -> str:
        """`reason` in the reader's language, where nobody wrote it by hand."""
        return str(dict(RefundDue.Reason.choices).get(self.reason, self.reason))


class RefundLine(models.Model):
    """For which goods a refund is; none for postage or what came too much."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, models.PROTECT, related_name="refund_lines")
    units = models.PositiveIntegerField()
    amount_vnd = models.PositiveIntegerField(help_text="whole dong")

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
    """A buyer's bank takes money back; Stripe and the bank settle who keeps it."""

    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    reference = models.CharField(max_length=255, unique=True)
    amount_vnd = models.PositiveIntegerField(help_text="whole dong")
    reason = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=40, help_text="in Stripe's word")
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")

    def __str__(self) -> str:
        return f"{self.reference}: {self.status}"
