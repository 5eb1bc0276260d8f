"""Sales at the desk, and the journal of everything that was sold and taken back."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.vat import VatRate, VatSum, by_rate
from stores.models.points import SalesPoint
from stores.partner.models import StockRecord


class DeskSale(models.Model):
    """Goods taken and paid at once; its lines are entries of the journal."""

    class PaidBy(models.TextChoices):
        CASH = "cash", _("cash")
        CARD = "card", _("card")
        TRANSFER = "transfer", _("bank transfer")

    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="sales")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    paid_by = models.CharField(max_length=8, choices=PaidBy)
    total_vnd = models.PositiveIntegerField(help_text="whole dong, tax included")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sale at the desk")
        verbose_name_plural = _("sales at the desk")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As in the ledger."""
        return f"BQ-{self.pk:05}"

    @property
    def vat_sums(self) -> list[VatSum]:
        """What it contains at each rate. One query, unless its lines are loaded."""
        return vat_sums(self.lines.all())


class SalesEntry(models.Model):
    """One line of the journal of sales: goods, postage or money, sold or taken back.

    Written by `record_sale` in the transaction that hands over, sells, takes back or
    refunds; the database refuses to change or delete it. Receipts, the sales file,
    invoices and tills read it. Amounts are whole dong with VAT; what is taken back is
    negative.
    """

    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        POSTAGE = "postage", _("postage")
        RETURN = "return", _("return")
        REDUCTION = "reduction", _("reduction")

    kind = models.CharField(max_length=9, choices=Kind)
    at = models.DateTimeField(
        help_text="when goods or money changed hands, never before the sale itself"
    )
    document = models.CharField(
        max_length=60, help_text="number of the order or of the sale at the desk"
    )
    reference = models.CharField(
        max_length=40,
        blank=True,
        help_text="the return or refund of that document; empty for the sale itself",
    )
    order_line = models.PositiveBigIntegerField(
        default=0, help_text="id of the order's line; 0 for postage, money and the desk"
    )
    sale = models.ForeignKey(
        DeskSale, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    point = models.ForeignKey(
        SalesPoint,
        models.PROTECT,
        related_name="+",
        help_text="the one that sold, also when the goods came back elsewhere",
    )
    record = models.ForeignKey(
        StockRecord,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="of which product; empty for postage and for money without goods",
    )
    sku = models.CharField(max_length=128, blank=True)
    units = models.IntegerField(default=0)
    price_vnd = models.PositiveIntegerField(default=0, help_text="of one unit")
    gross_vnd = models.IntegerField()
    vat_rate = models.CharField(
        max_length=4,
        choices=VatRate,
        blank=True,
        help_text="of the day of sale; empty where the bookkeeper has to decide it",
    )
    vat_vnd = models.IntegerField()
    payment_method = models.CharField(
        max_length=8,
        blank=True,
        help_text="of a sale at the desk and of a refund; of an order, see its payment",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("entry of the journal of sales")
        verbose_name_plural = _("journal of sales")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "reference", "kind", "order_line", "sku"],
                name="salesentry_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["sale", "return"])
                | Q(record__isnull=False, gross_vnd=F("units") * F("price_vnd")),
                name="salesentry_multiplies_its_price",
            ),
            models.CheckConstraint(
                condition=Q(vat_rate__in=[*VatRate.values, ""]),
                name="salesentry_has_a_vat_rate",
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="salesentry_by_time"),
            models.Index(fields=["point", "at"], name="salesentry_by_point"),
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.kind} {self.gross_vnd} ₫"

    @property
    def net_vnd(self) -> int:
        return self.gross_vnd - self.vat_vnd

    @property
    def name(self) -> str:
        """Of the product, in the reader's language, or what was sold beside goods."""
        if self.record:
            return str(self.record.product.name)
        if self.kind == self.Kind.POSTAGE:
            return gettext("Postage")
        return gettext("Money given back")


def vat_sums(entries: Iterable[SalesEntry]) -> list[VatSum]:
    """Sums of entries by VAT rate, the highest rate first."""
    return by_rate((one.vat_rate, one.gross_vnd, one.vat_vnd) for one in entries)
