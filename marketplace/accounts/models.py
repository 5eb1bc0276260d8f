from typing import Any, ClassVar

from django.db.models import UniqueConstraint
from django.db.models.functions import Lower
from oscar.apps.customer.abstract_models import AbstractUser
from oscar.apps.customer.abstract_models import UserManager as OscarUserManager


class UserManager(OscarUserManager):
    def get_by_natural_key(self, email: str | None) -> Any:
        """A person by mail address, whatever its capitals."""
        return self.get(email__iexact=email)


class User(AbstractUser):
    """Somebody with an account; the mail address is the name to sign in with."""

    objects: ClassVar = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            UniqueConstraint(Lower("email"), name="user_one_account_per_address")
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email
