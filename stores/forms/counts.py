"""What a keeper types while counting."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stores.forms.units import MOST_UNITS, none_or_more_field


class CountForm(forms.Form):
    """What was found of a lot; `seen` is how often it had been counted before."""

    counted = none_or_more_field(label=_("Units that you found"))
    seen = forms.IntegerField(min_value=0, max_value=MOST_UNITS, required=False)

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0


class BookCountForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=200,
        label=_("Why numbers differ"),
        widget=forms.TextInput(attrs={"list": "reasons"}),
    )
