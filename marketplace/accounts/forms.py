"""How people sign in, at the shop and in the editor."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from catalogue.forms import CleanCharField


class AddressField(CleanCharField, UsernameField):
    """The mail address of an account."""


class SignInForm(AuthenticationForm):
    username = AddressField()


class EditorSignIn(LoginForm):
    """Wagtail's form; there its password is called by the name of the field."""

    username = AddressField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
