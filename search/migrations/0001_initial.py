"""The search index in the database, the outbox of changes, and synonyms."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("product", "product"),
                            ("story", "story"),
                            ("producer", "maker"),
                            ("district", "district"),
                            ("commune", "commune"),
                            ("sales_point", "sales point"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "object_id",
                    models.PositiveBigIntegerField(help_text="primary key of the item"),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        help_text="the item, if it is a product",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_entries",
                        to="catalogue.product",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("vi", "Tiếng Việt"), ("en", "English")], max_length=2
                    ),
                ),
                ("slug", models.CharField(max_length=160)),
                ("display_title", models.CharField(max_length=300)),
                ("summary", models.CharField(blank=True, max_length=300)),
                ("url", models.CharField(max_length=300)),
                (
                    "title",
                    models.CharField(
                        help_text="folded words of the name", max_length=320
                    ),
                ),
                (
                    "names",
                    models.TextField(help_text="folded words of its other names"),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="folded words, a space around each, so that “ word” is a prefix"
                    ),
                ),
                (
                    "accents",
                    models.TextField(
                        help_text="words of all names as they are written"
                    ),
                ),
                (
                    "brevity",
                    models.FloatField(help_text="one divided by the words of the name"),
                ),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_id", "language"),
                        name="searchentry_once_per_language",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "product"), ("product", models.F("object_id"))
                            ),
                            models.Q(
                                models.Q(("kind", "product"), _negated=True),
                                ("product", None),
                            ),
                            _connector="OR",
                        ),
                        name="searchentry_product_is_object",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("word", models.CharField(max_length=60, unique=True)),
                (
                    "in_name",
                    models.BooleanField(help_text="occurs in the name of an item"),
                ),
            ],
            options={
                "verbose_name": "word",
                "verbose_name_plural": "words",
            },
        ),
        migrations.CreateModel(
            name="Synonyms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "forms",
                    models.CharField(
                        help_text="separated by commas: lòn bon, loòng boong, langsat",
                        max_length=300,
                        verbose_name="forms",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "both languages"),
                            ("vi", "Tiếng Việt"),
                            ("en", "English"),
                        ],
                        default="",
                        max_length=2,
                        verbose_name="asked in",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "synonyms",
                "verbose_name_plural": "synonyms",
            },
        ),
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("product", "product"),
                            ("story", "story"),
                            ("producer", "maker"),
                            ("district", "district"),
                            ("commune", "commune"),
                            ("sales_point", "sales point"),
                        ],
                        max_length=12,
                    ),
                ),
                ("object_id", models.PositiveBigIntegerField()),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
            },
        ),
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "is_recording",
                    models.BooleanField(
                        default=False,
                        help_text="on from the first index on: changes are recorded",
                    ),
                ),
                (
                    "live",
                    models.CharField(
                        blank=True, help_text="index that answers", max_length=80
                    ),
                ),
                (
                    "building",
                    models.CharField(
                        blank=True,
                        help_text="index that is being filled",
                        max_length=80,
                    ),
                ),
                ("building_until", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="of the latest delivery, and of the documents it writes",
                    ),
                ),
                ("delivering_until", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "state of the index",
                "verbose_name_plural": "states of the index",
            },
        ),
        migrations.CreateModel(
            name="ZeroResultQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="folded, without numbers", max_length=60
                    ),
                ),
                (
                    "typed",
                    models.CharField(
                        help_text="as the first visitor typed it", max_length=60
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("vi", "Tiếng Việt"), ("en", "English")], max_length=2
                    ),
                ),
                ("week", models.DateField(help_text="its Monday")),
                ("visitors", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "asked and not found",
                "verbose_name_plural": "asked and not found",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("week", "language", "text"),
                        name="zero_result_query_per_week",
                    )
                ],
            },
        ),
    ]
