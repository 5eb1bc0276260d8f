"""Goods on their way from one point to another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.models import Batch, Product
from stores.models.points import SalesPoint
from stores.models.reservations import Reservation


class TransferQuerySet(models.QuerySet["Transfer"]):
    def involving(self, point: SalesPoint) -> "TransferQuerySet":
        """Those that leave a point or come to it."""
        return self.filter(Q(source=point) | Q(destination=point))

    def open(self) -> "TransferQuerySet":
        return self.filter(status__in=[Transfer.Status.REQUESTED, Transfer.Status.SENT])


class Transfer(models.Model):
    """A request that goods come from one point to another, and what became of it.

    On the way the goods are nobody's stock.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        SENT = "sent", _("on the way")
        RECEIVED = "received", pgettext_lazy("a transfer", "received")
        CANCELLED = "cancelled", _("cancelled")

    source = models.ForeignKey(SalesPoint, models.PROTECT, related_name="transfers_out")
    destination = models.ForeignKey(
        SalesPoint, models.PROTECT, related_name="transfers_in"
    )
    status = models.CharField(
        max_length=10, choices=Status, default=Status.REQUESTED, db_index=True
    )
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="when it has to be there, if a buyer waits"
    )
    note = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="nobody, if it ended with the order that waited for it",
    )
    cancel_reason = models.CharField(max_length=200, blank=True)
    difference_reason = models.CharField(
        max_length=200, blank=True, help_text="why other units came than were sent"
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("destination")),
                name="transfer_between_two_points",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As on the slip and in the ledger."""
        return f"DC-{self.pk:05}"


class TransferLine(models.Model):
    """A product to transfer, for a reservation that waits for it if there is one."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    reservation = models.ForeignKey(
        Reservation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transfer_lines",
    )
    units = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("line of a transfer")
        verbose_name_plural = _("lines of a transfer")
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0), name="transferline_asks_for_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.product_id}"

    @property
    def units_to_send(self) -> int:
        """What was requested, or what is still allocated to the reservation."""
        return self.units if self.reservation is None else self.reservation.allocated


class TransferLot(models.Model):
    """Units of a lot that were sent for a line; `received` is None until they are."""

    line = models.ForeignKey(TransferLine, models.PROTECT, related_name="lots")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    sent = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("lot of a transfer")
        verbose_name_plural = _("lots of a transfer")
        constraints = [
            models.UniqueConstraint(fields=["line", "batch"], name="transferlot_once"),
            models.CheckConstraint(
                condition=Q(sent__gt=0), name="transferlot_sends_something"
            ),
            models.CheckConstraint(
                condition=Q(received__isnull=True) | Q(received__lte=F("sent")),
                name="transferlot_never_grows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent} × {self.batch_id}"

    @property
    def missing(self) -> int:
        """Units that were sent and did not come, once it was received."""
        return 0 if self.received is None else self.sent - self.received
