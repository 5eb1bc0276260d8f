import unicodedata

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from marketplace.accounts.models import User


class EmailBackend(ModelBackend):
    """Mail address and password; demonstration accounts only on a demonstration."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        is_demo = isinstance(user, User) and user.email.endswith(settings.DEMO_DOMAIN)
        if is_demo and not settings.DEBUG:
            return False
        return super().user_can_authenticate(user)


def address_tried(request: HttpRequest, _credentials: dict[str, str] | None) -> str:
    """Whom a sign-in is for; capitals and other forms of letters make nobody else.

    Django's form takes "ｅ" for "e", and a database may take "ı" for "I".
    """
    typed = unicodedata.normalize("NFKC", request.POST.get("username", ""))
    return typed.strip().upper().lower()
