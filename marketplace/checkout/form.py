"""The form of an order; only fields of the chosen delivery method are required."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.forms import CleanCharField, CleanEmailField, PhoneField, day_field
from marketplace.checkout.place_order import OrderRequest
from marketplace.checkout.plan import LONGEST_AHEAD, Delivery, Method
from marketplace.orders.postage import PROVINCES
from marketplace.payments.providers import available_providers
from stores.models import SalesPoint

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

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


class CheckoutForm(forms.Form):
    receive = forms.ChoiceField(
        choices=Method.choices,
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
    room = CleanCharField(
        required=False,
        max_length=40,
        label=gettext_lazy("Room, or “front desk”"),
    )
    handover_on = day_field(
        required=False,
        label=gettext_lazy("Day"),
        error_messages={
            "invalid": gettext_lazy("That is not a date. Example: 2026-12-24.")
        },
    )
    name = CleanCharField(
        max_length=120,
        label=gettext_lazy("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write the name of who receives it.")},
    )
    phone = PhoneField(required=False, label=gettext_lazy("Telephone"))
    email = CleanEmailField(
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
    line1 = CleanCharField(
        required=False,
        max_length=200,
        label=gettext_lazy("House number and street"),
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    ward = CleanCharField(
        required=False,
        max_length=100,
        label=gettext_lazy("Ward or commune"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        help_text=gettext_lazy("As named since July 2025; no district needed."),
    )
    province = CleanCharField(
        required=False, max_length=40, label=gettext_lazy("Province or city")
    )
    payment = CleanCharField(required=False, max_length=10)
    adult = forms.BooleanField(required=False)
    quotes = CleanCharField(required=False, strip=False)
    total = forms.IntegerField(required=False)
    note = CleanCharField(
        required=False,
        max_length=300,
        label=gettext_lazy("Anything we should know (may be left empty)"),
        widget=forms.TextInput,
    )

    def __init__(
        self,
        *args: Any,
        points: Sequence[SalesPoint],
        now: dt.datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.points = {point.slug: point for point in points}
        today = timezone.localdate(now)
        self.fields["handover_on"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + LONGEST_AHEAD).isoformat(),
        }

    def clean_sales_point(self) -> SalesPoint | None:
        return self.open_point("sales_point", _("There is no such sales point."))

    def clean_hotel(self) -> SalesPoint | None:
        hotel = self.open_point("hotel", _("We do not deliver to that hotel."))
        if hotel and not (hotel.hotel and hotel.offers_room_delivery):
            raise forms.ValidationError(_("We do not deliver to that hotel."))
        return hotel

    def open_point(self, field: str, error: str) -> SalesPoint | None:
        slug = self.cleaned_data[field]
        if slug and slug not in self.points:
            raise forms.ValidationError(error)
        return self.points.get(slug)

    def clean_province(self) -> str:
        province = self.cleaned_data["province"]
        if province and province not in PROVINCES:
            raise forms.ValidationError(MISSING["province"])
        return province

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        method = data.get("receive") or ""
        for field in REQUIRED.get(method, []):
            if not data.get(field) and field not in self.errors:
                self.add_error(field, MISSING[field])
        if method in (Method.PICKUP, Method.ROOM) and not (
            data.get("phone")
            or data.get("email")
            or {"phone", "email"} & self.errors.keys()
        ):
            self.add_error(
                "email", _("Leave an email or a telephone, so that we can reach you.")
            )
        if method:
            self.check_payment(method, data.get("payment") or "")
        return data

    def check_payment(self, method: str, payment: str) -> None:
        """Only providers that are set up, fit the delivery method, and answer."""
        providers = {one.code: one for one in available_providers(receive=method)}
        if payment and payment not in providers:
            self.add_error(
                "payment",
                _("You cannot pay that way for this order. Please choose another."),
            )
        elif payment and not providers[payment].is_up():
            self.add_error(
                "payment",
                _("Card payment is not available just now. Please choose another way."),
            )

    def delivery(self) -> Delivery:
        """Where the goods go, as far as the fields that belong to it are valid."""
        data = self.cleaned_data
        method = data.get("receive") or ""
        own = REQUIRED.get(method, [])

        def value(field: str) -> Any:
            return data.get(field) if field in own else None

        return Delivery(
            method=method,
            point=value("sales_point"),
            hotel=value("hotel"),
            handover_on=value("handover_on"),
            province=value("province") or "",
        )

    def order_request(
        self, *, language: str, user: "_User | None", own_orders: Sequence[int]
    ) -> OrderRequest:
        """The request of a valid form; fields of other methods are dropped."""
        data = self.cleaned_data
        own = {
            field: data[field]
            for field in ("room", "line1", "ward")
            if field in REQUIRED[data["receive"]]
        }
        return OrderRequest(
            delivery=self.delivery(),
            name=data["name"],
            language=language,
            phone=data["phone"],
            email=data["email"],
            payment=data["payment"],
            adult=data["adult"],
            note=data["note"],
            user=user,
            own_orders=own_orders,
            quotes=data["quotes"],
            total_vnd=data["total"],
            **own,
        )
