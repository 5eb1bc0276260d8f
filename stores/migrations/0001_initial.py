"""Sales points, their stock and its ledger; a movement is never changed."""

import catalogue.migration_operations
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import stores.models.points
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("catalogue", "0001_initial"),
        ("partner", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubmittedForm",
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
                ("scope", models.CharField(max_length=60)),
                ("token", models.CharField(max_length=40)),
                ("content", models.JSONField(help_text="what the form asked for")),
                ("result_id", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "token"), name="submittedform_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesPoint",
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
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_point",
                        to="partner.partner",
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("regional_centre", "regional centre"),
                            ("district_centre", "district centre"),
                            ("sales_point", "sales point"),
                            ("hotel_booth", "hotel booth"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name_vi", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                (
                    "short_name_vi",
                    models.CharField(help_text="for rows and sentences", max_length=40),
                ),
                ("short_name_en", models.CharField(max_length=40)),
                ("hotel_vi", models.CharField(blank=True, max_length=80)),
                ("hotel_en", models.CharField(blank=True, max_length=80)),
                (
                    "address_old",
                    models.CharField(
                        help_text="with the district of before July 2025",
                        max_length=200,
                    ),
                ),
                (
                    "address",
                    models.CharField(help_text="as written since then", max_length=200),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_points",
                        to="catalogue.area",
                    ),
                ),
                ("lat", models.FloatField()),
                ("lng", models.FloatField()),
                ("phone", models.CharField(blank=True, max_length=30)),
                (
                    "hours",
                    models.JSONField(
                        help_text="mon to sun, each a list of [opens, closes]; [] is a day off",
                        validators=[stores.models.points.validate_hours],
                    ),
                ),
                ("offers_pickup", models.BooleanField(default=True)),
                ("offers_room_delivery", models.BooleanField(default=False)),
                ("offers_tasting", models.BooleanField(default=False)),
                ("alcohol_licence", models.BooleanField(default=False)),
                ("languages", models.JSONField(blank=True, default=list)),
                (
                    "operator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="operates",
                        to="catalogue.producer",
                    ),
                ),
                ("note_vi", models.CharField(blank=True, max_length=200)),
                ("note_en", models.CharField(blank=True, max_length=200)),
                (
                    "is_open",
                    models.BooleanField(
                        default=True, help_text="off when the point has closed for good"
                    ),
                ),
                (
                    "illustrative",
                    models.BooleanField(
                        default=False, help_text="invented for the demonstration"
                    ),
                ),
                (
                    "low_stock_notified_on",
                    models.DateField(
                        blank=True,
                        help_text="last day of a letter about what runs low",
                        null=True,
                    ),
                ),
                (
                    "keepers",
                    models.ManyToManyField(
                        blank=True,
                        related_name="sales_points",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "sales point",
                "verbose_name_plural": "sales points",
                "permissions": [
                    ("work_at_every_point", "Stands at the desk of every sales point")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "hotel_booth"), _negated=True),
                            models.Q(("hotel_vi", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="booth_names_its_hotel",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockLot",
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
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="partner.stockrecord",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_lots",
                        to="catalogue.batch",
                    ),
                ),
                ("on_hand", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "lot on the shelf",
                "verbose_name_plural": "lots on the shelf",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "batch"), name="stocklot_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("on_hand__gte", 0)),
                        name="stocklot_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
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
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="partner.stockrecord",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="catalogue.batch",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receive", "received"),
                            ("sell", "handed to a buyer"),
                            ("sell_at_desk", "sold at the desk"),
                            ("transfer_out", "sent to another point"),
                            ("transfer_in", "came from another point"),
                            ("return", "brought back by a buyer"),
                            ("damage", "damaged"),
                            ("expire", "past its date"),
                            ("count", "counted"),
                            ("correct", "put right"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "quantity",
                    models.IntegerField(help_text="units; negative when goods leave"),
                ),
                (
                    "balance_after",
                    models.PositiveIntegerField(
                        help_text="units of this product at this point afterwards, all lots"
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
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "document",
                    models.CharField(
                        blank=True,
                        help_text="its number: order, transfer, count, slip",
                        max_length=60,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "stock movement",
                "verbose_name_plural": "stock movements",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True),
                        name="movement_moves_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["correct", "count", "damage"]),
                                _negated=True,
                            ),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="movement_says_why",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["record", "-id"], name="movement_history")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
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
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="partner.stockrecord",
                    ),
                ),
                ("units", models.PositiveIntegerField()),
                ("allocated", models.PositiveIntegerField(default=0)),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, db_index=True, null=True),
                ),
                (
                    "reference",
                    models.CharField(
                        db_index=True,
                        help_text="of whom it is: an order's number",
                        max_length=40,
                    ),
                ),
            ],
            options={
                "verbose_name": "reservation",
                "verbose_name_plural": "reservations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("allocated__lte", models.F("units"))),
                        name="reservation_allocates_what_it_waits_for",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadTime",
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
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leads_to",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leads_from",
                        to="stores.salespoint",
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name": "lead time",
                "verbose_name_plural": "lead times",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "destination"), name="leadtime_once_per_pair"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", models.F("destination")), _negated=True
                        ),
                        name="leadtime_between_two_points",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockCount",
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
                        related_name="counts",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "being counted"),
                            ("booked", "booked"),
                            ("abandoned", "abandoned"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "stock count",
                "verbose_name_plural": "stock counts",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("point",),
                        name="count_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskSale",
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
                        related_name="sales",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paid_by",
                    models.CharField(
                        choices=[
                            ("cash", "cash"),
                            ("card", "card"),
                            ("transfer", "bank transfer"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "total_vnd",
                    models.PositiveIntegerField(help_text="whole dong, tax included"),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "sale at the desk",
                "verbose_name_plural": "sales at the desk",
            },
        ),
        migrations.CreateModel(
            name="Transfer",
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
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_out",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_in",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "requested"),
                            ("sent", "on the way"),
                            ("received", "received"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="requested",
                        max_length=10,
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="when it has to be there, if a buyer waits",
                        null=True,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("requested_at", models.DateTimeField()),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        help_text="nobody, if it ended with the order that waited for it",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=200)),
                (
                    "difference_reason",
                    models.CharField(
                        blank=True,
                        help_text="why other units came than were sent",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", models.F("destination")), _negated=True
                        ),
                        name="transfer_between_two_points",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CountLine",
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
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="stores.stockcount",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partner.stockrecord",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.batch",
                    ),
                ),
                ("counted", models.PositiveIntegerField()),
                (
                    "expected",
                    models.PositiveIntegerField(
                        help_text="units of the lot in the books when it was counted"
                    ),
                ),
                (
                    "price_vnd",
                    models.PositiveIntegerField(
                        help_text="of one unit when it was counted, whole dong, tax included"
                    ),
                ),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="how often the lot was counted in this round",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                (
                    "counted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a count",
                "verbose_name_plural": "lines of a count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("count", "record", "batch"),
                        name="countline_once_per_lot",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesEntry",
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
                            ("sale", "sale"),
                            ("postage", "postage"),
                            ("return", "return"),
                            ("reduction", "reduction"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        help_text="when goods or money changed hands, never before the sale itself"
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
                        help_text="the return or refund of that document; empty for the sale itself",
                        max_length=40,
                    ),
                ),
                (
                    "order_line",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="id of the order's line; 0 for postage, money and the desk",
                    ),
                ),
                (
                    "sale",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="stores.desksale",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        help_text="the one that sold, also when the goods came back elsewhere",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.salespoint",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        help_text="of which product; empty for postage and for money without goods",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partner.stockrecord",
                    ),
                ),
                ("sku", models.CharField(blank=True, max_length=128)),
                ("units", models.IntegerField(default=0)),
                (
                    "price_vnd",
                    models.PositiveIntegerField(default=0, help_text="of one unit"),
                ),
                ("gross_vnd", models.IntegerField()),
                (
                    "vat_rate",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("10", "10%"),
                            ("8", "8%"),
                            ("5", "5%"),
                            ("none", "not subject to VAT"),
                        ],
                        help_text="of the day of sale; empty where the bookkeeper has to decide it",
                        max_length=4,
                    ),
                ),
                ("vat_vnd", models.IntegerField()),
                (
                    "payment_method",
                    models.CharField(
                        blank=True,
                        help_text="of a sale at the desk and of a refund; of an order, see its payment",
                        max_length=8,
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
            ],
            options={
                "verbose_name": "entry of the journal of sales",
                "verbose_name_plural": "journal of sales",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "reference", "kind", "order_line", "sku"),
                        name="salesentry_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["sale", "return"]), _negated=True),
                            models.Q(
                                (
                                    "gross_vnd",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("units"), "*", models.F("price_vnd")
                                    ),
                                ),
                                ("record__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="salesentry_multiplies_its_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("vat_rate__in", ["10", "8", "5", "none", ""])
                        ),
                        name="salesentry_has_a_vat_rate",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["at", "id"], name="salesentry_by_time"),
                    models.Index(fields=["point", "at"], name="salesentry_by_point"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
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
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="stores.transfer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.product",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_lines",
                        to="stores.reservation",
                    ),
                ),
                ("units", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "line of a transfer",
                "verbose_name_plural": "lines of a transfer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("units__gt", 0)),
                        name="transferline_asks_for_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferLot",
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="stores.transferline",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.batch",
                    ),
                ),
                ("sent", models.PositiveIntegerField()),
                ("received", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "lot of a transfer",
                "verbose_name_plural": "lots of a transfer",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "batch"), name="transferlot_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sent__gt", 0)),
                        name="transferlot_sends_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received__isnull", True),
                            ("received__lte", models.F("sent")),
                            _connector="OR",
                        ),
                        name="transferlot_never_grows",
                    ),
                ],
            },
        ),
        catalogue.migration_operations.AppendOnly(
            model_name="StockMovement",
        ),
        catalogue.migration_operations.AppendOnly(
            model_name="SalesEntry",
        ),
    ]
