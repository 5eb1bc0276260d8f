"""Say who works at a point, when it is open and what it offers."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from stores.models import SalesPoint
from stores.operations.move import lock_point

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL

SAID = (
    "phone",
    "offers_pickup",
    "offers_room_delivery",
    "offers_tasting",
    "note_vi",
    "note_en",
    "hours",
)
"""What managers say of a point, beside who works there."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed the point; `now` names how it stands."""

    def __init__(self, now: str) -> None:
        super().__init__("the point is not as it was seen")
        self.now = now


@transaction.atomic
def change_point(
    *,
    point: SalesPoint,
    facts: Mapping[str, object],
    keepers: Iterable["_User"],
    seen: str,
) -> None:
    """Write the facts (of SAID), no others, and let these people stand there.

    `seen` names how the point stood when its manager began to type. Raises
    ChangedMeanwhile.
    """
    now = point_version(lock_point(pk=point.pk))
    if seen != now:
        raise ChangedMeanwhile(now)
    for field, value in facts.items():
        setattr(point, field, value)
    point.save(update_fields=[*facts])
    point.keepers.set(keepers)


def point_version(point: SalesPoint) -> str:
    """A name for how a point stands, another after every change of what is SAID."""
    keepers = sorted(point.keepers.values_list("pk", flat=True))
    said = [getattr(point, field) for field in SAID]
    return sha256(json.dumps([said, keepers]).encode()).hexdigest()[:16]
