"""Lots on hand, and the ledger of stock movements that explains them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.models import Batch
from stores.partner.models import StockRecord


class StockLot(models.Model):
    """How many units of one lot lie at one point."""

    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="lots")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="stock_lots")
    on_hand = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("lot on the shelf")
        verbose_name_plural = _("lots on the shelf")
        constraints = [
            models.UniqueConstraint(fields=["record", "batch"], name="stocklot_once"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0), name="stocklot_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} × {self.batch}"


class StockMovement(models.Model):
    """A line of the ledger: goods came, went or were put right, and why.

    Written once; the database refuses to change or delete it.
    """

    class Kind(models.TextChoices):
        RECEIVE = "receive", _("received")
        SELL = "sell", _("handed to a buyer")
        SELL_AT_DESK = "sell_at_desk", _("sold at the desk")
        UNDO_SALE = "undo_sale", _("sale at the desk taken back")
        TRANSFER_OUT = "transfer_out", _("sent to another point")
        TRANSFER_IN = "transfer_in", _("came from another point")
        RETURN = "return", _("brought back by a buyer")
        DAMAGE = "damage", _("damaged")
        EXPIRE = "expire", _("past its date")
        COUNT = "count", _("counted")
        CORRECT = "correct", _("put right")

    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="movements")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind)
    quantity = models.IntegerField(help_text="units; negative when goods leave")
    balance_after = models.PositiveIntegerField(
        help_text="units of this product at this point afterwards, all lots"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    document = models.CharField(
        max_length=60,
        blank=True,
        help_text="its number: order, transfer, count, slip",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.CheckConstraint(
                condition=~Q(quantity=0), name="movement_moves_something"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["correct", "count", "damage"]) | ~Q(reason=""),
                name="movement_says_why",
            ),
        ]
        indexes = [models.Index(fields=["record", "-id"], name="movement_history")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity:+d} → {self.balance_after}"

    @property
    def sentence(self) -> str:
        """What happened, in the words of its kind; its lot has to be loaded."""
        if self.kind not in {self.Kind.COUNT, self.Kind.CORRECT}:
            text = gettext("%(kind)s: %(units)d of lot %(lot)s")
        elif self.quantity > 0:
            text = gettext("%(kind)s: %(units)d more of lot %(lot)s than was written")
        else:
            text = gettext("%(kind)s: %(units)d fewer of lot %(lot)s than was written")
        return text % {
            "kind": self.get_kind_display(),
            "units": abs(self.quantity),
            "lot": self.batch.lot,
        }
