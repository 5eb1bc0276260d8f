"""A form that may be sent twice and is done once."""

import uuid

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

CLIENT_ID = r"^[A-Za-z0-9-]{8,40}\Z"


class OnceForm(forms.Form):
    """Its `client_id` is made when it is first shown, and stays while it is filled."""

    client_id = forms.RegexField(CLIENT_ID, max_length=40)


class NamedForm(forms.Form):
    """Done once if it carries a `client_id`, as the desk's own pages do."""

    client_id = forms.RegexField(CLIENT_ID, max_length=40, required=False)

    def id_to_show(self) -> str:
        """The one that was sent, or a new one where that will not do.

        What such a form is refused for as a whole is that its id is spent.
        """
        refused = {"client_id", NON_FIELD_ERRORS} & self.errors.keys()
        return (not refused and self["client_id"].value()) or uuid.uuid4().hex
