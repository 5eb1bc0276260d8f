"""What a keeper sells over the counter."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.vat import VatRate, VatSum, by_rate, vat_in
from stores.models.points import SalesPoint
from stores.partner.models import StockRecord


class DeskSale(models.Model):
    """Goods taken and paid at once."""

    class PaidBy(models.TextChoices):
        CASH = "cash", _("cash")
        CARD = "card", _("card")
        TRANSFER = "transfer", _("bank transfer")

    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="sales")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    paid_by = models.CharField(max_length=8, choices=PaidBy)
    total_vnd = models.PositiveIntegerField(help_text="whole dong, tax included")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sale at the desk")
        verbose_name_plural = _("sales at the desk")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As in the ledger."""
        return f"BQ-{self.pk:05}"

    @property
    def vat_sums(self) -> list[VatSum]:
        """What it contains at each rate. One query, unless its lines are loaded."""
        return by_rate(
            (one.vat, one.gross_vnd, one.vat_vnd) for one in self.lines.all()
        )


class DeskSaleLine(models.Model):
    """Units of a product in a sale, at the price of that day."""

    sale = models.ForeignKey(DeskSale, models.PROTECT, related_name="lines")
    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    price_vnd = models.PositiveIntegerField(help_text="of one unit, tax included")
    vat = models.CharField(
        max_length=4, choices=VatRate, help_text="the rate of that day, in percent"
    )

    class Meta:
        verbose_name = _("line of a sale")
        verbose_name_plural = _("lines of a sale")
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0), name="desksaleline_sells_something"
            ),
            models.CheckConstraint(
                condition=Q(vat__in=VatRate.values), name="desksaleline_has_a_vat_rate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.record_id}"

    @property
    def gross_vnd(self) -> int:
        return self.units * self.price_vnd

    @property
    def vat_vnd(self) -> int:
        return vat_in(self.gross_vnd, self.vat)
