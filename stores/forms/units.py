"""Whole units, as a keeper types them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_UNITS = 9_999

WHOLE_UNITS = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"),
    _("Write a whole number from 1 to 9,999."),
)
NONE_OR_MORE = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"),
    _("Write a whole number from 0 to 9,999."),
)


def units_field(**given: Any) -> forms.IntegerField:
    """Whole units, 1 or more."""
    usual: dict[str, Any] = {
        "min_value": 1,
        "max_value": MOST_UNITS,
        "label": _("Units"),
        "error_messages": WHOLE_UNITS,
        "widget": forms.NumberInput(attrs={"inputmode": "numeric"}),
    }
    return forms.IntegerField(**(usual | given))


def none_or_more_field(**given: Any) -> forms.IntegerField:
    """Whole units, where 0 is an answer too."""
    return units_field(min_value=0, error_messages=NONE_OR_MORE, **given)
