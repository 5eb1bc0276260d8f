"""Search entries, the outbox for Elasticsearch, and searches without results."""

from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalogue.models import Flies, Group, Product, Subgroup
from catalogue.text import Translated


class Kind(models.TextChoices):
    """What can be found."""

    PRODUCT = "product", _("product")
    STORY = "story", _("story")
    PRODUCER = "producer", _("maker")
    DISTRICT = "district", _("district")
    COMMUNE = "commune", _("commune")
    SALES_POINT = "sales_point", _("sales point")


ENTRY_KEY = ["kind", "object_id", "language"]
ENTRY_FIELDS = [
    "slug",
    "display_title",
    "summary",
    "url",
    "title",
    "names",
    "text",
    "accents",
    "subject",
    "subject_accents",
    "brevity",
]
"""The unique key of an entry, and its other fields."""


class SearchEntry(models.Model):
    """An item in one language: what is displayed of it, and its folded words.

    Written in the transaction that changes the item. A trigger records every change of
    a row as a SearchChange.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.PositiveBigIntegerField(help_text="primary key of the item")
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="search_entries",
        help_text="the item, if it is a product",
    )
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    slug = models.CharField(max_length=160)
    display_title = models.CharField(max_length=300)
    summary = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)
    title = models.CharField(max_length=320, help_text="folded words of the name")
    names = models.TextField(help_text="folded words of its other names")
    text = models.TextField(
        help_text="folded words, a space around each, so that “ word” is a prefix"
    )
    accents = models.TextField(help_text="words of all names as they are written")
    subject = models.TextField(
        help_text="folded words that say what it is, without proper names"
    )
    subject_accents = models.TextField(help_text="the same as they are written")
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
                condition=models.Q(kind="product", product=models.F("object_id"))
                | (~models.Q(kind="product") & models.Q(product=None)),
                name="searchentry_product_is_object",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.display_title}"


class SearchWord(models.Model):
    """A folded word of some entry: what a misspelt word may mean.

    Words of names are also there with their accents.
    """

    word = models.CharField(max_length=60, unique=True)
    in_name = models.BooleanField(help_text="occurs in the name of an item")
    in_subject = models.BooleanField(
        default=False, help_text="says what some product is"
    )

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self) -> str:
        return self.word


TOPIC_FILTERS = {
    "group": [*Group.values, *Subgroup.values],
    "stars": ["3", "4", "5"],
    "carry": Flies.values,
}
"""Parameters of the listing that a topic may set, and their values."""


class Synonyms(models.Model):
    """Forms with the same meaning, maintained by the editors."""

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


class Topic(models.Model):
    """What people mean by a word: a kind of goods, an occasion, an attribute.

    A term of the taxonomy, maintained by the editors. Where its forms are searched for,
    it becomes a filter: goods whose names have one of its words, and that pass its
    filters.
    """

    name_vi = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    forms = models.CharField(
        _("forms"),
        max_length=300,
        help_text=_("what people type, separated by commas: quà, quà biếu, gift"),
    )
    words = models.CharField(
        _("words of its goods"),
        max_length=500,
        blank=True,
        help_text=_("the most typical first, separated by commas; empty: any goods"),
    )
    filters = models.CharField(
        _("filters"),
        max_length=500,
        blank=True,
        help_text=_("as in the address of the product list: group=tea&group=tea_other"),
    )
    changed_at = models.DateTimeField(auto_now=True)

    name = Translated("name_vi", "name_en")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        try:
            pairs = parse_qsl(self.filters, strict_parsing=bool(self.filters))
        except ValueError:
            pairs = [("", "")]
        if any(value not in TOPIC_FILTERS.get(name, ()) for name, value in pairs):
            raise ValidationError(
                {"filters": _("Only group, stars and carry, with values of the list.")}
            )
        if not self.words and not self.filters:
            raise ValidationError({"words": _("Words, filters, or both.")})


class SearchChange(models.Model):
    """An item whose document has to be delivered to Elasticsearch: the outbox.

    Triggers write it, so that no change is missed. Rows are only appended, and deleted
    as they are delivered; two writers never wait for each other.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SearchIndex(models.Model):
    """The state of the Elasticsearch index: one row, created by a migration."""

    is_recording = models.BooleanField(
        default=False, help_text="on from the first index on: changes are recorded"
    )
    live = models.CharField(max_length=80, blank=True, help_text="index that answers")
    building = models.CharField(
        max_length=80, blank=True, help_text="index that is being filled"
    )
    building_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveBigIntegerField(
        default=0, help_text="of the latest delivery, and of the documents it writes"
    )
    delivering_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("state of the index")
        verbose_name_plural = _("states of the index")

    def __str__(self) -> str:
        return self.live or "-"


class ZeroResultQuery(models.Model):
    """A search without results, counted by week and visitor, without naming anyone."""

    text = models.CharField(max_length=60, help_text="folded, without numbers")
    typed = models.CharField(max_length=60, help_text="as the first visitor typed it")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    week = models.DateField(help_text="its Monday")
    visitors = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("asked and not found")
        verbose_name_plural = _("asked and not found")
        constraints = [
            models.UniqueConstraint(
                fields=["week", "language", "text"], name="zero_result_query_per_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week}: {self.text}"
