"""What a keeper fills in to close her till."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_VND = 2**31 - 1


class DongField(forms.CharField):
    """Whole dong, however the thousands are parted; negative where that may be."""

    def __init__(self, *, may_be_negative: bool = False, **kwargs: Any) -> None:
        self.may_be_negative = may_be_negative
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int:
        typed = re.sub(r"[\s.,₫đ]", "", super().clean(value)).replace("−", "-")
        sign = "-?" if self.may_be_negative else ""
        if not re.fullmatch(rf"{sign}[0-9]{{1,10}}", typed) or int(typed) > MOST_VND:
            raise forms.ValidationError(
                _("Write an amount in dong, like 200.000."), code="invalid"
            )
        return int(typed)


class CloseTillForm(forms.Form):
    close = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    expected = forms.CharField(max_length=60, widget=forms.HiddenInput)
    cash = DongField(label=_("Cash in the drawer"))
    card = DongField(label=_("Cards, by the sum of the terminal"), may_be_negative=True)
    transfer = DongField(label=_("Bank transfers that came"), may_be_negative=True)
    left = DongField(label=_("Cash that stays in the drawer for change"))
    reason = forms.CharField(
        max_length=200,
        required=False,
        label=_("If something differs, why"),
    )
