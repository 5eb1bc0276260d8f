"""Buyers who may have more unpaid orders than others."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LimitExemption(models.Model):
    """A manager's word that the limits of unpaid orders do not hold for a buyer.

    `contact` is the digits of a telephone number in its international form, or a mail
    address in lower case. It stays on record after it has ended.
    """

    contact = models.CharField(max_length=254)
    reason = models.CharField(max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("exemption from the limits")
        verbose_name_plural = _("exemptions from the limits")
        constraints = [
            models.UniqueConstraint(
                fields=["contact"],
                condition=models.Q(ended_at=None),
                name="limitexemption_once_per_contact",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="limitexemption_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"exemption {self.pk}"
