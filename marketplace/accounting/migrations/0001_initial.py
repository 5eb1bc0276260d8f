"""The journal of sales, closed tills and invoices; the first two are never changed."""

import catalogue.migration_operations
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("payments", "0001_initial"),
        ("stores", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TillClose",
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
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="till_closes",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="1, 2, 3 at each point"),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "opening_cash_vnd",
                    models.PositiveIntegerField(
                        help_text="cash that the close before had left in the drawer"
                    ),
                ),
                (
                    "expected_cash_vnd",
                    models.IntegerField(help_text="with what it began with"),
                ),
                ("counted_cash_vnd", models.PositiveIntegerField()),
                ("expected_card_vnd", models.IntegerField()),
                ("counted_card_vnd", models.IntegerField()),
                ("expected_transfer_vnd", models.IntegerField()),
                ("counted_transfer_vnd", models.IntegerField()),
                (
                    "left_in_drawer_vnd",
                    models.PositiveIntegerField(
                        help_text="cash that stays in the drawer, to give change"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "close of a till",
                "verbose_name_plural": "closes of tills",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("point", "number"), name="tillclose_once_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_in_drawer_vnd__lte", models.F("counted_cash_vnd"))
                        ),
                        name="tillclose_leaves_what_is_there",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                ("counted_card_vnd", models.F("expected_card_vnd")),
                                ("counted_cash_vnd", models.F("expected_cash_vnd")),
                                (
                                    "counted_transfer_vnd",
                                    models.F("expected_transfer_vnd"),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="tillclose_explains_a_difference",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
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
                    "document",
                    models.CharField(
                        help_text="number of the order or of the sale at the desk",
                        max_length=60,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="the return or refund that it is of",
                        max_length=40,
                    ),
                ),
                (
                    "adjusts",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjusted_by",
                        to="accounting.invoice",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "to be issued"), ("issued", "issued")],
                        db_index=True,
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("series", models.CharField(blank=True, max_length=8)),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "content",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="what is on it, from its number on",
                    ),
                ),
                (
                    "provider_reference",
                    models.CharField(
                        blank=True,
                        help_text="the provider's name for it",
                        max_length=255,
                    ),
                ),
                (
                    "tries",
                    models.PositiveIntegerField(default=0, help_text="that failed"),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, help_text="of the last failure", max_length=200
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                ("try_after", models.DateTimeField()),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "electronic invoice",
                "verbose_name_plural": "electronic invoices",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "reference"),
                        name="invoice_once_per_reference",
                    ),
                    models.UniqueConstraint(
                        fields=("series", "number"), name="invoice_once_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "issued"), _negated=True),
                            ("number__isnull", False),
                            _connector="OR",
                        ),
                        name="invoice_issued_has_its_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document", ""), _negated=True),
                            models.Q(
                                models.Q(("adjusts__isnull", True), ("reference", "")),
                                models.Q(
                                    models.Q(("reference", ""), _negated=True),
                                    ("adjusts__isnull", False),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="invoice_adjusts_what_was_sold",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TillEntry",
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
                    "close",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="accounting.tillclose",
                    ),
                ),
                (
                    "sale",
                    models.OneToOneField(
                        help_text="sold at the desk, where goods and money change hands at once",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="till_entry",
                        to="stores.salesentry",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        help_text="money of an order, collected or refunded at the desk",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="till_entry",
                        to="payments.paymentevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a close",
                "verbose_name_plural": "entries of a close",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event__isnull", True), ("sale__isnull", False)),
                            models.Q(("event__isnull", False), ("sale__isnull", True)),
                            _connector="OR",
                        ),
                        name="tillentry_counts_one_row",
                    )
                ],
            },
        ),
        catalogue.migration_operations.AppendOnly(
            model_name="TillClose",
        ),
        catalogue.migration_operations.AppendOnly(
            model_name="TillEntry",
        ),
    ]
