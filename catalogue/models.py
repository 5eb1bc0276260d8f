"""Products and the five things that make one worth trusting."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue import managers
from oscar.apps.catalogue.abstract_models import AbstractProduct

from catalogue.text import Translated
from catalogue.vat import VatKind

RECOGNISED_FROM = 3
"""Stars from which a product is recognised and may carry the logo.

Source: QĐ 148/QĐ-TTg, 24/02/2023, bands of the national criteria.
"""

EXPIRING_WITHIN = dt.timedelta(days=90)


class Area(models.Model):
    """A province, district or commune, in the years in which it existed.

    The district level ended on 2025-06-30; the eighteen districts stay the way the
    market is browsed, and `successors` says what their land is called since.
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
    slug = models.SlugField(  # noqa: DJ001  (unique where it is given)
        unique=True, null=True, help_text="districts only"
    )
    name_vi = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    short_name = models.CharField(
        max_length=60, help_text="without its kind; the same in both languages"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts"
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


class Producer(models.Model):
    """A maker (chủ thể): who holds the certificate and answers for the goods."""

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


OFFICES = {
    "UBND tỉnh": "People's Committee of {} province",
    "UBND thành phố": "People's Committee of {} city",
    "UBND huyện": "People's Committee of {} district",
    "Bộ Nông nghiệp và Phát triển nông thôn": (
        "Ministry of Agriculture and Rural Development"
    ),
}
"""Who may sign a certificate, as English texts of the programme call them."""


class Flies(models.TextChoices):
    """How a traveller takes a thing home; the strictest of its carrying rules."""

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
        """A stay or a tour: told and asked for, never put in a basket of goods."""
        return self.group == Group.TOURISM


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

    product = models.ForeignKey(Product, models.PROTECT, related_name="certificates")
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
        """What `certificate_in_force` asks the database, of this one at hand."""
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


class Batch(models.Model):
    """A lot (lô) as the maker made it; where it lies is the stores' business."""

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
        # Every page with goods asks which lots are past their date: few of many.
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


class ProgrammeTarget(models.Model):
    """A figure the programme set itself, with what the decision says of it."""

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


# Oscar's models that are not forked are of this app too; last, as it asks for.
from oscar.apps.catalogue.models import *  # type: ignore[assignment]  # noqa: E402, F403
