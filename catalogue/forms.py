"""Fields of forms, for what people type."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from catalogue.phones import format_phone, international, parse_phone
from catalogue.text import clean


class CleanCharField(forms.CharField):
    """Text without signs that nobody sees; of nothing but such signs it is empty."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(clean(value) if isinstance(value, str) else value)


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
