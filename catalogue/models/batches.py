"""Lots."""

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.products import Product


class Batch(models.Model):
    """A lot (lô) as its maker made it; `stores` knows where it is on hand."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="batches")
    lot = models.CharField(
        max_length=20,
        validators=[
            RegexValidator(r"^[A-Za-z0-9./_-]+$", _("letters, digits, . / _ -"))
        ],
        help_text="as printed; GS1 allows 20 characters",
    )
    made_on = models.DateField(null=True, blank=True)
    best_before = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        # Every page with goods queries which lots are past their date: few of many.
        indexes = [models.Index(fields=["best_before"], name="batch_by_best_before")]
        constraints = [
            models.UniqueConstraint(fields=["product", "lot"], name="batch_lot_once"),
            models.CheckConstraint(
                condition=Q(best_before__gt=F("made_on"))
                | Q(best_before__isnull=True)
                | Q(made_on__isnull=True),
                name="batch_keeps_after_making",
            ),
        ]

    def __str__(self) -> str:
        return self.lot

    def is_past(self, *, on: dt.date) -> bool:
        """Whether it may no longer be sold that day; its best-before is such a day."""
        return self.best_before is not None and self.best_before <= on
