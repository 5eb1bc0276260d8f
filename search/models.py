"""The words a thing is found by."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product


class SearchEntry(models.Model):
    """A product's folded words in one language, written with the product itself."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    title = models.CharField(max_length=300, help_text="folded words of the name")
    text = models.TextField(
        help_text="folded words, a space around each, so that “ word” begins one"
    )

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language"], name="searchentry_once_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"
