"""Quantities of goods in a basket."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import WholeNumberField

MOST_UNITS = 99
NOT_A_QUANTITY = _("A quantity is a whole number from 1 to 99.")


class QuantityForm(forms.Form):
    quantity = WholeNumberField(
        min_value=0,
        max_value=MOST_UNITS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), NOT_A_QUANTITY
        ),
    )


class AddForm(QuantityForm):
    product = forms.SlugField()
    sales_point = forms.SlugField(required=False)

    def clean_quantity(self) -> int:
        if self.cleaned_data["quantity"] < 1:
            raise forms.ValidationError(NOT_A_QUANTITY)
        return self.cleaned_data["quantity"]
