import unicodedata

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from catalogue.text import clean
from marketplace.accounts.models import User


class EmailBackend(ModelBackend):
    """Mail address and password; demonstration accounts only on a demonstration."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        is_demo = isinstance(user, User) and user.email.endswith(settings.DEMO_DOMAIN)
        if is_demo and not settings.DEBUG:
            return False
        return super().user_can_authenticate(user)


def get_attempted_address(
    request: HttpRequest, _credentials: dict[str, str] | None
) -> str:
    """The address of a sign-in attempt, without capitals or other forms of letters.

    The form drops signs that nobody sees and takes "ｅ" for "e", and a database may
    take "ı" for "I".
    """
    typed = unicodedata.normalize("NFKC", clean(request.POST.get("username", "")))
    return typed.strip().upper().lower()
