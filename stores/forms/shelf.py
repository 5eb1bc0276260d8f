"""What a keeper types of one product, or of a whole shelf."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, day_field
from catalogue.models import Product
from stores.forms.fields import (
    MOST_UNITS,
    OptionalTokenForm,
    UploadField,
    none_or_more_field,
    units_field,
)
from stores.models import SalesPoint
from stores.queries.shelves import matching_products

NAMED = 8
"""Products that a sentence names, where the words fit several."""


class ProductForm(forms.Form):
    product = CleanCharField(
        max_length=120,
        label=_("Product, by name, number or bar code"),
        error_messages={"required": _("Say which product came.")},
    )

    def clean_product(self) -> Product:
        """The product whose number, bar code, address or exact name was typed."""
        typed = self.cleaned_data["product"].strip()
        number = typed.split(" ")[0]
        product = (
            Product.objects.filter(code__iexact=number).first()
            or Product.objects.filter(upc=typed).first()
            or Product.objects.filter(slug=typed).first()
            or Product.objects.filter(title__iexact=typed).first()
            or Product.objects.filter(title_en__iexact=typed).first()
        )
        if product is None:
            fitting = [
                f"{one.code} {one.name}" for one in matching_products(typed)[:NAMED]
            ]
            if fitting:
                text = _("Write the number of the one you mean: %s.")
                raise forms.ValidationError(text % "; ".join(fitting))
            raise forms.ValidationError(
                _("No product has this name, number or bar code.")
            )
        return product


class ReceiveForm(ProductForm, OptionalTokenForm):
    lot = forms.RegexField(
        r"^[A-Za-z0-9./_-]+\Z",
        strip=True,
        max_length=20,
        label=_("Lot"),
        error_messages={
            "required": _("Write the lot as printed on the label."),
            "invalid": _("A lot number has letters, digits and . / _ - only."),
        },
    )
    best_before = day_field(
        required=False, label=_("Best before (empty only if it does not expire)")
    )
    quantity = units_field()
    document = CleanCharField(
        required=False, max_length=60, label=_("Delivery slip (may be left empty)")
    )


class CorrectForm(forms.Form):
    counted = none_or_more_field(label=_("Units that are really there"))
    reason = CleanCharField(
        max_length=200,
        label=_("Why"),
        error_messages={"required": _("Say why the number was wrong.")},
    )


class WriteOffForm(OptionalTokenForm):
    units = units_field(label=_("Units that are damaged"))
    reason = CleanCharField(
        required=False, max_length=200, label=_("What happened to them")
    )


class ThresholdForm(forms.Form):
    threshold = none_or_more_field(
        required=False,
        label=_("Runs low from so many free units (empty: not watched)"),
    )


class RestockForm(forms.Form):
    """From which point, and how many; as the button said."""

    source = forms.ModelChoiceField(
        SalesPoint.objects.filter(is_open=True), to_field_name="slug"
    )
    units = units_field()


class AsOfForm(forms.Form):
    """A minute in the past; what happened in it has happened by its end."""

    at = forms.DateTimeField(
        label=_("As it was at"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("Choose a day and a time.")
        ),
    )

    def clean_at(self) -> dt.datetime:
        minute: dt.datetime = self.cleaned_data["at"]
        if minute.year < 2000 or minute.year > 2100:
            raise forms.ValidationError(_("Choose a day and a time."))
        return minute + dt.timedelta(seconds=59, microseconds=999_999)


class StockFileForm(forms.Form):
    file = UploadField(
        label=_("Stock as CSV or XLSX"),
        allow_empty_file=True,
        accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-"
        "officedocument.spreadsheetml.sheet",
    )


class CountForm(forms.Form):
    """What was found of a lot; `seen` is how often it had been counted before."""

    counted = none_or_more_field(label=_("Units that you found"))
    seen = forms.IntegerField(min_value=0, max_value=MOST_UNITS, required=False)

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0


class BookCountForm(forms.Form):
    reason = CleanCharField(
        required=False,
        max_length=200,
        label=_("Why numbers differ"),
        widget=forms.TextInput(attrs={"list": "reasons"}),
    )
