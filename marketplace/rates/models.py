from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Rate(models.Model):
    """How many dong one unit of a currency cost on a day."""

    class Currency(models.TextChoices):
        EUR = "EUR", _("euros")
        USD = "USD", _("US dollars")
        KRW = "KRW", _("won")
        JPY = "JPY", _("yen")

    currency = models.CharField(max_length=3, choices=Currency)
    vnd = models.DecimalField(max_digits=12, decimal_places=4)
    as_of = models.DateField()
    illustrative = models.BooleanField(
        default=False, help_text="made up for the demonstration"
    )

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency", "as_of"], name="rate_once_a_day"
            ),
            models.CheckConstraint(condition=Q(vnd__gt=0), name="rate_is_some_dong"),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.vnd} ₫, {self.as_of}"
