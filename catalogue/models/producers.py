"""Makers."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.models.areas import Area
from catalogue.text import Translated


class Producer(models.Model):
    """A maker (chủ thể): the holder of the certificate, liable for the goods."""

    class Kind(models.TextChoices):
        COOPERATIVE = "cooperative", _("cooperative")
        COOPERATIVE_GROUP = "cooperative_group", _("cooperative group")
        SME = "sme", _("small company")
        HOUSEHOLD = "household", _("household business")
        FARM = "farm", _("farm")
        COMMUNITY = "community", _("village community")

    slug = models.SlugField(max_length=80, unique=True)
    name_vi = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind)
    commune = models.ForeignKey(Area, models.PROTECT, related_name="producers")
    about_vi = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    missing_commitments = models.JSONField(
        default=list, blank=True, help_text="dossier items not yet on file"
    )
    illustrative = models.BooleanField(
        default=False, help_text="invented for the demonstration"
    )

    name = Translated("name_vi", "name_en")
    about = Translated("about_vi", "about_en")

    class Meta:
        verbose_name = _("maker")
        verbose_name_plural = _("makers")

    def __str__(self) -> str:
        return self.name_vi

    def get_absolute_url(self) -> str:
        return reverse("producer", args=[self.slug])
