"""A file that somebody brings; what is in it is judged by who reads it."""

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalogue.spreadsheets import MOST_BYTES


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
