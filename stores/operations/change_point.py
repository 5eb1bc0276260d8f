"""Change who works at a point, when it is open and what it offers."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from catalogue.refusals import ChangedMeanwhile
from stores.models import SalesPoint
from stores.operations.move import lock_point

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL

EDITABLE = (
    "phone",
    "offers_pickup",
    "offers_room_delivery",
    "offers_tasting",
    "note_vi",
    "note_en",
    "hours",
)
"""The fields that managers edit, beside who works there."""


@transaction.atomic
def change_point(
    *,
    point: SalesPoint,
    fields: Mapping[str, object],
    keepers: Iterable["_User"],
    seen: str,
) -> None:
    """Write the fields (of EDITABLE), no others, and let these people work there.

    `seen` is the `point_version` that its manager began to edit. Raises
    ChangedMeanwhile.
    """
    if seen != point_version(lock_point(pk=point.pk)):
        raise ChangedMeanwhile
    for field, value in fields.items():
        setattr(point, field, value)
    point.save(update_fields=[*fields])
    point.keepers.set(keepers)


def point_version(point: SalesPoint) -> str:
    """A name for how a point stands, another after every change of EDITABLE."""
    keepers = sorted(point.keepers.values_list("pk", flat=True))
    values = [getattr(point, field) for field in EDITABLE]
    return sha256(json.dumps([values, keepers]).encode()).hexdigest()[:16]
