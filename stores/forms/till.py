"""What a keeper types at the till."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField
from stores.forms.fields import MOST_UNITS, DongField, SubmittedOnceForm, units_field
from stores.models import DeskSale


class SaleForm(SubmittedOnceForm):
    """The till: a number of units for each record, as fields `units-<record>`.

    Valid units are in `units`, those of 1 or more; `paid_by` is empty while the keeper
    is still adding up.
    """

    paid_by = forms.ChoiceField(required=False, choices=DeskSale.PaidBy.choices)
    cash_received = DongField(
        required=False, max_length=15, label=_("Cash given (may be left empty)")
    )
    q = CleanCharField(required=False, max_length=100)
    add = forms.IntegerField(required=False, min_value=1, max_value=10**18)

    def clean(self) -> dict[str, Any]:
        super().clean()
        units = units_field(min_value=0, required=False)
        self.units: dict[int, int] = {}
        for name, value in self.data.items():
            found = re.fullmatch(r"units-(\d{1,18})", name)
            if not found:
                continue
            try:
                number = units.clean(value)
            except forms.ValidationError as wrong:
                self.add_error(None, wrong)
                continue
            if number:
                self.units[int(found[1])] = number
        if added := self.cleaned_data.get("add"):
            self.units[added] = min(self.units.get(added, 0) + 1, MOST_UNITS)
        return self.cleaned_data
