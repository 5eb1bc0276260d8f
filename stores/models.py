"""Sales points, what lies in them, and what they owe to buyers."""

import datetime as dt
import math
import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.models import Area, Batch, Producer
from catalogue.text import Translated
from stores.addresses import in_english
from stores.partner.models import Partner, StockRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import _AnyUser  # of AUTH_USER_MODEL
    from oscar.apps.order.models import Line

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs of a pick-up code: no 0 or O, no 1, I or L, which look alike in print."""

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

EARTH_KM = 6371


def validate_hours(hours: Any) -> None:
    """Every weekday, each with intervals [opens, closes] that follow one another."""
    try:
        complete = set(hours) == set(WEEKDAYS)  # jsonb keeps no order
        for spans in hours.values():
            times = [dt.time.fromisoformat(text) for span in spans for text in span]
            in_pairs = all(len(span) == 2 for span in spans)
            complete &= in_pairs and times == sorted(set(times))
    except (AttributeError, TypeError, ValueError):
        complete = False
    if not complete:
        raise ValidationError(
            _("For every weekday from mon to sun: a list of [opens, closes] as HH:MM.")
        )


class SalesPointQuerySet(models.QuerySet["SalesPoint"]):
    def worked_by(self, user: "_AnyUser") -> "SalesPointQuerySet":
        """The points at whose desk a person may stand: her own, or all for managers."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("stores.work_at_every_point"):
            return self
        return self.filter(keepers=user)


class SalesPoint(models.Model):
    """A place that sells: the regional centre, a district centre, a shop, a booth."""

    class Kind(models.TextChoices):
        REGIONAL_CENTRE = "regional_centre", _("regional centre")
        DISTRICT_CENTRE = "district_centre", _("district centre")
        SALES_POINT = "sales_point", _("sales point")
        HOTEL_BOOTH = "hotel_booth", _("hotel booth")

    partner = models.OneToOneField(Partner, models.PROTECT, related_name="sales_point")
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    short_name_vi = models.CharField(max_length=40, help_text="as said in a row")
    short_name_en = models.CharField(max_length=40)
    hotel_vi = models.CharField(max_length=80, blank=True)
    hotel_en = models.CharField(max_length=80, blank=True)
    address_old = models.CharField(
        max_length=200, help_text="with the district of before July 2025"
    )
    address = models.CharField(max_length=200, help_text="as written since then")
    district = models.ForeignKey(Area, models.PROTECT, related_name="sales_points")
    lat = models.FloatField()
    lng = models.FloatField()
    phone = models.CharField(max_length=30, blank=True)
    hours = models.JSONField(
        validators=[validate_hours],
        help_text="mon to sun, each a list of [opens, closes]; [] is a day off",
    )
    offers_pickup = models.BooleanField(default=True)
    offers_room_delivery = models.BooleanField(default=False)
    offers_tasting = models.BooleanField(default=False)
    alcohol_licence = models.BooleanField(default=False)
    languages = models.JSONField(default=list, blank=True)
    operator = models.ForeignKey(
        Producer, models.PROTECT, related_name="operates", null=True, blank=True
    )
    note_vi = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)
    keepers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="sales_points"
    )
    is_open = models.BooleanField(
        default=True, help_text="off when the point has closed for good"
    )
    illustrative = models.BooleanField(
        default=False, help_text="invented for the demonstration"
    )

    objects = SalesPointQuerySet.as_manager()

    name = Translated("name_vi", "name_en")
    short_name = Translated("short_name_vi", "short_name_en")
    hotel = Translated("hotel_vi", "hotel_en")
    note = Translated("note_vi", "note_en")

    class Meta:
        verbose_name = _("sales point")
        verbose_name_plural = _("sales points")
        permissions = [
            ("work_at_every_point", _("Stands at the desk of every sales point"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="hotel_booth") | ~Q(hotel_vi=""),
                name="booth_names_its_hotel",
            )
        ]

    def __str__(self) -> str:
        return self.name_vi

    def get_absolute_url(self) -> str:
        return reverse("point", args=[self.slug])

    @property
    def address_here(self) -> str:
        """The address of today in the language of the page."""
        return self.address if get_language() != "en" else in_english(self.address)

    @property
    def title(self) -> str:
        """Its hotel where it is a booth, which is what a visitor looks for."""
        return self.hotel or self.name

    def distance_km(self, other: "SalesPoint") -> float:
        """Straight-line kilometres to another point."""
        here, there = (
            (math.radians(p.lat), math.radians(p.lng)) for p in (self, other)
        )
        a = (
            math.sin((there[0] - here[0]) / 2) ** 2
            + math.cos(here[0])
            * math.cos(there[0])
            * math.sin((there[1] - here[1]) / 2) ** 2
        )
        return 2 * EARTH_KM * math.asin(math.sqrt(a))

    def hours_on(self, day: dt.date) -> list[tuple[dt.time, dt.time]]:
        """The intervals in which it is open on a day, early ones first."""
        return [
            (dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))
            for opens, closes in self.hours[WEEKDAYS[day.weekday()]]
        ]

    def open_until(self, *, at: dt.datetime) -> dt.time | None:
        """The hour at which it closes, when it is open at that moment; else None."""
        here = timezone.localtime(at)
        for opens, closes in self.hours_on(here.date()):
            if opens <= here.time() < closes:
                return closes
        return None

    def next_opening(self, *, at: dt.datetime) -> dt.datetime | None:
        """When it opens next, strictly later than that moment; None if never."""
        here = timezone.localtime(at)
        for days in range(8):
            day = here.date() + dt.timedelta(days=days)
            for opens, _closes in self.hours_on(day):
                opening = dt.datetime.combine(day, opens, here.tzinfo)
                if opening > here:
                    return opening
        return None


class StockLot(models.Model):
    """How many units of one lot lie at one point."""

    record = models.ForeignKey(StockRecord, models.PROTECT, related_name="lots")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="lying")
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
        max_length=60, blank=True, help_text="order number, delivery slip"
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
                condition=~Q(kind="correct") | ~Q(reason=""),
                name="movement_correction_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["record", "-id"], name="movement_history")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity:+d} → {self.balance_after}"


def new_code() -> str:
    """Six signs without look-alikes, as a keeper types them."""
    return "".join(secrets.choice(CODE_LETTERS) for _sign in range(6))


class FulfilmentQuerySet(models.QuerySet["Fulfilment"]):
    def seen_by(self, user: "_AnyUser") -> "FulfilmentQuerySet":
        """The jobs of the points at whose desk a person may stand."""
        return self.filter(point__in=SalesPoint.objects.worked_by(user))

    def open(self) -> "FulfilmentQuerySet":
        return self.filter(
            status__in=[Fulfilment.Status.CONFIRMED, Fulfilment.Status.READY]
        )


class Fulfilment(models.Model):
    """What one point owes to one order: these goods, to this person, in this way."""

    class Way(models.TextChoices):
        PICKUP = "pickup", _("pick-up")
        ROOM = "room", _("room delivery")
        POST = "post", _("post")

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("to prepare")
        READY = "ready", _("ready")
        HANDED_OVER = "handed_over", _("handed over")
        CANCELLED = "cancelled", _("cancelled")

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="fulfilments")
    point = models.ForeignKey(SalesPoint, models.PROTECT, related_name="fulfilments")
    way = models.CharField(max_length=8, choices=Way)
    status = models.CharField(
        max_length=12, choices=Status, default=Status.CONFIRMED, db_index=True
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
    ready_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = FulfilmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "point"], name="fulfilment_once_per_point"
            ),
            models.CheckConstraint(
                condition=~Q(way="room")
                | (Q(hotel__isnull=False) & ~Q(room="") & Q(handover_on__isnull=False)),
                name="fulfilment_room_says_where_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["point", "status"], name="fulfilment_jobs_of_point")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} @ {self.point_id}: {self.status}"

    @property
    def lines(self) -> "list[Line]":
        """The order's lines that this point hands over."""
        return [
            line
            for line in self.order.lines.all()
            if line.partner_id == self.point.partner_id
        ]

    @property
    def spaced_code(self) -> str:
        return f"{self.code[:3]} {self.code[3:]}"
