"""The pages of the site."""

import django.db.models.deletion
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoryIndexPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.CharField(blank=True, max_length=240, verbose_name="lead"),
                ),
                (
                    "shows",
                    models.CharField(
                        choices=[
                            ("stories", "stories of products and villages"),
                            ("villages", "stories of villages only"),
                            ("news", "news"),
                        ],
                        default="stories",
                        max_length=10,
                        verbose_name="shows",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of stories",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="StoryPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("paragraph", 0),
                            ("heading", 1),
                            ("quote", 2),
                            ("picture", 3),
                            ("product", 4),
                            ("products", 6),
                            ("note", 9),
                        ],
                        blank=True,
                        block_lookup={
                            0: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": ["bold", "italic", "link", "ol", "ul"],
                                    "label": "Paragraph",
                                },
                            ),
                            1: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "label": "Heading",
                                    "max_length": 120,
                                    "template": "cms/blocks/heading.html",
                                },
                            ),
                            2: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {"label": "Quote", "template": "cms/blocks/quote.html"},
                            ),
                            3: (
                                "wagtail.images.blocks.ImageBlock",
                                [],
                                {
                                    "label": "Picture",
                                    "template": "cms/blocks/picture.html",
                                },
                            ),
                            4: (
                                "cms.blocks.ProductChooserBlock",
                                (),
                                {
                                    "label": "Product, with live price, stars and stock",
                                    "template": "cms/blocks/product.html",
                                },
                            ),
                            5: (
                                "cms.blocks.ProductChooserBlock",
                                (),
                                {"label": "Product"},
                            ),
                            6: (
                                "wagtail.blocks.ListBlock",
                                (5,),
                                {
                                    "icon": "list-ul",
                                    "label": "Products of this story",
                                    "template": "cms/blocks/products.html",
                                },
                            ),
                            7: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"label": "Title", "max_length": 80},
                            ),
                            8: ("wagtail.blocks.TextBlock", (), {"label": "Text"}),
                            9: (
                                "wagtail.blocks.StructBlock",
                                [[("title", 7), ("text", 8)]],
                                {},
                            ),
                        },
                        verbose_name="text",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("product", "a product and its makers"),
                            ("village", "a village"),
                            ("model", "a model of the programme"),
                            ("news", "news"),
                        ],
                        default="product",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={
                            "kind": "commune",
                            "parent__kind": "district",
                        },
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.area",
                        verbose_name="commune",
                    ),
                ),
                ("summary", models.CharField(max_length=240, verbose_name="summary")),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailimages.image",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "story",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="InfoPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.CharField(blank=True, max_length=240, verbose_name="lead"),
                ),
                ("body", wagtail.fields.RichTextField(verbose_name="text")),
            ],
            options={
                "verbose_name": "plain page",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="FairIndexPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.CharField(blank=True, max_length=240, verbose_name="lead"),
                ),
            ],
            options={
                "verbose_name": "list of fairs",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="FairPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("paragraph", 0),
                            ("heading", 1),
                            ("quote", 2),
                            ("picture", 3),
                            ("product", 4),
                            ("products", 6),
                            ("note", 9),
                        ],
                        blank=True,
                        block_lookup={
                            0: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": ["bold", "italic", "link", "ol", "ul"],
                                    "label": "Paragraph",
                                },
                            ),
                            1: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "label": "Heading",
                                    "max_length": 120,
                                    "template": "cms/blocks/heading.html",
                                },
                            ),
                            2: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {"label": "Quote", "template": "cms/blocks/quote.html"},
                            ),
                            3: (
                                "wagtail.images.blocks.ImageBlock",
                                [],
                                {
                                    "label": "Picture",
                                    "template": "cms/blocks/picture.html",
                                },
                            ),
                            4: (
                                "cms.blocks.ProductChooserBlock",
                                (),
                                {
                                    "label": "Product, with live price, stars and stock",
                                    "template": "cms/blocks/product.html",
                                },
                            ),
                            5: (
                                "cms.blocks.ProductChooserBlock",
                                (),
                                {"label": "Product"},
                            ),
                            6: (
                                "wagtail.blocks.ListBlock",
                                (5,),
                                {
                                    "icon": "list-ul",
                                    "label": "Products of this story",
                                    "template": "cms/blocks/products.html",
                                },
                            ),
                            7: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"label": "Title", "max_length": 80},
                            ),
                            8: ("wagtail.blocks.TextBlock", (), {"label": "Text"}),
                            9: (
                                "wagtail.blocks.StructBlock",
                                [[("title", 7), ("text", 8)]],
                                {},
                            ),
                        },
                        verbose_name="text",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="starts on")),
                ("ends_on", models.DateField(verbose_name="ends on")),
                ("venue", models.CharField(max_length=120, verbose_name="place")),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"kind": "district"},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.area",
                        verbose_name="district",
                    ),
                ),
                (
                    "booths",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="booths"
                    ),
                ),
                (
                    "minimum_stars",
                    models.PositiveSmallIntegerField(
                        default=3, verbose_name="stars from"
                    ),
                ),
                ("summary", models.CharField(max_length=240, verbose_name="summary")),
            ],
            options={
                "verbose_name": "fair",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="fair_ends_after_it_starts",
                    )
                ],
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="HomePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("headline", models.CharField(max_length=80, verbose_name="headline")),
                ("lead", models.CharField(max_length=240, verbose_name="lead")),
                (
                    "story",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cms.storypage",
                        verbose_name="story shown on the front page",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailimages.image",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "front page",
            },
            bases=("wagtailcore.page",),
        ),
    ]
