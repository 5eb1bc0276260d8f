"""Oscar's own tables, as its migrations up to 4.2 leave them."""

import django.db.models.deletion
from decimal import Decimal
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
            name="ProductRecord",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stats",
                        to="catalogue.product",
                        verbose_name="Product",
                    ),
                ),
                (
                    "num_views",
                    models.PositiveIntegerField(default=0, verbose_name="Views"),
                ),
                (
                    "num_basket_additions",
                    models.PositiveIntegerField(
                        default=0, verbose_name="Basket Additions"
                    ),
                ),
                (
                    "num_purchases",
                    models.PositiveIntegerField(
                        db_index=True, default=0, verbose_name="Purchases"
                    ),
                ),
                ("score", models.FloatField(default=0.0, verbose_name="Score")),
            ],
            options={
                "verbose_name": "Product record",
                "verbose_name_plural": "Product records",
                "ordering": ["-num_purchases"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserRecord",
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
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="User",
                    ),
                ),
                (
                    "num_product_views",
                    models.PositiveIntegerField(
                        default=0, verbose_name="Product Views"
                    ),
                ),
                (
                    "num_basket_additions",
                    models.PositiveIntegerField(
                        default=0, verbose_name="Basket Additions"
                    ),
                ),
                (
                    "num_orders",
                    models.PositiveIntegerField(
                        db_index=True, default=0, verbose_name="Orders"
                    ),
                ),
                (
                    "num_order_lines",
                    models.PositiveIntegerField(
                        db_index=True, default=0, verbose_name="Order Lines"
                    ),
                ),
                (
                    "num_order_items",
                    models.PositiveIntegerField(
                        db_index=True, default=0, verbose_name="Order Items"
                    ),
                ),
                (
                    "total_spent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="Total Spent",
                    ),
                ),
                (
                    "date_last_order",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="Last Order Date"
                    ),
                ),
            ],
            options={
                "verbose_name": "User record",
                "verbose_name_plural": "User records",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserProductView",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="User",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.product",
                        verbose_name="Product",
                    ),
                ),
                (
                    "date_created",
                    models.DateTimeField(
                        auto_now_add=True, verbose_name="Date Created"
                    ),
                ),
            ],
            options={
                "verbose_name": "User product view",
                "verbose_name_plural": "User product views",
                "ordering": ["-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserSearch",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="User",
                    ),
                ),
                (
                    "query",
                    models.CharField(
                        db_index=True, max_length=255, verbose_name="Search term"
                    ),
                ),
                (
                    "date_created",
                    models.DateTimeField(
                        auto_now_add=True, verbose_name="Date Created"
                    ),
                ),
            ],
            options={
                "verbose_name": "User search query",
                "verbose_name_plural": "User search queries",
                "ordering": ["-pk"],
                "abstract": False,
            },
        ),
    ]
