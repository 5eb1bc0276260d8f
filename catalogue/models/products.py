"""Products, and which of them may be sold on a day."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from oscar.apps.catalogue import managers
from oscar.apps.catalogue.abstract_models import AbstractProduct

from catalogue.models.areas import Area
from catalogue.models.certificates import Certificate, certificate_in_force
from catalogue.models.producers import Producer
from catalogue.text import Translated
from catalogue.vat import VatKind


class Group(models.TextChoices):
    """The six product groups. Source: QĐ 148/QĐ-TTg, 24/02/2023."""

    FOOD = "food", _("Food")
    BEVERAGE = "beverage", _("Drinks")
    HERBAL = "herbal", _("Herbs and remedies")
    CRAFT = "craft", _("Crafts")
    ORNAMENTAL = "ornamental", _("Plants and flowers")
    TOURISM = "tourism", _("Village stays and tours")


class Subgroup(models.TextChoices):
    """Sub-groups of the 2023 list; wording to be checked against the decision."""

    FRESH_PRODUCE = "fresh_produce", _("Fresh fruit and vegetables")
    FRESH_ANIMAL = "fresh_animal", _("Fresh meat and seafood")
    GRAIN = "grain", _("Rice and grains")
    HONEY_OTHER = "honey_other", _("Honey and other produce")
    SNACK = "snack", _("Ready to eat")
    CEREAL_PROCESSED = "cereal_processed", _("Noodles, papers and cakes")
    VEG_PROCESSED = "veg_processed", _("Prepared fruit and vegetables")
    ANIMAL_PROCESSED = "animal_processed", _("Prepared meat and seafood")
    LIQUID_SEASONING = "liquid_seasoning", _("Fish sauce and liquid seasoning")
    OTHER_SEASONING = "other_seasoning", _("Spices")
    TEA = "tea", _("Tea")
    TEA_OTHER = "tea_other", _("Other teas")
    COFFEE_COCOA = "coffee_cocoa", _("Coffee and cocoa")
    WHITE_SPIRIT = "white_spirit", _("Rice spirit")
    OTHER_ALCOHOL = "other_alcohol", _("Wine and other alcohol")
    WATER = "water", _("Water")
    SOFT = "soft", _("Soft drinks")
    FUNCTIONAL_FOOD = "functional_food", _("Health foods")
    COSMETIC = "cosmetic", _("Herbal care")
    OTHER = "other", _("Oils and dried herbs")
    DECOR = "decor", _("Home and decoration")
    TEXTILE = "textile", _("Cloth and clothing")
    FLOWER = "flower", _("Flowers")
    PLANT = "plant", _("Plants")
    ANIMAL = "animal", _("Ornamental animals")
    COMMUNITY = "community", _("Community tourism")


class Flies(models.TextChoices):
    """How a traveller takes a product home, by the strictest of its carrying rules."""

    CABIN = "cabin", pgettext_lazy("carry", "Flies in the cabin")
    CHECKED = "checked", pgettext_lazy("carry", "Checked bag only")
    POST = "post", pgettext_lazy("carry", "Better by post")
    STAYS = "stays", pgettext_lazy("carry", "Stays in Việt Nam")
    NOTHING = "", pgettext_lazy("carry", "Nothing to carry")


ALLERGENS = {
    "fish": _("fish"),
    "crustacean": _("crustaceans"),
    "mollusc": _("molluscs"),
    "peanut": _("peanut"),
    "sesame": _("sesame"),
    "soy": _("soy"),
}


class ProductQuerySet(managers.ProductQuerySet):
    def on_sale(self, *, on: dt.date) -> "ProductQuerySet":
        """Products that may be sold on a day, each with its certificate's facts.

        The one place that decides it. Each row carries `stars`, `expires_on` and
        `decision_no` of the certificate in force; of several the one decided last.
        """
        in_force = certificate_in_force(on=on, prefix="certificates__")
        later = Certificate.objects.filter(
            certificate_in_force(on=on),
            product=OuterRef("pk"),
            decided_on__gt=OuterRef("in_force__decided_on"),
        )
        return (
            self.filter(is_public=True, parent=None)
            .annotate(in_force=FilteredRelation("certificates", condition=in_force))
            .filter(~Exists(later), in_force__isnull=False)
            .annotate(
                stars=F("in_force__stars"),
                decision_no=F("in_force__decision_no"),
                expires_on=F("in_force__expires_on"),
            )
        )

    def for_cards(self) -> "ProductQuerySet":
        """With what a product card shows, in a fixed number of queries."""
        return self.select_related("commune__parent", "picture").prefetch_related(
            "picture__renditions"
        )


class Product(AbstractProduct):
    """A certified product; Oscar's `title` and `description` are the Vietnamese text.

    Oscar's `upc` holds the GTIN-13 and `code` the programme's own number (QN-0001).
    """

    class Storage(models.TextChoices):
        AMBIENT = "ambient", _("Cool and dry, out of the sun")
        CHILLED = "chilled", _("In the fridge, 0 to 5 °C")
        FROZEN = "frozen", _("In the freezer")
        NONE = "none", _("Nothing to store")

    title_en = models.CharField(_("title in English"), max_length=255)
    description_en = models.TextField(_("description in English"), blank=True)
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="products")
    commune = models.ForeignKey(Area, models.PROTECT, related_name="products")
    group = models.CharField(max_length=12, choices=Group, db_index=True)
    subgroup = models.CharField(max_length=20, choices=Subgroup)
    price_vnd = models.PositiveIntegerField(
        _("price, whole dong, tax included"),
        validators=[MinValueValidator(1)],
        db_index=True,
    )
    vat = models.CharField(
        max_length=8,
        choices=VatKind,
        default=VatKind.STANDARD,
        help_text="what it is to the law of VAT; the rate is that of the day of sale",
    )
    unit_vi = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=60)
    weight_g = models.PositiveIntegerField(default=0, help_text="packed, grams")
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    storage = models.CharField(max_length=8, choices=Storage, default=Storage.AMBIENT)
    abv = models.DecimalField(
        _("alcohol by volume, %"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    allergens = models.JSONField(default=list, blank=True)
    carry = models.JSONField(
        default=list, blank=True, help_text="carrying rules that apply"
    )
    flies = models.CharField(max_length=8, choices=Flies, blank=True, db_index=True)
    tags = models.JSONField(default=list, blank=True)
    needs_health_notice = models.BooleanField(default=False)
    advertising_forbidden = models.BooleanField(default=False)
    past_results = models.JSONField(
        default=list,
        blank=True,
        help_text="earlier results as sources report them: year, stars, points",
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    illustrative = models.BooleanField(
        default=False, help_text="invented for the demonstration"
    )

    objects = ProductQuerySet.as_manager()  # type: ignore[misc]  # Oscar declares its own

    name = Translated("title", "title_en")
    summary = Translated("description", "description_en")
    unit = Translated("unit_vi", "unit_en")

    class Meta(AbstractProduct.Meta):
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="product_slug_once"),
            models.CheckConstraint(
                condition=Q(price_vnd__gt=0), name="product_has_a_price"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])

    @property
    def is_alcohol(self) -> bool:
        return self.abv is not None

    @property
    def allergen_names(self) -> list[str]:
        return [str(ALLERGENS.get(name, name)) for name in self.allergens]

    @property
    def needs_cooling(self) -> bool:
        """Chilled or frozen goods: handed over, never posted."""
        return self.storage in (self.Storage.CHILLED, self.Storage.FROZEN)

    @property
    def is_service(self) -> bool:
        """A stay or a tour: arranged with the village, never put in a basket."""
        return self.group == Group.TOURISM
