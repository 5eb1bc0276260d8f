"""Counting a shelf without being told what should lie there."""

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from catalogue.models import Batch
from stores.models.points import SalesPoint
from stores.partner.models import StockRecord


class Tolerance(NamedTuple):
    """A difference is beyond it when it is more than both."""

    units: int
    percent: int


RECOUNT_ABOVE = Tolerance(units=2, percent=10)
"""A difference beyond it is counted again before it is believed.

A unit or two, or a tenth of many, is what a shelf loses between two counts. More than
that is oftener a box that was overlooked than goods that are gone, and a second look
costs a minute, while a wrong number costs a buyer.
"""


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


class CountLineQuerySet(models.QuerySet["CountLine"]):
    def to_recount(self) -> "CountLineQuerySet":
        """Those of which `CountLine.asks_recount` is true."""
        off = Abs(F("counted") - F("expected"))
        return self.annotate(off=off, hundredfold=off * 100).filter(
            times=1,
            off__gt=RECOUNT_ABOVE.units,
            hundredfold__gt=F("expected") * RECOUNT_ABOVE.percent,
        )

    def differing(self) -> "CountLineQuerySet":
        """Those where something else was found than the books said."""
        return self.exclude(counted=F("expected"))


class CountLine(models.Model):
    """How many units of a lot were found, beside what the books said at that moment."""

    count = models.ForeignKey(StockCount, models.PROTECT, related_name="lines")
    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField()
    expected = models.PositiveIntegerField(
        help_text="units of the lot in the books when it was counted"
    )
    price_vnd = models.PositiveIntegerField(
        help_text="of one unit when it was counted, whole dong, tax included"
    )
    times = models.PositiveSmallIntegerField(
        default=1, help_text="how often the lot was counted in this round"
    )
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = CountLineQuerySet.as_manager()

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

    @property
    def difference_vnd(self) -> int:
        """What the difference is worth at the price, whole dong; negative if lost."""
        return self.difference * self.price_vnd

    @property
    def asks_recount(self) -> bool:
        """Whether a second count has to confirm it; the second then stands."""
        off = abs(self.difference)
        return (
            self.times == 1
            and off > RECOUNT_ABOVE.units
            and off * 100 > self.expected * RECOUNT_ABOVE.percent
        )
