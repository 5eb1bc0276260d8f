"""The one form of an order; only the fields of the chosen way are asked for."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import phonenumbers
from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.checkout.basket.queries import Contents
from marketplace.checkout.operations.place_order import Wish
from marketplace.checkout.plan import (
    LONGEST_AHEAD,
    CannotBe,
    Leads,
    NotByThen,
    can_bring_on,
    room,
    room_on,
)
from marketplace.payments.ways import offered
from marketplace.orders.postage import PROVINCES
from marketplace.orders.models import Fulfilment
from stores.models import SalesPoint

REQUIRED = {
    "pickup": ["sales_point"],
    "room": ["hotel", "room", "handover_on"],
    "post": ["phone", "line1", "ward", "province"],
}

MISSING = {
    "sales_point": gettext_lazy("Choose the point where you collect."),
    "hotel": gettext_lazy("Choose your hotel."),
    "room": gettext_lazy("Say which room, or “front desk”."),
    "handover_on": gettext_lazy("Say on which day we bring it."),
    "phone": gettext_lazy(
        "The postman needs a telephone number. Example: 0905 123 456."
    ),
    "line1": gettext_lazy("Write the house number and the street."),
    "ward": gettext_lazy("Write the ward or commune."),
    "province": gettext_lazy("Choose the province or city."),
}


def too_soon(refusal: NotByThen) -> str:
    """Why the goods are not in the room on the day asked for, and when they can be."""
    if refusal.earliest is None:
        return _("Not within two weeks: something has to be brought first.")
    return _(
        "Not by that day: something has to be brought to the hotel first. The earliest"
        " day is %s."
    ) % date_format(refusal.earliest, "DATE_FORMAT")


class CheckoutForm(forms.Form):
    receive = forms.ChoiceField(
        choices=Fulfilment.DeliveryMethod.choices,
        error_messages={
            "required": gettext_lazy("Choose how you would like to get it."),
            "invalid_choice": gettext_lazy("Choose how you would like to get it."),
        },
    )
    sales_point = forms.SlugField(
        required=False,
        label=gettext_lazy("Sales point"),
        error_messages={"invalid": gettext_lazy("There is no such sales point.")},
    )
    hotel = forms.SlugField(
        required=False,
        label=gettext_lazy("Hotel"),
        error_messages={"invalid": gettext_lazy("We do not deliver to that hotel.")},
    )
    room = forms.CharField(
        required=False,
        max_length=40,
        label=gettext_lazy("Room, or “front desk”"),
    )
    handover_on = forms.DateField(
        required=False,
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": gettext_lazy("That is not a date. Example: 2026-12-24.")
        },
    )
    name = forms.CharField(
        max_length=120,
        label=gettext_lazy("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write the name of who receives it.")},
    )
    phone = forms.CharField(
        required=False,
        max_length=30,
        label=gettext_lazy("Telephone"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=gettext_lazy("Email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Your order is sent here. No account needed."),
        error_messages={
            "invalid": gettext_lazy(
                "The email address is incomplete. Example: hannah@example.com."
            )
        },
    )
    line1 = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("House number and street"),
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    ward = forms.CharField(
        required=False,
        max_length=100,
        label=gettext_lazy("Ward or commune"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        help_text=gettext_lazy("As named since July 2025; no district needed."),
    )
    province = forms.CharField(
        required=False, max_length=40, label=gettext_lazy("Province or city")
    )
    payment = forms.CharField(required=False, max_length=10)
    adult = forms.BooleanField(required=False)
    note = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("Anything we should know (may be left empty)"),
        widget=forms.TextInput,
    )

    def __init__(
        self,
        *args: Any,
        contents: Contents,
        points: Sequence[SalesPoint],
        leads: Leads,
        now: dt.datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contents = contents
        self.points = {point.slug: point for point in points}
        self.leads = leads
        self.now = now
        today = timezone.localdate(now)
        self.fields["handover_on"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + LONGEST_AHEAD).isoformat(),
        }

    def clean_sales_point(self) -> SalesPoint | None:
        return self.point_of("sales_point", _("There is no such sales point."))

    def clean_hotel(self) -> SalesPoint | None:
        hotel = self.point_of("hotel", _("We do not deliver to that hotel."))
        if hotel and not (hotel.hotel and hotel.offers_room_delivery):
            raise forms.ValidationError(_("We do not deliver to that hotel."))
        return hotel

    def point_of(self, field: str, refusal: str) -> SalesPoint | None:
        slug = self.cleaned_data[field]
        if slug and slug not in self.points:
            raise forms.ValidationError(refusal)
        return self.points.get(slug)

    def clean_phone(self) -> str:
        """The number as written abroad, or empty."""
        typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, "VN")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(
                _("That is not a telephone number. Example: 0905 123 456.")
            )
        shape = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, shape)

    def clean_province(self) -> str:
        province = self.cleaned_data["province"]
        if province and province not in PROVINCES:
            raise forms.ValidationError(MISSING["province"])
        return province

    def clean(self) -> dict[str, Any]:
        super().clean()
        asked = self.cleaned_data
        way = asked.get("receive")
        for field in REQUIRED.get(way or "", []):
            if not asked.get(field) and field not in self.errors:
                self.add_error(field, MISSING[field])
        if way in ("pickup", "room") and not (
            asked.get("phone")
            or asked.get("email")
            or {"phone", "email"} & self.errors.keys()
        ):
            self.add_error(
                "email", _("Leave an email or a telephone, so that we can reach you.")
            )
        if way:
            self.check_payment(way, asked.get("payment") or "")
        if self.contents.has_alcohol and not asked.get("adult"):
            self.add_error(
                "adult", _("Alcohol is sold from 18 years. Tick the box if you are.")
            )
        self.check_day(way, asked)
        return asked

    def check_payment(self, way: str, payment: str) -> None:
        """Only ways that are set up, fit how it is received, and are not down."""
        ways = {one.code: one for one in offered(receive=way)}
        if payment and payment not in ways:
            self.add_error(
                "payment",
                _("You cannot pay that way for this order. Please choose another."),
            )
        elif payment and not ways[payment].answers():
            self.add_error(
                "payment",
                _("Card payment is not available just now. Please choose another way."),
            )

    def check_day(self, way: str | None, asked: dict[str, Any]) -> None:
        hotel, day = asked.get("hotel"), asked.get("handover_on")
        if way != Fulfilment.DeliveryMethod.ROOM or not hotel or not day:
            return
        if not can_bring_on(hotel, day, now=self.now):
            self.add_error(
                "handover_on",
                _("On that day the booth of %s is shut, or has closed already.")
                % hotel.hotel,
            )
            return
        try:
            part = room(self.contents, hotel, leads=self.leads, now=self.now)
            room_on(part, day, now=self.now)
        except CannotBe:
            return  # the order says which goods cannot be brought at all
        except NotByThen as refusal:
            self.add_error("handover_on", too_soon(refusal))

    def wish(self, *, language: str, user: User | None) -> Wish:
        """What the valid form asks for; fields of other ways are dropped."""
        asked = self.cleaned_data
        way = asked["receive"]
        own = {field: asked[field] for field in REQUIRED[way] if field != "sales_point"}
        return Wish(
            way=way,
            name=asked["name"],
            email=asked["email"],
            point=asked["sales_point"] if way == Fulfilment.DeliveryMethod.PICKUP else None,
            payment=asked["payment"],
            adult=asked["adult"],
            note=asked["note"],
            language=language,
            user=user,
            **{"phone": asked["phone"], **own},
        )
