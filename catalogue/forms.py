"""Fields of forms, for what people type."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.phones import format_phone, international, parse_phone
from catalogue.text import clean, one_line


class CleanCharField(forms.CharField):
    """Text without signs that nobody sees; of nothing but such signs it is empty."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(clean(value) if isinstance(value, str) else value)


class LineField(CleanCharField):
    """Clean text on one line, as what is searched for."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class CleanEmailField(CleanCharField, forms.EmailField):
    """An address, also if a direction mark was copied with it."""


class PhoneField(CleanCharField):
    """A telephone number, as it is stored: +84 905 123 456; empty if it may be."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "tel", "type": "tel"}
        super().__init__(widget=forms.TextInput(attrs), **(kwargs | {"max_length": 30}))

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if typed and parse_phone(typed) is None:
            raise forms.ValidationError(
                _(
                    "That is no telephone number."
                    " Examples: 0905 123 456, +1 202 555 0143."
                )
            )
        return international(typed)

    def prepare_value(self, value: Any) -> Any:
        return format_phone(value) if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(
            international(initial or ""), international(clean(data or ""))
        )


class WholeNumberField(forms.IntegerField):
    """A whole number, also with its thousands parted: 1.000, 1,000 or 1 000.

    Django's own field reads 1.000 as 1.
    """

    def to_python(self, value: Any) -> int | None:
        text = "" if value is None else str(value).strip()
        if re.fullmatch(r"[+-]?[0-9]{1,3}(?:[.,\s][0-9]{3})+", text):
            text = re.sub(r"[.,\s]", "", text)
        elif re.search(r"[.,]", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number: int | None = super().to_python(text)
        return number


FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2999, 12, 31)
NOT_A_DAY = gettext_lazy("That is not a date. Example: 24/12/2027.")


def day_field(**options: Any) -> forms.DateField:
    """A day from which others can be reckoned without leaving the calendar."""
    usual: dict[str, Any] = {
        "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        "validators": [
            MinValueValidator(FIRST_DAY, NOT_A_DAY),
            MaxValueValidator(LAST_DAY, NOT_A_DAY),
        ],
        "error_messages": dict.fromkeys(("required", "invalid"), NOT_A_DAY),
    }
    return forms.DateField(**(usual | options))
