"""An amount of money, as a keeper types it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.money import MOST_VND, parse_dong


class DongField(forms.CharField):
    """Whole dong, however the thousands are parted; negative where that may be.

    Valid and empty, where it need not be filled in, it is None.
    """

    def __init__(self, *, may_be_negative: bool = False, **kwargs: Any) -> None:
        self.least = -MOST_VND if may_be_negative else 0
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        usual: dict[str, Any] = {"widget": forms.TextInput(attrs), "max_length": 20}
        super().__init__(**(usual | kwargs))
        self.error_messages["required"] = _("Write the amount; 0 if there is none.")

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value).replace("−", "-")
        if not typed:
            return None
        amount_vnd = parse_dong(typed) if re.search(r"[0-9]", typed) else None
        if amount_vnd is None or not self.least <= amount_vnd <= MOST_VND:
            raise forms.ValidationError(
                _("Write an amount in dong. Example: 200.000."), code="invalid"
            )
        return amount_vnd
