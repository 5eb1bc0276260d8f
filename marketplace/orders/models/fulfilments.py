"""What points deliver to buyers: fulfilments, their lines, holds, returns."""

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.models import Batch
from stores.models import Reservation, ReservationQuerySet, SalesPoint

if TYPE_CHECKING:
    from django.contrib.auth.models import _AnyUser  # of AUTH_USER_MODEL

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of a pick-up code: without 0, O, 1, I and L, which look alike."""


def new_code() -> str:
    """A pick-up code: six characters of CODE_LETTERS."""
    return "".join(secrets.choice(CODE_LETTERS) for _index in range(6))


class Hold(models.Model):
    """Until when the goods of an unpaid order are kept for it.

    Its reservations expire at `until`; a paid order has no hold.
    """

    order = models.OneToOneField("order.Order", models.PROTECT, related_name="hold")
    until = models.DateTimeField()
    extended_at = models.DateTimeField(
        null=True, blank=True, help_text="the buyer may ask for more time once"
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")

    def __str__(self) -> str:
        return f"{self.order_id} until {self.until:%Y-%m-%d %H:%M}"


class FulfilmentQuerySet(models.QuerySet["Fulfilment"]):
    def visible_to(self, user: "_AnyUser") -> "FulfilmentQuerySet":
        """Those of the points at whose desk a person may work."""
        return self.filter(point__in=SalesPoint.objects.staffed_by(user))

    def open(self) -> "FulfilmentQuerySet":
        """Confirmed, and neither handed over nor ended."""
        return self.filter(status__in=Fulfilment.OPEN)

    def to_collect(self) -> "FulfilmentQuerySet":
        """With money to collect: at hand-over, or by the postman."""
        with_the_post = models.Q(
            delivery_method=Fulfilment.DeliveryMethod.POST,
            status=Fulfilment.Status.HANDED_OVER,
        )
        return self.filter(
            models.Q(status__in=Fulfilment.OPEN) | with_the_post,
            to_collect_vnd__gt=0,
        )


class Fulfilment(models.Model):
    """What one point hands over of one order, to whom, and by which method."""

    class DeliveryMethod(models.TextChoices):
        PICKUP = "pickup", _("pick-up")
        ROOM = "room", _("room delivery")
        POST = "post", _("post")

    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("not paid yet")
        CONFIRMED = "confirmed", _("to prepare")
        PREPARING = "preparing", _("being packed")
        READY = "ready", _("ready")
        HANDED_OVER = "handed_over", _("handed over")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")
        LAPSED = "lapsed", _("lapsed, not paid in time")
        NOT_COLLECTED = "not_collected", _("not collected")

    OPEN = (Status.CONFIRMED, Status.PREPARING, Status.READY)
    """Statuses in which a keeper has something to do."""

    WITHOUT_GOODS = (Status.CANCELLED, Status.LAPSED, Status.NOT_COLLECTED)
    """Statuses that end without handing anything over."""

    CANCELLABLE = (Status.AWAITING_PAYMENT, Status.CONFIRMED)
    """Statuses in which nothing is packed."""

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="fulfilments")
    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="fulfilments")
    delivery_method = models.CharField(max_length=8, choices=DeliveryMethod)
    status = models.CharField(
        max_length=16, choices=Status, default=Status.CONFIRMED, db_index=True
    )
    code = models.CharField(max_length=6, unique=True, default=new_code)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    hotel = models.ForeignKey(
        SalesPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the hotel, known by its booth",
    )
    room = models.CharField(max_length=40, blank=True)
    handover_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    to_collect_vnd = models.PositiveIntegerField(
        help_text="whole dong still to be paid when it is handed over"
    )
    promised_at = models.DateTimeField(
        null=True, blank=True, help_text="when the buyer was told it is ready"
    )
    preparing_at = models.DateTimeField(null=True, blank=True)
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ready_at = models.DateTimeField(null=True, blank=True)
    collect_until = models.DateTimeField(
        null=True, blank=True, help_text="a pick-up is kept until then"
    )
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    taken_by = models.CharField(
        max_length=120, blank=True, help_text="who took it, if not the buyer"
    )
    no_code_reason = models.CharField(
        max_length=200, blank=True, help_text="why it was handed over without its code"
    )
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="when it ended without being handed over"
    )

    objects = FulfilmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("fulfilment")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "point"], name="fulfilment_once_per_point"
            ),
            models.CheckConstraint(
                condition=~Q(delivery_method="room")
                | (Q(hotel__isnull=False) & ~Q(room="") & Q(handover_on__isnull=False)),
                name="fulfilment_room_says_where_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["point", "status"], name="fulfilment_by_point_status")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} @ {self.point_id}: {self.status}"

    @property
    def is_open(self) -> bool:
        """Whether a keeper has something to do."""
        return self.status in self.OPEN

    @property
    def is_unpaid(self) -> bool:
        """Whether it waits for payment before a keeper sees it."""
        return self.status == self.Status.AWAITING_PAYMENT

    @property
    def is_with_the_post(self) -> bool:
        return (
            self.delivery_method == self.DeliveryMethod.POST
            and self.status == self.Status.HANDED_OVER
        )

    @property
    def is_payment_pending(self) -> bool:
        """Whether `to_collect_vnd` is yet to be paid, and not paid already."""
        return self.is_unpaid or self.is_open or self.is_with_the_post

    @property
    def paid_before(self) -> bool:
        """Whether its goods were paid before hand-over."""
        return self.to_collect_vnd == 0

    @property
    def has_alcohol(self) -> bool:
        """Whether something of it is for adults only; its lines' products are read."""
        return any(
            line.live_units and line.line.product and line.line.product.is_alcohol
            for line in self.lines.all()
        )

    @property
    def spaced_code(self) -> str:
        return f"{self.code[:3]} {self.code[3:]}"


class WrongCodes(models.Model):
    """How many wrong pick-up codes a keeper typed lately, and when the last one."""

    keeper = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    number = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("wrong codes of a keeper")
        verbose_name_plural = _("wrong codes of keepers")

    def __str__(self) -> str:
        return f"{self.number} by {self.keeper_id}"


class FulfilmentLineQuerySet(models.QuerySet["FulfilmentLine"]):
    def reservations(self) -> ReservationQuerySet:
        return Reservation.objects.filter(fulfilment_line__in=self)


class FulfilmentLine(models.Model):
    """The units of an order's line that its point hands over.

    `reservation` says from which stock record they come, how many the buyer still
    waits for, and how many of those are allocated.
    """

    fulfilment = models.ForeignKey(Fulfilment, models.PROTECT, related_name="lines")
    line = models.OneToOneField(
        "order.Line", models.PROTECT, related_name="fulfilment_line"
    )
    reservation = models.OneToOneField(
        Reservation, models.PROTECT, related_name="fulfilment_line"
    )
    units = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField(default=0)
    handed_over = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)

    objects = FulfilmentLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a job")
        verbose_name_plural = _("lines of a job")
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gte=F("cancelled") + F("handed_over")),
                name="fulfilmentline_no_unit_twice",
            ),
            models.CheckConstraint(
                condition=Q(handed_over__gte=F("returned")),
                name="fulfilmentline_returns_what_was_handed_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of line {self.line_id}"

    @property
    def allocated(self) -> int:
        """Units that a stock record keeps for it now."""
        return self.reservation.allocated

    @property
    def open_units(self) -> int:
        """Units that the buyer still waits for."""
        return self.units - self.cancelled - self.handed_over

    @property
    def live_units(self) -> int:
        """Units that were not cancelled, handed over or not."""
        return self.units - self.cancelled

    @property
    def live_vnd(self) -> int:
        return self.price_vnd * self.live_units

    @property
    def price_vnd(self) -> int:
        """Of one unit, whole dong, tax included, on the day of sale."""
        return int(self.line.unit_price_incl_tax or 0)


class RefundDue(models.Model):
    """Money that a buyer is to get back."""

    class Reason(models.TextChoices):
        CANCELLED = "cancelled", _("cancelled")
        NOT_THERE = "not_there", _("could not be handed over")
        RETURNED = "returned", _("brought back")
        TOO_MUCH = "too_much", _("more came than was asked for")

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="refunds_due")
    amount_vnd = models.PositiveIntegerField(help_text="whole dong")
    reason = models.CharField(max_length=12, choices=Reason)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund due")
        verbose_name_plural = _("refunds due")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_vnd__gt=0), name="refunddue_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_vnd} ₫ of order {self.order_id}"


class Return(models.Model):
    """Goods that a buyer returned, at any point, and what became of them."""

    class Decision(models.TextChoices):
        RESTOCK = "restock", _("back on the shelf")
        DESTROY = "destroy", _("destroyed")

    fulfilment_line = models.ForeignKey(
        FulfilmentLine, models.PROTECT, related_name="returns"
    )
    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="returns")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    decision = models.CharField(max_length=8, choices=Decision)
    reason = models.CharField(max_length=200)
    refund_vnd = models.PositiveIntegerField(help_text="whole dong")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="return_has_units"),
            models.CheckConstraint(condition=~Q(reason=""), name="return_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.units} of {self.fulfilment_line_id}, {self.decision}"
