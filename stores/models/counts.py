"""Counting a shelf without being told what should lie there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models import Batch
from stores.models.points import SalesPoint
from stores.partner.models import StockRecord


class StockCount(models.Model):
    """One round of counting at a point; sales go on meanwhile."""

    class Status(models.TextChoices):
        OPEN = "open", _("being counted")
        BOOKED = "booked", _("booked")
        ABANDONED = "abandoned", _("abandoned")

    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="counts")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        constraints = [
            models.UniqueConstraint(
                fields=["point"],
                condition=Q(status="open"),
                name="count_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As in the ledger."""
        return f"KK-{self.pk:05}"


class CountLine(models.Model):
    """How many units of a lot were found, beside what the books said at that moment."""

    count = models.ForeignKey(StockCount, models.PROTECT, related_name="lines")
    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField()
    expected = models.PositiveIntegerField(
        help_text="units of the lot in the books when it was counted"
    )
    times = models.PositiveSmallIntegerField(default=1)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("line of a count")
        verbose_name_plural = _("lines of a count")
        constraints = [
            models.UniqueConstraint(
                fields=["count", "record", "batch"], name="countline_once_per_lot"
            )
        ]

    def __str__(self) -> str:
        return f"{self.counted} of {self.batch_id}"

    @property
    def difference(self) -> int:
        """Units found more (or, negative, fewer) than the books said."""
        return self.counted - self.expected
