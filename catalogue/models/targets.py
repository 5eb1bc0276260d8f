"""Targets of the OCOP programme."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.text import Translated


class ProgrammeTarget(models.Model):
    """A figure that the programme is to reach, with the text of its decision."""

    slug = models.SlugField(max_length=60, unique=True)
    name_vi = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    minimum = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=30)
    comparison = models.CharField(max_length=8)
    counts = models.TextField(help_text="what is counted")
    source_text = models.TextField(help_text="the sentence of the plan")

    name = Translated("name_vi", "name_en")

    class Meta:
        verbose_name = _("programme target")
        verbose_name_plural = _("programme targets")

    def __str__(self) -> str:
        return self.name_vi
