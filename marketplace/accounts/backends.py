from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from marketplace.accounts.models import User


class EmailBackend(ModelBackend):
    """Mail address and password; demonstration accounts only on a demonstration."""

    def user_can_authenticate(self, user: User) -> bool:
        if user.email.endswith(settings.DEMO_DOMAIN) and not settings.DEBUG:
            return False
        return super().user_can_authenticate(user)
