"""A form that may be sent twice and is done once."""

from django import forms


class OnceForm(forms.Form):
    """Its `client_id` is made when it is first shown, and stays while it is filled."""

    client_id = forms.RegexField(r"^[A-Za-z0-9-]{8,40}\Z", max_length=40)
