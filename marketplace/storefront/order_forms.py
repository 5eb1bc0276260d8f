"""What a buyer may change in her order."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FewerForm(forms.Form):
    units = forms.IntegerField(
        min_value=1,
        max_value=9_999,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Choose how many to remove."),
        ),
    )
