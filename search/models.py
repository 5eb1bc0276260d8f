"""The words a thing is found by, and what is still to be told to Elasticsearch."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product


class Kind(models.TextChoices):
    """What can be found."""

    PRODUCT = "product", _("product")
    STORY = "story", _("story")
    PRODUCER = "producer", _("maker")
    DISTRICT = "district", _("district")
    COMMUNE = "commune", _("commune")
    SALES_POINT = "sales_point", _("sales point")


ENTRY_KEY = ["kind", "thing", "language"]
ENTRY_TOLD = [
    "slug",
    "shown",
    "summary",
    "url",
    "title",
    "names",
    "text",
    "accents",
    "brevity",
]
"""What an entry is known by, and what it says."""


class SearchEntry(models.Model):
    """A thing in one language: what is shown of it, and its folded words.

    Written with the thing itself. Whatever changes a row, the database notes it in
    SearchChange in the same transaction.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    thing = models.PositiveBigIntegerField(help_text="its primary key")
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="search_entries",
        help_text="the same thing, where it is a product",
    )
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    slug = models.CharField(max_length=160)
    shown = models.CharField(max_length=300, help_text="its name as it is shown")
    summary = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)
    title = models.CharField(max_length=320, help_text="folded words of the name")
    names = models.TextField(help_text="folded words of its other names")
    text = models.TextField(
        help_text="folded words, a space around each, so that “ word” begins one"
    )
    accents = models.TextField(help_text="words of all names as they are written")
    brevity = models.FloatField(help_text="one divided by the words of the name")

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(
                fields=ENTRY_KEY,
                name="searchentry_once_per_language",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="product", product=models.F("thing"))
                | (~models.Q(kind="product") & models.Q(product=None)),
                name="searchentry_product_is_the_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.shown}"


class SearchWord(models.Model):
    """A folded word that stands in some entry; what a misspelt word may mean."""

    word = models.CharField(max_length=60, unique=True)
    in_name = models.BooleanField(help_text="stands in the name of something")

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self) -> str:
        return self.word


class Synonyms(models.Model):
    """Forms that mean the same, as editors keep them."""

    class Language(models.TextChoices):
        BOTH = "", _("both languages")
        VI = "vi", "Tiếng Việt"
        EN = "en", "English"

    forms = models.CharField(
        _("forms"),
        max_length=300,
        help_text=_("separated by commas: lòn bon, loòng boong, langsat"),
    )
    language = models.CharField(
        _("asked in"),
        max_length=2,
        choices=Language,
        blank=True,
        default=Language.BOTH,
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return self.forms

    def clean(self) -> None:
        super().clean()
        if len(self.as_list()) < 2:
            raise ValidationError(
                {"forms": _("At least two forms, separated by commas.")}
            )

    def as_list(self) -> list[str]:
        return [form.strip() for form in self.forms.split(",") if form.strip()]


class SearchChange(models.Model):
    """A thing whose document has to be told to Elasticsearch: the outbox.

    Triggers write it, so that no way of changing a thing gets past it. It only grows at
    its end and shrinks as changes are delivered; two writers never wait for each other.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    thing = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"


class SearchIndex(models.Model):
    """How we stand with Elasticsearch: one row, there from the first migration on."""

    records = models.BooleanField(
        default=False, help_text="on once there has been an index: changes are noted"
    )
    live = models.CharField(max_length=80, blank=True, help_text="index that answers")
    building = models.CharField(
        max_length=80, blank=True, help_text="index that is being filled"
    )
    building_until = models.DateTimeField(null=True, blank=True)
    number = models.PositiveBigIntegerField(
        default=0, help_text="of the latest delivery; a version in the index"
    )
    delivering_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("state of the index")
        verbose_name_plural = _("states of the index")

    def __str__(self) -> str:
        return self.live or "-"


class Missed(models.Model):
    """What was asked for and is not to be had, counted by week; nobody is named.

    A row says how many different people asked, and never who.
    """

    text = models.CharField(max_length=60, help_text="folded, without numbers")
    shown = models.CharField(max_length=60, help_text="as the first one typed it")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    week = models.DateField(help_text="its Monday")
    askers = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("asked and not found")
        verbose_name_plural = _("asked and not found")
        permissions = [("read_missed", _("Reads what was asked and not found"))]
        constraints = [
            models.UniqueConstraint(
                fields=["week", "language", "text"], name="missed_once_a_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week}: {self.text}"
