"""Sales points: where they are, when they are open, who works there."""

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.models import Area, Group, Producer, Product
from catalogue.text import Translated
from catalogue.vat import VatRate, rate_on
from stores.addresses import in_english
from stores.partner.models import Partner

if TYPE_CHECKING:
    from django.contrib.auth.models import _AnyUser  # of AUTH_USER_MODEL

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
    def staffed_by(self, user: "_AnyUser") -> "SalesPointQuerySet":
        """The points at whose desk a person may work; managers at all of them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("stores.work_at_every_point"):
            return self
        return self.filter(keepers=user)

    def with_incoming_transfers(self) -> "SalesPointQuerySet":
        """Each with `coming`: how many transfers are on the way to it."""
        in_transit = Q(transfers_in__status="sent")
        return self.annotate(coming=Count("transfers_in", filter=in_transit))


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
    short_name_vi = models.CharField(max_length=40, help_text="for rows and sentences")
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
    low_stock_notified_on = models.DateField(
        null=True, blank=True, help_text="last day of a letter about what runs low"
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

    def may_sell(self, product: Product) -> bool:
        """A service has no shelf, and alcohol asks for a licence."""
        return not product.is_service and (
            self.alcohol_licence or not product.is_alcohol
        )

    def sellable(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Those of the products that it `may_sell`."""
        products = products.exclude(group=Group.TOURISM)
        return products if self.alcohol_licence else products.filter(abv=None)

    def get_vat_rate(self, product: Product, *, on: dt.date) -> VatRate:
        """The rate of VAT at which this point sells the product on a day."""
        by_grower = self.operator_id == product.producer_id
        return rate_on(product.vat, on, by_grower=by_grower)

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

    def open_from(self, *, at: dt.datetime) -> dt.datetime | None:
        """That moment when it is open then, else the next opening; None if never."""
        return at if self.open_until(at=at) else self.next_opening(at=at)


class LeadTime(models.Model):
    """How long goods take from one point to another, packing and travel together.

    A pair without a row is not offered to buyers; keepers may still send.
    """

    source = models.ForeignKey(SalesPoint, models.CASCADE, related_name="leads_to")
    destination = models.ForeignKey(
        SalesPoint, models.CASCADE, related_name="leads_from"
    )
    hours = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("lead time")
        verbose_name_plural = _("lead times")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "destination"], name="leadtime_once_per_pair"
            ),
            models.CheckConstraint(
                condition=~Q(source=models.F("destination")),
                name="leadtime_between_two_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.destination_id}: {self.hours} h"
