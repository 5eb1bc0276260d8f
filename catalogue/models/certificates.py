"""Decisions that give a product its stars."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

RECOGNISED_FROM = 3
"""Stars from which a product is recognised and may carry the logo.

Source: QĐ 148/QĐ-TTg, 24/02/2023, bands of the national criteria.
"""

EXPIRING_WITHIN = dt.timedelta(days=90)

OFFICES = {
    "UBND tỉnh": "People's Committee of {} province",
    "UBND thành phố": "People's Committee of {} city",
    "UBND huyện": "People's Committee of {} district",
    "Bộ Nông nghiệp và Phát triển nông thôn": (
        "Ministry of Agriculture and Rural Development"
    ),
}
"""Who may sign a certificate, as English texts of the programme call them."""


class Certificate(models.Model):
    """A decision that gives a product its stars for 36 months.

    Exactly one certificate of a product is in force on a day: recognising again
    closes the one before through `superseded_on`.
    """

    class Criteria(models.TextChoices):
        QN_2018 = "qn-2018", "QĐ 1599/QĐ-UBND 2018"
        NATIONAL_2019 = "2019", "QĐ 1048/QĐ-TTg 2019"
        NATIONAL_2023 = "2023", "QĐ 148/QĐ-TTg 2023"
        NATIONAL_2025 = "2025", "QĐ 1489/QĐ-TTg 2025"

    class Level(models.TextChoices):
        DISTRICT = "district", _("district")
        PROVINCE = "province", _("province")
        NATIONAL = "national", _("national")

    product = models.ForeignKey(
        "catalogue.Product", models.PROTECT, related_name="certificates"
    )
    criteria = models.CharField(max_length=8, choices=Criteria)
    stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(3), MaxValueValidator(5)]
    )
    points = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    level = models.CharField(max_length=8, choices=Level)
    issuer = models.CharField(
        max_length=120, help_text="as written on the decision, in Vietnamese"
    )
    decision_no = models.CharField(
        max_length=60, blank=True, help_text="empty where no source gives it"
    )
    decided_on = models.DateField()
    day_known = models.BooleanField(
        default=True, help_text="off where the source gives only the month or year"
    )
    expires_on = models.DateField(help_text="first day on which it is not valid")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    superseded_on = models.DateField(null=True, blank=True)
    illustrative = models.BooleanField(
        default=False, help_text="invented for the demonstration"
    )

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "decided_on"], name="certificate_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("decided_on")),
                name="certificate_expires_after_decision",
            ),
            models.CheckConstraint(
                condition=Q(stars__gte=RECOGNISED_FROM, stars__lte=5),
                name="certificate_three_to_five_stars",
            ),
            models.CheckConstraint(
                condition=~Q(issuer=""), name="certificate_names_its_issuer"
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "expires_on", "decided_on"],
                name="certificate_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.stars} sao, {self.decision_no or self.issuer}"

    @property
    def issuer_here(self) -> str:
        """Who signed, in the language of the page; the paper itself is Vietnamese."""
        if get_language() != "en":
            return self.issuer
        for office, english in OFFICES.items():
            if self.issuer.startswith(office):
                return english.format(self.issuer[len(office) :].strip())
        return self.issuer

    def state(self, *, on: dt.date) -> str:
        """What it is on a day, in one word.

        In force: `valid`, or `expiring` within 90 days. Not in force: `undecided`,
        `withdrawn`, `superseded` or `expired`.
        """
        if on < self.decided_on:
            return "undecided"
        if self.withdrawn_on and self.withdrawn_on <= on:
            return "withdrawn"
        if self.superseded_on and self.superseded_on <= on:
            return "superseded"
        if self.expires_on <= on:
            return "expired"
        return "expiring" if self.expires_on <= on + EXPIRING_WITHIN else "valid"

    def is_in_force(self, *, on: dt.date) -> bool:
        """The condition of `certificate_in_force`, for an instance that is loaded."""
        return self.state(on=on) in ("valid", "expiring")


def certificate_in_force(*, on: dt.date, prefix: str = "") -> Q:
    """Condition for a certificate that lets its product be sold on a day.

    Three stars or more, decided, not run out, not withdrawn, not replaced. A date
    query: no nightly flag can be late. `prefix` is the lookup path to it.
    """
    day = {"decided_on__lte": on, "expires_on__gt": on, "stars__gte": RECOGNISED_FROM}
    condition = Q(**{prefix + lookup: value for lookup, value in day.items()})
    for end in ("withdrawn_on", "superseded_on"):
        condition &= Q(**{f"{prefix}{end}__isnull": True}) | Q(
            **{f"{prefix}{end}__gt": on}
        )
    return condition
