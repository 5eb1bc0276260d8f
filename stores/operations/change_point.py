"""Say who works at a point, when it is open and what it offers."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import SalesPoint
from stores.operations.once import lock_point

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL


@transaction.atomic
def change_point(
    *, point: SalesPoint, facts: Mapping[str, object], keepers: Iterable["_User"]
) -> None:
    """Write the facts (field to value), no others, and let these people stand there."""
    lock_point(pk=point.pk)
    for field, value in facts.items():
        setattr(point, field, value)
    point.save(update_fields=[*facts])
    point.keepers.set(keepers)
