"""Units of a shelf that are set aside for somebody."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stores.partner.models import StockRecord


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def expired(self, *, at: dt.datetime) -> "ReservationQuerySet":
        return self.filter(expires_at__lte=at)

    def short(self) -> "ReservationQuerySet":
        """Those that wait for more units than are allocated to them."""
        return self.filter(allocated__lt=F("units"))

    def lock(self) -> None:
        """Lock what changes together with these, in the one order that all follow.

        Open transfers that carry their goods first, then stock records, each by id;
        the reservations themselves change only under the lock of their record.
        """
        from stores.models.transfers import Transfer  # it refers to this module

        mine = self.values("pk")
        carried = Transfer.objects.open().filter(lines__reservation__in=mine)
        transfers = Transfer.objects.filter(pk__in=carried.values("pk"))
        list(transfers.order_by("pk").select_for_update())
        records = StockRecord.objects.filter(pk__in=self.values("record"))
        list(records.order_by("pk").select_for_update())


class Reservation(models.Model):
    """A claim on units of a stock record, for example by a line of an order.

    `units` is what the claim still waits for, `allocated` how many of them its record
    has set aside: fewer while a transfer carries the goods, or when they came short.
    From `expires_at` on, allocated units count as free; without it they are kept until
    they are handed over or released. `reference` tells a person whose claim it is.
    """

    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="reservations")
    units = models.PositiveIntegerField()
    allocated = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    reference = models.CharField(
        max_length=40, db_index=True, help_text="of whom it is: an order's number"
    )

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(
                condition=Q(allocated__lte=F("units")),
                name="reservation_allocates_what_it_waits_for",
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} of record {self.record_id} for {self.reference}"
