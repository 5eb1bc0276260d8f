"""A form that may be sent twice and is done once."""

import uuid

from django import forms

CLIENT_ID = r"^[A-Za-z0-9-]{8,40}\Z"


class OnceForm(forms.Form):
    """Its `client_id` is made when it is first shown, and stays while it is filled."""

    client_id = forms.RegexField(CLIENT_ID, max_length=40)

    def id_to_show(self) -> str:
        """The one that was sent, or a new one where none was or it will not do."""
        sent = "client_id" not in self.errors and self["client_id"].value()
        return sent or uuid.uuid4().hex

    def renew(self) -> None:
        """Its id is spent on something else: what is in it is sent under another."""
        self.data = dict(self.data.items()) | {"client_id": uuid.uuid4().hex}


class NamedForm(OnceForm):
    """Done once if it carries a `client_id`, as the desk's own pages do."""

    client_id = forms.RegexField(CLIENT_ID, max_length=40, required=False)
