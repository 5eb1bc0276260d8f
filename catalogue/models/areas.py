"""Province, districts and communes, in the years in which they existed."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.text import Translated


class Area(models.Model):
    """A province, district or commune, in the years in which it existed.

    The district level ended on 2025-06-30; the market is still browsed by the
    eighteen districts, and `successors` are the communes of today on their land.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", _("province")
        DISTRICT = "district", _("district")
        COMMUNE = "commune", _("commune")

    class Terrain(models.TextChoices):
        COAST = "coast", _("coast")
        PLAIN = "plain", _("plain")
        MIDLAND = "midland", _("midland")
        MOUNTAIN = "mountain", _("mountains")

    kind = models.CharField(max_length=8, choices=Kind)
    code = models.CharField(
        max_length=8,
        blank=True,
        help_text="of the statistics office; empty where no source gives it",
    )
    slug = models.SlugField(  # noqa: DJ001  (unique where it is set)
        unique=True, null=True, help_text="districts only"
    )
    name_vi = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    short_name = models.CharField(
        max_length=60, help_text="without its kind; the same in both languages"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(
        null=True, blank=True, help_text="last day on which it existed"
    )
    terrain = models.CharField(max_length=8, choices=Terrain, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)
    description_vi = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    known_for_vi = models.CharField(max_length=30, blank=True)
    known_for_en = models.CharField(max_length=30, blank=True)

    known_for = Translated("known_for_vi", "known_for_en")
    name = Translated("name_vi", "name_en")
    description = Translated("description_vi", "description_en")

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name_vi"], name="area_one_name_per_parent"
            ),
            models.UniqueConstraint(
                fields=["tile_row", "tile_col"], name="area_one_tile_each"
            ),
        ]

    def __str__(self) -> str:
        return self.name_vi

    def get_absolute_url(self) -> str:
        return reverse("district", args=[self.slug])
