"""Payments and their events; an event is never changed."""

import catalogue.migration_operations
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("order", "0001_initial"),
        ("stores", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="order.order",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("point", "at the counter"),
                            ("cod", "to the postman"),
                            ("vietqr", "bank transfer with a VietQR code"),
                            ("stripe", "card or wallet"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting for money"),
                            ("paid", "paid"),
                            ("failed", "failed"),
                            ("lapsed", "not paid in time"),
                            ("refund_due", "to be paid back"),
                            ("refunded", "paid back"),
                        ],
                        db_index=True,
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("amount_vnd", models.PositiveIntegerField()),
                ("paid_vnd", models.PositiveIntegerField(default=0)),
                ("refunded_vnd", models.PositiveIntegerField(default=0)),
                (
                    "key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "reference",
                    models.CharField(blank=True, db_index=True, max_length=255),
                ),
                (
                    "money_reference",
                    models.CharField(blank=True, db_index=True, max_length=255),
                ),
                ("url", models.URLField(blank=True, max_length=2000)),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("offer_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "permissions": [("manage_money", "Sees payments and pays money back")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "paid"])),
                        fields=("order",),
                        name="payment_one_alive_per_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded_vnd__lte", models.F("paid_vnd")),
                            ("refunded_vnd__lte", models.F("amount_vnd")),
                            _connector="OR",
                        ),
                        name="payment_refunds_at_most_what_came",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["method", "state"], name="payment_method_and_state"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
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
                    "code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exact", "exactly what was asked for"),
                            ("too_little", "too little"),
                            ("too_much", "too much"),
                            ("paid_already", "paid already"),
                            ("late", "after the time to pay"),
                            (
                                "unknown_order",
                                "names no order that is paid by transfer",
                            ),
                            (
                                "reference_reused",
                                "the bank's number of another transfer",
                            ),
                            ("duplicate", "reported to us before"),
                            ("too_large", "too large a sum for one order"),
                            ("unreadable", "a notice that cannot be read"),
                            ("unknown_payment", "no payment of this name"),
                            (
                                "amount_differs",
                                "%(came)s ₫ came, %(due)s ₫ were asked for",
                            ),
                            ("over_refunded", "more would have gone back than came"),
                            ("wrong_currency", "currency %(currency)s"),
                            ("wrong_amount", "amount %(amount)s"),
                            ("not_answering", "no answer: %(message)s"),
                            ("declined", "refused: %(message)s"),
                            ("message", "%(message)s"),
                            ("paid_otherwise", "paid in another way"),
                            ("restarted", "asked for anew"),
                            ("paid_on_receipt", "paid on receipt instead"),
                            ("order_ended", "the order ended"),
                            ("order_status", "the order is %(order_status)s"),
                            ("withdrawn", "withdrawn: %(product)s"),
                            ("sold_out", "sold meanwhile: %(product)s"),
                            ("moved", "served at %(point)s"),
                            ("refund_reason", "%(refund_reason)s"),
                        ],
                        max_length=16,
                    ),
                ),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="payments.payment",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("bank", "the bank"),
                            ("desk", "a desk"),
                            ("shop", "the shop"),
                        ],
                        max_length=8,
                    ),
                ),
                ("external_id", models.CharField(max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("requested", "money asked for"),
                            ("paid", "money came"),
                            ("failed", "could not be paid"),
                            ("lapsed", "time to pay is over"),
                            ("unusable", "money cannot be used"),
                            ("used", "money is used after all"),
                            ("refunded", "money went back"),
                            ("refund_failed", "a refund came back to us"),
                            ("disputed", "a bank disputes it"),
                            ("dispute_closed", "a dispute is over"),
                            ("other", "something else"),
                        ],
                        max_length=14,
                    ),
                ),
                ("amount_vnd", models.IntegerField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "applied"),
                            ("ignored", "changed nothing"),
                            ("needs_review", "waits for a manager"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "waiting for money"),
                            ("paid", "paid"),
                            ("failed", "failed"),
                            ("lapsed", "not paid in time"),
                            ("refund_due", "to be paid back"),
                            ("refunded", "paid back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("payload", models.JSONField(default=dict)),
                (
                    "resolves",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolved_by",
                        to="payments.paymentevent",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "paid_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cash", "cash"),
                            ("card", "card"),
                            ("transfer", "bank transfer"),
                        ],
                        max_length=8,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "payment event",
                "verbose_name_plural": "payment events",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="paymentevent_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "applied"), _negated=True),
                            ("payment__isnull", False),
                            _connector="OR",
                        ),
                        name="paymentevent_applies_to_a_payment",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "needs_review")),
                        fields=["-received_at"],
                        name="paymentevent_needs_review",
                    ),
                    models.Index(
                        condition=models.Q(("source", "desk")),
                        fields=["point", "happened_at"],
                        name="paymentevent_at_a_desk",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
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
                    "code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exact", "exactly what was asked for"),
                            ("too_little", "too little"),
                            ("too_much", "too much"),
                            ("paid_already", "paid already"),
                            ("late", "after the time to pay"),
                            (
                                "unknown_order",
                                "names no order that is paid by transfer",
                            ),
                            (
                                "reference_reused",
                                "the bank's number of another transfer",
                            ),
                            ("duplicate", "reported to us before"),
                            ("too_large", "too large a sum for one order"),
                            ("unreadable", "a notice that cannot be read"),
                            ("unknown_payment", "no payment of this name"),
                            (
                                "amount_differs",
                                "%(came)s ₫ came, %(due)s ₫ were asked for",
                            ),
                            ("over_refunded", "more would have gone back than came"),
                            ("wrong_currency", "currency %(currency)s"),
                            ("wrong_amount", "amount %(amount)s"),
                            ("not_answering", "no answer: %(message)s"),
                            ("declined", "refused: %(message)s"),
                            ("message", "%(message)s"),
                            ("paid_otherwise", "paid in another way"),
                            ("restarted", "asked for anew"),
                            ("paid_on_receipt", "paid on receipt instead"),
                            ("order_ended", "the order ended"),
                            ("order_status", "the order is %(order_status)s"),
                            ("withdrawn", "withdrawn: %(product)s"),
                            ("sold_out", "sold meanwhile: %(product)s"),
                            ("moved", "served at %(point)s"),
                            ("refund_reason", "%(refund_reason)s"),
                        ],
                        max_length=16,
                    ),
                ),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
                (
                    "due",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="order.refunddue",
                    ),
                ),
                ("amount_vnd", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "not sent yet"),
                            ("sent", "on its way"),
                            ("done", "paid back"),
                            ("failed", "failed"),
                        ],
                        default="created",
                        max_length=8,
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, db_index=True, max_length=255),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_vnd__gt", 0)),
                        name="refund_is_some_money",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
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
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
                ("reference", models.CharField(max_length=255, unique=True)),
                ("amount_vnd", models.PositiveIntegerField()),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("status", models.CharField(max_length=40)),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
            },
        ),
        migrations.CreateModel(
            name="RefundLine",
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
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="payments.refund",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_lines",
                        to="order.line",
                    ),
                ),
                ("units", models.PositiveIntegerField()),
                ("amount_vnd", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "line of a refund",
                "verbose_name_plural": "lines of a refund",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("refund", "line"), name="refundline_once_per_line"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__gt", 0)),
                        name="refundline_is_some_goods",
                    ),
                ],
            },
        ),
        catalogue.migration_operations.AppendOnly(
            model_name="PaymentEvent",
        ),
    ]
