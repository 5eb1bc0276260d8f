"""Forms to close a till and to choose which sales are listed."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, day_field
from catalogue.vat import VatRate
from marketplace.accounting.queries.sales import ANY, Days
from stores.forms.fields import DongField
from stores.models import SalesPoint


class CloseTillForm(forms.Form):
    close = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    expected = CleanCharField(max_length=60, widget=forms.HiddenInput)
    cash = DongField(label=_("Cash in the drawer"))
    card = DongField(label=_("Cards, by the sum of the terminal"), may_be_negative=True)
    transfer = DongField(label=_("Bank transfers that came"), may_be_negative=True)
    left = DongField(label=_("Cash that stays in the drawer for change"))
    reason = CleanCharField(
        max_length=200,
        required=False,
        label=_("If something differs, why"),
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `close_till`."""
        cleaned = self.cleaned_data
        return {
            "number": cleaned["close"],
            "expected": cleaned["expected"],
            "cash_vnd": cleaned["cash"],
            "card_vnd": cleaned["card"],
            "transfer_vnd": cleaned["transfer"],
            "left_in_drawer_vnd": cleaned["left"],
            "reason": cleaned["reason"],
        }


LONGEST = dt.timedelta(days=366)
OPEN = "open"


class PointField(forms.ModelChoiceField):
    """A point by its slug, named in the reader's language."""

    def label_from_instance(self, point: SalesPoint) -> str:
        return point.name


class SalesForm(forms.Form):
    """Of which days, which point and which rate."""

    first = day_field(label=_("From the day"))
    last = day_field(label=_("To the day"))
    point = PointField(
        SalesPoint.objects.order_by("pk"),
        to_field_name="slug",
        required=False,
        label=_("Point of sale"),
        empty_label=_("All points"),
        error_messages={"invalid_choice": _("There is no such point.")},
    )
    rate = forms.ChoiceField(
        choices=[
            ("", _("All rates")),
            *VatRate.choices,
            (OPEN, _("rate to be decided")),
        ],
        required=False,
        label=_("VAT rate"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first."))
        elif first and last and last - first > LONGEST:
            self.add_error("last", _("That is more than a year. Take it in parts."))
        return cleaned

    @property
    def filters(self) -> dict[str, Any]:
        """The arguments of `sales_entries`."""
        cleaned = self.cleaned_data
        rate = {"": ANY, OPEN: ""}.get(cleaned["rate"], cleaned["rate"])
        days = Days(cleaned["first"], cleaned["last"])
        return {"days": days, "point": cleaned["point"], "rate": rate}

    @property
    def file_name(self) -> str:
        """Of the file with these sales, without its ending."""
        cleaned = self.cleaned_data
        words = ["sales", cleaned["first"], cleaned["last"]]
        words += [cleaned["point"].slug] if cleaned["point"] else []
        words += [cleaned["rate"]] if cleaned["rate"] else []
        return "-".join(str(word) for word in words)
