"""Tables of accounting: tills that were closed, invoices to issue."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import PaymentEvent
from stores.models import DeskSale, SalesEntry, SalesPoint


class TillClose(models.Model):
    """A till that was counted: what should have been there, and what was.

    One follows the other, numbered at each point. Written once; the database refuses
    to change or delete it. All sums are whole dong.
    """

    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="till_closes")
    number = models.PositiveIntegerField(help_text="1, 2, 3 at each point")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    opening_cash_vnd = models.PositiveIntegerField(
        help_text="cash that the close before had left in the drawer"
    )
    expected_cash_vnd = models.IntegerField(help_text="with what it began with")
    counted_cash_vnd = models.PositiveIntegerField()
    expected_card_vnd = models.IntegerField()
    counted_card_vnd = models.IntegerField()
    expected_transfer_vnd = models.IntegerField()
    counted_transfer_vnd = models.IntegerField()
    left_in_drawer_vnd = models.PositiveIntegerField(
        help_text="cash that stays in the drawer, to give change"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("close of a till")
        verbose_name_plural = _("closes of tills")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["point", "number"], name="tillclose_once_per_number"
            ),
            models.CheckConstraint(
                condition=Q(left_in_drawer_vnd__lte=F("counted_cash_vnd")),
                name="tillclose_leaves_what_is_there",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                | Q(
                    counted_cash_vnd=F("expected_cash_vnd"),
                    counted_card_vnd=F("expected_card_vnd"),
                    counted_transfer_vnd=F("expected_transfer_vnd"),
                ),
                name="tillclose_explains_a_difference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id}, {self.number}"

    @property
    def rows(self) -> list[tuple[str, int, int, int]]:
        """Kind of payment, expected, counted, and the difference."""
        kinds = [
            (DeskSale.PaidBy.CASH, self.expected_cash_vnd, self.counted_cash_vnd),
            (DeskSale.PaidBy.CARD, self.expected_card_vnd, self.counted_card_vnd),
            (
                DeskSale.PaidBy.TRANSFER,
                self.expected_transfer_vnd,
                self.counted_transfer_vnd,
            ),
        ]
        return [
            (str(kind.label), expected, counted, counted - expected)
            for kind, expected, counted in kinds
        ]

    @property
    def difference_vnd(self) -> int:
        return sum(off for *_row, off in self.rows)

    @property
    def has_difference(self) -> bool:
        """Whether any kind differs, also when two differences cancel out."""
        return any(off for *_row, off in self.rows)

    @property
    def withdrawn_vnd(self) -> int:
        """Cash that leaves the drawer."""
        return self.counted_cash_vnd - self.left_in_drawer_vnd


class TillEntry(models.Model):
    """An entry of the journal or a payment that a close has counted, once.

    What was not written when a till was closed has no entry and is counted by the next
    close, whatever its time.
    """

    close = models.ForeignKey(TillClose, models.PROTECT, related_name="entries")
    sale = models.OneToOneField(
        SalesEntry,
        models.PROTECT,
        null=True,
        related_name="till_entry",
        help_text="sold at the desk, where goods and money change hands at once",
    )
    event = models.OneToOneField(
        PaymentEvent,
        models.PROTECT,
        null=True,
        related_name="till_entry",
        help_text="money of an order, collected or refunded at the desk",
    )

    class Meta:
        verbose_name = _("entry of a close")
        verbose_name_plural = _("entries of a close")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sale__isnull=False, event__isnull=True)
                | Q(sale__isnull=True, event__isnull=False),
                name="tillentry_counts_one_row",
            )
        ]

    def __str__(self) -> str:
        return f"{self.close_id}: {self.sale_id or self.event_id}"


class Invoice(models.Model):
    """An electronic invoice that is to be issued, and how far it is.

    It is of the journal's entries with its `document` and `reference`: what was sold,
    or one return or refund of it, which `adjusts` the invoice of the sale. It gets its
    number and its content once, before a provider is called, so that a retry is
    the same invoice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be issued")
        ISSUED = "issued", _("issued")

    document = models.CharField(
        max_length=60, help_text="number of the order or of the sale at the desk"
    )
    reference = models.CharField(
        max_length=40, blank=True, help_text="the return or refund that it is of"
    )
    adjusts = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="adjusted_by"
    )
    state = models.CharField(
        max_length=8, choices=State, default=State.WAITING, db_index=True
    )
    series = models.CharField(max_length=8, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    content = models.JSONField(
        default=dict, blank=True, help_text="what is on it, from its number on"
    )
    provider_reference = models.CharField(
        max_length=255, blank=True, help_text="the provider's name for it"
    )
    tries = models.PositiveIntegerField(default=0, help_text="that failed")
    why = models.CharField(max_length=200, blank=True, help_text="of the last failure")
    queued_at = models.DateTimeField()
    try_after = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("electronic invoice")
        verbose_name_plural = _("electronic invoices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "reference"], name="invoice_once_per_reference"
            ),
            models.UniqueConstraint(
                fields=["series", "number"], name="invoice_once_per_number"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(number__isnull=False),
                name="invoice_issued_has_its_number",
            ),
            models.CheckConstraint(
                condition=~Q(document="")
                & (
                    Q(reference="", adjusts__isnull=True)
                    | (~Q(reference="") & Q(adjusts__isnull=False))
                ),
                name="invoice_adjusts_what_was_sold",
            ),
        ]

    def __str__(self) -> str:
        return self.full_number or f"invoice {self.pk}, not numbered"

    @property
    def full_number(self) -> str:
        """As it is printed, or nothing before it has one."""
        return f"{self.series} {self.number:08}" if self.number else ""
