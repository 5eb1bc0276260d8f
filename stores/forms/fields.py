"""Fields and base forms that the forms of the desk share."""

import re
import uuid
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, WholeNumberField
from catalogue.money import MOST_VND, parse_dong
from catalogue.refusals import Refusal
from catalogue.spreadsheets import MOST_BYTES
from stores.idempotency import FormReused

MOST_UNITS = 9_999

WHOLE_UNITS = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"),
    _("Write a whole number from 1 to 9,999."),
)
NONE_OR_MORE = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"),
    _("Write a whole number from 0 to 9,999."),
)


def units_field(**options: Any) -> WholeNumberField:
    """Whole units, 1 or more."""
    usual: dict[str, Any] = {
        "min_value": 1,
        "max_value": MOST_UNITS,
        "label": _("Units"),
        "error_messages": WHOLE_UNITS,
        "widget": forms.NumberInput(attrs={"inputmode": "numeric"}),
    }
    return WholeNumberField(**(usual | options))


def none_or_more_field(**options: Any) -> WholeNumberField:
    """Whole units, where 0 is an answer too."""
    return units_field(min_value=0, error_messages=NONE_OR_MORE, **options)


class DongField(CleanCharField):
    """Whole dong, with any separator of thousands; negative only if allowed.

    None if it is not required and empty.
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


class UploadField(forms.FileField):
    """Of MOST_BYTES at most, under a name that can be shown."""

    default_error_messages: ClassVar[dict[str, Any]] = dict.fromkeys(
        ("required", "invalid", "missing", "empty"), _("Choose a file.")
    ) | {"max_length": _("The file's name is too long.")}

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(widget=widget, max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        file: UploadedFile = super().clean(data, initial)
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too big: 5 MB at most."))
        file.name = "".join(c for c in file.name or "" if c.isprintable()) or "?"
        return file


CLIENT_ID = r"^[A-Za-z0-9-]{8,40}\Z"


class SubmittedOnceForm(forms.Form):
    """Its `client_id` is made when it is rendered, and stays the same after errors."""

    client_id = forms.RegexField(CLIENT_ID, max_length=40)

    def token_to_render(self) -> str:
        """The id that was submitted if it is valid, else a new one."""
        sent = "client_id" not in self.errors and self["client_id"].value()
        return sent or uuid.uuid4().hex

    def renew_if_reused(self, refusal: Refusal) -> None:
        """Give it another id if its own was used for something else."""
        if isinstance(refusal, FormReused):
            self.data = dict(self.data.items()) | {"client_id": uuid.uuid4().hex}


class OptionalTokenForm(SubmittedOnceForm):
    """Carried out once if it has a `client_id`, as the pages of the desk have."""

    client_id = forms.RegexField(CLIENT_ID, max_length=40, required=False)
