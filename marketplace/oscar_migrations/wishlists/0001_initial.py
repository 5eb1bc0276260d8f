"""Oscar's own tables, as its migrations up to 4.2 leave them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WishList",
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
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wishlists",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Owner",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        default="Default", max_length=255, verbose_name="Name"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        db_index=True,
                        editable=False,
                        max_length=6,
                        unique=True,
                        verbose_name="Key",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            (
                                "Private",
                                "Private - Only the owner can see the wish list",
                            ),
                            (
                                "Shared",
                                "Shared - Only the owner and people with access to the obfuscated link can see the wish list",
                            ),
                            ("Public", "Public - Everybody can see the wish list"),
                        ],
                        default="Private",
                        max_length=20,
                        verbose_name="Visibility",
                    ),
                ),
                (
                    "date_created",
                    models.DateTimeField(
                        auto_now_add=True, db_index=True, verbose_name="Date created"
                    ),
                ),
            ],
            options={
                "verbose_name": "Wish List",
                "ordering": ("owner", "date_created"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Line",
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
                    "wishlist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="wishlists.wishlist",
                        verbose_name="Wish List",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="wishlists_lines",
                        to="catalogue.product",
                        verbose_name="Product",
                    ),
                ),
                (
                    "quantity",
                    models.PositiveIntegerField(default=1, verbose_name="Quantity"),
                ),
                ("title", models.CharField(max_length=255, verbose_name="Title")),
            ],
            options={
                "verbose_name": "Wish list line",
                "ordering": ["pk"],
                "unique_together": {("wishlist", "product")},
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WishListSharedEmail",
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
                    "wishlist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shared_emails",
                        to="wishlists.wishlist",
                        verbose_name="Wish List",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="Email")),
            ],
            options={
                "verbose_name": "Wish list shared email",
                "abstract": False,
            },
        ),
    ]
