"""Write rows that may be there already."""

from typing import TypeVar

from django.db import models

Model = TypeVar("Model", bound=models.Model)


def upsert(
    kind: type[Model], key: tuple[str, ...], rows: list[dict[str, object]]
) -> dict[tuple, Model]:
    """Create the rows that are missing and change those that differ.

    `key` names the fields by which a row is known. Returns every row by its key.
    """
    known = {
        tuple(getattr(thing, f) for f in key): thing
        for thing in kind._default_manager.all()
    }
    new, changed, touched = [], [], set()
    for row in rows:
        identity = tuple(row[field] for field in key)
        thing = known.get(identity)
        if thing is None:
            known[identity] = thing = kind(**row)
            new.append(thing)
            continue
        differs = [
            field for field, value in row.items() if getattr(thing, field) != value
        ]
        if differs:
            for field in differs:
                setattr(thing, field, row[field])
            changed.append(thing)
            touched.update(differs)
    kind._default_manager.bulk_create(new)
    if changed:
        kind._default_manager.bulk_update(changed, touched, batch_size=200)
    return known
