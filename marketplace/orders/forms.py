"""What a keeper types about a buyer's goods: hand-over, shortage, return."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, LineField
from marketplace.orders.models import CODE_LETTERS, Fulfilment, Return
from stores.forms.fields import units_field
from stores.models import DeskSale


class CodeForm(forms.Form):
    """The buyer's code, however it is spaced or capitalised."""

    code = CleanCharField(
        max_length=20,
        error_messages={
            "required": _("Type the six characters of the code."),
            "max_length": _("A code has six characters. Example: K7M 4QX."),
        },
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].upper().split()).replace("-", "")
        if len(code) != 6 or set(code) - set(CODE_LETTERS):
            raise forms.ValidationError(
                _(
                    "A code has six characters. Example: K7M 4QX. It never has 0, O, "
                    "1, I or L."
                )
            )
        return code


class TrackingForm(forms.Form):
    """By whom a parcel goes, and under which number."""

    carrier = CleanCharField(required=False, max_length=40)
    tracking_number = forms.RegexField(
        r"^[A-Za-z0-9 .-]+\Z",
        strip=True,
        required=False,
        max_length=40,
        error_messages={
            "invalid": _("A tracking number has letters, digits, spaces, . and - only.")
        },
    )


class HandOverForm(TrackingForm):
    """Who takes the goods, where the code alone does not say it, and how it is paid.

    An empty `paid_by` means the usual way.
    """

    taken_by = CleanCharField(required=False, max_length=120)
    without_code = forms.BooleanField(required=False)
    phone_digits = CleanCharField(required=False, max_length=20)
    no_code_reason = CleanCharField(required=False, max_length=200)
    at_front_desk = forms.BooleanField(required=False)
    paid_by = forms.ChoiceField(
        required=False,
        choices=DeskSale.PaidBy.choices,
        error_messages={"invalid_choice": _("Choose how it was paid.")},
    )

    def values_for(self, delivery_method: str) -> dict[str, Any]:
        """The cleaned values that belong to this delivery method."""
        own = {
            Fulfilment.DeliveryMethod.POST: ["carrier", "tracking_number"],
            Fulfilment.DeliveryMethod.ROOM: ["taken_by", "at_front_desk"],
        }.get(Fulfilment.DeliveryMethod(delivery_method), ["taken_by"])
        if self.cleaned_data["without_code"]:
            own = [*own, "phone_digits", "no_code_reason"]
        return {name: self.cleaned_data[name] for name in own}


class ShortForm(forms.Form):
    """What of a line cannot be given, and why."""

    line = forms.IntegerField(min_value=1)
    units = units_field()
    reason = CleanCharField(
        max_length=200,
        label=_("Why"),
        error_messages={"required": _("Say why it cannot be given.")},
    )


class FindOrderForm(forms.Form):
    """An order's number or its pick-up code, as somebody types it."""

    q = CleanCharField(
        max_length=20,
        error_messages={
            "required": _("Type the order number or the code."),
            "max_length": _("An order number looks like QN-1234567."),
        },
    )

    def clean_q(self) -> str:
        typed = "".join(self.cleaned_data["q"].upper().split())
        return f"QN-{typed}" if re.fullmatch(r"\d{7}", typed) else typed


class SearchOrdersForm(forms.Form):
    """What a buyer without the code knows: order number, name or telephone."""

    q = LineField(
        max_length=120,
        min_length=2,
        error_messages=dict.fromkeys(
            ("required", "min_length"),
            _("Type the order number, the name, or the last digits of the telephone."),
        ),
    )


class ReturnForm(forms.Form):
    line = forms.IntegerField(min_value=1)
    batch = forms.IntegerField(
        min_value=1, error_messages={"required": _("Choose the lot on the label.")}
    )
    units = units_field()
    decision = forms.ChoiceField(
        choices=Return.Decision.choices,
        error_messages={
            "required": _("Choose whether it goes back on the shelf."),
            "invalid_choice": _("Choose whether it goes back on the shelf."),
        },
    )
    reason = CleanCharField(
        max_length=200,
        label=_("Why it comes back"),
        error_messages={"required": _("Say why it comes back.")},
    )
    undelivered = forms.BooleanField(required=False)
