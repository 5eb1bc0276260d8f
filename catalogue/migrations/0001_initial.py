"""Areas, producers, products, certificates and lots. After Wagtail's migrations,
which are much slower once there are many models."""

import django.core.validators
import django.db.models.deletion
import oscar.core.validators
import oscar.models.fields
import oscar.models.fields.autoslugfield
import oscar.models.fields.slugfield
import oscar.utils.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        (
            "taggit",
            "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx",
        ),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailembeds", "0009_embed_cache_until"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailsearch", "0010_add_text_fields"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Area",
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
                            ("province", "province"),
                            ("district", "district"),
                            ("commune", "commune"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="of the statistics office; empty where no source gives it",
                        max_length=8,
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="districts only", null=True, unique=True
                    ),
                ),
                ("name_vi", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=80)),
                (
                    "short_name",
                    models.CharField(
                        help_text="without its kind; the same in both languages",
                        max_length=60,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="catalogue.area",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="last day on which it existed", null=True
                    ),
                ),
                (
                    "terrain",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("coast", "coast"),
                            ("plain", "plain"),
                            ("midland", "midland"),
                            ("mountain", "mountains"),
                        ],
                        max_length=8,
                    ),
                ),
                ("tile_row", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("tile_col", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("lat", models.FloatField(blank=True, null=True)),
                ("lng", models.FloatField(blank=True, null=True)),
                ("description_vi", models.TextField(blank=True)),
                ("description_en", models.TextField(blank=True)),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailimages.image",
                    ),
                ),
                ("known_for_vi", models.CharField(blank=True, max_length=30)),
                ("known_for_en", models.CharField(blank=True, max_length=30)),
                (
                    "successors",
                    models.ManyToManyField(
                        blank=True, related_name="predecessors", to="catalogue.area"
                    ),
                ),
            ],
            options={
                "verbose_name": "area",
                "verbose_name_plural": "areas",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent", "name_vi"), name="area_one_name_per_parent"
                    ),
                    models.UniqueConstraint(
                        fields=("tile_row", "tile_col"), name="area_one_tile_each"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeTarget",
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
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name_vi", models.CharField(max_length=160)),
                ("name_en", models.CharField(max_length=160)),
                ("minimum", models.FloatField(blank=True, null=True)),
                ("maximum", models.FloatField(blank=True, null=True)),
                ("unit", models.CharField(max_length=30)),
                ("comparison", models.CharField(max_length=8)),
                ("counts", models.TextField(help_text="what is counted")),
                ("source_text", models.TextField(help_text="the sentence of the plan")),
            ],
            options={
                "verbose_name": "programme target",
                "verbose_name_plural": "programme targets",
            },
        ),
        migrations.CreateModel(
            name="Category",
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
                ("path", models.CharField(max_length=255, unique=True)),
                ("depth", models.PositiveIntegerField()),
                ("numchild", models.PositiveIntegerField(default=0)),
                (
                    "name",
                    models.CharField(
                        db_index=True, max_length=255, verbose_name="Name"
                    ),
                ),
                (
                    "code",
                    oscar.models.fields.NullCharField(
                        max_length=255, unique=True, verbose_name="Code"
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, verbose_name="Description"),
                ),
                (
                    "long_description",
                    models.TextField(blank=True, verbose_name="Long description"),
                ),
                (
                    "meta_title",
                    models.CharField(
                        blank=True, max_length=255, null=True, verbose_name="Meta title"
                    ),
                ),
                (
                    "meta_description",
                    models.TextField(
                        blank=True, null=True, verbose_name="Meta description"
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        blank=True,
                        max_length=255,
                        null=True,
                        upload_to="categories",
                        verbose_name="Image",
                    ),
                ),
                (
                    "slug",
                    oscar.models.fields.slugfield.SlugField(
                        max_length=255, verbose_name="Slug"
                    ),
                ),
                (
                    "exclude_from_menu",
                    models.BooleanField(
                        db_index=True,
                        default=False,
                        help_text="Exclude this category from the menu.",
                        verbose_name="Exclude from menu",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        db_index=True,
                        default=True,
                        help_text="Show this category in search results and catalogue listings.",
                        verbose_name="Is public",
                    ),
                ),
                (
                    "ancestors_are_public",
                    models.BooleanField(
                        db_index=True,
                        default=True,
                        help_text="The ancestors of this category are public",
                        verbose_name="Ancestor categories are public",
                    ),
                ),
            ],
            options={
                "verbose_name": "Category",
                "verbose_name_plural": "Categories",
                "ordering": ["path"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AttributeOptionGroup",
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
                ("name", models.CharField(max_length=128, verbose_name="Name")),
                (
                    "code",
                    oscar.models.fields.NullCharField(
                        max_length=255, unique=True, verbose_name="Unique identifier"
                    ),
                ),
            ],
            options={
                "verbose_name": "Attribute option group",
                "verbose_name_plural": "Attribute option groups",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductCategoryHierarchy",
            fields=[
                (
                    "id",
                    models.CharField(max_length=255, primary_key=True, serialize=False),
                ),
                ("product_id", models.IntegerField()),
                ("category_id", models.IntegerField()),
            ],
            options={
                "verbose_name": "Product category hierarchy",
                "verbose_name_plural": "Product categories hierarchy",
                "db_table": "catalogue_product_category_hierarchy",
                "abstract": False,
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Producer",
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
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name_vi", models.CharField(max_length=160)),
                ("name_en", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cooperative", "cooperative"),
                            ("cooperative_group", "cooperative group"),
                            ("sme", "small company"),
                            ("household", "household business"),
                            ("farm", "farm"),
                            ("community", "village community"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="producers",
                        to="catalogue.area",
                    ),
                ),
                ("about_vi", models.TextField(blank=True)),
                ("about_en", models.TextField(blank=True)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "missing_commitments",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="dossier items not yet on file",
                    ),
                ),
                (
                    "illustrative",
                    models.BooleanField(
                        default=False, help_text="invented for the demonstration"
                    ),
                ),
            ],
            options={
                "verbose_name": "maker",
                "verbose_name_plural": "makers",
            },
        ),
        migrations.CreateModel(
            name="AttributeOption",
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
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="catalogue.attributeoptiongroup",
                        verbose_name="Group",
                    ),
                ),
                ("option", models.CharField(max_length=255, verbose_name="Option")),
                (
                    "code",
                    oscar.models.fields.NullCharField(
                        max_length=255, unique=True, verbose_name="Unique identifier"
                    ),
                ),
            ],
            options={
                "verbose_name": "Attribute option",
                "verbose_name_plural": "Attribute options",
                "unique_together": {("group", "option")},
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Option",
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
                    "name",
                    models.CharField(
                        db_index=True, max_length=128, verbose_name="Name"
                    ),
                ),
                (
                    "code",
                    oscar.models.fields.autoslugfield.AutoSlugField(
                        blank=True,
                        editable=False,
                        max_length=128,
                        populate_from="name",
                        unique=True,
                        verbose_name="Code",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("integer", "Integer"),
                            ("boolean", "True / False"),
                            ("float", "Float"),
                            ("date", "Date"),
                            ("select", "Select"),
                            ("radio", "Radio"),
                            ("multi_select", "Multi select"),
                            ("checkbox", "Checkbox"),
                        ],
                        default="text",
                        max_length=255,
                        verbose_name="Type",
                    ),
                ),
                (
                    "required",
                    models.BooleanField(
                        default=False, verbose_name="Is this option required?"
                    ),
                ),
                (
                    "option_group",
                    models.ForeignKey(
                        blank=True,
                        help_text='Select an option group if using type "Option" or "Multi Option"',
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_options",
                        to="catalogue.attributeoptiongroup",
                        verbose_name="Option Group",
                    ),
                ),
                (
                    "help_text",
                    models.CharField(
                        blank=True,
                        help_text="Help text shown to the user on the add to basket form",
                        max_length=255,
                        null=True,
                        verbose_name="Help text",
                    ),
                ),
                (
                    "order",
                    models.IntegerField(
                        blank=True,
                        db_index=True,
                        help_text="Controls the ordering of product options on product detail pages",
                        null=True,
                        verbose_name="Ordering",
                    ),
                ),
            ],
            options={
                "verbose_name": "Option",
                "verbose_name_plural": "Options",
                "ordering": ["order", "name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductClass",
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
                ("name", models.CharField(max_length=128, verbose_name="Name")),
                (
                    "slug",
                    oscar.models.fields.autoslugfield.AutoSlugField(
                        blank=True,
                        editable=False,
                        max_length=128,
                        populate_from="name",
                        unique=True,
                        verbose_name="Slug",
                    ),
                ),
                (
                    "requires_shipping",
                    models.BooleanField(
                        default=True, verbose_name="Requires shipping?"
                    ),
                ),
                (
                    "track_stock",
                    models.BooleanField(
                        default=True, verbose_name="Track stock levels?"
                    ),
                ),
                (
                    "options",
                    models.ManyToManyField(
                        blank=True, to="catalogue.option", verbose_name="Options"
                    ),
                ),
            ],
            options={
                "verbose_name": "Product class",
                "verbose_name_plural": "Product classes",
                "ordering": ["name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductAttribute",
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
                    "product_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attributes",
                        to="catalogue.productclass",
                        verbose_name="Product type",
                    ),
                ),
                ("name", models.CharField(max_length=128, verbose_name="Name")),
                (
                    "code",
                    models.SlugField(
                        max_length=128,
                        validators=[
                            django.core.validators.RegexValidator(
                                message="Code can only contain the letters a-z, A-Z, digits, and underscores, and can't start with a digit.",
                                regex="^[a-zA-Z_][0-9a-zA-Z_]*$",
                            ),
                            oscar.core.validators.non_python_keyword,
                        ],
                        verbose_name="Code",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("integer", "Integer"),
                            ("boolean", "True / False"),
                            ("float", "Float"),
                            ("richtext", "Rich Text"),
                            ("date", "Date"),
                            ("datetime", "Datetime"),
                            ("option", "Option"),
                            ("multi_option", "Multi Option"),
                            ("entity", "Entity"),
                            ("file", "File"),
                            ("image", "Image"),
                        ],
                        default="text",
                        max_length=20,
                        verbose_name="Type",
                    ),
                ),
                (
                    "option_group",
                    models.ForeignKey(
                        blank=True,
                        help_text='Select an option group if using type "Option" or "Multi Option"',
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_attributes",
                        to="catalogue.attributeoptiongroup",
                        verbose_name="Option Group",
                    ),
                ),
                (
                    "required",
                    models.BooleanField(default=False, verbose_name="Required"),
                ),
            ],
            options={
                "verbose_name": "Product attribute",
                "verbose_name_plural": "Product attributes",
                "ordering": ["code"],
                "unique_together": {("code", "product_class")},
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Certificate",
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
                    "criteria",
                    models.CharField(
                        choices=[
                            ("qn-2018", "QĐ 1599/QĐ-UBND 2018"),
                            ("2019", "QĐ 1048/QĐ-TTg 2019"),
                            ("2023", "QĐ 148/QĐ-TTg 2023"),
                            ("2025", "QĐ 1489/QĐ-TTg 2025"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "stars",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                (
                    "points",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("district", "district"),
                            ("province", "province"),
                            ("national", "national"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "issuer",
                    models.CharField(
                        help_text="as written on the decision, in Vietnamese",
                        max_length=120,
                    ),
                ),
                (
                    "decision_no",
                    models.CharField(
                        blank=True,
                        help_text="empty where no source gives it",
                        max_length=60,
                    ),
                ),
                ("decided_on", models.DateField()),
                (
                    "day_known",
                    models.BooleanField(
                        default=True,
                        help_text="off where the source gives only the month or year",
                    ),
                ),
                (
                    "expires_on",
                    models.DateField(help_text="first day on which it is not valid"),
                ),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200)),
                ("superseded_on", models.DateField(blank=True, null=True)),
                (
                    "illustrative",
                    models.BooleanField(
                        default=False, help_text="invented for the demonstration"
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_on__gt", models.F("decided_on"))),
                        name="certificate_expires_after_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stars__gte", 3), ("stars__lte", 5)),
                        name="certificate_three_to_five_stars",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("issuer", ""), _negated=True),
                        name="certificate_names_its_issuer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
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
                    "lot",
                    models.CharField(
                        help_text="as printed; GS1 allows 20 characters",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9./_-]+$", "letters, digits, . / _ -"
                            )
                        ],
                    ),
                ),
                ("made_on", models.DateField(blank=True, null=True)),
                ("best_before", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "lot",
                "verbose_name_plural": "lots",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("best_before__gt", models.F("made_on")),
                            ("best_before__isnull", True),
                            ("made_on__isnull", True),
                            _connector="OR",
                        ),
                        name="batch_keeps_after_making",
                    )
                ],
                "indexes": [
                    models.Index(fields=["best_before"], name="batch_by_best_before")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductCategory",
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
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.category",
                        verbose_name="Category",
                    ),
                ),
            ],
            options={
                "verbose_name": "Product category",
                "verbose_name_plural": "Product categories",
                "ordering": ["product", "category"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductRecommendation",
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
                    "ranking",
                    models.PositiveSmallIntegerField(
                        db_index=True,
                        default=0,
                        help_text="Determines order of the products. A product with a higher value will appear before one with a lower ranking.",
                        verbose_name="Ranking",
                    ),
                ),
            ],
            options={
                "verbose_name": "Product recommendation",
                "verbose_name_plural": "Product recomendations",
                "ordering": ["primary", "-ranking"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Product",
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
                    "structure",
                    models.CharField(
                        choices=[
                            ("standalone", "Stand-alone product"),
                            ("parent", "Parent product"),
                            ("child", "Child product"),
                        ],
                        default="standalone",
                        max_length=10,
                        verbose_name="Product structure",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        db_index=True,
                        default=True,
                        help_text="Show this product in search results and catalogue listings.",
                        verbose_name="Is public",
                    ),
                ),
                (
                    "upc",
                    oscar.models.fields.NullCharField(
                        help_text="Universal Product Code (UPC) is an identifier for a product which is not specific to a particular  supplier. Eg an ISBN for a book.",
                        max_length=64,
                        unique=True,
                        verbose_name="UPC",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only choose a parent product if you're creating a child product.  For example if this is a size 4 of a particular t-shirt.  Leave blank if this is a stand-alone product (i.e. there is only one version of this product).",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="catalogue.product",
                        verbose_name="Parent product",
                    ),
                ),
                (
                    "title",
                    models.CharField(blank=True, max_length=255, verbose_name="Title"),
                ),
                (
                    "slug",
                    oscar.models.fields.slugfield.SlugField(
                        max_length=255, verbose_name="Slug"
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, verbose_name="Description"),
                ),
                (
                    "meta_title",
                    models.CharField(
                        blank=True, max_length=255, null=True, verbose_name="Meta title"
                    ),
                ),
                (
                    "meta_description",
                    models.TextField(
                        blank=True, null=True, verbose_name="Meta description"
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        db_index=True,
                        default=0,
                        help_text="The highest priority products are shown first",
                        validators=[django.core.validators.MinValueValidator(-1)],
                        verbose_name="Priority",
                    ),
                ),
                (
                    "product_class",
                    models.ForeignKey(
                        blank=True,
                        help_text="Choose what type of product this is",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalogue.productclass",
                        verbose_name="Product type",
                    ),
                ),
                (
                    "rating",
                    models.FloatField(editable=False, null=True, verbose_name="Rating"),
                ),
                (
                    "date_created",
                    models.DateTimeField(
                        auto_now_add=True, db_index=True, verbose_name="Date created"
                    ),
                ),
                (
                    "date_updated",
                    models.DateTimeField(
                        auto_now=True, db_index=True, verbose_name="Date updated"
                    ),
                ),
                (
                    "is_discountable",
                    models.BooleanField(
                        default=True,
                        help_text="This flag indicates if this product can be used in an offer or not",
                        verbose_name="Is discountable?",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=255,
                        null=True,
                        unique=True,
                        verbose_name="Code can be used to store a secondary unique identifier, when upc isn't sufficient",
                    ),
                ),
                (
                    "title_en",
                    models.CharField(max_length=255, verbose_name="title in English"),
                ),
                (
                    "description_en",
                    models.TextField(blank=True, verbose_name="description in English"),
                ),
                (
                    "producer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalogue.producer",
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalogue.area",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("food", "Food"),
                            ("beverage", "Drinks"),
                            ("herbal", "Herbs and remedies"),
                            ("craft", "Crafts"),
                            ("ornamental", "Plants and flowers"),
                            ("tourism", "Village stays and tours"),
                        ],
                        db_index=True,
                        max_length=12,
                    ),
                ),
                (
                    "subgroup",
                    models.CharField(
                        choices=[
                            ("fresh_produce", "Fresh fruit and vegetables"),
                            ("fresh_animal", "Fresh meat and seafood"),
                            ("grain", "Rice and grains"),
                            ("honey_other", "Honey and other produce"),
                            ("snack", "Ready to eat"),
                            ("cereal_processed", "Noodles, papers and cakes"),
                            ("veg_processed", "Prepared fruit and vegetables"),
                            ("animal_processed", "Prepared meat and seafood"),
                            ("liquid_seasoning", "Fish sauce and liquid seasoning"),
                            ("other_seasoning", "Spices"),
                            ("tea", "Tea"),
                            ("tea_other", "Other teas"),
                            ("coffee_cocoa", "Coffee and cocoa"),
                            ("white_spirit", "Rice spirit"),
                            ("other_alcohol", "Wine and other alcohol"),
                            ("water", "Water"),
                            ("soft", "Soft drinks"),
                            ("functional_food", "Health foods"),
                            ("cosmetic", "Herbal care"),
                            ("other", "Oils and dried herbs"),
                            ("decor", "Home and decoration"),
                            ("textile", "Cloth and clothing"),
                            ("flower", "Flowers"),
                            ("plant", "Plants"),
                            ("animal", "Ornamental animals"),
                            ("community", "Community tourism"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "price_vnd",
                    models.PositiveIntegerField(
                        db_index=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="price, whole dong, tax included",
                    ),
                ),
                (
                    "vat",
                    models.CharField(
                        choices=[
                            ("standard", "goods and services"),
                            ("excise", "with excise duty: alcohol"),
                            ("farm", "farm goods, not processed"),
                        ],
                        default="standard",
                        help_text="what it is to the law of VAT; the rate is that of the day of sale",
                        max_length=8,
                    ),
                ),
                ("unit_vi", models.CharField(max_length=60)),
                ("unit_en", models.CharField(max_length=60)),
                (
                    "weight_g",
                    models.PositiveIntegerField(default=0, help_text="packed, grams"),
                ),
                ("shelf_life_days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "storage",
                    models.CharField(
                        choices=[
                            ("ambient", "Cool and dry, out of the sun"),
                            ("chilled", "In the fridge, 0 to 5 °C"),
                            ("frozen", "In the freezer"),
                            ("none", "Nothing to store"),
                        ],
                        default="ambient",
                        max_length=8,
                    ),
                ),
                (
                    "abv",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="alcohol by volume, %",
                    ),
                ),
                ("allergens", models.JSONField(blank=True, default=list)),
                (
                    "carry",
                    models.JSONField(
                        blank=True, default=list, help_text="carrying rules that apply"
                    ),
                ),
                (
                    "flies",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cabin", "Flies in the cabin"),
                            ("checked", "Checked bag only"),
                            ("post", "Better by post"),
                            ("stays", "Stays in Việt Nam"),
                            ("", "Nothing to carry"),
                        ],
                        db_index=True,
                        max_length=8,
                    ),
                ),
                ("tags", models.JSONField(blank=True, default=list)),
                ("needs_health_notice", models.BooleanField(default=False)),
                ("advertising_forbidden", models.BooleanField(default=False)),
                (
                    "past_results",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="earlier results as sources report them: year, stars, points",
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
                    ),
                ),
                (
                    "illustrative",
                    models.BooleanField(
                        default=False, help_text="invented for the demonstration"
                    ),
                ),
                (
                    "product_options",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Options are values that can be associated with a item when it is added to a customer's basket.  This could be something like a personalised message to be printed on a T-shirt.",
                        to="catalogue.option",
                        verbose_name="Product options",
                    ),
                ),
                (
                    "recommended_products",
                    models.ManyToManyField(
                        blank=True,
                        help_text="These are products that are recommended to accompany the main product.",
                        through="catalogue.ProductRecommendation",
                        to="catalogue.product",
                        verbose_name="Recommended products",
                    ),
                ),
                (
                    "categories",
                    models.ManyToManyField(
                        through="catalogue.ProductCategory",
                        to="catalogue.category",
                        verbose_name="Categories",
                    ),
                ),
            ],
            options={
                "verbose_name": "Product",
                "verbose_name_plural": "Products",
                "ordering": ["-date_created"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("slug",), name="product_slug_once"),
                    models.CheckConstraint(
                        condition=models.Q(("price_vnd__gt", 0)),
                        name="product_has_a_price",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductAttributeValue",
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
                    "attribute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.productattribute",
                        verbose_name="Attribute",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attribute_values",
                        to="catalogue.product",
                        verbose_name="Product",
                    ),
                ),
                (
                    "value_text",
                    models.TextField(blank=True, null=True, verbose_name="Text"),
                ),
                (
                    "value_integer",
                    models.IntegerField(
                        blank=True, db_index=True, null=True, verbose_name="Integer"
                    ),
                ),
                (
                    "value_boolean",
                    models.BooleanField(
                        blank=True, db_index=True, null=True, verbose_name="Boolean"
                    ),
                ),
                (
                    "value_float",
                    models.FloatField(
                        blank=True, db_index=True, null=True, verbose_name="Float"
                    ),
                ),
                (
                    "value_richtext",
                    models.TextField(blank=True, null=True, verbose_name="Richtext"),
                ),
                (
                    "value_date",
                    models.DateField(
                        blank=True, db_index=True, null=True, verbose_name="Date"
                    ),
                ),
                (
                    "value_datetime",
                    models.DateTimeField(
                        blank=True, db_index=True, null=True, verbose_name="DateTime"
                    ),
                ),
                (
                    "value_option",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.attributeoption",
                        verbose_name="Value option",
                    ),
                ),
                (
                    "value_file",
                    models.FileField(
                        blank=True,
                        max_length=255,
                        null=True,
                        upload_to=oscar.utils.models.get_image_upload_path,
                    ),
                ),
                (
                    "value_image",
                    models.ImageField(
                        blank=True,
                        max_length=255,
                        null=True,
                        upload_to=oscar.utils.models.get_image_upload_path,
                    ),
                ),
                (
                    "entity_content_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "entity_object_id",
                    models.PositiveIntegerField(blank=True, editable=False, null=True),
                ),
                (
                    "value_multi_option",
                    models.ManyToManyField(
                        blank=True,
                        related_name="multi_valued_attribute_values",
                        to="catalogue.attributeoption",
                        verbose_name="Value multi option",
                    ),
                ),
            ],
            options={
                "verbose_name": "Product attribute value",
                "verbose_name_plural": "Product attribute values",
                "unique_together": {("attribute", "product")},
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductImage",
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
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="catalogue.product",
                        verbose_name="Product",
                    ),
                ),
                (
                    "code",
                    oscar.models.fields.NullCharField(
                        max_length=255, unique=True, verbose_name="Code"
                    ),
                ),
                (
                    "original",
                    models.ImageField(
                        max_length=255,
                        upload_to=oscar.utils.models.get_image_upload_path,
                        verbose_name="Original",
                    ),
                ),
                (
                    "caption",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="Caption"
                    ),
                ),
                (
                    "display_order",
                    models.PositiveIntegerField(
                        db_index=True,
                        default=0,
                        help_text="An image with a display order of zero will be the primary image for a product",
                        verbose_name="Display order",
                    ),
                ),
                (
                    "date_created",
                    models.DateTimeField(
                        auto_now_add=True, verbose_name="Date created"
                    ),
                ),
            ],
            options={
                "verbose_name": "Product image",
                "verbose_name_plural": "Product images",
                "ordering": ["display_order"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="catalogue.product",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("product", "decided_on"), name="certificate_once_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                fields=["product", "expires_on", "decided_on"],
                name="certificate_in_force",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches",
                to="catalogue.product",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("product", "lot"), name="batch_lot_once"
            ),
        ),
        migrations.AddField(
            model_name="productcategory",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                to="catalogue.product",
                verbose_name="Product",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="productcategory",
            unique_together={("product", "category")},
        ),
        migrations.AddField(
            model_name="productrecommendation",
            name="primary",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="primary_recommendations",
                to="catalogue.product",
                verbose_name="Primary product",
            ),
        ),
        migrations.AddField(
            model_name="productrecommendation",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                to="catalogue.product",
                verbose_name="Recommended product",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="productrecommendation",
            unique_together={("primary", "recommendation")},
        ),
        migrations.AddField(
            model_name="product",
            name="attributes",
            field=models.ManyToManyField(
                help_text="A product attribute is something that this product may have, such as a size, as specified by its class",
                through="catalogue.ProductAttributeValue",
                to="catalogue.productattribute",
                verbose_name="Attributes",
            ),
        ),
    ]
